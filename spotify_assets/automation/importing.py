"""Runs of imported days: how they are known, and whether the command `import` goes on.

That command publishes what it landed, makes stale insights again, and tells a person what failed. So sensors leave its
days to it meanwhile, and finish them only where it was cut off; no alert comes of them.
"""

from datetime import datetime, timedelta

import dagster as dg

# On runs of imported days: who asked for them.
IMPORT_TAG, BY_COMMAND, BY_SENSOR = "import", "command", "sensor"
# It lands all of its days, then makes them, a month a run: between two of its runs it is not at its end.
IMPORT_GOES_ON = timedelta(minutes=10)


def imported_at(instance: dg.DagsterInstance, now: datetime) -> datetime | None:
    """When a run of the command was last seen (UTC), which is now while it has not ended; None where there was none."""
    for record in instance.get_run_records(dg.RunsFilter(tags={IMPORT_TAG: BY_COMMAND}), limit=1):
        return record.update_timestamp if record.dagster_run.is_finished else now
    return None


def import_goes_on(instance: dg.DagsterInstance, now: datetime) -> bool:
    """Whether the command has a run, or had one until some minutes ago."""
    seen_at = imported_at(instance, now)
    return seen_at is not None and now < seen_at + IMPORT_GOES_ON
