"""A lake that was moved or copied, or that lost its catalog, is made again from its raw objects, row for row."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from spotify_assets.config import Settings
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import Marks
from spotify_assets.lake.rebuilding import Lost, begin_rebuild, days_without_tables, look_for_lost, require_tables
from spotify_assets.lake.unfinished import look_for_unfinished
from spotify_assets.schemas import TABLES
from spotify_assets_tests.conftest import IN_A_FOLDER, ON_S3, OpenLake, aws_client
from spotify_assets_tests.support.data.small_days import DAY, NEXT, audit, capture, publish, stage, titles
from spotify_assets_tests.support.data.two_charts import publish_insights

NOTHING = Lost((), (), ())
Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Filled:
    """A lake of two published days, what it holds, and its settings for another folder."""

    lake: Lake
    tables: Tables

    def at(self, place: Path, **changes: object) -> Lake:
        """What was copied to another folder."""
        return Lake(self.lake.settings.model_copy(update={"lake_url": str(place), **changes}))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    place = tmp_path_factory.mktemp("filled") / "lake"
    lake = Lake(Settings(lake_url=str(place), spotify_source="spotify"))
    publish(lake, DAY, ["A", "B"])
    publish(lake, NEXT, ["B", "C"])
    publish_insights(lake, [DAY, NEXT])
    return Filled(lake, everything(lake))


@pytest.fixture
def copied(filled: Filled, tmp_path: Path) -> Lake:
    """A copy of that lake in another folder."""
    shutil.copytree(filled.lake.storage.folder, tmp_path / "copy")
    return filled.at(tmp_path / "copy")


def everything(lake: Lake) -> Tables:
    return {name: lake.catalog.scan(table).sort(table.order).collect() for name, table in TABLES.items()}


def work_off(lake: Lake) -> None:
    """Finishes what is unfinished, as `run` does."""
    for day in look_for_unfinished(lake).to_process:
        assert audit(lake, stage(lake, day)) == []
        lake.publish([day])
    publish_insights(lake, look_for_unfinished(lake).insights)


def rebuild(lake: Lake) -> Lost:
    lost = look_for_lost(lake)
    begin_rebuild(lake, lost)
    work_off(lake)
    return lost


def expect_rebuilt(lake: Lake, before: Tables) -> None:
    after = everything(lake)
    for name, rows in before.items():
        assert after[name].equals(rows), name
    assert look_for_lost(lake) == NOTHING
    assert not look_for_unfinished(lake).to_process


@IN_A_FOLDER
def test_a_lake_that_lies_where_it_did_is_left_alone(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    publish_insights(lake, [DAY])
    assert look_for_lost(lake) == NOTHING
    # What waits, or is staged and not published yet, is no loss.
    capture(lake, DAY, ["B"], minute=5)
    stage(lake, DAY)
    assert look_for_lost(lake) == NOTHING


def test_a_lake_that_was_moved_or_copied_says_so_to_everybody_and_is_rebuilt(filled: Filled, copied: Lake) -> None:
    looks: list[Callable[[], object]] = [
        lambda: look_for_unfinished(copied),
        lambda: require_tables(copied),
        lambda: stage(copied, DAY),
    ]
    for look in looks:
        with pytest.raises(LakeError, match=r"artists_data.* outside the lake .*moved or copied.* rebuild"):
            look()
    lost = rebuild(copied)
    assert (len(lost.strays), lost.base, lost.insights) == (len(TABLES), (DAY, NEXT), (DAY, NEXT))
    expect_rebuilt(copied, filled.tables)
    assert look_for_lost(filled.lake) == NOTHING


def test_a_rebuild_that_was_cut_off_as_it_marked_begins_again(filled: Filled, copied: Lake) -> None:
    marks = Marks(copied.storage, "base")
    marks.begin([DAY], marks.look())
    lost = look_for_lost(copied)
    assert (lost.base, lost.insights) == ((NEXT,), (DAY, NEXT))
    begin_rebuild(copied, lost)
    assert look_for_unfinished(copied).begun == (DAY, NEXT)


def test_who_comes_by_goes_on_where_a_rebuild_was_cut_off(filled: Filled, copied: Lake) -> None:
    begin_rebuild(copied, look_for_lost(copied))
    assert audit(copied, stage(copied, DAY)) == []
    copied.publish([DAY])
    another = filled.at(copied.storage.folder)
    assert look_for_lost(another) == NOTHING
    assert look_for_unfinished(another).to_process == (NEXT,)
    work_off(another)
    expect_rebuilt(another, filled.tables)


def test_a_lake_whose_catalog_was_lost_says_so_and_is_to_be_made_again(filled: Filled, copied: Lake) -> None:
    (copied.storage.folder / "catalog.db").unlink()
    for look in (look_for_unfinished, require_tables):
        with pytest.raises(LakeError, match=r"no tables: catalog\.db .* spotify-assets rebuild"):
            look(copied)
    assert look_for_lost(copied) == Lost((), (DAY, NEXT), (DAY, NEXT))


@IN_A_FOLDER
def test_an_old_copy_of_the_catalog_lacks_what_came_after_it(lake: Lake, open_lake: OpenLake) -> None:
    publish(lake, DAY, ["A"])
    kept = (lake.storage.folder / "catalog.db").read_bytes()
    publish(lake, DAY, ["B"], minute=1)
    publish(lake, NEXT, ["C"])
    (lake.storage.folder / "catalog.db").write_bytes(kept)
    assert look_for_lost(open_lake()) == Lost((), (DAY, NEXT), ())


def test_raw_objects_alone_make_a_new_lake(filled: Filled, tmp_path: Path) -> None:
    shutil.copytree(filled.lake.storage.folder / "raw", tmp_path / "new" / "raw")
    new = filled.at(tmp_path / "new")
    with pytest.raises(LakeError, match=r"Nothing is published in .* Fill it first: spotify-assets rebuild"):
        require_tables(new)
    assert days_without_tables(new) == [DAY, NEXT]
    capture(new, NEXT, ["A", "D"], minute=5)
    assert rebuild(new) == Lost((), (DAY, NEXT), ())
    assert days_without_tables(new) == []
    assert (titles(new, DAY), titles(new, NEXT)) == (["A", "B"], ["A", "D"])


def test_raw_objects_are_not_rebuilt_under_another_source(filled: Filled, tmp_path: Path) -> None:
    shutil.copytree(filled.lake.storage.folder / "raw", tmp_path / "new" / "raw")
    new = filled.at(tmp_path / "new", spotify_source="sample")
    with pytest.raises(LakeError, match="from 'spotify', and SPOTIFY_SOURCE=sample: set SPOTIFY_SOURCE=spotify"):
        begin_rebuild(new, look_for_lost(new))
    assert (new.source(), days_without_tables(new)) == (None, [DAY, NEXT])


def test_history_begins_with_the_first_day_that_is_rebuilt(filled: Filled, tmp_path: Path) -> None:
    shutil.copytree(filled.lake.storage.folder / "raw", tmp_path / "new" / "raw")
    new = filled.at(tmp_path / "new")
    assert new.first_day() is None
    begin_rebuild(new, look_for_lost(new))
    assert new.first_day() == DAY


def test_a_published_day_without_raw_objects_is_never_given_up_unasked(copied: Lake) -> None:
    shutil.rmtree(copied.storage.folder / f"raw/processed/snapshot_date={NEXT}")
    with pytest.raises(LakeError, match=f"cannot be rebuilt: {NEXT}. Restore their raw/processed"):
        look_for_lost(copied)
    for group in ("base", "insights"):
        shutil.rmtree(copied.storage.folder / f"published/{group}/snapshot_date={NEXT}")
    lost = look_for_lost(copied)
    assert (lost.base, lost.insights) == ((DAY,), (DAY,))


@ON_S3
def test_a_folder_that_was_copied_into_a_bucket_says_so_and_is_rebuilt_there(
    filled: Filled, lake: Lake, open_lake: OpenLake
) -> None:
    s3, folder = aws_client("s3", lake.settings.aws_endpoint_url or ""), filled.lake.storage.folder
    for file in (path for path in folder.rglob("*") if path.is_file()):
        key = f"{lake.storage.prefix}{file.relative_to(folder).as_posix()}"
        s3.put_object(Bucket=lake.storage.bucket, Key=key, Body=file.read_bytes())
    with pytest.raises(LakeError, match=r"no tables: GLUE_DATABASE .* spotify-assets rebuild"):
        look_for_unfinished(lake)
    assert rebuild(lake) == Lost((), (DAY, NEXT), (DAY, NEXT))
    expect_rebuilt(lake, filled.tables)
    # Tables of another lake, in a database of Glue that it has by mistake, are nobody else's to take apart.
    other = open_lake(lake_url=f"s3://{lake.storage.bucket}/another")
    with pytest.raises(LakeError, match="Set GLUE_DATABASE to a database of this lake's own"):
        look_for_lost(other)
    expect_rebuilt(lake, filled.tables)
