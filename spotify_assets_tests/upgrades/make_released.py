"""Keeps what a released version writes: `python -m spotify_assets_tests.upgrades.make_released WHEEL VERSION`.

Three days of two sample charts, with their insights, and the instance of the run that made them, by the wheel's own
code in the environment of this process. Iceberg's files name where they are, so a lake is written and opened at one
place.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

RELEASED = Path(__file__).parent / "released"
HOMES = Path("/tmp/spotify-assets-upgrades")
PLAYLISTS = """\
playlists:
  - {id: 5ampleChartGlobal00000, name: Top 100 Global, region: global, tags: [chart, daily]}
  - {id: 5ampleChartUnitedState, name: Top 100 United States, region: us, tags: [chart, daily]}
"""
FIRST, LAST = "2026-03-01", "2026-03-03"
# A process of its own, since what is imported is the wheel's.
MAKE = f"""
import os, pathlib, dagster as dg
from importlib.resources import files
home = pathlib.Path(os.environ["DAGSTER_HOME"])
home.mkdir()
[configuration] = files("spotify_assets").rglob("dagster.yaml")
(home / "dagster.yaml").write_text(configuration.read_text())
from spotify_assets.definitions import defs
tags = {{"dagster/asset_partition_range_start": "{FIRST}", "dagster/asset_partition_range_end": "{LAST}"}}
job = defs.resolve_job_def("daily_snapshot")
assert job.execute_in_process(instance=dg.DagsterInstance.get(), tags=tags).success
"""


def environment(home: Path) -> dict[str, str]:
    """What a process needs to work in a home."""
    return {
        **os.environ,
        "LAKE_URL": str(home / "lake"),
        "DAGSTER_HOME": str(home / ".dagster"),
        "PLAYLISTS_FILE": str(home / "playlists.yaml"),
        "SPOTIFY_SOURCE": "sample",
    }


def make(wheel: Path, version: str) -> Path:
    """Writes the archive of a version; gives its path."""
    home = HOMES / version
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / "playlists.yaml").write_text(PLAYLISTS)
    with tempfile.TemporaryDirectory() as packages:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", packages, str(wheel)]
        subprocess.run(install, check=True)
        subprocess.run(
            [sys.executable, "-c", MAKE],
            check=True,
            cwd=home,
            env={**environment(home), "PYTHONPATH": packages},
        )
    # The page is made anew anyway, and holds a library of its own.
    shutil.rmtree(home / "lake" / "dashboard")
    archive = RELEASED / f"{version}.tar.xz"
    with tarfile.open(archive, "w:xz", preset=9) as kept:
        for name in ("lake", ".dagster", "playlists.yaml"):
            kept.add(home / name, arcname=name)
    return archive


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Keeps what a released version writes.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("version")
    chosen = parser.parse_args()
    print(make(chosen.wheel, chosen.version))  # noqa: T201
