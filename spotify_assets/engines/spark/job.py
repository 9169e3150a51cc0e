"""The transform of one day as a separate program, run by AWS Glue, or by spark-submit on any other cluster.

Started by Dagster, it reads its request from S3, written there by Dagster Pipes, and returns progress and result the
same way. Otherwise it reads the request from a file and writes the result to another; both may be S3 addresses.

    spark-submit --py-files spotify_assets.zip transform_job.py --request request.json --result result.json
"""

import argparse
import json
import os
from collections.abc import Callable
from typing import Any

import msgspec
from dagster_pipes import PipesCliArgsParamsLoader, PipesS3ContextLoader, PipesS3MessageWriter, open_dagster_pipes
from pyspark.sql import SparkSession

from spotify_assets.aws.client import aws_client
from spotify_assets.engines.day_request import DayRequest, DayResult
from spotify_assets.engines.spark.day import transform_day
from spotify_assets.engines.spark.errors import spark_failure
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.storage import Storage


class TransformFailed(RuntimeError):
    """The day was not transformed; the message says why and what to do."""


def main() -> None:
    """Transforms the requested day.

    Raises:
        TransformFailed: it failed, which fails the job.
    """
    arguments = _arguments()
    if arguments.aws_region:
        os.environ.setdefault("AWS_REGION", arguments.aws_region)
    params = PipesCliArgsParamsLoader()
    if params.is_dagster_pipes_process():
        _for_dagster(params, aws_client("s3", None, region=arguments.aws_region))
    else:
        result = _transform(_decoded(json.loads(_read(arguments.request))), print)
        _write(arguments.result, msgspec.json.encode(result))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    by_dagster = PipesCliArgsParamsLoader().is_dagster_pipes_process()
    parser.add_argument("--request", required=not by_dagster, metavar="PATH", help="JSON of a DayRequest")
    parser.add_argument("--result", required=not by_dagster, metavar="PATH", help="where the JSON of a DayResult goes")
    parser.add_argument("--aws-region", help="region of the lake, for drivers and workers that are not told otherwise")
    # Glue, and Dagster, add arguments of their own.
    return parser.parse_known_args()[0]


def _for_dagster(params: PipesCliArgsParamsLoader, s3: Any) -> None:
    with open_dagster_pipes(
        params_loader=params, context_loader=PipesS3ContextLoader(s3), message_writer=PipesS3MessageWriter(s3)
    ) as pipes:
        result = _transform(_decoded(pipes.get_extra("request")), pipes.log.info)
        pipes.report_custom_message(msgspec.to_builtins(result))


def _decoded(request: Any) -> DayRequest:
    try:
        return msgspec.convert(request, DayRequest)
    except msgspec.ValidationError as error:
        raise TransformFailed(
            f"The request is not one of this version ({error}). Deploy job and Dagster from the same version."
        ) from error


def _transform(request: DayRequest, progress: Callable[[str], None]) -> DayResult:
    try:
        return transform_day(_session(), request, progress)
    except LakeError as error:
        raise TransformFailed(str(error)) from error
    except Exception as error:
        raise TransformFailed(spark_failure(error)) from error


def _session() -> SparkSession:
    """The cluster's session; its workers get this driver's region."""
    builder = SparkSession.Builder().appName("spotify_assets")
    if region := os.environ.get("AWS_REGION"):
        builder.config("spark.executorEnv.AWS_REGION", region)
    return builder.getOrCreate()


def _read(path: str) -> bytes:
    folder, name = _place(path)
    try:
        return folder.read(name)
    except FileNotFoundError as error:
        raise TransformFailed(f"There is no request at {path}.") from error


def _write(path: str, data: bytes) -> None:
    folder, name = _place(path)
    folder.write(name, data)


def _place(path: str) -> tuple[Storage, str]:
    folder, _, name = path.rpartition("/")
    return Storage(folder or "."), name


if __name__ == "__main__":
    main()
