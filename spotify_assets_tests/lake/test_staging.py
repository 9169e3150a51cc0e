"""Staged but unpublished: what lies there, and the gate that lets nothing unproven through to a reader."""

import io
from collections.abc import Callable
from datetime import date
from itertools import permutations

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import RawEntry
from spotify_assets.lake.staged_file import FileWriter, StagedFile
from spotify_assets.lake.staging import NotAudited, Stage, StagedTable
from spotify_assets.schemas.base import BASE
from spotify_assets.transform.findings import Finding
from spotify_assets_tests.conftest import IN_A_FOLDER
from spotify_assets_tests.support.data.small_days import (
    DAY,
    NEXT,
    audit,
    capture,
    capture_profiles,
    frames_of,
    prove,
    publish,
    rows,
    stage,
    titles,
)

FAILED = Finding("contract", passed=False, blocking=True, sentence="Three rows break it.")
WARNED = Finding("volume", passed=False, blocking=False, sentence="Few rows.")


def key_of(staged: Stage, table: str) -> str:
    [key] = staged.keys(table)
    return key


def test_staged_tables_are_read_back_as_they_were_built(lake: Lake) -> None:
    capture(lake, DAY, ["A", "B"])
    capture_profiles(lake, DAY, ["AArtist"])
    frames = frames_of(lake, DAY)
    staged = stage(lake, DAY)
    for name, frame in frames.items():
        assert lake.staging.read(staged, name).collect().equals(frame), name
        assert staged.tables[name].rows == frame.height
    assert lake.staging.current(DAY) == staged
    assert list(lake.staging.days()) == [DAY]
    assert [entry.name for entry in staged.inputs] == [entry.name for entry in lake.raw.objects_of([DAY])[DAY]]


def test_a_table_in_several_files_is_told_by_their_content_in_whatever_order() -> None:
    files = [StagedFile(f"folder/{name}{name}-run.parquet", name * 64, 10, 100) for name in "abc"]
    orders = [StagedTable(tuple(order)) for order in permutations(files)]
    assert len({table.sha256 for table in orders}) == 1
    assert {table.content for table in orders} == {"aa+bb+cc"}
    assert (orders[0].rows, orders[0].size) == (30, 300)
    others = [StagedTable(()), StagedTable(tuple(files[:1])), StagedTable(tuple(files[:2])), orders[0]]
    assert len({table.sha256 for table in others}) == len(others)
    assert StagedTable(()).content is None


def test_staged_files_carry_the_field_ids_of_the_table(lake: Lake) -> None:
    """Some readers go by them alone."""
    capture(lake, DAY, ["A"])
    staged = stage(lake, DAY)
    for name in ("artists", "playlists", "playlist_items"):
        schema = pq.read_schema(io.BytesIO(lake.storage.read(key_of(staged, name))))
        table = lake.catalog.load(BASE.tables[name])
        assert table is not None
        ids = {column.name: int(column.metadata[b"PARQUET:field_id"]) for column in schema}
        assert ids == {column.name: column.field_id for column in table.schema().fields}


@IN_A_FOLDER
def test_nothing_staged_is_visible(lake: Lake) -> None:
    capture(lake, DAY, ["A"])
    audit(lake, stage(lake, DAY))
    assert rows(lake, "songs").is_empty()


@IN_A_FOLDER
def test_equal_content_is_told_from_other_content(lake: Lake) -> None:
    capture(lake, DAY, ["A"])
    first, again = stage(lake, DAY), stage(lake, DAY)
    assert first.content == again.content
    assert key_of(first, "songs") != key_of(again, "songs")
    capture(lake, DAY, ["A", "B"], minute=1)
    assert stage(lake, DAY).content != first.content


@IN_A_FOLDER
def test_a_day_without_a_stage_is_not_published(lake: Lake) -> None:
    with pytest.raises(NotAudited, match=r"2026-03-01: nothing is staged\. Run the job"):
        lake.publish([DAY])


@IN_A_FOLDER
def test_a_day_without_receipts_is_not_published(lake: Lake) -> None:
    capture(lake, DAY, ["A"])
    stage(lake, DAY)
    with pytest.raises(NotAudited, match="artists has not been audited as it is staged now"):
        lake.publish([DAY])


@IN_A_FOLDER
def test_a_receipt_for_every_table_is_needed(lake: Lake) -> None:
    prove(lake, DAY, ["A"])
    for table in BASE.tables:
        key = f"staging/base/snapshot_date={DAY}/audit-{table}.json"
        receipt = lake.storage.read(key)
        lake.storage.delete([key])
        with pytest.raises(NotAudited, match=f"{table} has not been audited"):
            lake.publish([DAY])
        lake.storage.write(key, receipt)
    assert rows(lake, "songs").is_empty()


@IN_A_FOLDER
def test_a_receipt_for_other_content_does_not_count(lake: Lake) -> None:
    prove(lake, DAY, ["A"])
    capture(lake, DAY, ["A", "B"], minute=1)
    stage(lake, DAY)
    with pytest.raises(NotAudited, match="has not been audited as it is staged now"):
        lake.publish([DAY])


@IN_A_FOLDER
def test_a_receipt_for_another_day_does_not_count(lake: Lake) -> None:
    prove(lake, DAY, ["A"])
    capture(lake, NEXT, ["A"])
    staged = stage(lake, NEXT)
    for name in BASE.tables:
        receipt = lake.storage.read(f"staging/base/snapshot_date={DAY}/audit-{name}.json")
        lake.storage.write(f"staging/base/snapshot_date={NEXT}/audit-{name}.json", receipt)
    assert staged.content != lake.staging.proven(DAY).content
    with pytest.raises(NotAudited, match="has not been audited"):
        lake.publish([NEXT])


