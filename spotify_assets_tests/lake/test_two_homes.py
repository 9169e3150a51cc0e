"""A lake holds the data of one source: the first to write decides, and the other is refused for good."""

import re
from functools import partial
from uuid import uuid4

import pytest

from spotify_assets.config import Settings, Source
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw_lake import WrongSource
from spotify_assets.lake.storage import Storage
from spotify_assets_tests.conftest import IN_A_FOLDER, REGION, OpenLake, aws_client
from spotify_assets_tests.support.data.small_days import DAY, prove, publish, rows, titles
from spotify_assets_tests.support.processes.at_once import at_once

BOTH_WAYS = pytest.mark.parametrize(("holds", "wants"), [("sample", "spotify"), ("spotify", "sample")])


def test_a_new_lake_belongs_to_nobody(lake: Lake) -> None:
    assert lake.source() is None
    assert lake.require_source() == "spotify"
    assert lake.source() is None


def test_a_claim_is_remembered(lake: Lake, open_lake: OpenLake) -> None:
    assert lake.claim() == "spotify"
    marker = lake.storage.read("lake.json")
    assert open_lake().claim() == "spotify"
    assert open_lake().source() == "spotify"
    assert lake.storage.read("lake.json") == marker


@BOTH_WAYS
def test_the_other_source_is_refused(open_lake: OpenLake, holds: Source, wants: Source) -> None:
    open_lake(spotify_source=holds).claim()
    other = open_lake(spotify_source=wants)
    message = f"holds {holds} data but SPOTIFY_SOURCE={wants}. The two are never mixed: set LAKE_URL"
    for use in (other.claim, other.require_source, lambda: other.publish([DAY])):
        with pytest.raises(WrongSource, match=re.escape(message)):
            use()
    assert other.source() == holds


@IN_A_FOLDER
@BOTH_WAYS
def test_what_is_proven_under_one_source_is_not_published_under_the_other(
    open_lake: OpenLake, holds: Source, wants: Source
) -> None:
    lake = open_lake(spotify_source=holds)
    publish(lake, DAY, ["Old"])
    prove(lake, DAY, ["New"], minute=1)
    with pytest.raises(WrongSource):
        open_lake(spotify_source=wants).publish([DAY])
    assert titles(lake, DAY) == ["Old"]
    assert rows(lake, "playlists")["source"].unique().to_list() == [holds]


@IN_A_FOLDER
@pytest.mark.parametrize("attempt", range(5))
def test_first_claims_at_the_same_moment_end_in_one_source(open_lake: OpenLake, attempt: int) -> None:
    def claim(source: Source) -> str:
        try:
            return open_lake(spotify_source=source).claim()
        except WrongSource:
            return "refused"

    sources: list[Source] = ["sample", "spotify"] * 4
    outcomes = at_once(*(partial(claim, source) for source in sources))
    held = open_lake().source()
    assert outcomes == [source if source == held else "refused" for source in sources]


@pytest.mark.parametrize("marker", [b"", b"{", b"[]", b'{"source": "another"}', b"\xff"])
@IN_A_FOLDER
def test_a_damaged_marker_is_no_excuse_to_mix(lake: Lake, marker: bytes) -> None:
    lake.storage.write("lake.json", marker)
    with pytest.raises(LakeError, match=r"lake\.json .* does not say whose data it holds"):
        lake.claim()
    assert lake.storage.read("lake.json") == marker


def test_raw_objects_may_have_a_home_of_their_own(open_lake: OpenLake, lake_settings: Settings) -> None:
    raw_url = f"{lake_settings.lake_url}-raw"
    if lake_settings.aws_endpoint_url:
        raw_url = f"s3://raw-{uuid4().hex[:12]}"
        client = aws_client("s3", lake_settings.aws_endpoint_url)
        client.create_bucket(
            Bucket=raw_url.removeprefix("s3://"), CreateBucketConfiguration={"LocationConstraint": REGION}
        )
    apart = open_lake(raw_url=raw_url)
    publish(apart, DAY, ["A"])
    assert titles(apart, DAY) == ["A"]
    processed = [found.key for found in Storage(raw_url, lake_settings.aws_endpoint_url).list("raw")]
    assert len(processed) == 1
    assert processed[0].startswith("raw/processed/")
    assert list(apart.storage.list("raw")) == []


@IN_A_FOLDER
def test_the_raw_objects_of_one_source_never_meet_the_tables_of_the_other(
    open_lake: OpenLake, lake_settings: Settings
) -> None:
    raw_url = f"{lake_settings.lake_url}-raw"
    open_lake(raw_url=raw_url, spotify_source="sample").claim()
    other = open_lake(lake_url=f"{lake_settings.lake_url}-other", raw_url=raw_url)
    with pytest.raises(WrongSource, match=re.escape(f"{raw_url} holds sample data but SPOTIFY_SOURCE=spotify")):
        other.require_source()
    with pytest.raises(WrongSource):
        other.claim()
