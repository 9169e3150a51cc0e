"""`spotify-assets import` as a person meets it: files go in, days are published, and what is wrong is a line each."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from spotify_assets.capture.held_files import files_in
from spotify_assets.capture.imports import Said, land, survey
from spotify_assets.lake.raw_imports import RawImports
from spotify_assets.lake.read_once import ReadOnce
from spotify_assets.lake.reference import track_reference
from spotify_assets.lake.storage import Storage
from spotify_assets.transform.track_details import TrackAnswer
from spotify_assets_tests.capture.test_held_files import to_zip, write
from spotify_assets_tests.charts import files
from spotify_assets_tests.cli.test_commands import command
from spotify_assets_tests.support.data.builders import to_json, track

CHART = files.to_csv([files.row(rank) for rank in range(1, 31)]).encode()
NEXT = "regional-global-daily-2024-11-01.csv"
SETTINGS = {"SPOTIFY_SOURCE": "spotify"}
MINE = SETTINGS | {"PLAYLISTS_FILE": "mine.yaml"}
HELD: Mapping[str, bytes] = {files.NAME: CHART, "more.zip": to_zip({NEXT: CHART})}
DAYS = "SELECT snapshot_date, count(*) AS n FROM playlist_items GROUP BY ALL ORDER BY ALL"


def imported(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Imports files in a folder; never with a traceback."""
    ran = command(folder, "import", *arguments, **(SETTINGS | environment))
    assert "Traceback" not in ran.stdout + ran.stderr
    return ran


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder with a lake into which two days were imported, beside a file that is none, and what that printed."""
    folder = tmp_path_factory.mktemp("imported")
    write(folder, {**HELD, "broken.csv": b"rank;what\n1;2\n"})
    # An import that was cut off had landed one of the files.
    imports, work = RawImports(Storage(str(folder / "lake"))), folder / "work"
    work.mkdir()
    (file,) = survey(files_in([folder / files.NAME]), Said(), work).found
    assert [is_new for _, is_new in land(file, Said(), "2026-11-27T00:00:00+00:00", imports)] == [True]
    return folder, imported(folder, files.NAME, "more.zip", "broken.csv", "--origin", "a friend", "--licence", "CC0")


def test_days_are_published_and_a_bad_file_is_a_line(filled: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, ran = filled
    assert ran.returncode == 1
    assert (
        f"{files.NAME}: CSV of charts.spotify.com; regional-global-daily, 30 rows of 1 day (2024-10-31)" in ran.stdout
    )
    assert "Found 2 files: 60 rows of 2 days (2024-10-31 to 2024-11-01)." in ran.stdout
    assert "Landed 1 raw object in" in ran.stdout
    assert "Already imported: 1 raw object," in ran.stdout
    assert "Published again, or for the first time: 2024-10-31 to 2024-11-01." in ran.stdout
    assert ran.stderr.startswith("error: Not imported: 1 file.\nbroken.csv: a CSV of rank, what")
    assert ran.stderr.count("\n") == 2
    found = command(folder, "query", DAYS, "--format", "csv", **SETTINGS)
    assert found.stdout == "snapshot_date,n\n2024-10-31,30\n2024-11-01,30\n"
    assert [path.name for path in (folder / "lake/published/first_day").iterdir()] == ["2024-10-31"]


def test_importing_again_changes_nothing_and_says_so(
    filled: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = filled
    before = sorted((path, path.stat().st_mtime_ns) for path in (folder / "lake").rglob("*") if path.is_file())
    again = imported(folder, "more.zip", files.NAME)
    assert (again.returncode, again.stderr) == (0, "")
    assert "Already imported: 2 raw objects" in again.stdout
    assert "All of its days are already published; nothing to do." in again.stdout
    after = sorted((path, path.stat().st_mtime_ns) for path in (folder / "lake").rglob("*") if path.is_file())
    assert before == after


def test_a_dry_run_needs_no_setting_and_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, HELD)
    ran = command(tmp_path, "import", ".", "--dry-run")
    assert ran.returncode == 1
    assert "Found 2 files: 60 rows of 2 days" in ran.stdout
    assert "SPOTIFY_SOURCE=sample" in ran.stdout
    assert "Nothing was changed: this was a dry run." in ran.stdout
    assert {path.name for path in tmp_path.iterdir()} == set(HELD)


@pytest.mark.parametrize(
    ("environment", "arguments", "said"),
    [
        ({"SPOTIFY_SOURCE": "sample"}, [files.NAME], "error: SPOTIFY_SOURCE=sample: the sample is simulated"),
        ({}, ["nothing.csv"], "error: Not imported: 1 file.\nnothing.csv: no such file or folder"),
        ({}, ["empty"], "error: There are no chart files under these paths"),
        ({}, [files.NAME, "--chart", "no chart"], "error: Not imported: 1 file."),
    ],
)
def test_what_cannot_be_imported_says_why_and_lands_nothing(
    tmp_path: Path, environment: dict[str, str], arguments: list[str], said: str
) -> None:
    write(tmp_path, HELD)
    (tmp_path / "empty").mkdir()
    ran = imported(tmp_path, *arguments, **environment)
    assert ran.returncode == 1
    assert ran.stderr.startswith(said)
    assert not (tmp_path / "lake" / "raw").exists()


def test_a_lake_of_the_sample_takes_no_import(tmp_path: Path) -> None:
    write(tmp_path, {**HELD, "lake/lake.json": b'{"source": "sample"}'})
    ran = imported(tmp_path, files.NAME)
    assert ran.returncode == 1
    assert re.match("error: The lake .* holds sample data but SPOTIFY_SOURCE=spotify", ran.stderr)


def test_a_day_that_is_none_is_told(tmp_path: Path) -> None:
    ran = imported(tmp_path, "a.csv", "--as-of", "31.10.2024")
    assert ran.returncode == 2
    assert "'31.10.2024' is not a day in the form YYYY-MM-DD" in ran.stderr


def test_of_many_bad_files_a_few_are_named(tmp_path: Path) -> None:
    write(tmp_path, {f"{number}.csv": b"" for number in range(30)})
    ran = imported(tmp_path, ".")
    assert ran.returncode == 1
    assert "Not imported: 30 files." in ran.stderr
    assert "… and 10 more files that cannot be imported" in ran.stderr
    assert ran.stderr.count("\n") == 22


def test_what_the_file_does_not_know_is_offered_and_counts_once_days_are_made_again(
    filled: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, ran = filled
    assert "playlists.yaml does not list 1 playlist of these." in ran.stdout
    (entry,) = re.findall(r"^  - \{id: regional-global-daily, .*\}$", ran.stdout, re.MULTILINE)
    assert "1 of 1 playlist of the last weeks are not in playlists.yaml: regional-global-daily" in told(folder)
    (folder / "mine.yaml").write_text(f"playlists:\n{entry[:-1]}, name: Top Songs, tags: [chart]}}\n")
    assert "playlists.yaml has changed for 2 published days (2024-10-31 to 2024-11-01)" in told(folder, **MINE)
    dry = command(folder, "rebuild", "--playlists-file", "--dry-run", **MINE)
    assert "has changed for 2 published days" in dry.stdout
    assert "Nothing was changed: this was a dry run." in dry.stdout
    made = command(folder, "rebuild", "--playlists-file", **MINE)
    assert (made.returncode, made.stderr) == (0, "")
    assert "Published again, or for the first time: 2024-10-31 to 2024-11-01." in made.stdout
    names = "SELECT DISTINCT name, region, tags[1] AS tag FROM playlists"
    assert command(folder, "query", names, "--format", "csv", **MINE).stdout.splitlines()[1:] == [
        "Top Songs,global,chart"
    ]
    again = command(folder, "rebuild", "--playlists-file", **MINE)
    assert again.stdout == "All published days match playlists.yaml.\n"
    # A file that is wrong is told of before anything lands.
    (folder / "mine.yaml").write_text("playlists:\n  - {id: regional-global-daily}\n")
    refused = imported(folder, files.NAME, **MINE)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "mine.yaml:2: regional-global-daily is a chart" in refused.stderr


def test_details_that_came_later_reach_imported_days_by_one_command(
    filled: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = filled
    songs = "SELECT DISTINCT song_id FROM songs WHERE artists_text IS NOT NULL ORDER BY ALL"
    first, *others = command(folder, "query", songs, "--format", "csv", **SETTINGS).stdout.splitlines()[1:]
    assert f"{len(others) + 1} published tracks have artists without ids" in told(folder)
    none = command(folder, "rebuild", "--details", **SETTINGS)
    assert (none.returncode, none.stdout) == (0, "No published day lacks details that are known.\n")
    answer = TrackAnswer(first, "2026-11-27T06:00:00+00:00", msgspec.Raw(to_json(track("A", id=first))))
    track_reference(Storage(str(folder / "lake")), ReadOnce(0)).land([answer])
    assert "Details have arrived for songs or artists of 2 published days (2024-10-31 to 2024-11-01)." in told(folder)
    dry = command(folder, "rebuild", "--details", "--dry-run", **SETTINGS)
    assert dry.stdout.endswith("Nothing was changed: this was a dry run.\n")
    made = command(folder, "rebuild", "--details", **SETTINGS)
    assert (made.returncode, made.stderr) == (0, "")
    assert "Published again, or for the first time: 2024-10-31 to 2024-11-01." in made.stdout
    known = command(folder, "query", "SELECT DISTINCT song_id FROM song_artists", "--format", "csv", **SETTINGS)
    assert known.stdout.splitlines()[1:] == [first]
    again = command(folder, "rebuild", "--details", **SETTINGS)
    assert again.stdout == none.stdout


def told(folder: Path, **environment: str) -> str:
    """What the doctor says."""
    return command(folder, "doctor", **(SETTINGS | environment)).stdout