@IN_A_FOLDER
def test_the_same_content_staged_again_keeps_its_receipts(lake: Lake) -> None:
    prove(lake, DAY, ["A"])
    stage(lake, DAY)
    lake.publish([DAY])
    assert titles(lake, DAY) == ["A"]


@IN_A_FOLDER
def test_a_table_that_failed_holds_its_day_back(lake: Lake) -> None:
    staged = prove(lake, DAY, ["A"])
    for table in BASE.tables:
        lake.staging.record(staged, table, [WARNED, FAILED])
        with pytest.raises(NotAudited, match=f"{table} failed its check 'contract': Three rows break it"):
            lake.publish([DAY])
        lake.staging.record(staged, table, [WARNED])
    assert rows(lake, "artists").is_empty()


@IN_A_FOLDER
def test_a_warning_holds_nothing_back(lake: Lake) -> None:
    staged = prove(lake, DAY, ["A"])
    lake.staging.record(staged, "songs", [WARNED])
    lake.publish([DAY])
    assert titles(lake, DAY) == ["A"]


def alter(data: bytes) -> bytes:
    """The same length, one byte other."""
    return data[:100] + bytes([data[100] ^ 1]) + data[101:]


@IN_A_FOLDER
@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda lake, key: lake.storage.write(key, alter(lake.storage.read(key))), "was changed"),
        (lambda lake, key: lake.storage.write(key, b""), "was changed"),
        (lambda lake, key: lake.storage.delete([key]), "is gone"),
    ],
    ids=["altered", "emptied", "deleted"],
)
def test_a_file_that_changed_after_its_audit_is_not_published(
    lake: Lake, change: Callable[[Lake, str], None], state: str
) -> None:
    table = "playlist_items"  # the last to be published: a later look would have let six tables through
    staged = prove(lake, DAY, ["A"])
    change(lake, key_of(staged, table))
    with pytest.raises(NotAudited, match=f"the staged file of {table} {state} since it was written"):
        lake.publish([DAY])
    with pytest.raises(NotAudited, match=state):
        lake.staging.read(staged, table)
    assert all(rows(lake, name).is_empty() for name in BASE.tables)


@IN_A_FOLDER
def test_one_day_that_is_refused_is_held_back_alone(lake: Lake) -> None:
    prove(lake, DAY, ["A"])
    capture(lake, NEXT, ["A"])
    stage(lake, NEXT)
    publication = lake.publish([DAY, NEXT])
    assert publication.stages.keys() == {DAY}
    assert "2026-03-02" in str(publication.held_back[NEXT])
    assert titles(lake, DAY) == ["A"]
    assert titles(lake, NEXT) == []
    assert lake.published_days().whole.keys() == {DAY}
    assert [entry.snapshot_date for entry in lake.raw.waiting() if isinstance(entry, RawEntry)] == [NEXT]
    with pytest.raises(NotAudited, match="2026-03-02"):
        lake.publish([NEXT])


def broken(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(duration_ms=pl.lit(-1, pl.Int64))


def test_a_bad_day_is_held_back_and_the_good_one_after_it_is_published(lake: Lake) -> None:
    capture(lake, DAY, ["A", "B"])
    staged = stage(lake, DAY, {"songs": broken(frames_of(lake, DAY)["songs"])})
    failed = audit(lake, staged)
    assert [finding.check for finding in failed] == ["contract"]
    with pytest.raises(NotAudited, match="songs failed its check 'contract'"):
        lake.publish([DAY])
    publish(lake, NEXT, ["A", "C"])
    assert rows(lake, "playlist_items")["snapshot_date"].unique().to_list() == [NEXT]
    assert [entry.key for entry in lake.raw.objects_of([DAY])[DAY] if not entry.is_waiting] == []


@IN_A_FOLDER
def test_a_published_day_survives_a_bad_stage_of_it(lake: Lake) -> None:
    publish(lake, DAY, ["A", "B"])
    audit(lake, stage(lake, DAY, {"songs": broken(frames_of(lake, DAY)["songs"])}))
    with pytest.raises(NotAudited):
        lake.publish([DAY])
    assert titles(lake, DAY) == ["A", "B"]
    audit(lake, stage(lake, DAY))
    assert all(days == [] for days in lake.publish([DAY]).changed.values())


@IN_A_FOLDER
def test_days_are_published_in_any_order(lake: Lake) -> None:
    for day in (NEXT, DAY, date(2026, 1, 1)):
        publish(lake, day, ["A"])
    assert rows(lake, "songs")["snapshot_date"].to_list() == [date(2026, 1, 1), DAY, NEXT]


def test_columns_come_in_the_order_of_the_schema_also_where_a_table_got_them_later(lake: Lake) -> None:
    capture(lake, DAY, ["A"])
    songs, frame, schema = BASE.tables["songs"], frames_of(lake, DAY)["songs"], lake.staging.arrow_schema("songs")
    older = [name for name in songs.schema.column_names() if name != "album_id"]
    moved = pa.schema([schema.field(name) for name in [*older, "album_id"]])
    (file,) = FileWriter(lake.storage, DAY, "run").write(songs, frame.select(*older, "album_id"), moved)
    stage = lake.staging.adopt(DAY, {"songs": [file]}, [], "run")
    assert lake.staging.read(stage, "songs").collect().columns == songs.schema.column_names()
