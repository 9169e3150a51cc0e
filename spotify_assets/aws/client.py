"""A client for a service of AWS, or for what stands in for it at an address of its own."""

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader, create_loader


@dataclass(frozen=True)
class Patience:
    """How long one attempt waits, in seconds: to be connected, for an answer, for the next bytes of an object.

    A service that accepts and stays silent is one that is down. What is asked for anew, and asked about after an error,
    adds up: a command is to end within two minutes.
    """

    connect: float = 5
    answer: float = 10
    content: float = 30


PATIENCE = Patience()


def aws_region() -> str:
    """AWS_REGION, which boto3 alone does not heed, else the session's region; us-east-1 without either."""
    return os.environ.get("AWS_REGION") or boto3.Session().region_name or "us-east-1"


def aws_client(
    service: str,
    endpoint_url: str | None,
    *,
    region: str | None = None,
    patience: Patience = PATIENCE,
    attempts: int = 3,
) -> Any:
    """A botocore client, with credentials from the session. `attempts` counts the first one."""
    config = Config(
        connect_timeout=patience.connect,
        read_timeout=patience.answer,
        retries={"mode": "standard", "total_max_attempts": attempts},
        # What stands in for S3 has no names for buckets.
        s3={"addressing_style": "path"} if endpoint_url else None,
    )
    session = botocore.session.get_session()
    session.register_component("data_loader", _service_models(session.get_config_variable("data_path")))
    return session.create_client(service, region_name=region or aws_region(), endpoint_url=endpoint_url, config=config)


# To read anew for each client what the services of AWS can do takes a tenth of a second.
@cache
def _service_models(data_path: str | None) -> Loader:
    return create_loader(data_path)
