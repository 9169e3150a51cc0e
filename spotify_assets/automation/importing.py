"""Runs of imported days: how they are recognised, and whether the command `import` is in progress.

The command publishes what it landed, recomputes stale insights, and reports failures itself. So sensors leave its days
to it meanwhile, finish them only if it was interrupted, and send no alerts about them.
"""

from datetime import datetime, timedelta

import dagster as dg

# On runs of imported days: who requested them.
IMPORT_TAG, BY_COMMAND, BY_SENSOR = "import", "command", "sensor"
# It lands all of its days, then builds them, a month per run: a pause between two runs is not its end.
IMPORT_GOES_ON = timedelta(minutes=10)


def imported_at(instance: dg.DagsterInstance, now: datetime) -> datetime | None:
    """When a run of the command was last seen (UTC), which is now while it has not ended; None without any."""
    for record in instance.get_run_records(dg.RunsFilter(tags={IMPORT_TAG: BY_COMMAND}), limit=1):
        return record.update_timestamp if record.dagster_run.is_finished else now
    return None


def import_goes_on(instance: dg.DagsterInstance, now: datetime) -> bool:
    """Whether the command has a run, or had one until some minutes ago."""
    seen_at = imported_at(instance, now)
    return seen_at is not None and now < seen_at + IMPORT_GOES_ON
