"""Published songs whose artists are only named: which tracks Spotify can be asked for, and which days have become able
to say more since.

Details of a track never change once they are there. So a published day would be made of something else exactly where
one of its songs still lacks what has come meanwhile.
"""

from collections.abc import Collection
from datetime import date

import polars as pl

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import digits
from spotify_assets.lake.published_day import PublishedDay
from spotify_assets.schemas.base import BASE
from spotify_assets.transform.track_details import details_of, lacks_artists

LACKING = "artists_text"


def completed_version(song_ids: Collection[str]) -> str:
    """Version of what came later of a day's songs; empty where that is nothing."""
    return digits(*sorted(song_ids)) if song_ids else ""


def days_to_complete(lake: Lake) -> dict[date, str]:
    """Published days, in order, that would say more of their songs now, each with the version of that."""
    keys = lake.track_details.keys()
    days = _lacking_days(lake) if keys else []
    if not days:
        return {}
    known = details_of(lake.track_details.read(keys)).select("song_id").lazy()
    found = (
        _lacking_songs(lake, days)
        .join(known, on="song_id", how="semi")
        .group_by("snapshot_date")
        .agg(pl.col("song_id").unique().sort())
        .sort("snapshot_date")
        .collect(engine="streaming")
    )
    marks = lake.published_days().whole
    return {day: digits(marks[day].made_from, *ids) for day, ids in found.iter_rows() if day in marks}


def published_tracks_to_ask_for(lake: Lake) -> list[str]:
    """Ids of published songs whose artists are only named, those with the best place first, whoever was asked."""
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
    """Published days that have such songs at all, as their manifests tell."""
    published = lake.catalog.published(BASE.tables["songs"])
    return [
        published[day]
        for day in sorted(published)
        if any(file.nulls.get(LACKING, file.rows) < file.rows for file in published[day].files)
    ]


def _lacking_songs(lake: Lake, days: Collection[PublishedDay]) -> pl.LazyFrame:
    rows = lake.catalog.read(BASE.tables["songs"], days)
    return rows.filter(lacks_artists()).select("snapshot_date", "song_id")
