"""Runs as tasks on ECS: dagster-aws's launcher, told by the environment where.

Its own configuration takes the network either as fixed text or from the task that it is in, which it may only look up
with rights on the whole account's network. Whether a run takes spare capacity is left to the cluster, which says it for
whatever names no capacity itself.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_aws.ecs import EcsRunLauncher

from spotify_assets.automation.dagster_internals import CheckRunHealthResult, ConfigurableClassData, WorkerStatus

TASK_TAG = "ecs/task_arn"


class TaskRunLauncher(EcsRunLauncher[dg.DagsterInstance]):
    """Starts a run as a task of a definition that is there, in the cluster, subnets and security group given."""

    @classmethod
    def config_type(cls) -> dict[str, dg.Field]:
        """What the instance's file says of it."""
        return {
            "task_definition": dg.Field(dg.StringSource, description="What a run is started as"),
            "cluster": dg.Field(dg.StringSource),
            "subnets": dg.Field(dg.StringSource, description="Ids, with commas between them"),
            "security_group": dg.Field(dg.StringSource),
        }

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]) -> "TaskRunLauncher":
        """The launcher; asks ECS whether the task definition has a container `run`."""
        network = {
            "subnets": config_value["subnets"].split(","),
            "securityGroups": [config_value["security_group"]],
            "assignPublicIp": "DISABLED",
        }
        return cls(
            inst_data=inst_data,
            task_definition=config_value["task_definition"],
            use_current_ecs_task_config=False,
            # The definition has its secrets; by this tag Dagster would look through all of the account's.
            secrets_tag="",
            run_task_kwargs={
                "cluster": config_value["cluster"],
                "networkConfiguration": {"awsvpcConfiguration": network},
            },
        )

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """What run monitoring asks of each started run; a command's run has no task, and is left to its own end."""
        if TASK_TAG not in run.tags:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return super().check_run_worker_health(run)
