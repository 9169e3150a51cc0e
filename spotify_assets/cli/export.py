"""`export`: every published table as a file."""

from pathlib import Path

from spotify_assets.cli.errors import CommandError
from spotify_assets.cli.rows import Csv, encoded, write_file
from spotify_assets.lake.lake import Lake
from spotify_assets.transform.findings import counted


def run_export(lake: Lake, folder: Path, form: str, csv: Csv) -> int:
    """Writes every published table to `folder`, one file each."""
    csv.require(form)
    tables = lake.catalog.tables()
    if not tables:
        raise CommandError(f"Nothing is published in {lake.settings.lake_url} yet. Fill it first: spotify-assets run")
    for table in tables:
        frame = lake.catalog.collect(table)
        target = folder / f"{table.name}.{form}"
        write_file(target, encoded(frame, form, csv))
        print(f"{target}: {counted(frame.height, 'row')}")
    return 0
