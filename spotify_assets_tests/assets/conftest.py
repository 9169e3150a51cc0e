"""Fixtures for tests that run assets through Dagster: a lake in a folder, an instance, and a way to materialize."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
import pytest
from pydantic import SecretStr

from spotify_assets.artist_facts.choose import artist_facts_source
from spotify_assets.artist_facts.source import ArtistFactsSource
from spotify_assets.assets.audit_checks import insight_checks, table_checks
from spotify_assets.assets.capture_checks import capture_checks
from spotify_assets.assets.dashboard import dashboard
from spotify_assets.assets.insights import insights, insights_up_to_date, published_insights
from spotify_assets.assets.maintenance import maintenance
from spotify_assets.assets.published_tables import published_tables
from spotify_assets.assets.raw import raw_artist_facts, raw_artists, raw_playlists
from spotify_assets.assets.raw_artist_details import raw_artist_details
from spotify_assets.assets.raw_tracks import raw_tracks
from spotify_assets.assets.sign_in_check import sign_in_lasts
from spotify_assets.assets.tables import tables
from spotify_assets.config import Settings
from spotify_assets.definitions import defs
from spotify_assets.engines.engine import PolarsEngine, TransformEngine
from spotify_assets.lake.lake import Lake
from spotify_assets.spotify.api import Patience
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets.spotify.source import PlaylistSource, SimulatedPlaylists
from spotify_assets_tests.conftest import REGION, aws_client
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.dagster_internals import SensorExecutionData
from spotify_assets_tests.support.spotify.fake import fake_spotify
from spotify_assets_tests.support.spotify.state import FakeSpotify

LIVE_PLAYLISTS = {"One": "1" * 22, "Two": "2" * 22, "Three": "3" * 22}
PLAYLISTS_FILE = Path(__file__).parents[2] / "playlists.yaml"
TABLES_PUBLISHED = ["tables", "checks", "published_tables"]
CAPTURED = ["raw_playlists", "raw_tracks", "raw_artists", "raw_artist_facts", "raw_artist_details"]
ALL = [*CAPTURED, *TABLES_PUBLISHED]
INSIGHTS_PUBLISHED = ["insights", "checks", "published_insights"]


@dataclass
class Platform:
    """A lake with everything that runs on it."""

    lake: Lake
    instance: dg.DagsterInstance
    source: PlaylistSource = field(default_factory=SimulatedPlaylists)
    engine: TransformEngine = field(default_factory=PolarsEngine)
    facts: ArtistFactsSource | None = None

    def materialize(
        self, first: date, last: date | None = None, steps: list[str] | None = None
    ) -> dg.ExecuteInProcessResult:
        """Runs the chosen steps (all of them by default) for one day or a range, without raising."""
        parts: dict[str, list[Any]] = {
            "raw_playlists": [raw_playlists],
            "raw_tracks": [raw_tracks],
            "raw_artists": [raw_artists],
            "raw_artist_facts": [raw_artist_facts],
            "raw_artist_details": [raw_artist_details],
            "tables": [tables],
            "checks": [*table_checks, *insight_checks, insights_up_to_date],
            "published_tables": [published_tables],
            "insights": [insights],
            "published_insights": [published_insights],
            "dashboard": [dashboard],
            "maintenance": [maintenance],
        }
        chosen = steps or ALL
        # Unchosen assets are loaded too, so that their keys have partitions to depend on.
        assets = [part for name in parts for part in parts[name] if name != "checks" or "checks" in chosen]
        assets += [*capture_checks, sign_in_lasts]
        selected = dg.AssetSelection.assets(*[part for name in chosen if name != "checks" for part in parts[name]])
        if "checks" not in chosen:
            selected = selected.without_checks()
            for check in (*capture_checks, sign_in_lasts):
                if any(spec.key.asset_key.to_user_string() in chosen for spec in check.check_specs):
                    selected = selected | dg.AssetSelection.checks(check)
        else:
            # Checks come with their assets; without those, they are asked for by themselves.
            for made, published, of_group in (
                ("tables", "published_tables", table_checks),
                ("insights", "published_insights", insight_checks),
            ):
                if made not in chosen and published in chosen:
                    selected = selected | dg.AssetSelection.checks(*of_group)
        tags = {
            "dagster/asset_partition_range_start": first.isoformat(),
            "dagster/asset_partition_range_end": (last or first).isoformat(),
        }
        return dg.materialize(
            assets,
            selection=selected,
            instance=self.instance,
            tags=tags,
            raise_on_error=False,
            resources={
                "lake": self.lake,
                "playlist_source": self.source,
                "transform_engine": self.engine,
                "artist_facts": self.facts or artist_facts_source(self.lake.settings),
            },
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )

    def tick(self, sensor: dg.SensorDefinition, cursor: str | None = None) -> SensorExecutionData:
        """A tick of a sensor, whose events reach Dagster."""
        resources = {"lake": self.lake}
        with dg.build_sensor_context(
            instance=self.instance, definitions=defs, resources=resources, cursor=cursor
        ) as context:
            found = sensor.evaluate_tick(context)
        for event in found.asset_events:
            self.instance.report_runless_asset_event(event)
        return found

    def land(self, key: str, data: bytes, age: timedelta = timedelta(minutes=20)) -> None:
        """Drops a raw object the way a foreign producer does; in a folder, so long ago."""
        self.lake.storage.write(f"raw/to_be_processed/{key}", data)
        if not self.lake.storage.is_s3:
            written_at = (datetime.now(UTC) - age).timestamp()
            os.utime(self.lake.storage.folder / f"raw/to_be_processed/{key}", (written_at, written_at))


@pytest.fixture
def fake() -> Iterator[FakeSpotify]:
    with fake_spotify() as spotify:
        yield spotify


@pytest.fixture
def live(tmp_path: Path, instance: dg.DagsterInstance, fake: FakeSpotify) -> Platform:
    """A platform that reads the fake Spotify; pauses are short, since nobody is spared by them here."""
    for name, playlist_id in LIVE_PLAYLISTS.items():
        fake.add_playlist(playlist_id, name=name, songs=60, odd_entries=True)
    return reading(tmp_path, instance, fake, LIVE_PLAYLISTS, fake.refresh_token)


def reading(
    tmp_path: Path,
    instance: dg.DagsterInstance,
    fake: FakeSpotify,
    playlists: Mapping[str, str],
    refresh_token: str,
) -> Platform:
    """A platform that reads some playlists, ids by names, of the fake Spotify."""
    rows = [{"id": playlist_id, "name": name, "region": "us"} for name, playlist_id in playlists.items()]
    (tmp_path / "live.yaml").write_text(json.dumps({"playlists": rows}))
    settings = Settings(
        lake_url=str(tmp_path / "lake"),
        spotify_source="spotify",
        playlists_file=tmp_path / "live.yaml",
        spotify_endpoint_url=fake.url,
        spotify_client_id=fake.client_id,
        spotify_refresh_token=SecretStr(refresh_token),
        spotify_signed_in_at=datetime.now(UTC),
    )
    return Platform(Lake(settings), instance, LivePlaylists(settings, Patience(2, 5, first_pause=0.001)))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture(params=["folder", "s3"])
def foreign_anywhere(
    request: pytest.FixtureRequest, tmp_path: Path, instance: dg.DagsterInstance, moto_aws: MotoAws
) -> Platform:
    """Like `foreign`, once in a folder and once on S3 and Glue."""
    settings = Settings(lake_url=str(tmp_path / "lake"), spotify_source="spotify", playlists_file=PLAYLISTS_FILE)
    if request.param == "s3":
        unique = f"lake-{uuid4().hex[:12]}"
        place = {"LocationConstraint": REGION}
        aws_client("s3", moto_aws.endpoint).create_bucket(Bucket=unique, CreateBucketConfiguration=place)
        on_s3 = {
            "lake_url": f"s3://{unique}/team",
            "aws_endpoint_url": moto_aws.endpoint,
            "glue_database": unique.replace("-", "_"),
        }
        settings = settings.model_copy(update=on_s3)
    return Platform(Lake(settings), instance, LivePlaylists(settings))


@pytest.fixture
def sample(tmp_path: Path, instance: dg.DagsterInstance) -> Platform:
    settings = Settings(lake_url=str(tmp_path / "lake"), spotify_source="sample", playlists_file=PLAYLISTS_FILE)
    return Platform(Lake(settings), instance)


@pytest.fixture
def foreign(tmp_path: Path, instance: dg.DagsterInstance) -> Platform:
    settings = Settings(lake_url=str(tmp_path / "lake"), spotify_source="spotify", playlists_file=PLAYLISTS_FILE)
    return Platform(Lake(settings), instance, LivePlaylists(settings))
