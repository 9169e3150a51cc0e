"""Where Dagster's UI has this code, so that runs which a command executes itself are found there: on the timeline, too.

Dagster gives this to runs that its servers launch, and `execute_in_process` gives it to none.
"""

import sys

import dagster as dg

from spotify_assets.automation.dagster_internals import (
    CODE_LOCATION_TAG,
    REPOSITORY_LABEL_TAG,
    SINGLETON_REPOSITORY_NAME,
    LoadableTargetOrigin,
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)

# As workspace.yaml and pyproject.toml name it.
LOCATION, MODULE = "spotify_assets", "spotify_assets.definitions"


def of_this_code() -> dict[str, str]:
    """The tags by which a job's page finds a run; whoever typed the command sees it fail, so nobody retries it."""
    label = f"{SINGLETON_REPOSITORY_NAME}@{LOCATION}"
    return {REPOSITORY_LABEL_TAG: label, CODE_LOCATION_TAG: LOCATION, "dagster/max_retries": "0"}


def show_in_ui(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Puts a run that has ended on the timeline; its tags are those of `of_this_code`."""
    target = LoadableTargetOrigin(executable_path=sys.executable, module_name=MODULE)
    location = ManagedGrpcPythonEnvCodeLocationOrigin(target, LOCATION)
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(location, SINGLETON_REPOSITORY_NAME), run.job_name)
    instance.run_storage.replace_job_origin(run, origin)
