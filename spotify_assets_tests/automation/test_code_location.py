"""Whether a run that a command executed itself is found by Dagster's UI as one of this code's jobs."""

import dagster as dg

from spotify_assets.automation.code_location import LOCATION, of_this_code, show_in_ui
from spotify_assets.definitions import defs

REPOSITORY = "__repository__"


def test_a_run_is_of_this_code_for_the_timeline_and_the_page_of_its_job(instance: dg.DagsterInstance) -> None:
    job = defs.resolve_job_def("tidy")
    made = instance.create_run_for_job(job, tags=of_this_code(), status=dg.DagsterRunStatus.SUCCESS)
    show_in_ui(instance, made)
    of_the_job = dg.RunsFilter(job_name="tidy", tags={".dagster/repository": f"{REPOSITORY}@{LOCATION}"})
    [run] = instance.get_runs(of_the_job)
    assert run.remote_job_origin is not None
    assert run.remote_job_origin.repository_origin.get_label() == f"{REPOSITORY}@{LOCATION}"
    assert (run.run_id, run.status) == (made.run_id, dg.DagsterRunStatus.SUCCESS)
    assert defs.get_repository_def().name == REPOSITORY


def test_nobody_retries_what_a_person_sees_fail() -> None:
    assert of_this_code()["dagster/max_retries"] == "0"
