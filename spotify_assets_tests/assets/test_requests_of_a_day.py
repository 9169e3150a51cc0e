"""What a day asks of S3 and Glue, counted by kind where it arrives: the same however many days there were before.

`python -m benchmarks.s3_requests` counts it for five charts, and how long it takes.
"""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
import zstandard

from spotify_assets.assets.audit_checks import DAYS_LOOKED_AT
from spotify_assets.automation.costs import READS_PER_DAY, READS_PER_RAW_OBJECT, WRITES_PER_DAY, WRITES_PER_RAW_OBJECT
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.serving.dashboard.library import KEY as LIBRARY
from spotify_assets_tests.assets.conftest import ALL, INSIGHTS_PUBLISHED, Platform
from spotify_assets_tests.conftest import ON_S3
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.data.small_days import DAY

PLAYLIST = {"id": "5ampleChartGlobal00000", "name": "Chart", "region": "global"}
# A playlist, the profiles of its artists, and facts about them.
RAW_OBJECTS = 3
EARLY, LATE = 2, 6
# Of all that a day asks, by what it is about and by kind.
EXPECTED = {
    ("catalog", "GetDatabase"): 1,
    ("catalog", "GetTable"): 37,
    ("catalog", "UpdateTable"): 13,
    ("data file", "GET"): 30,
    ("data file", "PUT"): 13,
    ("kept rows", "GET"): 3,
    ("kept rows", "PUT"): 3,
    ("manifest", "GET"): 13,
    ("manifest", "PUT"): 26,
    ("manifest list", "GET"): 13,
    ("manifest list", "PUT"): 13,
    ("mark", "LIST"): 21,
    ("mark", "PUT"): 5,
    ("marker", "GET"): 2,
    ("page", "GET"): 1,
    ("page", "PUT"): 1,
    ("raw zone", "DELETE"): 3,
    ("raw zone", "GET"): 7,
    ("raw zone", "LIST"): 18,
    ("raw zone", "PUT"): 6,
    ("receipt", "GET"): 18,
    ("receipt", "PUT"): 18,
    ("several", "DELETE"): 3,
    ("stage", "GET"): 5,
    ("stage", "PUT"): 2,
    ("table metadata", "GET"): 18,
    ("table metadata", "PUT"): 13,
}
Kinds = Counter[tuple[str, str]]


def run(settings: Settings, first: int, last: int) -> None:
    """The whole way of these days, counted from the first, by a run in a process of its own."""
    with dg.DagsterInstance.ephemeral() as instance:
        platform = Platform(Lake(settings, of_a_run=True), instance)
        days = [DAY + timedelta(days=number) for number in (first, last)]
        assert platform.materialize(*days, steps=[*ALL, *INSIGHTS_PUBLISHED, "dashboard"]).success


@ON_S3
def test_a_day_asks_the_same_however_many_days_there_were(
    moto_aws: MotoAws, lake_settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "one.yaml").write_text(json.dumps({"playlists": [PLAYLIST]}))
    sample = {"spotify_source": "sample", "playlists_file": tmp_path / "one.yaml"}
    settings = lake_settings.model_copy(update=sample)
    # To bundle it takes longer than a day.
    Lake(settings).storage.write(LIBRARY, zstandard.compress(b"library"))
    asked: dict[int, Kinds] = {}
    for filled, day in ((0, EARLY), (EARLY + 1, LATE)):
        run(settings, filled, day - 2)
        # Who lacks something is looked for before a day is published, so that of a range all is read once.
        run(settings, day - 1, day - 1)
        before = moto_aws.kinds()
        run(settings, day, day)
        asked[day] = moto_aws.kinds() - before
    assert asked[EARLY] == EXPECTED
    # The checks of `playlists` look at each of so many days before.
    week = DAYS_LOOKED_AT["playlists"]
    assert asked[LATE] - asked[EARLY] == {("data file", "GET"): min(week, LATE) - min(week, EARLY)}
    assert asked[EARLY] - asked[LATE] == {}
    by_kind = Counter[str]()
    for (_, kind), times in asked[LATE].items():
        by_kind[kind] += times
    assert {"writes": by_kind["PUT"] + by_kind["LIST"], "reads": by_kind["GET"] + by_kind["HEAD"]} == {
        "writes": pytest.approx(WRITES_PER_DAY + RAW_OBJECTS * WRITES_PER_RAW_OBJECT, rel=0.1),
        "reads": pytest.approx(READS_PER_DAY + RAW_OBJECTS * READS_PER_RAW_OBJECT, rel=0.1),
    }
