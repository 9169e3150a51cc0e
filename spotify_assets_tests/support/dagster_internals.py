"""Names of Dagster's that are not public and that tests look at its insides through; a release may move them."""

from dagster._core.definitions.assets.graph.asset_graph_subset import AssetGraphSubset
from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleStatus
from dagster._core.definitions.decorators.op_decorator import DecoratedOpFunction
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.definitions.sensor_definition import SensorExecutionData
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.loader import LoadingContextForTest
from dagster._core.pipes import utils as pipes_utils
from dagster._core.remote_origin import GrpcServerCodeLocationOrigin, RemoteInstigatorOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, ScheduleInstigatorData, TickStatus
from dagster._core.storage.compute_log_manager import ComputeIOType
from dagster._serdes import ConfigurableClassData

__all__ = [
    "AssetGraphSubset",
    "BulkActionStatus",
    "CachingStaleStatusResolver",
    "ComputeIOType",
    "ConfigurableClassData",
    "DecoratedOpFunction",
    "GrpcServerCodeLocationOrigin",
    "InstigatorState",
    "InstigatorStatus",
    "InstigatorType",
    "LoadingContextForTest",
    "PartitionBackfill",
    "RemoteInstigatorOrigin",
    "RemoteRepositoryOrigin",
    "ScheduleInstigatorData",
    "SensorExecutionData",
    "StaleStatus",
    "TickStatus",
    "pipes_utils",
]
