"""Published songs whose artists are only named, artists without profile or facts: the ids that sources can be asked
about, and the days that have more details since.

Details never change once they are there. So a rebuilt day would differ only if one of its songs or artists lacks
details that have come meanwhile.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

import polars as pl

from spotify_assets.lake.lacking_artists import lacking_artists
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import digits
from spotify_assets.lake.published_day import PublishedDay
from spotify_assets.schemas.base import BASE
from spotify_assets.transform.artist_details import FACTS, PROFILE, ArtistDetails, completed
from spotify_assets.transform.findings import counted
from spotify_assets.transform.track_details import details_of, lacks_artists

LACKING = "artists_text"
COMPLETED = {"snapshot_date": pl.Date, "completed": pl.String}


def completed_version(completed: Collection[str]) -> str:
    """Version of the details that came later for a day's songs and artists; empty if none did."""
    return digits(*sorted(completed)) if completed else ""


def completed_counts(completed: Collection[str]) -> dict[str, int]:
    """Counts of songs, profiles and facts that came later for a day."""
    kinds = Counter(name.partition(":")[0] if ":" in name else "songs" for name in completed)
    return {"songs": kinds["songs"], "profiles": kinds[PROFILE], "facts": kinds[FACTS]}


def days_to_complete(lake: Lake) -> dict[date, str]:
    """Published days, in order, that have more details of their songs now, each with their version."""
    marks = lake.published_days().whole
    found = pl.concat([_songs_to_complete(lake), _artists_to_complete(lake)])
    by_day = found.group_by("snapshot_date").agg(pl.col("completed").sort()).sort("snapshot_date")
    return {day: digits(marks[day].made_from, *named) for day, named in by_day.iter_rows() if day in marks}


def _songs_to_complete(lake: Lake) -> pl.DataFrame:
    """Days, each with the ids of songs whose details are there by now."""
    keys = lake.track_details.keys()
    days = _lacking_days(lake) if keys else []
    if not days:
        return pl.DataFrame(schema=COMPLETED)
    known = details_of(lake.track_details.read(keys)).select("song_id").lazy()
    found = _lacking_songs(lake, days).join(known, on="song_id", how="semi").rename({"song_id": "completed"})
    return found.collect(engine="streaming")


def _artists_to_complete(lake: Lake) -> pl.DataFrame:
    """Days, each with the details of its artists that are there by now."""
    keys = lake.artist_details.keys()
    if not keys:
        return pl.DataFrame(schema=COMPLETED)
    lacking = lacking_artists(lake, facts=True)
    details = ArtistDetails(lake.artist_details.read(keys), lake.settings.spotify_source)
    parts = [
        lacking.filter(lacks)
        .join(known, on="artist_id", how="semi")
        .select("snapshot_date", completed=pl.format(completed(kind, "{}"), "artist_id"))
        for lacks, known, kind in (
            ("lacks_profile", details.profiles, PROFILE),
            ("lacks_facts", details.facts, FACTS),
        )
    ]
    return pl.concat(parts)


def published_artists_to_ask_about(lake: Lake) -> list[str]:
    """Ids of published artists without a profile, those on most days first, whether asked for or not."""
    # Missing facts matter only once there are details, and then the same look shows both.
    lacking = lacking_artists(lake, facts=bool(lake.artist_details.keys()))
    days = lacking.filter("lacks_profile").group_by("artist_id").len("days")
    return days.sort("days", "artist_id", descending=[True, False])["artist_id"].to_list()


def published_tracks_to_ask_for(lake: Lake) -> list[str]:
    """Ids of published songs whose artists are only named, best place first, whether asked for or not."""
    days = _lacking_days(lake)
    if not days:
        return []
    songs, items = _lacking_songs(lake, days), BASE.tables["playlist_items"]
    places = lake.catalog.read(items, lake.catalog.published(items, [day.snapshot_date for day in days]).values())
    best = (
        places.select("snapshot_date", "song_id", "position")
        .join(songs, on=["snapshot_date", "song_id"], how="semi")
        .group_by("song_id")
        .agg(pl.col("position").min())
    )
    return best.sort("position", "song_id").collect(engine="streaming")["song_id"].to_list()


def _lacking_days(lake: Lake) -> list[PublishedDay]:
    """Published days that have such songs, as their manifests show."""
    published = lake.catalog.published(BASE.tables["songs"])
    return [
        published[day]
        for day in sorted(published)
        if any(file.nulls.get(LACKING, file.rows) < file.rows for file in published[day].files)
    ]


def _lacking_songs(lake: Lake, days: Collection[PublishedDay]) -> pl.LazyFrame:
    rows = lake.catalog.read(BASE.tables["songs"], days)
    return rows.filter(lacks_artists()).select("snapshot_date", "song_id")


def told_of_days(days: Sequence[date]) -> str:
    """A sentence about published days, in order, whose songs or artists have details that came later."""
    if not days:
        return "No published day lacks details that are known."
    return (
        f"Details have arrived for songs or artists of {counted(len(days), 'published day')} "
        f"({days[0]} to {days[-1]}). "
        "Rebuild them with the job apply_details, or with spotify-assets rebuild --details."
    )
