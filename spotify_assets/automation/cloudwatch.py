"""Metrics sent to CloudWatch, under the names that the alarms and dashboard of deploy/template.yaml use.

Best effort: a metric that cannot be sent is a sentence for the log, never a reason to fail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from spotify_assets.aws.client import PATIENCE, Patience, aws_client
from spotify_assets.config import Settings

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
MOST_PER_CALL = 1000


class Name(Enum):
    """A metric: its name and unit in CloudWatch, which has neither hours nor dollars."""

    SNAPSHOT_AGE = ("SnapshotAgeHours", "None")
    RUNS_FAILED = ("RunsFailed", "Count")
    ROWS_PUBLISHED = ("RowsPublished", "Count")
    ROWS_REJECTED = ("RowsRejected", "Count")
    API_CALLS = ("ApiCalls", "Count")
    REQUESTS_USED = ("RequestsUsed", "Count")
    REQUESTS_LEFT = ("RequestsLeft", "Count")
    PROFILES_WAITING = ("ProfilesWaiting", "Count")
    STEP_SECONDS = ("StepSeconds", "Seconds")
    RUN_COST = ("EstimatedRunCost", "None")
    SIGN_IN_DAYS_LEFT = ("SignInDaysLeft", "None")


@dataclass(frozen=True)
class Metric:
    """One value; `step` is an extra dimension of metrics measured per step."""

    name: Name
    value: float
    step: str | None = None


def send(metrics: Sequence[Metric], settings: Settings, patience: Patience = PATIENCE) -> str | None:
    """Sends metrics of this lake to METRICS_NAMESPACE, if set; gives what went wrong, if anything."""
    if settings.metrics_namespace is None:
        return None
    now = datetime.now(UTC)
    try:
        client = aws_client("cloudwatch", settings.aws_endpoint_url, patience=patience)
        for start in range(0, len(metrics), MOST_PER_CALL):
            data = [_datum(metric, settings.lake_url, now) for metric in metrics[start : start + MOST_PER_CALL]]
            client.put_metric_data(Namespace=settings.metrics_namespace, MetricData=data)
    except (ClientError, BotoCoreError) as error:
        return f"Metrics could not be sent to CloudWatch (METRICS_NAMESPACE={settings.metrics_namespace}): {error}"
    return None


def _datum(metric: Metric, lake_url: str, now: datetime) -> dict[str, Any]:
    name, unit = metric.name.value
    dimensions = [{"Name": "LakeUrl", "Value": lake_url}]
    if metric.step is not None:
        dimensions.append({"Name": "Step", "Value": metric.step})
    return {"MetricName": name, "Unit": unit, "Value": metric.value, "Dimensions": dimensions, "Timestamp": now}
