"""A year of many charts as the tables that the dashboard reads, from a seed: in Parquet, a file a region and table.

Songs come out, climb and fade, most of them in one region alone. Figures that the page only shows (changes, shares,
overlaps) are made up; that there are as many rows as real insights have is what matters here.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from benchmarks.chart_files import COUNTRIES
from spotify_assets.schemas import TABLES
from spotify_assets.serving.dashboard.data import COLUMNS, DAY

SEED, FIRST_DAY, PLACES, SERIES = 20261128, date(2026, 1, 1), 200, "regional-daily"
SONGS_EVERYWHERE, SONGS_OF_A_REGION, ARTISTS_OF_A_REGION, LABELS, GENRES = 1_500, 700, 170, 1_200, 60
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
SYLLABLES = ("la", "mi", "no", "ra", "te", "su", "ko", "vi", "de", "wax", "yo", "za", "bré", "çou", "él", "ñor", "øst")


@dataclass(frozen=True)
class HistoryInFiles:
    """Published rows as a lake would give them."""

    folder: Path
    all_days: Sequence[date]

    def days(self) -> list[date]:
        return list(self.all_days)

    def rows(self, name: str, columns: Sequence[str], days: Sequence[date]) -> pl.DataFrame:
        found = pl.scan_parquet(self.folder / name / "*.parquet", glob=True)
        return found.filter(pl.col(DAY).is_between(days[0], days[-1])).select(columns).collect()


def write_history(folder: Path, charts: int, days: int) -> HistoryInFiles:
    """Writes so many charts of so many days; the same for the same numbers."""
    chance = random.Random(SEED)
    regions = sorted({"global", *COUNTRIES[:charts]})[:charts]
    songs, artists = _songs(chance, regions)
    all_days = [FIRST_DAY + timedelta(days=number) for number in range(days)]
    for number, region in enumerate(regions):
        places = _places(songs, region, all_days)
        _write(folder, region, {"song_trends": places, **_insights(places, artists, region, regions)})
        shown = places.select(DAY, "song_id", "artist_id", "album_id").unique()
        _write(folder, f"{number}", {"shown": shown})
    shown = pl.read_parquet(folder / "shown" / "*.parquet").unique()
    _write(folder, "all", _base(shown, songs, artists, regions, all_days))
    return HistoryInFiles(folder, all_days)


def _songs(chance: random.Random, regions: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    def an_id() -> str:
        return "".join(chance.choices(LETTERS, k=22))

    def a_name() -> str:
        return " ".join("".join(chance.choices(SYLLABLES, k=2)) for _ in range(chance.randint(1, 3))).title()

    labels = [f"{a_name()} {ending}" for ending in ("Records", "Music", "Label") for _ in range(LABELS // 3)]
    homes = [None, *regions]
    made = {
        home: [(an_id(), a_name(), labels[int(LABELS * chance.random() ** 3)]) for _ in range(ARTISTS_OF_A_REGION)]
        for home in homes
    }
    rows: list[tuple[object, ...]] = []
    for home in homes:
        for _ in range(SONGS_OF_A_REGION if home else SONGS_EVERYWHERE):
            artist = made[home][int(ARTISTS_OF_A_REGION * chance.random() ** 2)]
            shape = (chance.randint(-250, 365), chance.paretovariate(1.2), chance.uniform(15, 150))
            rows.append((an_id(), a_name(), an_id(), home, *artist, *shape))
    of_artist, of_shape = ("artist_id", "artist_names", "label"), ("out", "strength", "fades")
    columns = ["song_id", "song_name", "album_id", "home", *of_artist, *of_shape]
    songs = pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)
    artists = songs.select("artist_id", name="artist_names", home="home").unique("artist_id").sort("artist_id")
    genre = pl.format("genre {}", (pl.col("artist_id").hash(1) % GENRES))
    return songs, artists.with_columns(
        genres=pl.concat_list(genre), genre_source=pl.lit("spotify"), country=pl.col("home").str.to_uppercase()
    )


def _places(songs: pl.DataFrame, region: str, days: Sequence[date]) -> pl.DataFrame:
    """The region's chart of every day."""
    here = songs.filter(pl.col("home").is_null() | (pl.col("home") == region)).with_columns(
        likes=_share("song_id", region)
    )
    numbers = pl.DataFrame({"number": range(len(days)), DAY: days})
    noise = pl.concat_str("song_id", pl.col("number").cast(pl.String)).hash(3) / 2.0**64
    age = pl.col("number") - pl.col("out")
    score = (pl.col("strength") * (0.2 + pl.col("likes"))).log() - age / pl.col("fades") + noise * 0.15
    ranked = (
        here.join(numbers, how="cross")
        .filter(age >= 0)
        .with_columns(position=score.rank("ordinal", descending=True).over("number").cast(pl.Int64))
        .filter(pl.col("position") <= PLACES)
        .sort("song_id", "number")
    )
    before = pl.col("position").shift(1).over("song_id")
    return ranked.with_columns(
        playlist_id=pl.lit(f"chart{region}".ljust(22, "0")),
        series=pl.lit(SERIES),
        region=pl.lit(region),
        previous_position=pl.when(pl.col("number").diff().over("song_id") == 1).then(before),
        previous_capture=pl.when(pl.col("number") > 0).then(pl.col(DAY) - timedelta(days=1)),
        peak_position=pl.col("position").cum_min().over("song_id"),
        days_on_chart=pl.int_range(1, pl.len() + 1).over("song_id"),
        first_seen=pl.col(DAY).first().over("song_id"),
        is_first_seen_known=pl.col(DAY).first().over("song_id") > FIRST_DAY,
        release_date=FIRST_DAY + pl.duration(days="out"),
        points=PLACES + 1 - pl.col("position"),
        streams=(2_000_000 * (pl.col("likes") + 0.1) / pl.col("position") ** 0.7 * (1 + noise / 10)).cast(pl.Int64),
    ).with_columns(
        peak_date=pl.when(pl.col("position") == pl.col("peak_position")).then(DAY).forward_fill().over("song_id")
    )


