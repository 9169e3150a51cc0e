"""`page`: all of history as a folder that any web server can offer."""

from shlex import quote

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.rebuilding import require_tables
from spotify_assets.lake.storage import Storage
from spotify_assets.serving.dashboard.folder import write_folder
from spotify_assets.serving.dashboard.inputs import PublishedHistory
from spotify_assets.serving.dashboard.library import charting_library
from spotify_assets.transform.findings import counted


def run_page(lake: Lake, folder: str) -> int:
    """Writes the page in pieces to a folder, or to `s3://bucket/prefix`."""
    require_tables(lake)
    target = Storage(folder, lake.storage.endpoint_url, setting="folder")
    written = write_folder(PublishedHistory(lake), target, charting_library(lake.storage))
    days = f"{counted(written.days, 'day')}, {written.first} to {written.last}"
    size = f"{counted(written.pieces, 'piece')}, {written.size / 1e6:,.1f} MB"
    print(f"{folder}: {days}, {written.chart_rows:,} places on charts; {size}.")
    if not target.is_s3:
        print(f"To look at it: python3 -m http.server --bind 127.0.0.1 --directory {quote(str(target.folder))}")
    return 0
