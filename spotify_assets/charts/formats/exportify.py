"""The CSV of Exportify (exportify.net and its kin): the entries of one playlist, in order.

The file contains neither the playlist nor the day; both must be stated. Artists are joined by ";". Another program of
that name joins them by ", " and writes commas in names as `\\,`, also under translated headers; if a file has no ";" at
all, a list of artists cannot be distinguished from one name with a comma, and there is no list.
"""

import polars as pl

from spotify_assets.charts.cells import MILLISECONDS, MOMENT, POPULARITY, TEXT, TRUTH, Cell
from spotify_assets.charts.format import Format

SEPARATOR = ";"


def _finish(frame: pl.DataFrame) -> pl.DataFrame:
    names = pl.col("artist_names")
    is_joined = names.str.contains(SEPARATOR, literal=True).any()
    is_one = ~names.str.contains(",", literal=True)
    return frame.with_columns(artist_name_list=pl.when(is_joined | is_one).then(names.str.split(SEPARATOR)))


FORMAT = Format(
    name="CSV of Exportify",
    needed=("Track URI", "Track Name"),
    unused=(
        "Added By",
        "Genres",
        "Danceability",
        "Energy",
        "Key",
        "Loudness",
        "Mode",
        "Speechiness",
        "Acousticness",
        "Instrumentalness",
        "Liveness",
        "Valence",
        "Tempo",
        "Time Signature",
    ),
    optional=("Popularity", "Explicit", "Record Label", "Added At"),
    is_playlist=True,
    cells={
        "uri": Cell("Track URI", TEXT),
        "title": Cell("Track Name", TEXT),
        "album_name": Cell("Album Name", TEXT),
        "artist_names": Cell("Artist Name(s)", TEXT),
        "release_date": Cell("Release Date", TEXT),
        "duration_ms": Cell("Duration (ms)", MILLISECONDS),
        "popularity": Cell("Popularity", POPULARITY),
        "is_explicit": Cell("Explicit", TRUTH),
        "label": Cell("Record Label", TEXT),
        "added_at": Cell("Added At", MOMENT),
    },
    finish=_finish,
)
