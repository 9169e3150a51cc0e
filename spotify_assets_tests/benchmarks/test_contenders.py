"""The benchmark compares like with like: on a small day all contenders make the same tables."""

from importlib import import_module
from pathlib import Path

from benchmarks.compare import rows_of_equal_tables
from benchmarks.generate import Size, generate
from benchmarks.report import TITLES


def test_all_contenders_make_the_same_tables(tmp_path: Path) -> None:
    generate(tmp_path / "raw", Size(playlists=5, entries=40, songs=120))
    folders = [tmp_path / name for name in TITLES]
    for folder in folders:
        folder.mkdir()
        import_module(f"benchmarks.contenders.{folder.name}").run(tmp_path / "raw", folder)
    assert rows_of_equal_tables(folders[0], folders[1:])["playlist_items"] == 200
