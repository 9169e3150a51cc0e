"""Artists of published days without a profile, or without known facts.

On most lakes these are few, or all artists of imported charts. What the days lacked at the last look is kept in one
object (`lake/kept_rows.py`), so a look reads only the days that came or changed since, not all of history.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from spotify_assets.lake.kept_rows import KeptTable, read_kept, rows_still_true, write_kept
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import MARKS
from spotify_assets.lake.published_day import PublishedDay
from spotify_assets.schemas.base import BASE
from spotify_assets.transform.artist_details import lacks_facts, lacks_profile

KEPT = f"{MARKS}/lacking/artists.kept"
ARTISTS = BASE.tables["artists"]
# Columns that are null if something is lacking.
LACKING = ("profile_fetched_at", "wikidata_id")
COLUMNS = {
    "snapshot_date": pl.Date,
    "artist_id": pl.String,
    "lacks_profile": pl.Boolean,
    "lacks_facts": pl.Boolean,
}


def lacking_artists(lake: Lake, *, facts: bool) -> pl.DataFrame:
    """A row (`COLUMNS`) for each published day and artist without a profile; with `facts`, also for missing facts."""
    wanted = _versions(lake, facts=facts)
    kept = rows_still_true(read_kept(lake.storage, KEPT).get(ARTISTS.name), wanted, pl.DataFrame(schema=COLUMNS))
    others = [day for day in wanted if day not in kept.versions]
    if not others:
        return kept.rows
    nulls = LACKING if facts else LACKING[:1]
    published = lake.catalog.published(ARTISTS, others)
    days = [published[day] for day in sorted(published) if _lacks(published[day], nulls)]
    rows = pl.concat([kept.rows, _read(lake, days, facts=facts)])
    after = _versions(lake, facts=facts) if days else wanted
    same = {day: version for day, version in wanted.items() if after.get(day) == version}
    of_days = rows.filter(pl.col("snapshot_date").is_in(pl.Series(list(same), dtype=pl.Date).implode()))
    write_kept(lake.storage, KEPT, {ARTISTS.name: KeptTable(same, of_days)})
    return rows


def _versions(lake: Lake, *, facts: bool) -> Mapping[date, str]:
    """Published days, each with the version of its kept rows."""
    looked_for = "profiles and facts" if facts else "profiles"
    return {day: f"{mark.content} {looked_for}" for day, mark in lake.published_days().whole.items()}


def _lacks(day: PublishedDay, columns: Sequence[str]) -> bool:
    """Whether any artist lacks something, according to the manifests."""
    return any(file.nulls.get(name, file.rows) for file in day.files for name in columns)


def _read(lake: Lake, days: list[PublishedDay], *, facts: bool) -> pl.DataFrame:
    lacking = lake.catalog.read(ARTISTS, days).select(
        "snapshot_date", "artist_id", lacks_profile=lacks_profile(), lacks_facts=lacks_facts()
    )
    wanted = pl.col("lacks_profile") | (pl.col("lacks_facts") if facts else False)
    return lacking.filter(wanted).collect(engine="streaming")
