"""No credential is left anywhere by a run with failures in it, at the most talkative level of every log."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from spotify_assets.transform.containers import decompress
from spotify_assets_tests.cli.test_commands import command
from spotify_assets_tests.support.spotify.fake import fake_spotify
from spotify_assets_tests.support.spotify.state import FakeSpotify

PLAYLISTS = ["1" * 22, "2" * 22, "3" * 22]
TALKATIVE = """
python_logs:
  python_log_level: DEBUG
  managed_python_loggers: [root, spotipy, spotipy.client, spotipy.oauth2, urllib3, spotify_assets]
"""


@pytest.fixture
def fake() -> Iterator[FakeSpotify]:
    with fake_spotify() as spotify:
        for playlist_id in PLAYLISTS[:2]:
            spotify.add_playlist(playlist_id, songs=60)
        yield spotify


def everything_under(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of all files; raw objects as they are within."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(folder)), decompress(path.read_bytes())


def test_a_run_with_failures_leaves_no_credential_anywhere(tmp_path: Path, fake: FakeSpotify) -> None:
    (tmp_path / "mine.yaml").write_text(json.dumps({"playlists": [{"id": found} for found in PLAYLISTS]}))
    home = tmp_path / ".dagster"
    home.mkdir()
    shipped = files("spotify_assets.automation").joinpath("dagster.yaml").read_text(encoding="utf-8")
    (home / "dagster.yaml").write_text(shipped + TALKATIVE)
    # A token that ends early, an error of the server's, a playlist that is not there, a sign-in that is revoked.
    fake.before(f"/v1/playlists/{PLAYLISTS[0]}/items", fake.expire_access_tokens)
    fake.fail(f"/v1/playlists/{PLAYLISTS[1]}", status=500)
    environment = {
        "SPOTIFY_SOURCE": "spotify",
        "SPOTIFY_ENDPOINT_URL": fake.url,
        "SPOTIFY_CLIENT_ID": fake.client_id,
        "SPOTIFY_CLIENT_SECRET": fake.client_secret,
        "SPOTIFY_REFRESH_TOKEN": fake.refresh_token,
        "SPOTIFY_SIGNED_IN_AT": f"{datetime.now(UTC) - timedelta(days=160):%Y-%m-%dT%H:%M:%SZ}",
        "PLAYLISTS_FILE": "mine.yaml",
    }
    first = command(tmp_path, "run", **environment)
    fake.revoke_refresh_token()
    second = command(tmp_path, "run", **environment)
    assert "1 playlist could not be captured" in first.stderr
    assert second.stderr.count("the refresh token is revoked") == 3
    # Told once, by whichever run is the first.
    told = [run.stdout.count("Spotify lakehouse: the sign-in ends on") for run in (first, second)]
    assert told == [1, 0]
    printed = {"printed": "".join((first.stdout, first.stderr, second.stdout, second.stderr)).encode()}
    found = dict(everything_under(tmp_path)) | printed
    # What is looked through holds what happened: requests at debug level, the failures, the raw objects.
    assert any(b"could not be captured" in content for name, content in found.items() if name.startswith(".dagster"))
    assert any(b"/v1/playlists/" in content for name, content in found.items() if "compute" in name or ".db" in name)
    assert any("playlist-1111" in name for name in found)
    secrets = [secret.encode() for secret in (*fake.tokens, fake.client_secret)]
    assert len(secrets) > 3
    leaks = [name for name, content in found.items() if any(secret in content for secret in secrets)]
    assert leaks == []
