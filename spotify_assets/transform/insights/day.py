"""All insight tables of a day, and what they need from the days before it."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.transform.insights.artists import (
    CLIMB_DAYS,
    FOUR_WEEKS,
    artist_consistency,
    artist_trends,
    presences,
)
from spotify_assets.transform.insights.availability import unavailable_songs
from spotify_assets.transform.insights.charts import read_charts, with_series
from spotify_assets.transform.insights.domestic import domestic_share
from spotify_assets.transform.insights.genres import genre_trends
from spotify_assets.transform.insights.labels import label_trends
from spotify_assets.transform.insights.memory import MEMORY, memory_after, rows_of_the_day
from spotify_assets.transform.insights.playlists import playlist_changes, playlist_songs, song_trends
from spotify_assets.transform.insights.regions import region_links
from spotify_assets.transform.insights.releases import RELEASE_DAYS, release_performance
from spotify_assets.transform.insights.relinks import under_ids_of_today
from spotify_assets.transform.insights.streams import with_stream_changes
from spotify_assets.transform.insights.windows import COMPARED_DAYS, DAYS_OF_TOLERANCE, Window, captured_days

# The tables whose rows of prior days a day looks back on, and over how many days.
WINDOWS: Mapping[str, int] = {
    "song_trends": RELEASE_DAYS,
    "artist_trends": FOUR_WEEKS - 1,
    "genre_trends": max(COMPARED_DAYS) + DAYS_OF_TOLERANCE,
}
# The columns looked back on: eight weeks of 73 charts are 800,000 rows, so the others are not read.
LOOKED_BACK_ON: Mapping[str, Sequence[str]] = {
    "song_trends": (
        "snapshot_date",
        "series",
        "region",
        "playlist_id",
        "song_id",
        "song_name",
        "artist_names",
        "recording_id",
        "release_date",
        "label",
        "status",
        "position",
        "points",
        "streams",
    ),
    "artist_trends": (
        "snapshot_date",
        "series",
        "region",
        "artist_id",
        "artist_name",
        "entries",
        "best_position",
        "points",
        "rank",
        "streams",
        "week_points",
        "week_rank",
        "week_streams",
    ),
    "genre_trends": ("snapshot_date", "series", "region", "genre", "share", "streams_share"),
}
TABLES_AT_ONCE = 2

# A day's state for later days: the tables, in the order in which a mark names their content.
SAYING = (MEMORY, *WINDOWS)


@dataclass(frozen=True)
class EarlierDays:
    """State from prior days: the memory after all of them, and the rows of a window per table.

    A window has the columns of LOOKED_BACK_ON. It may hold more days than a day looks back on, never later ones.
    `captured` (`captured_days`) and `present` (`presences`) are computed from the windows, and grow with them.
    """

    memory: pl.DataFrame
    windows: Mapping[str, Window]
    captured: pl.DataFrame
    present: Window

    @classmethod
    def of(cls, memory: pl.DataFrame, windows: Mapping[str, pl.DataFrame]) -> "EarlierDays":
        """From a memory and the rows of the windows."""
        rows = {name: with_series(frame) for name, frame in windows.items()}
        captured = captured_days(rows["song_trends"])
        present = presences(rows["artist_trends"], captured)
        return cls(memory, {name: Window.of(frame) for name, frame in rows.items()}, captured, Window.of(present))

    def with_captured(self, songs: pl.DataFrame) -> pl.DataFrame:
        """The captured days, with the day of these `song_trends`."""
        return pl.concat([self.captured, captured_days(songs)])

    def with_present(self, day: date, artists: pl.DataFrame, captured: pl.DataFrame) -> Window:
        """The presences, with those of a day's `artist_trends`; `captured` includes that day."""
        just_before = self.present.on_days(day, CLIMB_DAYS, 1)
        return self.present.followed_by(day, presences(artists, captured, just_before), FOUR_WEEKS)

    def followed_by(self, day: date, tables: Mapping[str, pl.DataFrame]) -> "EarlierDays":
        """The state after one more day, without days that no later day can look back on."""

        def latest(name: str, frame: pl.DataFrame) -> pl.DataFrame:
            return frame.filter(pl.col("snapshot_date") > day - timedelta(days=WINDOWS[name]))

        windows = {name: rows.followed_by(day, tables[name], WINDOWS[name]) for name, rows in self.windows.items()}
        captured = self.with_captured(tables["song_trends"])
        present = self.with_present(day, tables["artist_trends"], captured)
        return EarlierDays(
            memory_after(self.memory, tables[MEMORY]),
            windows,
            latest("song_trends", captured),
            present,
        )


def looked_back_on(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """The columns of a table that later days look back on."""
    return table.select(LOOKED_BACK_ON[name])


# Before the first day.
NOTHING_EARLIER = EarlierDays.of(
    INSIGHTS.tables[MEMORY].schema.create_empty(),
    {name: INSIGHTS.tables[name].schema.create_empty().select(LOOKED_BACK_ON[name]) for name in WINDOWS},
)


def build_insights(day: date, base: Mapping[str, pl.DataFrame], earlier: EarlierDays) -> dict[str, pl.DataFrame]:
    """The insight tables of a day from its published base tables, keyed by name, each sorted by its key."""
    charts = read_charts(day, base)
    before = under_ids_of_today(charts, with_series(earlier.memory))
    unavailable = unavailable_songs(charts, before)
    memory = playlist_songs(charts, before, unavailable)
    of_songs = with_stream_changes(song_trends(charts, memory, before), earlier.windows["song_trends"], day)
    songs = _shaped("song_trends", of_songs)
    trends = earlier.windows["song_trends"].followed_by(day, songs, RELEASE_DAYS + 1)
    captured = earlier.with_captured(songs)
    artists = _shaped("artist_trends", artist_trends(charts, captured, earlier.windows["artist_trends"]))
    present = earlier.with_present(day, artists, captured)
    frames: dict[str, Callable[[], pl.DataFrame]] = {
        "artist_consistency": lambda: artist_consistency(day, captured, present),
        "region_links": lambda: region_links(songs, memory),
        "release_performance": lambda: release_performance(charts, trends),
        "label_trends": lambda: label_trends(day, captured, trends),
        "genre_trends": lambda: genre_trends(charts, captured, earlier.windows["genre_trends"]),
        "domestic_share": lambda: domestic_share(charts),
        "playlist_changes": lambda: playlist_changes(charts, memory, before, unavailable),
        MEMORY: lambda: rows_of_the_day(memory, before),
    }
    # They are independent, and Polars does most of each on one processor; the longest ones first.
    with ThreadPoolExecutor(TABLES_AT_ONCE) as threads:
        made = dict(zip(frames, threads.map(lambda name: _shaped(name, frames[name]()), frames), strict=True))
    made |= {"song_trends": songs, "artist_trends": artists}
    return {name: made[name] for name in INSIGHTS.tables}


def _shaped(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of the table in its order and types, sorted by its key."""
    table = INSIGHTS.tables[name]
    columns = {column: definition.dtype for column, definition in table.schema.columns().items()}
    return frame.select(pl.col(column).cast(dtype) for column, dtype in columns.items()).sort(table.order)
