"""Runs that went with their container are failed by the one that follows; those of code that was loaded anew live.

That a day is published then without a person is in `deploy/test_production_instance.py`.
"""

import json
import time

import dagster as dg
import pytest

from spotify_assets.automation.lost_runs import BEGAN_VARIABLE, lost_runs
from spotify_assets.automation.run_launcher import GONE, this_process
from spotify_assets.definitions import defs
from spotify_assets_tests.support.dagster_internals import GrpcServerCodeLocationOrigin

JOB = defs.resolve_job_def("tidy")
OWN, ANOTHER = ("code", 4000), ("another", 4000)


def started_by(instance: dg.DagsterInstance, server: tuple[str, int], **tags: str) -> str:
    """A run that begins now, launched at a code server."""
    told = {".dagster/grpc_info": json.dumps(dict(zip(("host", "port"), server, strict=True)))}
    run = instance.create_run_for_job(JOB, tags={**told, **tags}, status=dg.DagsterRunStatus.STARTING)
    instance.report_dagster_event(dg.DagsterEvent("PIPELINE_START", JOB.name), run.run_id)
    return run.run_id


def tick(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, began: float | None) -> str:
    """What the sensor says in a code server that began then."""
    if began is not None:
        monkeypatch.setenv(BEGAN_VARIABLE, str(began))
    context = dg.build_sensor_context(instance=instance)
    origin = GrpcServerCodeLocationOrigin(host=OWN[0], port=OWN[1], location_name="spotify_assets")
    monkeypatch.setattr(context, "_code_location_origin", origin)
    return lost_runs.evaluate_tick(context).skip_message or ""


def failed(instance: dg.DagsterInstance) -> list[str]:
    return [run.run_id for run in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))]


def test_a_run_from_before_the_server_began_is_failed_once(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = started_by(instance, OWN)
    began = time.time()
    started_by(instance, OWN)
    assert lost in tick(instance, monkeypatch, began)
    assert failed(instance) == [lost]
    [event] = instance.all_logs(lost, dg.DagsterEventType.RUN_FAILURE)
    assert GONE in event.message
    assert tick(instance, monkeypatch, began) == "No run is lost."


def test_runs_of_this_server_of_another_and_of_a_command_that_lives_go_on(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = time.time()
    # Code that is loaded anew is another process, which does not know the run; the server is the same.
    started_by(instance, OWN)
    assert tick(instance, monkeypatch, before) == "No run is lost."
    instance.wipe()
    started_by(instance, ANOTHER)
    started_by(instance, OWN, **this_process())
    assert tick(instance, monkeypatch, time.time()) == "No run is lost."


def test_outside_a_container_runs_are_left_to_their_server(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    started_by(instance, OWN)
    assert tick(instance, monkeypatch, None) == "No run is lost."
