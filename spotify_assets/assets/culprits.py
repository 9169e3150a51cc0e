"""Who is to blame for a check that does not pass: its rows, each with the raw object that it is from and its address.

`transform/` finds the rows; here they get the names and places of the lake.
"""

from collections.abc import Iterable, Sequence

import dagster as dg

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import RawEntry
from spotify_assets.lake.raw_keys import PROCESSED
from spotify_assets.lake.staging import Stage
from spotify_assets.transform.findings import Example, Finding
from spotify_assets.transform.next_steps import next_step

# Metadata of a check: the rows, where they are written, and what to do.
CULPRITS, STAGED_AT, NEXT_STEP = "culprits", "staged_at", "next_step"


def table_of(rows: Iterable[Example]) -> dg.TableMetadataValue:
    """Rows as the table that Dagster shows."""
    return dg.MetadataValue.table([dg.TableRecord(dict(row)) for row in rows])


def details_of(lake: Lake, day: str, stage: Stage | None, table: str, finding: Finding) -> dict[str, dg.MetadataValue]:
    """Metadata of a day's failed check: its rows, where the table is staged (nowhere if None), and the next step."""
    rows = [_located(lake, stage, row, stays=finding.blocking) for row in finding.rows]
    step = next_step(finding, table, day, is_insight=stage is not None and not stage.inputs)
    written = [] if stage is None else [lake.storage.address(key) for key in stage.keys(table)]
    return {
        **({CULPRITS: table_of(rows)} if rows else {}),
        **({STAGED_AT: dg.MetadataValue.text("\n".join(written))} if written else {}),
        NEXT_STEP: dg.MetadataValue.text(step),
    }


def _located(lake: Lake, stage: Stage | None, row: Example, *, stays: bool) -> Example:
    """A row with its raw object and its address, where these are known; `stays`: the day is held back."""
    if "key_in_raw" in row:
        named = {name: value for name, value in row.items() if name != "key_in_raw"}
        return named | {"address": lake.raw_storage.address(str(row["key_in_raw"]))}
    if stage is None or not stage.inputs or not row.keys() & {"raw_object", "playlist_id"}:
        return row
    entry = _entry_of(stage.inputs, row)
    name = str(row.get("raw_object") or "") or (entry.name if entry else "")
    # What is published is filed as processed by the time that somebody reads this.
    key = "" if entry is None else entry.key if stays or not entry.is_waiting else f"{PROCESSED}/{entry.name}"
    return {**row, "raw_object": name, "address": lake.raw_storage.address(key) if key else ""}


def _entry_of(inputs: Sequence[RawEntry], row: Example) -> RawEntry | None:
    """The raw object that a row names, or the last one whose name tells that it is of the row's playlist."""
    if named := row.get("raw_object"):
        return next((entry for entry in inputs if entry.name == named), None)
    playlist_id = str(row.get("playlist_id") or "")
    of_playlist = [entry for entry in inputs if playlist_id and playlist_id in entry.name]
    return max(of_playlist, key=lambda entry: entry.landed_at, default=inputs[0] if len(inputs) == 1 else None)
