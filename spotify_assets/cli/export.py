"""`export`: every published table as a file."""

from pathlib import Path

from spotify_assets.cli.rows import Csv, encoded, write_file
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.rebuilding import require_tables
from spotify_assets.transform.findings import counted


def run_export(lake: Lake, folder: Path, form: str, csv: Csv) -> int:
    """Writes every published table to `folder`, one file each."""
    csv.require(form)
    for table in require_tables(lake):
        frame = lake.catalog.collect(table)
        target = folder / f"{table.name}.{form}"
        write_file(target, encoded(frame, form, csv))
        print(f"{target}: {counted(frame.height, 'row')}")
    return 0
