"""Small made-up histories of charts, as base tables, for tests of the insights."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import polars as pl
from hypothesis import strategies as st

from spotify_assets.schemas.base import BASE
from spotify_assets_tests.support.data.builders import spotify_id

FIRST_DAY = date(2026, 3, 1)
SONGS, ARTISTS, PLAYLISTS, VARIANTS = 7, 4, 3, 3
# A place that no song holds: an episode, say.
OTHER = -1


def gone(song: int) -> int:
    """The place of a song that Spotify does not offer any more: the entry is there, its song is not."""
    return -10 - song


# Where windows of 7, 28 and 56 days, and of six more, end: the last day within each, and the first beyond.
AT_EDGES = (6, 7, 13, 14, 27, 28, 34, 35, 56, 57)

# Who is credited on each song: nobody, one artist, two, or the same one twice.
CREDITS: tuple[tuple[int, ...], ...] = ((0,), (1,), (0, 1), (2, 3), (), (3, 3), (2,))
# Release of each song's album: day after FIRST_DAY and precision; none without an album, or an album without a date.
RELEASES: tuple[tuple[int | None, str | None] | None, ...] = (
    (-40, "day"), (3, "day"), (-10, "month"), None, (-58, "day"), (None, None), (0, "year"),
)  # fmt: skip
# Genres of each artist, by the day's variant.
GENRES: tuple[tuple[list[str] | None, ...], ...] = (
    (["pop"], ["pop", "rock"], ["pop", "pop"]),
    (["rock", "jazz", "pop"], None, ["jazz"]),
    ([], ["folk"], []),
    (None, None, ["rock", "unknown"]),
)

# Country of each artist, by the day's variant.
COUNTRIES: tuple[tuple[str | None, ...], ...] = (
    ("GB", "GB", None),
    ("US", None, "GB"),
    (None, None, None),
    ("JP", "GB", "US"),
)

# ISRC of each song, by the day's variant: two songs are one recording, and one code is not always told.
CODES: tuple[tuple[str | None, ...], ...] = (
    (None, "GBAAA2600001", "gb-aaa-26-00001"), (None, None, None), ("USAAA2600002",) * 3,
    ("JPAAA2600003",) * 3, ("JPAAA2600003",) * 3, (None, None, None), ("not a code", None, None),
)  # fmt: skip
# The song that Spotify links another one from, in one variant; and one that it does not play, in another.
LINKED_FROM, NOT_PLAYABLE = {(6, 1): 5, (5, 2): 1}, {(2, 2)}
# Label of each song, as charts write it; in one variant none is told, in another no streams are.
LABELS: tuple[str | None, ...] = ("Label A", "Label A / Label B", None, "Label B", None, "Label A", "Label B")
NO_STREAMS, NO_LABELS = 1, 2
# When each song was put on its lists, in hours: some in one go, one at an unknown time.
ADDED: tuple[int | None, ...] = (1, 1, 1, 2, 2, 3, None)

Place = int


@dataclass(frozen=True)
class Chart:
    """A playlist as captured on a day: its region, a song number (or OTHER) for each position, and what it is."""

    region: str | None
    places: Sequence[Place]
    chart_type: str | None = None
    recurrence: str | None = None


@dataclass(frozen=True)
class ChartDay:
    """A captured day: playlists by number, and which variant of names, genres and dates holds."""

    charts: dict[int, Chart] = field(default_factory=dict)
    variant: int = 0

    def __hash__(self) -> int:
        return hash(repr(self))


History = dict[date, ChartDay]


def base_tables(day: date, told: ChartDay) -> dict[str, pl.DataFrame]:
    """The base tables of a day, each satisfying its schema."""
    return dict(_made_once(day, told))


# Whoever looks over a whole history from each of its days asks for each day again and again.
@lru_cache(maxsize=64)
def _made_once(day: date, told: ChartDay) -> dict[str, pl.DataFrame]:
    on_charts = sorted({song for chart in told.charts.values() for song in chart.places if song >= 0})
    credited = sorted({artist for song in on_charts for artist in CREDITS[song]})
    rows: dict[str, list[dict[str, object]]] = {
        "playlists": [_playlist(number, chart) for number, chart in sorted(told.charts.items())],
        "playlist_items": [
            _item(number, position, song, told.variant)
            for number, chart in sorted(told.charts.items())
            for position, song in enumerate(chart.places, 1)
        ],
        "songs": [_song(song, told.variant) for song in on_charts],
        "song_artists": [
            {"song_id": song_id(song), "artist_position": position, "artist_id": artist_id(artist)}
            for song in on_charts
            for position, artist in enumerate(CREDITS[song], 1)
        ],
        "albums": [album for song in on_charts if (album := _album(song, told.variant)) is not None],
        "artists": [_artist(artist, told.variant) for artist in credited],
        "rejected_rows": [],
    }
    return {name: _frame(name, day, made) for name, made in rows.items()}


def _frame(name: str, day: date, rows: list[dict[str, object]]) -> pl.DataFrame:
    columns = {column: definition.dtype for column, definition in BASE.tables[name].schema.columns().items()}
    return pl.DataFrame([{"snapshot_date": day, **row} for row in rows], schema=columns)


def playlist_id(number: int) -> str:
    return spotify_id(f"Playlist{number}")


def song_id(number: int) -> str:
    return spotify_id(f"Song{number}")


def artist_id(number: int) -> str:
    return spotify_id(f"Artist{number}")


def _playlist(number: int, chart: Chart) -> dict[str, object]:
    return {
        "playlist_id": playlist_id(number),
        "region": chart.region,
        "chart_type": chart.chart_type,
        "recurrence": chart.recurrence,
        "tags": [],
        "entries": len(chart.places),
        "fetched_at": datetime(2026, 3, 1, tzinfo=UTC),
        "source": "sample",
    }


def _item(number: int, position: int, song: Place, variant: int) -> dict[str, object]:
    kept = song if song >= OTHER else -10 - song
    hours = None if kept == OTHER else ADDED[kept]
    return {
        "playlist_id": playlist_id(number),
        "position": position,
        "entry_type": "track" if song >= 0 else "episode" if song == OTHER else "unavailable",
        "song_id": song_id(song) if song >= 0 else None,
        "added_at": None if hours is None else datetime(2026, 1, 1, hours, tzinfo=UTC),
        "label": None if song < 0 or variant == NO_LABELS else LABELS[song],
        # Not of one song.
        "streams": None if song in (OTHER, 3) or song < 0 or variant == NO_STREAMS else 100 * (9 - position) + song,
    }


def _song(song: int, variant: int) -> dict[str, object]:
    return {
        "song_id": song_id(song),
        "name": f"Song {song}" if variant == 0 else f"Song {song} (Take {variant})",
        "album_id": None if RELEASES[song] is None else spotify_id(f"Album{song}"),
        "popularity": None if variant == 1 else 10 * song + variant,
        "isrc": CODES[song][variant],
        "linked_from_id": song_id(LINKED_FROM[song, variant]) if (song, variant) in LINKED_FROM else None,
        "is_playable": False if (song, variant) in NOT_PLAYABLE else None,
        "url": "https://open.spotify.com",
    }


def _album(song: int, variant: int) -> dict[str, object] | None:
    release = RELEASES[song]
    if release is None:
        return None
    offset, precision = release
    # In one variant every date is a day later: the last one seen counts.
    told = None if offset is None else FIRST_DAY + timedelta(days=offset + (variant == 2))
    return {
        "album_id": spotify_id(f"Album{song}"),
        "release_date": told,
        "release_date_precision": precision,
        "url": "https://open.spotify.com",
    }


def _artist(artist: int, variant: int) -> dict[str, object]:
    return {
        "artist_id": artist_id(artist),
        "name": f"Artist {artist}" if variant == 0 else f"Artist {artist} & Co.",
        "genres": GENRES[artist][variant],
        "popularity": 50 + artist if variant == 2 else None,
        "url": "https://open.spotify.com",
        "genre_source": "wikidata" if GENRES[artist][variant] else "none",
        "country": COUNTRIES[artist][variant],
    }


# Chart type and recurrence: a playlist that older tables know, and one that is called so; charts of three series.
KINDS = ((None, None), ("playlist", None), ("regional", "daily"), ("regional", "weekly"), ("viral", "daily"))
_charts = st.builds(
    lambda region, places, kind: Chart(region, places, *kind),
    region=st.sampled_from(["uk", "us", "south", None]),
    places=st.lists(st.integers(OTHER, SONGS - 1) | st.integers(0, SONGS - 1).map(gone), max_size=8),
    kind=st.sampled_from(KINDS),
)
chart_days = st.builds(
    ChartDay,
    charts=st.dictionaries(st.integers(0, PLAYLISTS - 1), _charts, min_size=1, max_size=PLAYLISTS),
    variant=st.integers(0, VARIANTS - 1),
)


def histories(max_days: int, max_span: int) -> st.SearchStrategy[History]:
    """Histories with gaps: days near one another, at the edge of a window or one beyond, and further than any."""
    steps = st.lists(st.sampled_from([1, 1, 1, 2, 3, *AT_EDGES, max_span]), max_size=max_days - 1)

    def placed(gaps: list[int]) -> st.SearchStrategy[History]:
        days = [FIRST_DAY]
        for gap in gaps:
            days.append(days[-1] + timedelta(days=gap))
        return st.fixed_dictionaries(dict.fromkeys(days, chart_days))

    return steps.flatmap(placed)
