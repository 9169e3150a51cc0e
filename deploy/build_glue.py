"""Builds the Spark job's package: `make glue-package`. The same content gives the same folder and name.

    transform_job.py           the script
    spotify_assets.zip         this project, for --extra-py-files or --py-files
    modules.gluewheels.zip     the packages of deploy/glue.lock as wheels, for --additional-python-modules

AWS recommends wheels in a zip for jobs that run without a package index:
https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python-libraries.html.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from archives import digest, files_below, write_zip

ROOT = Path(__file__).resolve().parents[1]
# Glue 5.0: Python 3.11 on Amazon Linux 2023, whose C library supports wheels up to manylinux_2_34.
PLATFORMS = ["manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"]
SCRIPT, PROJECT, MODULES = "transform_job.py", "spotify_assets.zip", "modules.gluewheels.zip"


def build(python: str, folder: Path) -> Path:
    """The package's folder, in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        package = Path(scratch) / "package"
        package.mkdir()
        wheels = Path(scratch) / "wheels"
        _download(python, wheels)
        (wheels / "requirements.txt").write_text("".join(f"{pin}\n" for pin in _pins(wheels)), encoding="utf-8")
        write_zip(package / MODULES, wheels.parent, files_below(wheels), compressed=False)
        write_zip(package / PROJECT, ROOT, files_below(ROOT / "spotify_assets"))
        shutil.copyfile(ROOT / "spotify_assets/engines/spark/job.py", package / SCRIPT)
        files = files_below(package)
        named = folder / digest(*files)
        shutil.rmtree(named, ignore_errors=True)
        package.rename(named)
    print(f"{named}  {sum(file.stat().st_size for file in files_below(named)) / 1e6:.0f} MB", file=sys.stderr)
    return named


def _download(python: str, wheels: Path) -> None:
    """The wheels of the lock, each with one of its hashes."""
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    platforms = [option for platform in PLATFORMS for option in ("--platform", platform)]
    target = ["--python-version", python, "--implementation", "cp", "--only-binary", ":all:", *platforms]
    subprocess.run([*download, *target, "-r", str(ROOT / "deploy/glue.lock"), "--dest", str(wheels)], check=True)


def _pins(wheels: Path) -> list[str]:
    """Everything that Glue installs, so that pip has nothing to choose."""
    named = [wheel.name.split("-")[:2] for wheel in sorted(wheels.glob("*.whl"))]
    return [f"{name.replace('_', '-')}=={version}" for name, version in named]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Builds the Spark job's package.")
    parser.add_argument("--python", default="3.11", help="Python of the cluster (default: 3.11, as Glue 5.0 has)")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/glue", help="Where the package goes")
    chosen = parser.parse_args()
    print(build(chosen.python, chosen.folder))
