"""Requests a day against the least possible, over 60 days: `python -m benchmarks.requests`. Counts, not times.

Playlists of 100 songs at the fake of the tests, in both of Spotify's modes; each day one playlist in twenty (one, of a
few) changes to the songs of another region, so that new artists come. The least is: each playlist once, with its pages,
and once more its version where it has several; each artist who is new, and each whose profile is 30 days old; in
batches of 50 where the mode has them; and a token.

Then the details of tracks on 70 charts of 100 songs, of which a chart file tells artists by name alone: the least is
each track that was on none of them before, once.
"""

import json
import math
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from spotify_assets.capture.profiles import capture_artists
from spotify_assets.capture.snapshots import capture_playlists
from spotify_assets.capture.track_details import capture_track_details
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw_lake import RawLake
from spotify_assets.spotify.api import IDS_PER_CALL
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets.spotify.payloads import PAGE_LIMITS
from spotify_assets.spotify.playlist_entry import PlaylistEntry
from spotify_assets.spotify.sample.source import SampleSource
from spotify_assets.transform.credits import credited_artists
from spotify_assets_tests.support.spotify.fake import fake_spotify
from spotify_assets_tests.support.spotify.playlists import ENTRIES, Generation
from spotify_assets_tests.support.spotify.state import FakeSpotify

RESULTS = Path(__file__).parent / "results"
DAYS, SONGS, CHARTS = 60, 100, 70
FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC)
MODES: tuple[Generation, ...] = ("development", "extended")
KEEP = timedelta(days=30)


def main() -> None:
    table = Table("mode", "playlists", "least a day", "sent a day", "least for artists", "sent for artists", "most")
    rows: list[dict[str, object]] = []
    for generation in MODES:
        for playlists in (5, 100, 1_000):
            least, sent = zip(*_days(generation, playlists), strict=True)
            rows.append(
                {
                    "mode": generation,
                    "playlists": playlists,
                    "least_a_day": sum(map(sum, least)) / DAYS,
                    "sent_a_day": sum(map(sum, sent)) / DAYS,
                    "least_for_artists_a_day": sum(artists for _, artists in least) / DAYS,
                    "sent_for_artists_a_day": sum(artists for _, artists in sent) / DAYS,
                    # After the first day, on which all are new.
                    "most_for_artists_after_the_first_day": max(artists for _, artists in sent[1:]),
                    "least_most_for_artists_after_the_first_day": max(artists for _, artists in least[1:]),
                }
            )
            Console().print(rows[-1])
            table.add_row(*(f"{value:,.1f}" if isinstance(value, float) else str(value) for value in rows[-1].values()))
    Console().print(table)
    charts = [_row_of_charts(generation) for generation in MODES]
    Console().print(charts)
    RESULTS.mkdir(parents=True, exist_ok=True)
    result = {"days": DAYS, "songs": SONGS, "rows": rows, "charts": charts}
    (RESULTS / "requests.json").write_text(json.dumps(result, indent=2) + "\n")


def _row_of_charts(generation: Generation) -> dict[str, object]:
    least, sent = zip(*_days_of_charts(generation), strict=True)
    return {
        "mode": generation,
        "charts": CHARTS,
        "least_on_the_first_day": least[0],
        "sent_on_the_first_day": sent[0],
        "least_a_day_after_it": sum(least[1:]) / (DAYS - 1),
        "sent_a_day_after_it": sum(sent[1:]) / (DAYS - 1),
    }


def _days_of_charts(generation: Generation) -> Iterator[tuple[int, int]]:
    """For each day what is least and what was sent for details of tracks, a token and a refused batch included."""
    sample, known = SampleSource(), set[str]()
    with tempfile.TemporaryDirectory() as folder, fake_spotify(generation) as fake:
        settings = _settings(folder, fake)
        for day in range(DAYS):
            at = FIRST + timedelta(days=day)
            charts = [sample.playlist("x" * 22, "Chart", f"region {number}", at.date()) for number in range(CHARTS)]
            tracks = [entry["item"] for chart in charts for entry in chart["items"]["items"] if entry["item"]]
            wanted = list(dict.fromkeys(track["id"] for track in tracks if track["type"] == "track" and track["id"]))
            new = [track_id for track_id in wanted if track_id not in known]
            known |= set(new)
            lake, source = Lake(settings), LivePlaylists(settings, clock=lambda at=at: at)
            captured = capture_track_details(lake, source, at.date(), [], wanted)
            calls = len(new) if generation == "development" else math.ceil(len(new) / IDS_PER_CALL)
            yield calls + bool(new), captured.requests


def _settings(folder: str, fake: FakeSpotify) -> Settings:
    return Settings(
        lake_url=folder,
        spotify_source="spotify",
        spotify_endpoint_url=fake.url,
        spotify_client_id=fake.client_id,
        spotify_refresh_token=SecretStr(fake.refresh_token),
    )


def _days(generation: Generation, playlists: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """For each day what is least and what was sent: requests for playlists, and for artists."""
    entries = [PlaylistEntry(f"{number:022d}", f"List {number}", "us", ()) for number in range(playlists)]
    pages = math.ceil(SONGS / PAGE_LIMITS[ENTRIES[generation]])
    of_playlists = playlists * (pages + (pages > 1)) + 1
    read_on: dict[str, date] = {}
    with tempfile.TemporaryDirectory() as folder, fake_spotify(generation) as fake:
        settings = _settings(folder, fake)
        for day in range(DAYS):
            _change(fake, entries, day)
            at = FIRST + timedelta(days=day)
            lake, source = RawLake(settings), LivePlaylists(settings, clock=lambda at=at: at)
            captured = capture_playlists(lake, source, entries, at.date(), None)
            objects = lake.raw.objects_of([at.date()])[at.date()]
            artists = capture_artists(lake, source, at.date(), objects)
            wanted = credited_artists(lake.raw.read(objects), at.date(), "spotify")
            due = [artist for artist in wanted if artist not in read_on or at.date() - read_on[artist] >= KEEP]
            read_on |= dict.fromkeys(due, at.date())
            calls = len(due) if generation == "development" else math.ceil(len(due) / IDS_PER_CALL)
            yield (of_playlists, calls), (captured.requests, artists.requests)


def _change(fake: FakeSpotify, entries: list[PlaylistEntry], day: int) -> None:
    """All playlists on the first day, of twenty regions; then those whose turn it is, to one of twenty others."""
    changing = max(1, len(entries) // 20)
    first = day * changing % len(entries)
    for number, entry in enumerate(entries):
        if day == 0 or first <= number < first + changing:
            region = number % 20 if day == 0 else 20 + (number + day) % 20
            fake.add_playlist(entry.playlist_id, name=entry.name, songs=SONGS, region=f"region {region}")


if __name__ == "__main__":
    main()