def _insights(
    places: pl.DataFrame, artists: pl.DataFrame, region: str, regions: Sequence[str]
) -> dict[str, pl.DataFrame]:
    """As many rows as insights have, with figures that follow the chart's or are made up."""
    places = places.join(artists.select("artist_id", "genres"), on="artist_id")
    of_region = [DAY, "series", "region"]
    sums = [pl.len().cast(pl.Int64).alias("entries"), pl.col("points", "streams").sum()]
    by_artist = places.group_by(*of_region, "artist_id", pl.col("artist_names").alias("artist_name")).agg(*sums)
    rank = pl.col("points").rank("min", descending=True).over(of_region).cast(pl.Int64)
    move = (pl.col("points") % 7 - 3).alias("rank_change")
    week = [pl.col(name).mul(7).alias(f"week_{name}") for name in ("points", "streams")]
    artist_trends = by_artist.with_columns(
        move, *week, rank=rank, week_rank=rank, week_rank_change=pl.col("streams") % 5 - 2,
        streams_change=pl.col("streams") % 20_011 - 10_000, week_streams_change=pl.col("streams") % 90_001 - 45_000,
    )  # fmt: skip

    def shares(part: str, counted: str) -> pl.DataFrame:
        rows = places.explode("genres").rename({"genres": "genre"}).group_by(*of_region, part).agg(*sums)
        share = {name: pl.col(name) / pl.col(name).sum().over(of_region) for name in ("points", "streams")}
        rows = rows.rename({"entries": counted}).with_columns(share=share["points"], streams_share=share["streams"])
        changes = [
            (pl.col(of) * (pl.col("streams") % 9 - 4) / 20).alias(f"{of}_change_{days}_days")
            for of in ("share", "streams_share")
            for days in (7, 28)
        ]
        return rows.with_columns(changes)

    days = places.select(of_region).unique()
    made_up = (pl.col(DAY).hash(5) % 1000) / 1000
    others = days.join(pl.DataFrame({"other_region": [other for other in regions if other != region]}), how="cross")
    age = (pl.col(DAY) - pl.col("release_date")).dt.total_days()
    pair = pl.concat_str("other_region", pl.col(DAY).cast(pl.String)).hash(6)
    return {
        "artist_trends": artist_trends,
        "genre_trends": shares("genre", "artists").with_columns(pl.col("points", "streams").cast(pl.Float64)),
        "label_trends": shares("label", "songs"),
        "domestic_share": days.with_columns(
            share=made_up / 2, known_share=made_up / 3 + 0.6, streams_share=made_up / 2,
            artists=pl.lit(150), domestic_artists=pl.lit(60),
        ),
        "artist_consistency": by_artist.with_columns(
            days_captured=pl.lit(28), days_present=1 + pl.col("points") % 28, label=pl.lit("steady"),
            mean_position=pl.col("points") / pl.col("entries"), steepest_climb=pl.col("streams") % 90,
        ),
        "release_performance": places.with_columns(days_since_release=age).filter(age <= 56).with_columns(
            debut_position=pl.col("position"), is_debut_known=True, days_to_peak=pl.col("days_on_chart") // 2,
        ),
        "region_links": others.with_columns(
            shared_songs=(pair % 90).cast(pl.Int64), compared_songs=(pair % 300).cast(pl.Int64),
            overlap=(pair % 1000) / 1000, median_lead_days=(pair % 9).cast(pl.Float64) - 4,
        ),
    }  # fmt: skip


def _base(
    shown: pl.DataFrame, songs: pl.DataFrame, artists: pl.DataFrame, regions: Sequence[str], days: Sequence[date]
) -> dict[str, pl.DataFrame]:
    albums = songs.select("album_id", name="song_name", release_date=FIRST_DAY + pl.duration(days="out"))
    playlists = pl.DataFrame({"region": regions}).with_columns(
        playlist_id=pl.format("chart{}", "region").str.pad_end(22, "0"),
        name=pl.format("Top songs {}", "region"),
        source=pl.lit("sample"),
    )
    return {
        "playlists": playlists.join(pl.DataFrame({DAY: days}), how="cross"),
        "songs": shown.select(DAY, "song_id", "album_id"),
        "song_artists": shown.select(DAY, "song_id", "artist_id", artist_position=pl.lit(1, pl.Int64)),
        "artists": shown.select(DAY, "artist_id").unique().join(artists, on="artist_id"),
        "albums": shown.select(DAY, "album_id")
        .join(albums, on="album_id")
        .with_columns(release_date_precision=pl.lit("day")),
    }


def _share(column: str, region: str) -> pl.Expr:
    """A number from 0 to 1 for each value and region."""
    return pl.concat_str(pl.col(column), pl.lit(region)).hash(2) / 2.0**64


def _write(folder: Path, name: str, tables: dict[str, pl.DataFrame]) -> None:
    for table, rows in tables.items():
        (folder / table).mkdir(parents=True, exist_ok=True)
        types = {column: of.dtype for column, of in TABLES[table].schema.columns().items()} if table in COLUMNS else {}
        wanted = [pl.col(column).cast(types[column]) for column in [DAY, *COLUMNS.get(table, [])] if types]
        # Parts of a file are about a few days, as files of a lake are, so that no others need be read.
        ordered = rows.select(wanted or pl.all()).sort(DAY)
        ordered.write_parquet(folder / table / f"{name}.parquet", row_group_size=max(1, rows.height // 24))
