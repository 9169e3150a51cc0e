"""Private names of Dagster for which there is no public alternative: here and nowhere else.

- Backfills: nothing else knows a backfill's days until its runs are created.
- Liveness: a launcher's answer to run monitoring, which code server started a run, and whether it has its code.
- The class that a launcher is built from in the instance's file.
- The origin and tags by which the UI finds a run that a command executed, under its job and on the timeline.
- The exception of a failed blocking check: a hook gets nothing but the exception.
- The record of runs in SQLite: how its files are opened is not a setting.
- Where the code of a sensor is served, to reload it.
- The daemon: its console script need not be on the PATH of this package's interpreter.

A test imports all of them, so that it fails by name if a Dagster release moves one.
"""

from dagster._core.definitions.repository_definition.valid_definitions import SINGLETON_REPOSITORY_NAME
from dagster._core.errors import DagsterAssetCheckFailedError, DagsterUserCodeUnreachableError
from dagster._core.event_api import EventHandlerFn
from dagster._core.execution.backfill import BULK_ACTION_TERMINAL_STATUSES, BulkActionsFilter, BulkActionStatus
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._core.remote_origin import (
    GrpcServerCodeLocationOrigin,
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.storage.event_log.polling_event_watcher import SqlPollingEventWatcher
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._core.storage.tags import CODE_LOCATION_TAG, GRPC_INFO_TAG, REPOSITORY_LABEL_TAG
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._grpc.client import DagsterGrpcClient
from dagster._serdes import ConfigurableClassData

DAEMON_MODULE = "dagster._daemon"

__all__ = [
    "BULK_ACTION_TERMINAL_STATUSES",
    "CODE_LOCATION_TAG",
    "DAEMON_MODULE",
    "GRPC_INFO_TAG",
    "INDEX_SHARD_NAME",
    "REPOSITORY_LABEL_TAG",
    "SINGLETON_REPOSITORY_NAME",
    "SQLITE_BUSY_TIMEOUT_SECONDS",
    "BulkActionStatus",
    "BulkActionsFilter",
    "CheckRunHealthResult",
    "ConfigurableClassData",
    "DagsterAssetCheckFailedError",
    "DagsterGrpcClient",
    "DagsterSqliteStorage",
    "DagsterUserCodeUnreachableError",
    "EventHandlerFn",
    "GrpcServerCodeLocationOrigin",
    "LoadableTargetOrigin",
    "ManagedGrpcPythonEnvCodeLocationOrigin",
    "RemoteJobOrigin",
    "RemoteRepositoryOrigin",
    "SqlPollingEventWatcher",
    "SqliteEventLogStorage",
    "WorkerStatus",
]
