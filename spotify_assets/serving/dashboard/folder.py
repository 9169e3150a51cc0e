"""The page as a folder: `index.html`, and next to it the complete history in pieces that it reads when looked at.

Any web server or bucket can serve it. History is read a month at a time, so that memory does not grow with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, groupby
from typing import Any, Protocol

import polars as pl

from spotify_assets.lake.storage import Storage
from spotify_assets.schemas import TABLES
from spotify_assets.serving.dashboard.choice import leading, part_totals
from spotify_assets.serving.dashboard.data import COLUMNS, DAY, page_data
from spotify_assets.serving.dashboard.page import page_html
from spotify_assets.serving.dashboard.pieces import (
    KINDS,
    Tables,
    chart_pieces,
    names_of,
    packed,
    region_pieces,
    series_pieces,
    song_pieces,
    unit,
)
from spotify_assets.serving.dashboard.site import Site
from spotify_assets.transform.insights.charts import SERIES_REGION, with_series

MONTHS_OF_UNIT = 1
CORE = ["source", "start", "top", "tells_streams", "days", "series", "regions", "region_series", "playlists", "lengths"]
# Number of pieces that record where songs, artists and labels are.
BUCKETS = 64


class History(Protocol):
    """Published rows, a few days at a time."""

    def days(self) -> list[date]:
        """Days with places on charts, in order."""
        ...

    def rows(self, name: str, columns: Sequence[str], days: Sequence[date]) -> pl.DataFrame:
        """Some columns of a table's rows of some days."""
        ...


@dataclass(frozen=True)
class Written:
    """What was written: first and last day, captured days, places on charts, pieces and their bytes."""

    first: date | None
    last: date | None
    days: int
    chart_rows: int
    pieces: int
    size: int


def write_folder(history: History, target: Storage, library: str) -> Written:
    """Writes the complete history as a page in pieces; `library` is what `charting_library` gives.

    Raises:
        LakeError: history cannot be read, or the folder cannot be written.
    """
    units = [list(days) for _, days in groupby(history.days(), _unit_of)]
    parts = {part: leading(_totals(history, units, part), part) for part in ("genre", "label")}
    site = Site(target)
    found = [_write_unit(site, history, days, parts) for days in units]
    tables = {name: _together([one.skeleton[name] for one in found], name) for name in COLUMNS}
    core = _core(tables)
    index = page_html({**core, "pieces": _table(site, found, core)}, library, in_pieces=True).encode()
    site.finish(index)
    days = [day for of_unit in units for day in of_unit]
    return Written(
        min(days, default=None),
        max(days, default=None),
        len(days),
        sum(one.rows for one in found),
        len(site.sizes),
        len(index) + sum(site.sizes.values()),
    )


@dataclass(frozen=True)
class _UnitWritten:
    """The names of a unit's pieces by what they are about, where subjects are, names, and a row a day and playlist."""

    first: date
    last: date
    rows: int
    charts: Mapping[str, str]
    regions: Mapping[tuple[str, str], str]
    series: Mapping[str, str]
    songs: Sequence[str]
    places: pl.DataFrame
    names: pl.DataFrame
    skeleton: Tables


def _write_unit(site: Site, history: History, days: Sequence[date], parts: Mapping[str, pl.DataFrame]) -> _UnitWritten:
    of = unit(lambda name: history.rows(name, [DAY, *COLUMNS[name]], days), parts)
    songs, places = song_pieces(of)
    # If any place of a day has streams, the day's row is one that has them.
    a_row_each = of.trends.sort("streams", nulls_last=True).unique([DAY, "playlist_id"], keep="first")
    skeleton = {name: rows.clear() for name, rows in of.tables.items()}
    skeleton["song_trends"] = a_row_each.select(of.tables["song_trends"].columns)
    skeleton["playlists"] = of.facts["playlists"]
    return _UnitWritten(
        first=days[0],
        last=days[-1],
        rows=of.trends.height,
        charts={playlist: site.write(piece) for playlist, piece in chart_pieces(of)},
        regions={region: site.write(piece) for region, piece in region_pieces(of)},
        series={series: site.write(piece) for series, piece in series_pieces(of)},
        songs=[site.write(piece) for piece in songs],
        places=_on_its_own(places),
        names=_on_its_own(names_of(of)),
        skeleton={name: _on_its_own(rows) for name, rows in skeleton.items()},
    )


