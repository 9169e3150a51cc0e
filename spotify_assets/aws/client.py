"""A client for an AWS service, or for a stand-in at its own address."""

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
    """Timeouts of one attempt, in seconds: for a connection, for a response, for the next bytes of an object.

    A service that accepts connections and stays silent is down. Retries and checks after an error add up, and a command
    must end within two minutes.
    """

    connect: float = 5
    answer: float = 10
    content: float = 30


PATIENCE = Patience()


def aws_region() -> str:
    """AWS_REGION, which boto3 ignores, else the session's region; us-east-1 without either."""
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
        # S3 stand-ins have no host names for buckets.
        s3={"addressing_style": "path"} if endpoint_url else None,
    )
    session = botocore.session.get_session()
    session.register_component("data_loader", _service_models(session.get_config_variable("data_path")))
    return session.create_client(service, region_name=region or aws_region(), endpoint_url=endpoint_url, config=config)


# Loading the service models again for each client takes a tenth of a second.
@cache
def _service_models(data_path: str | None) -> Loader:
    return create_loader(data_path)
