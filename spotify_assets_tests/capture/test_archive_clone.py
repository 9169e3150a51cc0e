"""A clone of the spotify-playlist-archive, made with git: the last commit of a day counts, and its history is told."""

import json
import os
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from spotify_assets.capture.archive_clone import FOLDER
from spotify_assets.capture.held_files import files_in
from spotify_assets.capture.imports import Said, Survey, survey
from spotify_assets_tests.charts.files import song_id

FIRST, SECOND = "0aaaaaaaaaaaaaaaaaaaaa", "1bbbbbbbbbbbbbbbbbbbbb"

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str, at: datetime | None = None) -> None:
    someone = {f"GIT_{role}_{what}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    dates = {f"GIT_{role}_DATE": at.isoformat() for role in ("AUTHOR", "COMMITTER")} if at else {}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **someone, **dates}
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True)


def commit(folder: Path, at: datetime, **songs: list[int]) -> None:
    for playlist_id, numbers in songs.items():
        tracks = [
            {"url": f"https://open.spotify.com/track/{song_id(number)}", "name": f"Song {number}", "artists": []}
            for number in numbers
        ]
        document = {"original_name": "A list", "snapshot_id": "x", "tracks": tracks}
        path = folder / FOLDER / f"{playlist_id}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))
    git(folder, "add", ".")
    git(folder, "commit", "-q", "--allow-empty", "-m", "a day", at=at)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two commits on a day, one on the next, both playlists from the second commit on."""
    folder = tmp_path / "archive"
    folder.mkdir()
    git(folder, "init", "-q")
    commit(folder, datetime(2024, 3, 1, 6, tzinfo=UTC), **{FIRST: [1]})
    commit(folder, datetime(2024, 3, 1, 23, tzinfo=UTC), **{FIRST: [1, 2], SECOND: [3]})
    commit(folder, datetime(2024, 3, 3, 6, tzinfo=UTC), **{FIRST: [2, 1, 4]})
    return folder


def look(tmp_path: Path, clone: Path, said: Said | None = None) -> Survey:
    said = said or Said()
    work = tmp_path / "work"
    work.mkdir()
    return survey(files_in([clone], said.playlist_id), said, work)


def rows(found: Survey) -> list[tuple[date, str, int]]:
    return [(file.days[0].day, file.charts[0], file.records) for file in found.found]


def test_each_playlist_is_as_it_was_at_the_end_of_each_day(tmp_path: Path, archive: Path) -> None:
    found = look(tmp_path, archive)
    assert found.refused == []
    first, third = date(2024, 3, 1), date(2024, 3, 3)
    assert rows(found) == [(first, FIRST, 2), (first, SECOND, 1), (third, FIRST, 3), (third, SECOND, 1)]


def test_one_playlist_of_it_can_be_named(tmp_path: Path, archive: Path) -> None:
    found = look(tmp_path, archive, Said(playlist_id=SECOND))
    assert {chart for _, chart, _ in rows(found)} == {SECOND}


def test_a_shallow_clone_is_told_of_and_gives_what_it_has(tmp_path: Path, archive: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", archive.as_uri(), "shallow")
    found = look(tmp_path, tmp_path / "shallow")
    assert [day for day, _, _ in rows(found)] == [date(2024, 3, 3)] * 2
    (refused,) = found.refused
    assert "it has no history before 2024-03-03" in refused.reason
    assert "git fetch --unshallow" in refused.reason


def test_a_day_that_a_commit_says_is_not_told(tmp_path: Path, archive: Path) -> None:
    found = look(tmp_path, archive, Said(as_of=date(2024, 1, 1)))
    assert found.found == []
    assert {refused.reason for refused in found.refused} == {"its commit determines its day: import it without --as-of"}


def test_a_clone_without_its_objects_is_told(tmp_path: Path, archive: Path) -> None:
    shutil.rmtree(archive / ".git" / "refs" / "heads")
    (refused,) = look(tmp_path, archive).refused
    assert refused.reason.startswith("its history cannot be read: git says")


def test_without_git_its_history_is_not_read(tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (refused,) = look(tmp_path, archive).refused
    assert "install git" in refused.reason
