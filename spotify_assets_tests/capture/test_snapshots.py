"""Which playlists a capture still has to read: those not captured since its run began."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from spotify_assets.capture.snapshots import capture_playlists
from spotify_assets.config import Settings
from spotify_assets.lake.raw_lake import RawLake
from spotify_assets.spotify.playlist_entry import PlaylistEntry
from spotify_assets.spotify.reading import Reading
from spotify_assets.spotify.source import SimulatedPlaylists

DAY = date(2026, 3, 1)
AT = datetime(2026, 3, 1, 6, 30, 12, tzinfo=UTC)
ENTRIES = [PlaylistEntry(playlist_id=letter * 22, name=letter, region="us", tags=()) for letter in "ab"]


class At(SimulatedPlaylists):
    """The simulation, with captures at a moment of one's own, which remembers what was read."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self.moment = moment
        self.read: list[str] = []

    def captured_at(self, day: date) -> datetime:
        return self.moment

    def playlist(self, entry: PlaylistEntry, day: date) -> Reading:
        self.read.append(entry.name)
        return super().playlist(entry, day)


@pytest.fixture
def raw_lake(tmp_path: Path) -> RawLake:
    return RawLake(Settings(lake_url=str(tmp_path / "lake"), spotify_source="sample"))


@pytest.mark.parametrize(
    ("began", "read"),
    [
        pytest.param(AT - timedelta(seconds=1), [], id="before the capture"),
        pytest.param(AT, [], id="in its very second"),
        pytest.param(AT + timedelta(microseconds=999_999), [], id="late in its very second"),
        pytest.param(AT + timedelta(seconds=1), ["a", "b"], id="a second after it"),
        pytest.param(None, ["a", "b"], id="whatever was there"),
    ],
)
def test_a_playlist_captured_since_the_run_began_is_not_read_again(
    raw_lake: RawLake, began: datetime | None, read: list[str]
) -> None:
    # Names tell whole seconds: what was captured late in one looks as if at its beginning.
    capture_playlists(raw_lake, At(AT + timedelta(microseconds=500_000)), ENTRIES, DAY, None)
    again = At(AT + timedelta(minutes=5))
    captured = capture_playlists(raw_lake, again, ENTRIES, DAY, began)
    assert again.read == read
    assert (captured.landed, captured.found, captured.failed) == (len(read), 2 - len(read), ())


def test_only_what_is_missing_is_read(raw_lake: RawLake) -> None:
    capture_playlists(raw_lake, At(AT), ENTRIES[:1], DAY, None)
    again = At(AT + timedelta(minutes=5))
    captured = capture_playlists(raw_lake, again, ENTRIES, DAY, AT)
    assert again.read == ["b"]
    assert (captured.landed, captured.found) == (1, 1)
