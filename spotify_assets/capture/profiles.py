"""Captures the profiles of a day's artists, with as few requests as possible, and no more than playlists leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from spotify_assets.capture.counted_requests import CountedRequests, counted_requests, left_for_another_day
from spotify_assets.capture.request_budget import Budget, due_profiles
from spotify_assets.capture.snapshots import last_capture, moment_of
from spotify_assets.lake.raw import ARTISTS, RawEntry, own_name
from spotify_assets.lake.raw_lake import RawLake
from spotify_assets.spotify.errors import CaptureError
from spotify_assets.spotify.source import PlaylistSource
from spotify_assets.transform.credits import ReadCredits, credited_artists


@dataclass(frozen=True)
class ArtistsCaptured:
    """Counts of the day's artist profiles: `read` now, `carried` over, and `missing`.

    `waiting` were due but not read, after `failure` or because they were `left_out`: due profiles carried over, and
    missing ones. `left_out` says why Spotify was not asked, or not about all: the day had ended since its playlists
    were captured, or the quota for artists is used up, or the share of SPOTIFY_DAILY_REQUESTS that playlists leave.
    That is no failure: waiting profiles are requested on another day. `budget` counts the last 24 hours, None if nobody
    counts.
    """

    read: int
    carried: int
    missing: int
    waiting: int
    requests: int
    failure: CaptureError | None
    left_out: str | None
    budget: Budget | None


def capture_artists(
    lake: RawLake,
    source: PlaylistSource,
    day: date,
    objects: Sequence[RawEntry],
    *,
    details: ReadCredits = dict,
) -> ArtistsCaptured:
    """Lands the profiles of all artists credited in the day's raw objects; reads those that are new or too old.

    Profiles read before a failure land as well, so that a retry requests only the others. If the day has ended since
    its playlists were captured, only carried-over profiles land. A due profile is kept until it is read again, or
    Spotify no longer knows the artist. Valid profiles of artists who are not credited today are stored with the others.
    `details` supply the artists of tracks that only name them.

    Raises:
        CaptureError: the source cannot show that day, and none of its playlists was captured.
        LakeError: the lake belongs to another source, or cannot be read or written.
    """
    fetched_at, left_out = moment_of(lake, source, day)
    lake.claim()
    # An import may name thousands, none of whom is on a captured playlist.
    captured = lake.raw.read(entry for entry in objects if not entry.is_import)
    wanted = credited_artists(captured, day, source.name, details)
    known = _last_profiles(lake, source, day, objects)
    read_at = {artist_id: datetime.fromisoformat(profile["fetched_at"]) for artist_id, profile in known.items()}
    due = due_profiles(wanted, read_at, fetched_at, source.profiles_keep)
    read, failure = list[dict[str, Any]](), None
    with counted_requests(lake, source) as counted:
        if left_out is None:
            counted.leave_to_playlists(lake, day, "profiles")
            read, failure = _read(source, due, day, counted)
    failure, used_up = left_for_another_day(failure)
    left_out = left_out or used_up
    was_cut_short = failure is not None or left_out is not None
    done = {profile.get("id") for profile in read} if was_cut_short else set(due)
    carried = [known[artist_id] for artist_id in sorted(wanted) if artist_id in known and artist_id not in done]
    by_id = sorted(read, key=lambda profile: str(profile.get("id")))
    stamped = [{**profile, "fetched_at": fetched_at.isoformat()} for profile in by_id]
    envelope = {"source": source.name, "fetched_at": fetched_at.isoformat()}
    if carried or stamped or left_out is None:
        # Artists who left all playlists may return; no table has them meanwhile.
        away = sorted(known.keys() - set(wanted))
        others = [known[artist_id] for artist_id in away if fetched_at - read_at[artist_id] < source.profiles_keep]
        document = {"envelope": envelope, "artists": [*carried, *stamped], "not_credited": others}
        lake.raw.land(own_name(ARTISTS, fetched_at), document)
    return ArtistsCaptured(
        read=len(read),
        carried=len(carried),
        missing=len(wanted) - len(read) - len(carried),
        waiting=len(due) - len(read) if was_cut_short else 0,
        requests=counted.requests,
        failure=failure,
        left_out=left_out,
        budget=counted.budget if source.counts_requests else None,
    )


def _read(
    source: PlaylistSource, artist_ids: Sequence[str], day: date, counted: CountedRequests
) -> tuple[list[dict[str, Any]], CaptureError | None]:
    """The profiles read, and why not all that the source knows."""
    read: list[dict[str, Any]] = []
    try:
        with counted.batches(day):
            for profile in source.artists(artist_ids, day):
                read.append(profile)
                counted.note()
    except CaptureError as error:
        return read, error
    return read, None


def _last_profiles(
    lake: RawLake, source: PlaylistSource, day: date, objects: Sequence[RawEntry]
) -> dict[str, dict[str, Any]]:
    """Profiles of the last capture, by artist id, as written; none if none is valid."""
    told = last_capture(lake, ARTISTS, day, objects, keep=source.profiles_keep, form=_Profiles)
    profiles = (*told.not_credited, *told.artists) if told else ()
    return {profile["id"]: profile for profile in profiles}


class _Profiles(msgspec.Struct):
    artists: list[dict[str, Any]]
    not_credited: list[dict[str, Any]] = []
