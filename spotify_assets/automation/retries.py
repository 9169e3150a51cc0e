"""Which failed runs are retried: those that another attempt may fix.

Dagster counts a run's retries (tag `dagster/max_retries`) without regard to the cause: `allow_retries=False` of a
`Failure` only covers retries of a step. So each failed step tags its run before the run ends: jobs have the hook for
their assets and checks, assets for when they are materialized by hand.
"""

from collections.abc import Iterable

import dagster as dg

from spotify_assets.automation.dagster_internals import DagsterAssetCheckFailedError
from spotify_assets.config import SettingsError
from spotify_assets.lake.raw_lake import WrongSource

MAX_RETRIES_TAG = "dagster/max_retries"
# The run's own limit, while a permanent failure withholds its retries.
WITHHELD_TAG = "retries_withheld"
# The run in which a temporary failure occurred. With its id, since a retry inherits the tags of its run.
MAY_HELP_TAG = "retry_may_help"


def cannot_pass(error: BaseException | None) -> bool:
    """Whether a retry would surely fail again: a check of the same rows, settings, or a `Failure` that says so."""
    if isinstance(error, dg.Failure):
        return not error.allow_retries
    return isinstance(error, DagsterAssetCheckFailedError | SettingsError | WrongSource)


@dg.failure_hook(name="retried_where_that_may_help")
def judge(context: dg.HookContext) -> None:
    """Withholds a run's retries after a permanent failure; restores them after a temporary one."""
    run = context.instance.get_run_by_id(context.run_id)
    if run is None:
        return
    tags: dict[str, str] = {}
    if not cannot_pass(context.op_exception):
        tags[MAY_HELP_TAG] = run.run_id
        if WITHHELD_TAG in run.tags:
            tags[MAX_RETRIES_TAG] = run.tags[WITHHELD_TAG]
    elif run.tags.get(MAY_HELP_TAG) != run.run_id and run.tags.get(MAX_RETRIES_TAG) != "0":
        tags[WITHHELD_TAG] = run.tags.get(MAX_RETRIES_TAG, str(context.instance.run_retries_max_retries))
        tags[MAX_RETRIES_TAG] = "0"
    if tags:
        context.instance.add_run_tags(run.run_id, tags)


def judged(definitions: Iterable[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The same assets, with the hook that judges their failures."""
    return [definition.with_hooks({judge}) for definition in definitions]
