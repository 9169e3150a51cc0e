"""Where history moves back while Dagster runs, its sensors ask for no unknown day, and have the code loaded anew."""

from datetime import date, timedelta

import dagster as dg
import pytest

from spotify_assets.assets.partitions import first_partition
from spotify_assets.automation.reloading import begin_history
from spotify_assets.automation.sensors import raw_objects
from spotify_assets.automation.unfinished_days import unfinished_days
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.conftest import IN_A_FOLDER
from spotify_assets_tests.support.dagster_internals import GrpcServerCodeLocationOrigin
from spotify_assets_tests.support.data.small_days import DAY, capture

BEFORE = first_partition - timedelta(days=1)
SENTENCE = f"History now begins on {BEFORE}, but the code was loaded when it began on {first_partition}"
BY_HAND = f"{SENTENCE}: reload the code location in Dagster's UI (Deployment), or restart Dagster."


def sensor_context(instance: dg.DagsterInstance, lake: Lake) -> dg.SensorEvaluationContext:
    return dg.build_sensor_context(instance=instance, resources={"lake": lake})


@IN_A_FOLDER
def test_nothing_is_outdated_in_a_new_lake_and_in_one_that_begins_there(
    lake: Lake, instance: dg.DagsterInstance
) -> None:
    assert begin_history(sensor_context(instance, lake), lake, []) is None
    lake.begin_history([DAY])
    assert begin_history(sensor_context(instance, lake), lake, []) is None


@IN_A_FOLDER
def test_an_object_of_an_earlier_day_moves_history_back_and_waits_for_the_code(
    lake: Lake, instance: dg.DagsterInstance
) -> None:
    capture(lake, BEFORE, ["A"])
    capture(lake, DAY, ["A"])
    asked = raw_objects(sensor_context(instance, lake))
    assert isinstance(asked, dg.SkipReason)
    assert asked.skip_message == BY_HAND
    assert lake.first_day() == BEFORE
    # As it does where another process, such as an import, moved it.
    also = unfinished_days(sensor_context(instance, lake))
    assert isinstance(also, dg.SkipReason)
    assert also.skip_message == BY_HAND


@IN_A_FOLDER
def test_an_object_of_an_absurd_day_moves_nothing(lake: Lake, instance: dg.DagsterInstance) -> None:
    lake.storage.write("raw/to_be_processed/snapshot_date=1999-01-01/a.json", b"{}")
    raw_objects(sensor_context(instance, lake))
    assert lake.first_day() is None


@IN_A_FOLDER
def test_a_code_server_that_does_not_answer_leaves_it_to_a_person(
    lake: Lake, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.begin_history([date(2010, 1, 1)])
    context = sensor_context(instance, lake)
    origin = GrpcServerCodeLocationOrigin(host="127.0.0.1", port=9, location_name="spotify_assets")
    monkeypatch.setattr(context, "_code_location_origin", origin)
    said = begin_history(context, lake, [])
    assert said is not None
    assert said.endswith("reload the code location in Dagster's UI (Deployment), or restart Dagster.")
