"""`export`: every published table as a file."""

from pathlib import Path

from spotify_assets.cli.errors import CommandError
from spotify_assets.cli.rows import encoded, write_file
from spotify_assets.lake.lake import Lake


def run_export(lake: Lake, folder: Path, form: str) -> int:
    """Writes every published table to `folder`, one file each."""
    tables = lake.catalog.tables()
    if not tables:
        raise CommandError(f"Nothing is published in {lake.settings.lake_url} yet. Fill it first: spotify-assets run")
    for table in tables:
        frame = lake.catalog.scan(table).collect()
        target = folder / f"{table.name}.{form}"
        write_file(target, encoded(frame, form))
        print(f"{target}: {frame.height:,} rows")
    return 0
