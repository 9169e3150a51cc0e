"""What leaves the checkout: the wheel with its data, and lock files without addresses."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from spotify_assets.capture.playlists_file import configured_playlists, read_playlists
from spotify_assets.config import Settings

ROOT = Path(__file__).parents[1]


def test_the_wheel_holds_the_package_its_data_and_the_console_script(tmp_path: Path) -> None:
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True, timeout=300)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
        entry_points = next(name for name in names if name.endswith("entry_points.txt"))
        assert b"spotify-assets = spotify_assets.cli.main:main" in wheel.read(entry_points)
    expected = {
        "definitions.py",
        "automation/dagster.yaml",
        "py.typed",
        "spotify/sample/playlists.yaml",
        "transform/genre_vocabulary.toml",
        "cli/run.py",
        "serving/sql/top_songs.sql",
    }
    page = ROOT / "spotify_assets" / "serving" / "dashboard" / "page"
    expected |= {f"serving/dashboard/page/{path.relative_to(page).as_posix()}" for path in page.rglob("*.*")}
    assert {f"spotify_assets/{name}" for name in expected} <= names
    assert not [name for name in names if name.startswith("spotify_assets_tests")]


@pytest.mark.parametrize("name", [f"requirements{of}.lock" for of in ("", "-aws", "-dev", "-fakesnow")])
def test_lock_files_pin_versions_with_hashes_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    requirements = [line for line in text.splitlines() if re.match(r"^[a-z0-9]", line)]
    assert all("==" in line and line.endswith("\\") for line in requirements)
    assert text.count("--hash=sha256:") >= len(requirements)


def test_the_sample_charts_are_those_of_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLAYLISTS_FILE", raising=False)
    assert configured_playlists(Settings()) == read_playlists(ROOT / "playlists.yaml")
