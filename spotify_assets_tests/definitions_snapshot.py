"""What Dagster loads, as text: `definitions_snapshot.txt` beside this, so that a change to the surface shows in review.

`python -m spotify_assets_tests.definitions_snapshot` (`make snapshot`) writes it again.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from spotify_assets.config import Settings

ROOT = Path(__file__).parents[1]
SNAPSHOT = Path(__file__).with_name("definitions_snapshot.txt")
HEADING = "What Dagster loads where every optional part is configured; `make snapshot` writes this file."
# Every setting has its default, but for those without which something would not be loaded.
CONFIGURED = {
    "METRICS_NAMESPACE": "SpotifyLakehouse",
    "SNOWFLAKE_ACCOUNT": "account",
    "SNOWFLAKE_USER": "user",
    "SNOWFLAKE_PRIVATE_KEY_PATH": "key.p8",
    "SNOWFLAKE_WAREHOUSE": "warehouse",
    "SNOWFLAKE_DATABASE": "database",
}


def snapshot() -> str:
    """The definitions as a process of its own loads them, whatever is set here or in the checkout's `.env`."""
    ours = {name.upper() for name in Settings.model_fields}
    environment = {name: value for name, value in os.environ.items() if name.upper() not in ours}
    with tempfile.TemporaryDirectory() as nowhere:
        return subprocess.run(
            [sys.executable, "-c", f"from {__spec__.name} import described; print(described())"],
            cwd=nowhere,
            env=environment | CONFIGURED | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=True,
        ).stdout


def described() -> str:
    """The definitions of this process."""
    from spotify_assets.definitions import defs  # noqa: PLC0415  it reads the settings

    repository = defs.get_repository_def()
    sections = {
        "assets": _assets(defs),
        "checks": _checks(defs),
        "jobs": _jobs(defs),
        "schedules": _schedules(repository),
        "sensors": _sensors(repository),
        "resources": iter(sorted(defs.resources or ())),
    }
    text = ["\n".join([title, *(f"  {line}" for line in lines)]) for title, lines in sections.items()]
    return "\n\n".join([HEADING, *text])


def _assets(defs: dg.Definitions) -> Iterator[str]:
    for spec in sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key):
        traits = [
            f"group {spec.group_name}",
            "a partition a day" if spec.partitions_def is not None else "no partitions",
            *(["shown as late"] if spec.freshness_policy is not None else []),
            *(["runs by a condition of its own"] if spec.automation_condition is not None else []),
        ]
        yield f"{spec.key.to_user_string()}: {', '.join(traits)}"
        yield from (f"  after {name}" for name in sorted(found.asset_key.to_user_string() for found in spec.deps))


def _checks(defs: dg.Definitions) -> Iterator[str]:
    definitions = [found for found in defs.asset_checks or () if isinstance(found, dg.AssetChecksDefinition)]
    specs = [spec for found in definitions for spec in found.check_specs]
    yield from sorted(f"{_name(spec.key)}: {'blocks' if spec.blocking else 'warns'}" for spec in specs)


def _name(key: dg.AssetCheckKey) -> str:
    return f"{key.asset_key.to_user_string()}.{key.name}"


def _jobs(defs: dg.Definitions) -> Iterator[str]:
    every = set(defs.resolve_asset_graph().asset_check_keys)
    for name in sorted(job.name for job in defs.jobs or ()):
        job = defs.resolve_job_def(name)
        assets, checks = job.asset_layer.selected_asset_keys, set(job.asset_layer.asset_graph.asset_check_keys)
        yield f"{name}: max_retries {job.run_tags['dagster/max_retries']}"
        yield from (f"  asset {key.to_user_string()}" for key in sorted(assets))
        if checks and checks == {key for key in every if key.asset_key in assets}:
            yield "  every check of these assets"
        else:
            yield from (f"  check {check}" for check in sorted(map(_name, checks)))


def _schedules(repository: dg.RepositoryDefinition) -> Iterator[str]:
    for found in sorted(repository.schedule_defs, key=lambda found: found.name):
        yield f"{found.name}: {found.cron_schedule} {found.execution_timezone}, job {found.job_name}, {_status(found)}"


def _sensors(repository: dg.RepositoryDefinition) -> Iterator[str]:
    for found in sorted(repository.sensor_defs, key=lambda found: found.name):
        starts = [f"starts the job {target.job_name}" for target in found.targets]
        if isinstance(found, dg.AutomationConditionSensorDefinition):
            starts = [f"starts {found.asset_selection}"]
        told = [f"every {found.minimum_interval_seconds} s", found.sensor_type.value.lower(), *starts, _status(found)]
        yield f"{found.name}: {', '.join(told)}"


def _status(found: dg.ScheduleDefinition | dg.SensorDefinition) -> str:
    return f"{found.default_status.value.lower()} by default"


if __name__ == "__main__":
    SNAPSHOT.write_text(snapshot(), encoding="utf-8")
