"""The CSV that charts.spotify.com offers after a sign-in, since 2021: one chart of one day or week.

Named `{regional,viral}-{cc,global}-{daily,weekly}-YYYY-MM-DD.csv` and `citytoptrack-{city}-weekly-YYYY-MM-DD.csv`; the
day is only in the name. UTF-8 with a byte order mark, CRLF; texts and streams are quoted, ranks are not.

`source` is the label. Artists are joined by ", ", which names may contain, so there is no list of them. A viral chart
has no streams. A chart may lack one or two of its 200 positions; a header alone means that there was no chart that day.
"""

import polars as pl

from spotify_assets.charts.cells import COUNT, PERIODS, PREVIOUS_RANK, RANK, SONG_LINK, TEXT, Cell
from spotify_assets.charts.format import Format

DAYS, WEEKS = "days_on_chart", "weeks_on_chart"


def _finish(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(periods_on_chart=pl.coalesce(DAYS, WEEKS))


FORMAT = Format(
    name="CSV of charts.spotify.com",
    needed=("rank", "uri"),
    optional=("streams", DAYS, WEEKS),
    recurrences={DAYS: "daily", WEEKS: "weekly"},
    cells={
        "position": Cell("rank", RANK),
        "song_id": Cell("uri", SONG_LINK),
        "artist_names": Cell("artist_names", TEXT),
        "title": Cell("track_name", TEXT),
        "label": Cell("source", TEXT),
        "peak_position": Cell("peak_rank", RANK),
        "previous_position": Cell("previous_rank", PREVIOUS_RANK),
        DAYS: Cell(DAYS, PERIODS),
        WEEKS: Cell(WEEKS, PERIODS),
        "streams": Cell("streams", COUNT),
    },
    finish=_finish,
)
