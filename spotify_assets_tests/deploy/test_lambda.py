"""The extraction function as a package: built as `make lambda` does, unzipped elsewhere, and called as Lambda calls it.

Spotify is the fake and AWS is moto, both over HTTP; the function gets the variables of the template.
"""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
import pytest
from dagster_aws.pipes import PipesLambdaClient

from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import playlist_kind
from spotify_assets.transform.decode import decode_object
from spotify_assets_tests.automation.conftest import ROOT
from spotify_assets_tests.conftest import REGION, aws_client
from spotify_assets_tests.deploy.account import deploy
from spotify_assets_tests.deploy.stack import OPTIONAL_PARTS, Stack
from spotify_assets_tests.support.aws.lambda_runtime import lambda_runtime
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.spotify.fake import fake_spotify
from spotify_assets_tests.support.spotify.state import FakeSpotify
from spotify_assets_tests.support.wikidata.fake import FakeWikidata, Script, fake_wikidata

PLAYLISTS = {"One": "1" * 22, "Two": "2" * 22}
COUNTS = {"ApiCalls", "RequestsUsed", "ProfilesWaiting"}
HEAVY = ("polars", "_polars_runtime", "pyarrow", "dagster/", "pandas", "numpy", "pyiceberg", "duckdb")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package for this machine's processor and Python, so that it runs here."""
    folder = tmp_path_factory.mktemp("package")
    (folder / "playlists.yaml").write_text(
        json.dumps({"playlists": [{"id": found, "name": name} for name, found in PLAYLISTS.items()]})
    )
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    chosen = ["--architecture", "x86_64", "--python", python, "--playlists", str(folder / "playlists.yaml")]
    command = [sys.executable, str(ROOT / "deploy/build_lambda.py"), *chosen, "--folder", str(folder)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return Path(built.stdout.strip())


@dataclass
class Function:
    """The function in an account of its own, and the Spotify and Wikidata that it reads."""

    fake: FakeSpotify
    wikidata: FakeWikidata
    endpoint: str
    scratch: Path
    lake: Lake

    def client(self) -> Any:
        return aws_client("lambda", self.endpoint)

    def invoke(self, **event: str) -> dict[str, Any]:
        answer = self.client().invoke(FunctionName="capture", Payload=json.dumps(event))
        return {**json.load(answer["Payload"]), "is_error": "FunctionError" in answer}

    @property
    def log(self) -> str:
        return (self.scratch / "log").read_text(encoding="utf-8")

    def captured(self) -> list[str]:
        return sorted(found.kind for found in self.lake.raw.captures(datetime.now(UTC).date()))


@pytest.fixture
def function(package: Path, moto_aws: MotoAws, tmp_path: Path) -> Iterator[Function]:
    stack = Stack(**{**OPTIONAL_PARTS, "Name": f"l{uuid4().hex[:8]}", "WikidataContact": "tests@example.org"})
    with fake_spotify() as fake, fake_wikidata() as wikidata:
        for name, playlist_id in PLAYLISTS.items():
            fake.add_playlist(playlist_id, name=name, songs=60, odd_entries=True)
        # It ends within the month.
        made_at = datetime.now(UTC) - timedelta(days=160)
        secret = {
            "client_id": fake.client_id,
            "refresh_token": fake.refresh_token,
            "signed_in_at": made_at.isoformat(),
        }
        given = deploy(stack, moto_aws, secret)
        (deployed,) = stack.of_type("AWS::Lambda::Function").values()
        variables = {
            **deployed["Environment"]["Variables"],
            # What the runtime adds, and the stand-ins.
            "SPOTIFY_SECRET_ID": given["SPOTIFY_SECRET_ID"],
            "SPOTIFY_ENDPOINT_URL": fake.url,
            "WIKIDATA_ENDPOINT_URL": wikidata.url,
            "AWS_ENDPOINT_URL": moto_aws.endpoint,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "function",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        lake = Lake(
            Settings(
                lake_url=variables["LAKE_URL"],
                raw_url=variables["RAW_URL"],
                spotify_source="spotify",
                aws_endpoint_url=moto_aws.endpoint,
            )
        )
        unzipped = tmp_path / "task"
        with zipfile.ZipFile(package) as archive:
            archive.extractall(unzipped)
        with lambda_runtime(unzipped, deployed["Handler"], variables, tmp_path) as endpoint:
            yield Function(fake, wikidata, endpoint, tmp_path, lake)


def test_the_package_is_small_and_the_same_content_makes_the_same_file(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        entries = archive.infolist()
    assert not [entry.filename for entry in entries if entry.filename.startswith(HEAVY)]
    assert sum(entry.file_size for entry in entries) < 120 * 1024 * 1024
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {"playlists.yaml", "spotify_assets/automation/aws_lambda.py"} <= {entry.filename for entry in entries}


def test_the_clock_makes_it_capture_today_and_a_retry_reads_only_what_is_missing(function: Function) -> None:
    made_at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    first = function.invoke(time=made_at)
    assert (first["is_error"], first["landed"], first["landed_before"]) == (False, 2, 0)
    assert function.captured() == ["artist_facts", "artists", *map(playlist_kind, PLAYLISTS.values())]
    day = datetime.now(UTC).date()
    entries = function.lake.raw.objects_of([day])[day]
    names = [
        snapshot.playlist.name
        for raw in function.lake.raw.read(entries)
        for snapshot in decode_object(raw, day, "spotify").playlists
    ]
    assert sorted(map(str, names)) == ["One", "Two"]
    again = function.invoke(time=made_at)
    assert (again["is_error"], again["landed"], again["landed_before"]) == (False, 0, 2)
    assert again["api_calls"] < first["api_calls"]
    assert first["artists_with_facts"] == again["artists_with_facts"] == first["artists"]
    # Nobody is asked about twice.
    assert len(function.wikidata.asked) == 1
    assert function.wikidata.agents == {"SpotifyPlaylistLakehouse/0.1 (tests@example.org)"}
    assert str({"snapshot_date": day.isoformat()})[1:-1] in function.log


def test_a_playlist_that_cannot_be_captured_fails_the_function_and_takes_no_other_with_it(function: Function) -> None:
    function.fake.fail(rf"/v1/playlists/{PLAYLISTS['Two']}", times=9, status=404)
    found = function.invoke()
    assert (found["is_error"], found["errorType"]) == (True, "NotWhole")
    assert "what landed is kept" in found["errorMessage"]
    assert f"Two ({PLAYLISTS['Two']})" in found["errorMessage"]
    assert playlist_kind(PLAYLISTS["One"]) in function.captured()
    assert not [token for token in function.fake.tokens if token in function.log + json.dumps(found)]


def test_a_quota_that_is_used_up_makes_lambda_try_no_more(function: Function, moto_aws: MotoAws) -> None:
    function.fake.quota("artists", 0)
    found = function.invoke()
    assert (found["failed"], found["landed"], found["artists"]) == (0, 2, 0)
    assert "artist profiles left out. Spotify's quota for artists is used up" in function.log
    function.fake.quota("playlists", 0)
    found = function.invoke()
    assert (found["is_error"], found["landed"], found["failed"]) == (False, 0, 2)
    assert f"Two ({PLAYLISTS['Two']}): Spotify's quota for playlists is used up" in function.log
    client = aws_client("cloudwatch", moto_aws.endpoint)
    lake = [{"Name": "LakeUrl", "Value": function.lake.settings.lake_url}]
    told = client.list_metrics(Namespace="SpotifyLakehouse", Dimensions=lake)["Metrics"]
    assert {metric["MetricName"] for metric in told} == COUNTS | {"RunsFailed", "SignInDaysLeft"}


def test_a_wikidata_that_does_not_answer_fails_nothing(function: Function) -> None:
    function.wikidata.scripts.append(Script("status", 99, status=403))
    found = function.invoke()
    assert (found["is_error"], found["landed"], found["artists_with_facts"]) == (False, 2, 0)
    assert "artists without facts. wikidata refuses to answer (403)." in function.log


def test_cloudwatch_is_told_of_its_calls_and_of_the_days_that_its_sign_in_lasts(
    function: Function, moto_aws: MotoAws
) -> None:
    function.invoke()
    client = aws_client("cloudwatch", moto_aws.endpoint)
    lake = [{"Name": "LakeUrl", "Value": function.lake.settings.lake_url}]
    told = client.list_metrics(Namespace="SpotifyLakehouse", Dimensions=lake)["Metrics"]
    assert {metric["MetricName"] for metric in told} == COUNTS | {"SignInDaysLeft"}
    assert "Sign in again before: spotify-assets login" in function.log


# Dagster's own client calls what Dagster calls a preview.
@pytest.mark.filterwarnings("default:Function `PipesMessageReader.expected_writer_count`")
def test_an_asset_may_call_it_through_pipes(function: Function) -> None:
    @dg.asset(name="raw_playlists")
    def captured_by_lambda(context: dg.AssetExecutionContext, lambdas: PipesLambdaClient) -> Any:
        # Not the context itself: Dagster would then read one of its own deprecated attributes.
        ran = lambdas.run(function_name="capture", event={}, context=context.op_execution_context)
        return ran.get_materialize_result()

    with dg.DagsterInstance.ephemeral() as instance:
        client = PipesLambdaClient(function.client())
        result = dg.materialize([captured_by_lambda], instance=instance, resources={"lambdas": client})
    (event,) = result.get_asset_materialization_events()
    told = {name: value.value for name, value in event.step_materialization_data.materialization.metadata.items()}
    assert told["landed"] == len(PLAYLISTS)
    assert told["api_calls"] == len(function.fake.requests)
