"""The entry point: recognises a file's format by its content, and reads it."""

import io
from dataclasses import dataclass
from datetime import date

from spotify_assets.charts.chart_file import ChartFile
from spotify_assets.charts.csv_files import Header, header_of, records_in
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.format import Format
from spotify_assets.charts.formats import (
    charts_2017_to_2021,
    charts_service,
    charts_spotify_com,
    exportify,
    playlist_archive,
    songs_daily,
    spotifycharts_com,
    top_songs_73_countries,
)
from spotify_assets.charts.reading import chart_file
from spotify_assets.charts.refusals import refuse_by_columns, refuse_by_name, refuse_by_start
from spotify_assets.charts.source import told
from spotify_assets.charts.text import start_of, text_of

CSV_FORMATS = (
    charts_spotify_com.FORMAT,
    songs_daily.FORMAT,
    top_songs_73_countries.FORMAT,
    charts_2017_to_2021.FORMAT,
    spotifycharts_com.FORMAT,
    exportify.FORMAT,
)
FORMATS = (*CSV_FORMATS, charts_service.FORMAT, playlist_archive.FORMAT)
# The part of a file that `recognise` needs: far more than any header, or the fields before a document's list.
HEAD_BYTES = 64 << 10
CONTROLS = frozenset(map(chr, range(0x20))) - set("\t\n\r\f")


@dataclass(frozen=True)
class Recognised:
    """The format of a file, and the header of a CSV."""

    format: Format
    header: Header | None = None


def recognise(name: str, head: bytes) -> Recognised | None:
    """The format of a file, by its first bytes, decompressed; None if it is not about charts.

    Raises:
        UnreadableChart: it is refused, or a CSV of no known chart or playlist format.
    """
    refuse_by_name(name)
    start = start_of(head[:HEAD_BYTES])
    refuse_by_start(start)
    if start.lstrip().startswith(("{", "[")):
        return recognise_document(start)
    if not CONTROLS.isdisjoint(start):
        return None
    lines = list(io.StringIO(start, newline=""))
    header = header_of(lines, CSV_FORMATS, refuse_by_columns)
    return Recognised(header.format, header) if header else None


def read(
    name: str, content: bytes, *, day: date | None = None, chart_id: str | None = None, playlist_id: str | None = None
) -> ChartFile:
    """A file, decompressed, as rows and problems.

    `day`, `chart_id` and `playlist_id` are the caller's knowledge of the file. A contradiction with the file or its
    name is an error, or, in a file of several days, a problem of each affected row.

    Raises:
        UnreadableChart: nothing in it can be read, or its chart, playlist or day is unknown.
    """
    found = recognise(name, content)
    if found is None:
        raise UnreadableChart("not a known format of charts or playlists")
    outside = told(name, day, chart_id, playlist_id)
    if found.header is not None:
        source = records_in(text_of(content), found.header)
    elif found.format is charts_service.FORMAT:
        source = charts_service.records_in(content, outside)
    else:
        source = playlist_archive.records_in(content, outside)
    return chart_file(source, found.format, outside)


def recognise_document(start: str) -> Recognised | None:
    """The format of a JSON document, by its first characters; None if it is not about charts."""
    if charts_service.START.search(start):
        return Recognised(charts_service.FORMAT)
    return Recognised(playlist_archive.FORMAT) if playlist_archive.is_start(start) else None
