"""Recordings on a playlist by brute force: followed from day to day, from one id to the next, and while unavailable.

Written from the words of the schemas and of the rules in `transform/insights/relinks.py` and `availability.py`.
"""

import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Row = dict[str, Any]


@dataclass(eq=False)
class Track:
    """A recording on a playlist: the id and code it had last, its places by day, and how it was on the last capture."""

    song_id: str
    recording: str
    days: dict[date, Row] = field(default_factory=dict)
    last: date = date.min
    is_there: bool = False
    is_listed: bool = False
    is_gone: bool = False
    was_there: bool = False
    was_listed: bool = False
    was_gone: bool = False
    former_id: str | None = None
    previous_id: str | None = None
    before: Row | None = None

    def change(self, here: Row | None) -> str | None:
        """What happened to it since the last capture."""
        if here and self.before:
            return self._change_on_list(here, self.before)
        if here:
            return "available_again" if self.was_gone and not self.is_gone else "added"
        if not self.was_there:
            return "removed" if self.was_listed and not self.is_listed else None
        # One that was not playable before is no less so without its entry.
        gone = None if self.was_gone else "became_unavailable"
        return gone if self.is_gone else "removed"

    def _change_on_list(self, here: Row, before: Row) -> str | None:
        more = here["occurrences"] - before["occurrences"]
        found = {
            "relinked": self.previous_id is not None,
            "became_unavailable": self.is_gone and not self.was_gone,
            "available_again": self.was_gone and not self.is_gone,
            "removed": more < 0,
            "added": more > 0,
            "moved": here["position"] != before["position"],
        }
        return next((change for change, happened in found.items() if happened), None)


def capture(tracks: list[Track], day: date, on: dict[str, Row], empty: list[Row]) -> None:
    """Follows the tracks of a playlist to one more captured day: the songs on it by id, and entries without one."""
    for track in tracks:
        track.was_listed, track.was_there, track.was_gone = track.is_listed, track.is_there, track.is_gone
        track.previous_id, track.before = None, track.days.get(track.last) if track.is_there else None
    _relink(tracks, on)
    unavailable = _unavailable(tracks, on, empty)
    ids = {track.song_id: track for track in tracks}
    for track in tracks:
        track.is_there = track.song_id in on
        track.is_listed = track.is_there or track in unavailable
        track.is_gone = track in unavailable
    for song_id, place in on.items():
        if song_id not in ids:
            tracks.append(ids.setdefault(song_id, Track(song_id, place["code"] or song_id)))
        track = ids[song_id]
        track.is_there = track.is_listed = True
        track.is_gone = place["is_playable"] is False
        track.recording = place["code"] or track.recording
        track.days[day] = place
        track.last = day
        place["recording"] = track.recording


def _relink(tracks: list[Track], on: dict[str, Row]) -> None:
    known = {track.song_id for track in tracks}
    pairs = [
        (-track.last.toordinal(), track.days[track.last]["position"], place["position"], track.song_id, song_id)
        for track in tracks
        if track.song_id not in on
        for song_id, place in on.items()
        if song_id not in known and _is_one_recording(track, song_id, place)
    ]
    first_for_new: dict[str, tuple[int, int, int, str, str]] = {}
    for pair in sorted(pairs):
        first_for_new.setdefault(pair[4], pair)
    first_for_old: dict[str, str] = {}
    for pair in sorted(first_for_new.values()):
        first_for_old.setdefault(pair[3], pair[4])
    for track in tracks:
        if track.song_id in first_for_old:
            track.previous_id = track.former_id = track.song_id
            track.song_id = first_for_old[track.song_id]


def _is_one_recording(track: Track, song_id: str, place: Row) -> bool:
    linked = track.days[track.last]["linked_from_id"]
    return (
        (place["code"] or song_id) == track.recording
        or place["linked_from_id"] == track.song_id
        or song_id == linked
        or (linked is not None and place["linked_from_id"] == linked)
    )


def _unavailable(tracks: list[Track], on: dict[str, Row], empty: list[Row]) -> list[Track]:
    """Tracks whose entry is still there, without a song."""
    listed = sorted(
        (track for track in tracks if track.was_there), key=lambda track: track.days[track.last]["position"]
    )
    gaps: dict[tuple[Any, int, float], list[Track]] = defaultdict(list)
    for number, track in enumerate(listed):
        added = track.days[track.last]["added_at"]
        if track.song_id in on or added is None:
            continue
        above = [on[other.song_id]["position"] for other in listed[:number] if other.song_id in on]
        below = [on[other.song_id]["position"] for other in listed[number:] if other.song_id in on]
        gaps[added, above[-1] if above else 0, below[0] if below else math.inf].append(track)
    found: list[Track] = []
    for (added, above, below), missing in gaps.items():
        fitting = [row for row in empty if row["added_at"] == added and above < row["position"] < below]
        found += missing if len(fitting) == len(missing) else []
    kept = [track for track in tracks if track.was_gone and not track.was_there and track.song_id not in on]
    for track in kept:
        added = track.days[track.last]["added_at"]
        same = [other for other in kept if other.days[other.last]["added_at"] == added]
        fitting = [row for row in empty if added is not None and row["added_at"] == added]
        found += [track] if len(fitting) >= len(same) else []
    return found


def code_of(told: str | None) -> str | None:
    code = (told or "").upper().replace("-", "")
    return code if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", code) else None
