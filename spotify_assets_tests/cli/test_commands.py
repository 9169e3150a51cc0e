"""The console script as its user meets it: real processes, real lake, what is printed and the exit code."""

import contextlib
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from spotify_assets.schemas import TABLES
from spotify_assets_tests.charts.files import HEADER, csv_of, row
from spotify_assets_tests.support.processes.prepared import PROGRAM, run_command

ROOT = Path(__file__).parents[2]
NOISE = re.compile(r"warning|supersed|deprecat|traceback", re.IGNORECASE)


def surroundings(**changes: str) -> dict[str, str]:
    """An environment of its own, every warning an error."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    fixed = {
        "PYTHONPATH": str(ROOT),
        # The second is Dagster's own call, deprecated from Python 3.12 on, which Python shows to nobody by itself.
        "PYTHONWARNINGS": "error,ignore::DeprecationWarning:dagster._core.storage.event_log.sql_event_log",
        "COLUMNS": "120",
        "PLAYLISTS_FILE": str(ROOT / "playlists.yaml"),
    }
    return {**inherited, **fixed, **changes}


def command(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs spotify-assets in a folder."""
    return run_command(arguments, folder, surroundings(**environment))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a lake of three days, and what filling it printed."""
    folder = tmp_path_factory.mktemp("filled")
    ran = command(folder, "run", "--days", "3")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder, ran.stdout + ran.stderr


def test_run_ends_with_what_a_person_wants(filled: tuple[Path, str]) -> None:
    folder, printed = filled
    assert "Published 3 days" in printed
    assert f"Top ten of {datetime.now(UTC).date()}" in printed
    assert re.search(r"playlist_items\s*│\s*1,[5-9]\d\d", printed)
    assert "spotify-assets ui" in printed
    assert str(folder / "lake") in printed
    assert f"The page: {folder / 'lake' / 'dashboard' / 'index.html'}" in printed
    assert "DEBUG" not in printed
    assert not NOISE.search(printed)
    # Dagster's partitions begin there: 3 of 3 days are shown.
    first = datetime.now(UTC).date() - timedelta(days=2)
    assert [path.name for path in (folder / "lake/published/first_day").iterdir()] == [str(first)]


def test_the_bar_moves_on_a_terminal_while_assets_are_made(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "run", "--days", "1"],
        cwd=tmp_path,
        env=surroundings(TERM="xterm"),
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    # A terminal whose last program has ended answers with an error.
    with contextlib.suppress(OSError):
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    assert program.wait(300) == 0
    assert b"audited" in shown.split(b"Published 1 day")[0]


def test_run_again_does_nothing_and_says_so(filled: tuple[Path, str]) -> None:
    """What waits and belongs to no day is set aside all the same: without a daemon nobody else would."""
    waiting = filled[0] / "lake" / "raw" / "to_be_processed" / "snapshot_date=2026-03-02" / "export-2026-03-01.json"
    waiting.parent.mkdir(parents=True)
    waiting.write_bytes(b"{}")
    os.utime(waiting, (0, 0))
    again = command(filled[0], "run", "--days", "3")
    assert again.returncode == 0
    assert "nothing to do" in again.stdout
    assert f"Quarantined 'raw/to_be_processed/{waiting.parent.name}/{waiting.name}': " in again.stdout
    assert not waiting.exists()
    assert len(list((filled[0] / "lake" / "raw" / "quarantine" / "misfiled").rglob("*.reason.json"))) == 1


def test_a_copy_of_a_lake_says_what_it_lacks_and_is_rebuilt(filled: tuple[Path, str], tmp_path: Path) -> None:
    shutil.copytree(filled[0] / "lake", tmp_path / "lake")
    counted = ["query", "SELECT count(*) AS songs, count(DISTINCT snapshot_date) AS days FROM song_trends"]
    for arguments in (["run", "--days", "1"], counted):
        refused = command(tmp_path, *arguments)
        assert (refused.returncode, refused.stderr.count("spotify-assets rebuild")) == (1, 1)
    dry = command(tmp_path, "rebuild", "--dry-run")
    assert f"{len(TABLES)} tables of the catalog stored elsewhere" in dry.stdout
    assert "Tables and insights from raw/: 3 days" in dry.stdout
    assert "Nothing was changed" in dry.stdout
    assert command(tmp_path, *counted).returncode == 1
    rebuilt = command(tmp_path, "rebuild")
    assert (rebuilt.returncode, NOISE.findall(rebuilt.stdout)) == (0, [])
    assert command(tmp_path, *counted).stdout == command(filled[0], *counted).stdout
    assert "nothing is lost" in command(tmp_path, "rebuild").stdout
    assert "nothing to do" in command(tmp_path, "run", "--days", "3").stdout


def test_run_makes_only_the_days_that_are_missing(filled: tuple[Path, str]) -> None:
    more = command(filled[0], "run", "--days", "4")
    assert more.returncode == 0
    assert "Published 1 day in" in more.stdout
    days = command(filled[0], "query", "SELECT count(DISTINCT snapshot_date) AS days FROM songs", "--format", "csv")
    assert days.stdout == "days\n4\n"
    # The new day lies before the others, so their insights are made again: they know of it.
    known = "SELECT snapshot_date - min(first_seen) AS days FROM playlist_songs GROUP BY snapshot_date ORDER BY days"
    assert command(filled[0], "query", known, "--format", "csv").stdout == "days\n0\n1\n2\n3\n"
    assert "nothing to do" in command(filled[0], "run", "--days", "4").stdout


@pytest.mark.parametrize("form", ["csv", "json"])
def test_query_writes_text_formats_to_the_terminal(filled: tuple[Path, str], form: str) -> None:
    sql = "SELECT region, tags FROM playlists WHERE region = 'jp' LIMIT 1"
    answer = command(filled[0], "query", sql, "--format", form)
    expected = {
        "csv": 'region,tags\njp,"[""chart"", ""daily""]"\n',
        "json": json.dumps([{"region": "jp", "tags": ["chart", "daily"]}], separators=(",", ":")) + "\n",
    }
    assert (answer.returncode, answer.stdout) == (0, expected[form])


def test_a_saved_query_takes_parameters(filled: tuple[Path, str]) -> None:
    asked = ["query", "--saved", "top_artists_week", "--param", "region=jp", "--param", "top=3", "--format", "json"]
    answer = command(filled[0], *asked)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert [row["rank"] for row in json.loads(answer.stdout)] == [1, 2, 3]


def test_addresses_are_lines_to_be_pasted(filled: tuple[Path, str]) -> None:
    answer = command(filled[0], "query", "--saved", "playlist_on_day_urls", "--param", "playlist=Top 100 Japan")
    lines = answer.stdout.splitlines()
    assert len(lines) == 100
    assert all(re.fullmatch(r"https://open\.spotify\.com/track/[0-9A-Za-z]{22}", line) for line in lines)


@pytest.mark.parametrize(
    ("named", "code", "said"),
    [
        ("top 100 JAPAN", 0, ""),
        ("Top 100 Japann", 1, "error: No playlist is called 'Top 100 Japann'. Near it are Top 100 Japan (5ample"),
    ],
)
def test_a_playlist_is_found_by_its_name_in_any_case_or_those_near_it_are_named(
    filled: tuple[Path, str], named: str, code: int, said: str
) -> None:
    answer = command(filled[0], "query", "--saved", "playlist_on_day_urls", "--param", f"playlist={named}")
    assert (answer.returncode, answer.stderr[: len(said)]) == (code, said)
    assert len(answer.stdout.splitlines()) == (100 if code == 0 else 0)


def test_a_saved_query_without_rows_says_so_and_has_an_exit_code_of_its_own(filled: tuple[Path, str]) -> None:
    asked = ["query", "--saved", "risers", "--param", "region=nowhere", "--format", "json"]
    answer = command(filled[0], *asked)
    assert (answer.returncode, answer.stdout) == (3, "[]\n")
    assert answer.stderr.startswith(
        "risers: no rows for region=nowhere, top=20. region=nowhere matches nothing: there are "
    )
    assert "; global; " in answer.stderr


def test_saved_without_a_name_shows_what_there_is(tmp_path: Path) -> None:
    answer = command(tmp_path, "query", "--saved")
    assert answer.returncode == 0
    assert "top_artists_week\n    The artists with most points" in answer.stdout
    assert "--param region=…  region of the charts, as playlists.yaml names it (default global)" in answer.stdout


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["--saved", "nothing"], "error: No saved query is called 'nothing'. There are consistent_artists, "),
        (["--saved", "risers", "--param", "regoin=jp"], "error: risers has no parameter 'regoin'. It has series"),
        (["--saved", "risers", "--param", "region"], "error: --param region: write it as NAME=VALUE."),
        (["SELECT 1", "--param", "region=jp"], "error: --param belongs to a saved query"),
        (["SELECT 1", "--saved", "risers"], "error: Give either SQL, as in "),
        ([], "error: Give either SQL, as in "),
    ],
)
def test_a_question_that_cannot_be_asked_is_one_line(tmp_path: Path, asked: list[str], message: str) -> None:
    answer = command(tmp_path, "query", *asked)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.startswith(message)
    assert answer.stderr.count("\n") == 1


def test_query_writes_parquet_to_a_file(filled: tuple[Path, str], tmp_path: Path) -> None:
    target = tmp_path / "new" / "songs.parquet"
    answer = command(filled[0], "query", "SELECT * FROM songs", "--format", "parquet", "--output", str(target))
    assert answer.returncode == 0
    assert pl.read_parquet(target).schema["snapshot_date"] == pl.Date
    assert re.fullmatch(rf"Wrote [\d,]+ rows to {re.escape(str(target))}, as parquet\.\n", answer.stderr)


def test_export_writes_every_table(filled: tuple[Path, str], tmp_path: Path) -> None:
    answer = command(filled[0], "export", "--format", "csv", str(tmp_path / "out"))
    assert answer.returncode == 0
    items = pl.read_csv(tmp_path / "out" / "playlist_items.csv")
    assert items.height >= 1500
    assert {path.stem for path in (tmp_path / "out").iterdir()} >= {"songs", "albums", "artists", "rejected_rows"}


def test_page_writes_a_folder_and_says_how_to_look_at_it(filled: tuple[Path, str], tmp_path: Path) -> None:
    answer = command(filled[0], "page", str(tmp_path / "site"))
    assert answer.returncode == 0
    assert answer.stderr == ""
    pieces = list((tmp_path / "site" / "pieces").iterdir())
    assert f"; {len(pieces)} pieces, " in answer.stdout
    assert f"python3 -m http.server --bind 127.0.0.1 --directory {tmp_path / 'site'}" in answer.stdout
    refused = command(filled[0], "page", "/proc/site")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "in /proc/site: no folder can be created there. Choose another folder." in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        (["run"], {"LAKE_URL": "ftp://host/lake"}, "LAKE_URL=ftp://host/lake"),
        (["run"], {"SPOTIFY_SOURCE": "tidal"}, "SPOTIFY_SOURCE=tidal"),
        (["run"], {"SPOTIFY_SOURCE": "spotify", "SPOTIFY_CLIENT_SECRET": "mine"}, "SPOTIFY_CLIENT_ID is not set"),
        (["run"], {"PLAYLISTS_FILE": "none.yaml"}, "none.yaml: no such file"),
        (["run"], {"LAKE_URL": "/proc/lake"}, "Cannot create the lake in /proc/lake"),
        (["run", "--days", "40000"], {}, "before Spotify's launch"),
        (["query", "SELECT 1"], {}, "Nothing is published"),
        (["export", "out"], {}, "Nothing is published"),
        (["page", "out"], {}, "Nothing is published"),
    ],
)
def test_what_cannot_be_done_is_one_clear_message(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], message: str
) -> None:
    answer = command(tmp_path, *arguments, **environment)
    assert answer.returncode == 1
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "sql", ["DROP VIEW songs", "SELECT * FROM nowhere", "SELECT * FROM '/etc/passwd'", "SELEC 1", ""]
)
def test_a_query_that_cannot_run_is_one_clear_message(filled: tuple[Path, str], sql: str) -> None:
    answer = command(filled[0], "query", sql)
    assert answer.returncode == 1
    assert answer.stderr.startswith("error: ")
    assert "Traceback" not in answer.stderr


def test_a_chart_that_is_dropped_becomes_history_without_any_account(tmp_path: Path) -> None:
    waiting = tmp_path / "lake" / "raw" / "to_be_processed"
    waiting.mkdir(parents=True)
    for day in ("2026-03-05", "2026-03-12"):
        name = f"regional-de-weekly-{day}.csv"
        content = csv_of(row(1), row(2), header=HEADER.replace("days_on", "weeks_on"))
        (waiting / name).write_bytes(content)
        # As if it had lain there for a while.
        os.utime(waiting / name, (0, 0))
    ran = command(tmp_path, "run", SPOTIFY_SOURCE="spotify", ARTIST_FACTS="off")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Nothing is captured" in ran.stdout
    assert "Top ten of 2026-03-12" in ran.stdout
    found = command(tmp_path, "query", "SELECT DISTINCT chart_type, recurrence, region FROM playlists")
    assert re.search(r"regional\s*│\s*weekly\s*│\s*de", found.stdout), found.stdout
