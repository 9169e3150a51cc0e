"""Builds the extraction function's package: `make lambda`. The same content gives the same file and name.

Packages come from deploy/lambda.lock, for the function's processor and Python, whatever this machine has.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from archives import digest, files_below, write_zip

ROOT = Path(__file__).resolve().parents[1]
PLATFORMS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 250 MB, unzipped.
LARGEST = 250 * 1024 * 1024
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")


def build(architecture: str, python: str, playlists: Path, folder: Path) -> Path:
    """The package, in `folder`."""
    content = folder / "lambda"
    shutil.rmtree(content, ignore_errors=True)
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(content), "--require-hashes"]
    target = ["--python-platform", PLATFORMS[architecture], "--python-version", python, "--only-binary", ":all:"]
    subprocess.run([*install, *target, "-r", str(ROOT / "deploy/lambda.lock")], check=True)
    shutil.copytree(ROOT / "spotify_assets", content / "spotify_assets", ignore=LEFT_OUT)
    shutil.copy(playlists, content / "playlists.yaml")
    files = files_below(content)
    if (size := sum(path.stat().st_size for path in files)) > LARGEST:
        sys.exit(f"The package is {size:,} bytes unzipped; Lambda's limit is {LARGEST:,}.")
    package = folder / "lambda.zip"
    write_zip(package, content, files)
    named = package.rename(folder / f"lambda-{architecture}-{digest(package)}.zip")
    print(f"{named}  {named.stat().st_size / 1e6:.0f} MB, unzipped {size / 1e6:.0f} MB", file=sys.stderr)
    return named


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Builds the extraction function's package.")
    parser.add_argument("--architecture", choices=PLATFORMS, default="arm64", help="LambdaArchitecture of the stack")
    parser.add_argument("--python", default="3.13", help="Runtime of the function in the template")
    parser.add_argument("--playlists", type=Path, default=ROOT / "playlists.yaml", help="The playlists it captures")
    parser.add_argument("--folder", type=Path, default=ROOT / "build", help="Where the package goes")
    chosen = parser.parse_args()
    print(build(chosen.architecture, chosen.python, chosen.playlists, chosen.folder))