def _on_its_own(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows, with no hold on the texts of the unit that they come from: each unit's would stay in memory."""
    return pl.DataFrame(frame.to_arrow(compat_level=pl.CompatLevel.oldest()))


def _unit_of(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // MONTHS_OF_UNIT


def _totals(history: History, units: Sequence[Sequence[date]], part: str) -> pl.DataFrame:
    """Points and streams of each region's genres or labels over all days."""
    name, columns = f"{part}_trends", [*SERIES_REGION, part, "points", "streams"]
    found = [TABLES[name].schema.create_empty().select(columns)]
    found += [part_totals(with_series(history.rows(name, columns, days)), part) for days in units]
    return part_totals(pl.concat(found, how="vertical_relaxed"), part)


def _together(frames: Sequence[pl.DataFrame], name: str) -> pl.DataFrame:
    return pl.concat([TABLES[name].schema.create_empty().select(DAY, *COLUMNS[name]), *frames], how="diagonal_relaxed")


def _core(tables: Tables) -> dict[str, Any]:
    """What the page knows before it reads a piece: days, playlists and regions, and how long each chart was."""
    return page_data(tables, sections=CORE)


def _table(site: Site, found: Sequence[_UnitWritten], core: Mapping[str, Any]) -> dict[str, Any]:
    """Which piece holds what, by the numbers of the core; pieces of songs are numbered over all units, in order."""
    days = core["days"]
    regions = [(core["series"][of], name) for of, name in zip(core["region_series"], core["regions"], strict=True)]
    return {
        "units": [
            {
                "first": days.index(one.first.isoformat()),
                "last": days.index(one.last.isoformat()),
                "charts": [one.charts.get(playlist) for playlist in core["playlists"]["id"]],
                "regions": [one.regions.get(region) for region in regions],
                "series": [one.series.get(series) for series in core["series"]],
                "songs": one.songs,
            }
            for one in found
        ],
        "places": _write_places(site, found),
        "names": _write_names(site, found),
    }


def _write_places(site: Site, found: Sequence[_UnitWritten]) -> list[str]:
    """Writes where the songs of each subject are, a part of the subjects in each of `BUCKETS` pieces; their names."""
    begins = accumulate((len(one.songs) for one in found), initial=0)
    frames = [one.places.with_columns(pl.col("piece") + begin) for one, begin in zip(found, begins, strict=False)]
    buckets: list[dict[str, dict[str, list[Any]]]] = [
        {kind: {"id": [], "pieces": []} for kind in KINDS} for _ in range(BUCKETS)
    ]
    for kind, subject, pieces in _by_subject(frames, pl.col("piece").sort()):
        told = buckets[sum(map(ord, subject)) % BUCKETS][kind]
        told["id"].append(subject)
        told["pieces"].append(pieces)
    return [site.write(packed(bucket)) for bucket in buckets]


def _write_names(site: Site, found: Sequence[_UnitWritten]) -> str:
    """Writes all names that can be found, the most charted first; gives the piece's name."""
    rows = _by_subject([one.names for one in found], pl.col("name", "detail").last(), pl.col("weight").sum())
    columns = list(zip(*sorted(rows, key=lambda row: -row[4]), strict=True)) or [[]] * 5
    return site.write(packed(dict(zip(("kind", "id", "name", "detail"), columns, strict=False))))


def _by_subject(frames: Sequence[pl.DataFrame], *told: pl.Expr) -> list[tuple[Any, ...]]:
    """Kind, id and values of each subject, in order."""
    if not frames:
        return []
    return pl.concat(frames).group_by("kind", "id", maintain_order=True).agg(*told).sort("kind", "id").rows()
