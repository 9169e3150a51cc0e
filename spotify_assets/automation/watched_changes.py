"""The message about a watched playlist: the changes of a day that somebody asked for."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from spotify_assets.automation.alerts import Alert
from spotify_assets.spotify.playlist_entry import PlaylistEntry, Watch
from spotify_assets.transform.findings import counted

MOST_LINES, LONGEST_NAME = 20, 80
MOVED = "moved"
# In the order of the message, after positions that were reached.
WORDS = {
    "added": "was added",
    "removed": "was removed",
    "became_unavailable": "is no longer available on Spotify",
    "available_again": "is available again",
    "relinked": "is now another edition of the same recording",
    MOVED: "moved",
}
ARRIVING = ("added", "available_again")
REACHING = (*ARRIVING, "relinked", MOVED)


@dataclass(frozen=True)
class Told:
    """A change that somebody asked for; `reached` is the best watched position that the song reached.

    `occurrences` are a song's entries before and now, if their number changed.
    """

    song: str
    change: str
    position: int | None
    previous_position: int | None
    occurrences: tuple[int, int] | None
    reached: int | None


def message_about(
    entry: PlaylistEntry, day: date, changes: pl.DataFrame, artists: Mapping[str, Collection[str]]
) -> Alert | None:
    """The message about a playlist's changes of a day; None if there are none that somebody asked for.

    `changes` are the playlist's rows of `playlist_changes`, `artists` the ids and names of each song's artists. On the
    first capture of a playlist nothing is known to have changed, so there are no rows then.
    """
    told = sorted(_told(entry.watch, changes, artists), key=_order)
    if not told:
        return None
    before = sorted({str(since) for since in changes["previous_capture"].drop_nulls()})
    compared = f", compared with {before[0]}" if before else ""
    lines = [f"- {_sentence(change)}" for change in told[:MOST_LINES]]
    if len(told) > MOST_LINES:
        lines.append(f"… and {len(told) - MOST_LINES} more")
    name = _short(entry.name)
    return Alert(
        f"{name}: {counted(len(told), 'change')} on {day}",
        "\n".join([f"{name} on {day}{compared}:", *lines]),
    )


def _told(watches: Collection[Watch], changes: pl.DataFrame, artists: Mapping[str, Collection[str]]) -> Iterator[Told]:
    for row in changes.iter_rows(named=True):
        credited = {*artists.get(row["song_id"], ()), *(row["artist_names"] or "").split(", ")}
        asked = [watch for watch in watches if _is_about(watch, row, {_folded(name) for name in credited})]
        reached = [watch.position for watch in asked if watch.position and _reaches(watch.position, row)]
        came_or_went = any(watch.position is None and _is_whole(watch, row["change"]) for watch in asked)
        if reached or came_or_went:
            by = f" by {_short(row['artist_names'])}" if row["artist_names"] else ""
            yield Told(
                f"{_short(row['song_name'])}{by}",
                row["change"],
                row["position"],
                row["previous_position"],
                _occurrences(row),
                min(reached, default=None),
            )


def _is_about(watch: Watch, row: Mapping[str, Any], credited: Collection[str]) -> bool:
    if watch.song is not None:
        return watch.song in (row["song_id"], row["previous_song_id"]) or _folded(watch.song) == _folded(
            row["song_name"]
        )
    return watch.artist is None or _folded(watch.artist) in credited


def _occurrences(row: Mapping[str, Any]) -> tuple[int, int] | None:
    before, now = row["previous_occurrences"], row["occurrences"]
    return None if before is None or now is None or before == now else (before, now)


def _is_whole(watch: Watch, change: str) -> bool:
    """Whether a watch without a position covers a change: for a song or an artist only additions and removals."""
    return change != MOVED or (watch.song is None and watch.artist is None)


def _reaches(wanted: int, row: Mapping[str, Any]) -> bool:
    position, before = row["position"], row["previous_position"]
    if position is None or position > wanted or row["change"] not in REACHING:
        return False
    return row["change"] in ARRIVING if before is None else before > wanted


def _folded(name: str) -> str:
    """A name, normalised in case, letter forms and spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _order(told: Told) -> tuple[bool, int, int, int, str]:
    kinds = list(WORDS)
    kind = kinds.index(told.change) if told.change in kinds else len(kinds)
    place = told.position or told.previous_position or 0
    if told.reached is not None:
        return (False, 0, told.reached, place, told.song)
    places_moved = abs((told.position or 0) - (told.previous_position or 0)) if told.change == MOVED else 0
    return (True, kind, -places_moved, place, told.song)


def _sentence(told: Told) -> str:
    place, before = told.position, told.previous_position
    where = " at " + str(place) if place is not None else ""
    then = f" (was at {before})" if before is not None else ""
    if told.reached is not None:
        goal = "number 1" if told.reached == 1 else f"the top {told.reached}{where and f', now{where}'}"
        return f"{told.song} reached {goal}{then}"
    if told.change in ("added", "removed") and told.occurrences is not None:
        return f"{told.song} is on the list {counted(told.occurrences[1], 'time')} now, {told.occurrences[0]} before"
    if told.change == MOVED and place is not None and before is not None:
        return f"{told.song} {'climbed' if place < before else 'fell'} from {before} to {place}"
    return f"{told.song} {WORDS.get(told.change, told.change.replace('_', ' '))}{where}{then}"


def _short(name: str) -> str:
    """A name on one line."""
    line = " ".join(name.split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1]}…"
