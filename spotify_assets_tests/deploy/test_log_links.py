"""Links to the logs of steps, as the production instance makes them: signed as S3 accepts it, where the bucket is."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import yaml
from dagster_aws.s3 import S3ComputeLogManager

from spotify_assets_tests.deploy.stack import TEMPLATE
from spotify_assets_tests.support.dagster_internals import ComputeIOType, ConfigurableClassData

DEPLOY = TEMPLATE.parent
CONTAINER_HOME = "/opt/dagster/home"


def container_variables(production: dict[str, str]) -> dict[str, str]:
    """What the image and the compose file set, filled in from production.env, with paths of this checkout."""
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    variables = dict(re.findall(r"^(?:ENV| {4}) ?(AWS_\w+)=(\S+)", image, re.MULTILINE))
    copied = re.search(rf"^COPY .* {CONTAINER_HOME}/$", image, re.MULTILINE)
    assert copied is not None
    for name, value in variables.items():
        path = value.replace(CONTAINER_HOME, "deploy")
        assert path in copied.group().split()
        variables[name] = str(DEPLOY.parent / path)
    code = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]["webserver"]
    for name, value in code["environment"].items():
        if name.startswith("AWS_"):
            variables[name] = re.sub(r"\$\{(\w+)[^}]*\}", lambda found: production[found.group(1)], value)
    return variables


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1"])
def test_a_link_to_a_steps_log_has_the_signature_and_host_that_s3_accepts(
    region: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    production = {"AWS_REGION": region, "COMPUTE_LOGS_BUCKET": "lake-work"}
    role = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret"}
    for name in ("AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**production, **role, **container_variables(production)}.items():
        monkeypatch.setenv(name, value)
    # boto3 keeps the session of the process, which other tests have made with other variables.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    stated = yaml.safe_load((DEPLOY / "dagster.yaml").read_text(encoding="utf-8"))["compute_logs"]
    config = {**stated["config"], "local_dir": str(tmp_path)}
    held = ConfigurableClassData(stated["module"], stated["class"], yaml.dump(config))
    manager, step = held.rehydrate(as_type=S3ComputeLogManager), ["run", "compute_logs", "step"]
    # A step that is done has a link.
    done = Path(manager.local_manager.complete_artifact_path(step))
    done.parent.mkdir(parents=True)
    done.touch()
    link = urlsplit(str(manager.download_url_for_type(step, ComputeIOType.STDERR)))
    assert link.hostname == f"lake-work.s3.{region}.amazonaws.com"
    query = parse_qs(link.query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert f"/{region}/s3/aws4_request" in query["X-Amz-Credential"][0]
