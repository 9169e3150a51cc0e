"""`charts.csv` of the data set "Spotify charts": daily charts of spotifycharts.com, 2017 to 2021, some 26 million rows.

Regions are English country names, including `Global`; `chart` is `top200`, the regional chart, or `viral50`. Streams of
the viral chart are empty. `trend` is a word: a NEW_ENTRY was not there on the day before; the previous position of the
others is unknown.
"""

import polars as pl

from spotify_assets.charts.cells import COUNT, COUNTRY, DAY, RANK, SONG_LINK, TEXT, Cell, Kind
from spotify_assets.charts.format import Format

CHARTS = {"top200": "regional", "viral50": "viral"}
NEW_ENTRY = "NEW_ENTRY"


def _finish(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        recurrence=pl.lit("daily"),
        chart_id=pl.format("{}-{}-daily", "chart_type", "region"),
        is_previous_told=pl.col("entry_status").eq(NEW_ENTRY).fill_null(False),
    )


FORMAT = Format(
    name="data set charts.csv of 2017 to 2021",
    needed=("rank", "date", "url", "region", "chart"),
    cells={
        "title": Cell("title", TEXT),
        "position": Cell("rank", RANK),
        "snapshot_date": Cell("date", DAY),
        "artist_names": Cell("artist", TEXT),
        "song_id": Cell("url", SONG_LINK),
        "region": Cell("region", COUNTRY),
        "chart_type": Cell(
            "chart",
            Kind(lambda text: text.replace_strict(CHARTS, default=None, return_dtype=pl.String), "top200 or viral50"),
        ),
        "entry_status": Cell("trend", TEXT),
        "streams": Cell("streams", COUNT),
    },
    finish=_finish,
)
