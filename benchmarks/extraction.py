"""Reading 100 playlists of 100 songs from an API that answers in 50 ms: `python -m benchmarks.extraction`.

The API is the fake of the tests in a process of its own, in the shape of apps in development mode (50 entries a page).
The least that can be asked is one request for each playlist and one for each of its pages; the least time is that
number of answers, one after the other, shared among those who read at the same time.
"""

import argparse
import json
import math
import multiprocessing as mp
import statistics
import tempfile
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from rich.console import Console

from spotify_assets.capture.profiles import capture_artists
from spotify_assets.capture.snapshots import capture_playlists
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets.spotify.playlist_entry import PlaylistEntry
from spotify_assets_tests.support.spotify.fake import fake_spotify

RESULTS = Path(__file__).parent / "results"
PLAYLISTS, SONGS, PAGE = 100, 100, 50
ENTRIES = [PlaylistEntry(f"{number:022d}", f"List {number}", "us", ()) for number in range(PLAYLISTS)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds until an answer (default: 0.05)")
    parser.add_argument("--concurrency", type=int, default=4, help="SPOTIFY_CONCURRENCY (default: 4)")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    here, there = mp.Pipe()
    fake = mp.get_context("spawn").Process(target=_serve, args=(there, arguments.latency))
    fake.start()
    found: dict[str, str] = here.recv()
    try:
        runs = [_capture(found, arguments.concurrency) for _ in range(arguments.runs)]
    finally:
        here.send("stop")
        fake.join()
    least = PLAYLISTS * (1 + math.ceil(SONGS / PAGE))
    least_seconds = least * arguments.latency / arguments.concurrency
    figures = {
        "playlists": PLAYLISTS,
        "latency_seconds": arguments.latency,
        "concurrency": arguments.concurrency,
        "requests": runs[0]["requests"],
        "least_requests": least,
        "seconds": statistics.median(run["seconds"] for run in runs),
        "least_seconds": least_seconds,
        "artist_requests": runs[0]["artist_requests"],
        "artist_requests_of_the_next_capture": runs[0]["artist_requests_again"],
    }
    Console().print_json(data=figures)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "extraction.json").write_text(json.dumps(figures, indent=2) + "\n")


def _serve(channel: Connection, latency: float) -> None:
    with fake_spotify() as fake:
        for entry in ENTRIES:
            fake.add_playlist(entry.playlist_id, name=entry.name, songs=SONGS)
        fake.latency = latency
        channel.send({"url": fake.url, "client_id": fake.client_id, "refresh_token": fake.refresh_token})
        channel.recv()


def _capture(found: dict[str, str], concurrency: int) -> dict[str, float]:
    day = datetime.now(UTC).date()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {
                "lake_url": f"{folder}/lake",
                "spotify_source": "spotify",
                "spotify_endpoint_url": found["url"],
                "spotify_client_id": found["client_id"],
                "spotify_refresh_token": found["refresh_token"],
                "spotify_concurrency": concurrency,
            }
        )
        lake, source = Lake(settings), LivePlaylists(settings)
        started = time.monotonic()
        captured = capture_playlists(lake, source, ENTRIES, day, since=None)
        seconds = time.monotonic() - started
        assert captured.landed == PLAYLISTS
        first = capture_artists(lake, source, day, lake.raw.objects_of([day])[day])
        again = capture_artists(lake, source, day, lake.raw.objects_of([day])[day])
    # The request for a token is none of Spotify's data.
    requests = captured.requests - 1
    return {
        "seconds": seconds,
        "requests": requests,
        "artist_requests": first.requests,
        "artist_requests_again": again.requests,
    }


if __name__ == "__main__":
    main()
