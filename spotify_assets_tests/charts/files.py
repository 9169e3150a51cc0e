"""Small files in the shapes that charts come in, with names that nobody has."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from spotify_assets.charts.chart_file import ChartFile
from spotify_assets.charts.recognition import read

DAY = date(2024, 10, 31)
NAME = "regional-global-daily-2024-10-31.csv"
WEEKLY = "regional-global-weekly-2024-10-31.csv"
COLUMNS = [
    "rank",
    "uri",
    "artist_names",
    "track_name",
    "source",
    "peak_rank",
    "previous_rank",
    "days_on_chart",
    "streams",
]
HEADER = ",".join(COLUMNS)


def song_id(number: int) -> str:
    """A well-formed id."""
    return f"song{number:018}"


def artist_id(number: int) -> str:
    """A well-formed id."""
    return f"artist{number:016}"


def uri(number: int) -> str:
    """The URI of a song."""
    return f"spotify:track:{song_id(number)}"


def row(rank: object, number: int = 0, **changed: object) -> list[object]:
    """A line of charts.spotify.com: the song of that number, else of the rank; other cells by name."""
    number = number or (rank if isinstance(rank, int) and rank > 0 else 1)
    cells: dict[str, object] = {
        "rank": rank,
        "uri": uri(number),
        "artist_names": f"Artist {number}",
        "track_name": f"Song {number}",
        "source": "Label",
        "peak_rank": 1,
        "previous_rank": -1,
        "days_on_chart": 3,
        "streams": 1000 - number,
    }
    return list({**cells, **changed}.values())


def to_csv(rows: Sequence[Sequence[object]], columns: Sequence[str] = COLUMNS, **form: Any) -> str:
    """Rows under a header, as text."""
    text = io.StringIO()
    writer = csv.writer(text, **{"lineterminator": "\n", **form})
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def csv_of(*rows: Sequence[object], header: str = HEADER) -> bytes:
    """The file with those lines, in the form in which charts.spotify.com gives it."""
    form = {"quoting": csv.QUOTE_NONNUMERIC, "lineterminator": "\r\n"}
    return to_csv(rows, header.split(","), **form).encode("utf-8-sig")


def read_text(text: str, name: str = NAME, **told: Any) -> ChartFile:
    """A file of that text, read."""
    return read(name, text.encode(), **told)


def read_rows(*rows: Sequence[object], name: str = NAME, **told: Any) -> ChartFile:
    """A file of charts.spotify.com with those lines, read."""
    return read_text(to_csv(rows), name, **told)


def values(file: ChartFile, column: str) -> list[Any]:
    """A column of the rows."""
    return file.rows[column].to_list()
