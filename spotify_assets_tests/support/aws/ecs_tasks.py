"""ECS's tasks for moto, which runs nothing: a task with a command is a process, in the environment of its definition.

A process finds what its container's definition and the override say, and nothing else but the way to programs. A task
that is stopped is asked to end, as ECS does with one whose capacity it takes back; its exit code is the process's.
"""

import atexit
import os
import subprocess
import threading
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.models import Task
from moto.ecs.responses import EC2ContainerServiceResponse


def run_ecs_tasks() -> None:
    """Makes this process's ECS run its tasks."""
    processes: dict[str, subprocess.Popen[bytes]] = {}
    run_task, stop_task = EC2ContainerServiceResponse.run_task, EC2ContainerServiceResponse.stop_task

    def run(self: EC2ContainerServiceResponse) -> ActionResult:
        answer: Any = run_task(self)
        for task in answer.result["tasks"]:
            definition = self.ecs_backend.describe_task_definition(task.task_definition_arn)
            _start(task, definition.container_definitions[0], processes)
        return answer

    def stop(self: EC2ContainerServiceResponse) -> ActionResult:
        process = processes.get(self._get_param("task"))
        if process is None:
            return stop_task(self)
        process.terminate()
        process.wait(120)
        return stop_task(self)

    EC2ContainerServiceResponse.run_task, EC2ContainerServiceResponse.stop_task = run, stop
    atexit.register(lambda: [process.kill() for process in processes.values()])


def _start(task: Task, definition: dict[str, Any], processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """Runs a task; what its process comes to is all that changes its state from here on."""
    [override] = task.overrides["containerOverrides"]
    assert override["name"] == definition["name"]
    stated = [*definition.get("environment", []), *override.get("environment", [])]
    environment = {"PATH": os.environ["PATH"], **{found["name"]: found["value"] for found in stated}}
    task._transitions, task.status = [], "RUNNING"
    with open(environment.get("TASK_LOG", os.devnull), "ab") as log:  # noqa: PTH123  a device, where none is named
        process = subprocess.Popen(
            override["command"], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    processes[task.task_arn] = process

    def watch() -> None:
        # As ECS tells it, which knows a signal by a number above those of programs.
        code = process.wait()
        container: Any = task.containers[0]
        container.exitCode = code if code >= 0 else 128 - code
        task.stopped_reason, task.status = "Essential container in task exited", "STOPPED"

    threading.Thread(target=watch, daemon=True).start()
