"""The transform as an AWS Glue job, started and watched by Dagster Pipes.

The request is in the context that Pipes writes to the work bucket, however many raw objects it names; the job's log
lines and result come back through the same bucket.
"""

import dagster as dg
import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from dagster_aws.pipes import PipesGlueClient, PipesS3ContextInjector, PipesS3MessageReader

from spotify_assets.aws.client import aws_client
from spotify_assets.engines.day_request import DayRequest, DayResult
from spotify_assets.lake.storage import Storage

# These may succeed on a later try; whatever else Glue refuses, it refuses again.
PASSING = {"ConcurrentRunsExceededException", "ResourceNumberLimitExceededException", "ThrottlingException"}


class GlueEngine:
    """The transform on Glue: one job run per day.

    Args:
        job_name: the job of deploy/template.yaml (GLUE_JOB_NAME).
        work_bucket: where request and messages are kept for a while (GLUE_WORK_BUCKET).
    """

    kind = "glue"
    # Each day is a job run with its own workers.
    at_once = 1

    def __init__(self, job_name: str, work_bucket: str) -> None:
        self._job_name = job_name
        self._work_bucket = work_bucket

    def transform(self, context: dg.AssetExecutionContext, request: DayRequest) -> DayResult:
        """See `TransformEngine`. A run that is cancelled stops the job's run."""
        lake = Storage(request.lake_url, request.aws_endpoint_url)
        s3 = aws_client("s3", lake.endpoint_url)
        client = PipesGlueClient(
            PipesS3ContextInjector(bucket=self._work_bucket, client=s3),
            PipesS3MessageReader(bucket=self._work_bucket, client=s3),
            aws_client("glue", lake.endpoint_url),
        )
        try:
            ran = client.run(
                # Not the context itself: Dagster would then read one of its own deprecated attributes.
                context=context.op_execution_context,
                start_job_run_params={
                    "JobName": self._job_name,
                    "Arguments": {"--aws-region": lake.region},
                },
                extras={"request": msgspec.to_builtins(request)},
            )
        except ClientError as error:
            raise self._refused(error) from error
        except BotoCoreError as error:
            raise dg.Failure(f"AWS cannot be asked to run the Glue job {self._job_name}: {error}") from error
        except RuntimeError as error:
            # How the client reports a failed job: its run, its state and its error.
            raise dg.Failure(f"{_in_a_line(error)} {self._where_to_look}") from error
        return self._result(ran.get_custom_messages())

    def _result(self, messages: object) -> DayResult:
        try:
            (result,) = msgspec.convert(messages, list[DayResult])
        except (msgspec.ValidationError, ValueError) as error:
            raise dg.Failure(
                f"Glue says that the job {self._job_name} succeeded, but it did not report what it wrote, so nothing "
                f"is staged. Deploy job and Dagster from the same version. {self._where_to_look}",
                allow_retries=False,
            ) from error
        return result

    def _refused(self, error: ClientError) -> dg.Failure:
        told = error.response.get("Error", {})
        return dg.Failure(
            f"AWS refused what the Glue job {self._job_name} needs: {_in_a_line(error)} Look at GLUE_JOB_NAME and "
            "GLUE_WORK_BUCKET, and at the rights of the role that Dagster runs under.",
            allow_retries=told.get("Code") in PASSING,
        )

    @property
    def _where_to_look(self) -> str:
        return "CloudWatch has all that it wrote, in the log groups that start with /aws-glue/."


def _in_a_line(error: Exception) -> str:
    return f"{' '.join(str(error).split()).rstrip('.')}."
