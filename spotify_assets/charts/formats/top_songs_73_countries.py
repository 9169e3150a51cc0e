"""`universal_top_spotify_songs.csv` of the data set "Top Spotify songs in 73 countries", from October 2023 on.

Its rows are the countries' playlists "Top 50", read each day. These are derived from the daily regional charts, at
another time, and have 50 of their 200 positions, so they form their own series: `chart_type` is `top50`, the id
`top50-{cc}-daily`. Taken for the regional chart, 150 songs would seem to leave it and return.

An empty country is the world. Artists are joined by ", ", so there is no list. `daily_movement` does not give the
previous position: for a song that was not there it counts from an unknown position.
"""

import polars as pl

from spotify_assets.charts.cells import (
    COUNTRY_OR_GLOBAL,
    DAY,
    MILLISECONDS,
    POPULARITY,
    RANK,
    SONG_ID,
    TEXT,
    TRUTH,
    Cell,
)
from spotify_assets.charts.format import Format


def _finish(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        chart_type=pl.lit("top50"),
        recurrence=pl.lit("daily"),
        chart_id=pl.format("top50-{}-daily", "region"),
    )


FORMAT = Format(
    name="data set universal_top_spotify_songs.csv",
    needed=("spotify_id", "daily_rank", "country", "snapshot_date"),
    unused=(
        "daily_movement",
        "weekly_movement",
        "danceability",
        "energy",
        "key",
        "loudness",
        "mode",
        "speechiness",
        "acousticness",
        "instrumentalness",
        "liveness",
        "valence",
        "tempo",
        "time_signature",
    ),
    cells={
        "song_id": Cell("spotify_id", SONG_ID),
        "title": Cell("name", TEXT),
        "artist_names": Cell("artists", TEXT),
        "position": Cell("daily_rank", RANK),
        "region": Cell("country", COUNTRY_OR_GLOBAL),
        "snapshot_date": Cell("snapshot_date", DAY),
        "popularity": Cell("popularity", POPULARITY),
        "is_explicit": Cell("is_explicit", TRUTH),
        "duration_ms": Cell("duration_ms", MILLISECONDS),
        "album_name": Cell("album_name", TEXT),
        "release_date": Cell("album_release_date", TEXT),
    },
    finish=_finish,
)
