"""What a service that accepts and never answers costs: `python -m benchmarks.silence`.

Each command meets S3 and Glue, Spotify, or Wikidata gone silent; how long until it ends, and with which words.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from spotify_assets_tests.support.processes.silent_server import silent_server

PLAYLISTS = {"playlists": [{"id": "37i9dQZEVXbMDoHDwVN2tF", "name": "Chart", "region": "us"}]}
ON_AWS = {"LAKE_URL": "s3://bucket/lake", "AWS_ENDPOINT_URL": "{silent}"}
OF_SPOTIFY = {
    "SPOTIFY_SOURCE": "spotify",
    "SPOTIFY_CLIENT_ID": "id",
    "SPOTIFY_CLIENT_SECRET": "secret",
    "SPOTIFY_REFRESH_TOKEN": "token",
    "SPOTIFY_ENDPOINT_URL": "{silent}",
}
PROGRAM = [sys.executable, str(Path(sys.executable).with_name("spotify-assets"))]


@dataclass(frozen=True)
class Case:
    """A command, who is silent, and the settings that lead there."""

    silent: str
    command: Sequence[str]
    settings: Mapping[str, str]


CASES = (
    *(Case("S3 and Glue", [*PROGRAM, *words], ON_AWS) for words in (["run"], ["doctor"], ["query", "SELECT 1"])),
    Case("S3 and Glue", [*PROGRAM, "export", "songs"], ON_AWS),
    Case("Spotify", [*PROGRAM, "run"], OF_SPOTIFY),
    Case("Spotify", [*PROGRAM, "doctor"], OF_SPOTIFY),
    Case(
        "Secrets Manager",
        [*PROGRAM, "doctor"],
        {"SPOTIFY_SOURCE": "spotify", "SPOTIFY_SECRET_ID": "secret", "AWS_ENDPOINT_URL": "{silent}"},
    ),
    Case(
        "Wikidata",
        [*PROGRAM, "doctor"],
        {"SPOTIFY_SOURCE": "spotify", "WIKIDATA_CONTACT": "a@b.example", "WIKIDATA_ENDPOINT_URL": "{silent}"},
    ),
)


def main() -> None:
    with silent_server() as endpoint, ThreadPoolExecutor(len(CASES)) as at_once:
        rows = list(at_once.map(lambda case: _row(case, endpoint), CASES))
    print("| silent | command | ends after | with |")
    print("|---|---|---|---|")
    print(*rows, sep="\n")


def _row(case: Case, endpoint: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "playlists.yaml").write_text(json.dumps(PLAYLISTS))
        settings = {
            "LAKE_URL": f"{folder}/lake",
            "DAGSTER_HOME": f"{folder}/home",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "eu-central-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            **{name: value.format(silent=endpoint) for name, value in case.settings.items()},
        }
        started = time.monotonic()
        ended = subprocess.run(
            case.command, cwd=folder, env={**os.environ, **settings}, capture_output=True, text=True, check=False
        )
        seconds = time.monotonic() - started
    words = [line.strip() for line in (ended.stdout + ended.stderr).splitlines() if line.strip()]
    told = next((line for line in words if "answer" in line), words[-1])
    name = " ".join(case.command[2:])
    return f"| {case.silent} | `{name}` | {seconds:.0f} s, exit code {ended.returncode} | {told} |"


if __name__ == "__main__":
    main()
