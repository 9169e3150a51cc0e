"""This code's location in Dagster's UI, so that runs executed by a command are found there, also on the timeline.

Dagster sets it on runs that its servers launch, but `execute_in_process` does not.
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

# As named in workspace.yaml and pyproject.toml.
LOCATION, MODULE = "spotify_assets", "spotify_assets.definitions"


def of_this_code() -> dict[str, str]:
    """The tags by which a job's page finds a run. Not retried: whoever ran the command sees it fail."""
    label = f"{SINGLETON_REPOSITORY_NAME}@{LOCATION}"
    return {REPOSITORY_LABEL_TAG: label, CODE_LOCATION_TAG: LOCATION, "dagster/max_retries": "0"}


def show_in_ui(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Puts an ended run with the tags of `of_this_code` on the timeline."""
    target = LoadableTargetOrigin(executable_path=sys.executable, module_name=MODULE)
    location = ManagedGrpcPythonEnvCodeLocationOrigin(target, LOCATION)
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(location, SINGLETON_REPOSITORY_NAME), run.job_name)
    instance.run_storage.replace_job_origin(run, origin)
