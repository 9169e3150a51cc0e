"""What is named is durable: a file's bytes, and its name, lie on the disk before anything speaks of it."""

import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from spotify_assets.lake import folder
from spotify_assets.lake.catalog import Catalog
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import PageMark
from spotify_assets.lake.unfinished import look_for_unfinished
from spotify_assets_tests.conftest import IN_A_FOLDER, OpenLake
from spotify_assets_tests.support.data.small_days import DAY, NEXT, publish, titles
from spotify_assets_tests.support.data.two_charts import publish_insights
from spotify_assets_tests.support.faults.power import Disk, remembering

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="which file is waited for is told by /proc")


@pytest.fixture
def disk(lake: Lake) -> Iterator[Disk]:
    lake.storage.make_folder()
    with remembering(lake.storage.folder) as disk:
        yield disk


@pytest.fixture
def lost_at_commits(lake: Lake, disk: Disk) -> Iterator[list[list[str]]]:
    """What a power cut would take, at each commit of the catalog."""
    found: list[list[str]] = []

    def look(_: object) -> None:
        found.append(disk.lost())

    event.listen(Engine, "commit", look)
    yield found
    event.remove(Engine, "commit", look)


@IN_A_FOLDER
def test_every_file_of_a_day_is_durable_before_the_catalog_names_it(
    lake: Lake, disk: Disk, lost_at_commits: list[list[str]]
) -> None:
    publish(lake, DAY, ["A", "B"])
    publish(lake, DAY, ["B", "C"], minute=1)
    publish_insights(lake, [DAY])
    PageMark(lake.storage).write("0" * 16)
    assert len(lost_at_commits) > 20
    assert [lost for lost in lost_at_commits if lost] == []
    assert disk.lost() == []


@IN_A_FOLDER
def test_a_day_outlives_a_power_cut(open_lake: OpenLake, lake: Lake, disk: Disk) -> None:
    publish(lake, DAY, ["A", "B"])
    publish(lake, NEXT, ["B"])
    disk.cut()
    after = open_lake()
    assert (titles(after, DAY), titles(after, NEXT)) == (["A", "B"], ["B"])
    left = look_for_unfinished(after)
    assert (left.waiting, left.begun, left.insights) == ((), (), (DAY, NEXT))


@IN_A_FOLDER
def test_bytes_are_durable_before_their_name(lake: Lake, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    unsafe: list[str] = []

    def looking(act: Any) -> Any:
        def acted(source: Any, *rest: Any, **named: Any) -> Any:
            if not disk.has_bytes(Path(source)):
                unsafe.append(str(source))
            return act(source, *rest, **named)

        return acted

    for name in ("replace", "link", "rename"):
        monkeypatch.setattr(os, name, looking(getattr(os, name)))
    lake.storage.write("raw/one", b"content")
    lake.storage.write("raw/one", b"other content")
    assert lake.storage.create("lake.json", b"{}")
    # Somebody else's, who did not wait for the disk.
    (lake.storage.folder / "raw/foreign").write_bytes(b"content")
    assert lake.storage.move("raw/foreign", "raw/processed/foreign")
    assert unsafe == []
    assert disk.lost() == []


@IN_A_FOLDER
def test_the_end_of_a_commit_is_durable(lake: Lake) -> None:
    catalog: Any = Catalog(lake.storage, "spotify").iceberg
    # As the lake asks for it, before the tests' own haste.
    [connected] = [found for found in catalog.engine.pool.dispatch.connect if "wait" in found.__name__]
    with sqlite3.connect(":memory:") as connection:
        connected(connection, None)
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)
    connection.close()
    with catalog.engine.connect() as hurried:
        assert hurried.execute(text("PRAGMA synchronous")).scalar() == 0


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        folder.write(tmp_path / "name", b"content")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_writer_left_is_in_nobodys_way(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"name#{number}").write_bytes(b"half")
    folder.write(tmp_path / "name", b"content")
    assert (tmp_path / "name").read_bytes() == b"content"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["name", "name#1", "name#2"]


def test_a_file_system_that_cannot_wait_for_folders_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{file}"):  # noqa: PTH112  a link of the system's
            raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "fsync", refuse)
    folder.write(tmp_path / "new/folder/name", b"content")
    assert (tmp_path / "new/folder/name").read_bytes() == b"content"
