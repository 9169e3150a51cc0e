"""The values for Dagster's chart: runs behave as on the single machine, no secret is there, the chart accepts them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from spotify_assets_tests.deploy.stack import ACCOUNT, TEMPLATE, Stack

DEPLOY = TEMPLATE.parent
VALUES = yaml.safe_load((DEPLOY / "helm/values.yaml").read_text(encoding="utf-8"))
INSTANCE = yaml.safe_load((DEPLOY / "dagster.yaml").read_text(encoding="utf-8"))
GUIDE = (DEPLOY.parent / "docs/kubernetes.md").read_text(encoding="utf-8")
DAEMON = VALUES["dagsterDaemon"]
[CODE] = VALUES["dagster-user-deployments"]["deployments"]
ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/ABC"


def chart() -> Path | None:
    """A copy of the chart (helm/dagster in github.com/dagster-io/dagster), if there is one."""
    named = os.environ.get("DAGSTER_CHART")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "dagster-chart"
    return folder if (folder / "values.schema.json").exists() else None


def without_remote(schema: Any) -> Any:
    """A schema without what it takes from the Kubernetes project's server."""
    if isinstance(schema, list):
        return [without_remote(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: without_remote(value)
        for name, value in schema.items()
        if not (name == "$ref" and str(value).startswith("https:"))
    }


def merged(values: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """As Helm puts values over a chart's own: lists are replaced."""
    both = values.keys() & own.keys()
    inner = {name: merged(values[name], own[name]) for name in both if isinstance(values[name], dict)}
    return {**values, **own, **{name: found for name, found in inner.items() if isinstance(own[name], dict)}}


def strings(value: Any) -> Iterator[tuple[str, Any]]:
    """Each name of the values with what it has."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from strings(inner)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def test_runs_behave_as_on_the_single_machine() -> None:
    monitoring, retries = DAEMON["runMonitoring"], DAEMON["runRetries"]
    assert monitoring["pollIntervalSeconds"] == INSTANCE["run_monitoring"]["poll_interval_seconds"]
    assert monitoring["maxRuntimeSeconds"] == INSTANCE["run_monitoring"]["max_runtime_seconds"]
    assert retries["maxRetries"] == INSTANCE["run_retries"]["max_retries"]
    assert retries["retryOnAssetOrOpFailure"] is INSTANCE["run_retries"]["retry_on_asset_or_op_failure"]
    coordinator = DAEMON["runCoordinator"]
    assert coordinator["config"]["customRunCoordinator"]["config"] == INSTANCE["run_queue"]
    runs, pools = VALUES["concurrency"]["runs"], VALUES["concurrency"]["pools"]
    assert {
        "runs": {
            "max_concurrent_runs": runs["maxConcurrentRuns"],
            "tag_concurrency_limits": runs["tagConcurrencyLimits"],
        },
        "pools": {"default_limit": pools["defaultLimit"], "granularity": pools["granularity"]},
    } == INSTANCE["concurrency"]
    assert {
        kind: {"purge_after_days": VALUES["retention"][kind]["purgeAfterDays"]} for kind in ("sensor", "schedule")
    } == INSTANCE["retention"]
    assert VALUES["telemetry"] == INSTANCE["telemetry"]
    assert VALUES["additionalInstanceConfig"] == {"nux": INSTANCE["nux"]}


def test_logs_of_steps_are_where_the_single_machine_has_them() -> None:
    stated = VALUES["computeLogManager"]["config"]["s3ComputeLogManager"]
    config = INSTANCE["compute_logs"]["config"]
    assert stated["bucket"] == config["bucket"]
    assert stated["prefix"] == config["prefix"]
    assert stated["uploadInterval"] == config["upload_interval"]
    # The chart writes a region taken from a variable as text, which Dagster refuses.
    assert "region" not in stated


def test_each_run_is_a_pod_of_the_codes_own_image_and_account() -> None:
    assert VALUES["runLauncher"]["type"] == "K8sRunLauncher"
    assert "image" not in VALUES["runLauncher"]["config"]["k8sRunLauncher"]
    assert CODE["image"].keys() == {"repository", "digest", "pullPolicy"}
    assert CODE.get("includeConfigInLaunchedRuns") is None


def test_the_code_has_no_right_in_the_cluster_and_an_account_of_its_own() -> None:
    code = VALUES["dagster-user-deployments"]
    assert code["rbacEnabled"] is False
    accounts = [VALUES["serviceAccount"], code["serviceAccount"]]
    assert [account["name"] for account in accounts] == ["dagster", "spotify-assets"]
    assert all(account["annotations"] == {"eks.amazonaws.com/role-arn": ""} for account in accounts)


def test_no_value_is_a_secret() -> None:
    assert VALUES["generatePostgresqlPasswordSecret"] is False
    assert VALUES["global"]["postgresqlSecretName"] in GUIDE
    named = {name.lower(): value for name, value in strings(VALUES)}
    assert [name for name in named if "password" in name and name != "generatepostgresqlpasswordsecret"] == []
    maps = {entry["name"] for entry in CODE["envConfigMaps"]} | {
        volume["configMap"]["name"] for volume in VALUES["dagsterWebserver"]["volumes"]
    }
    assert all(f"create configmap {name} " in GUIDE for name in maps)


def test_nothing_is_reachable_from_outside_the_cluster() -> None:
    assert VALUES["dagsterWebserver"]["service"]["type"] == "ClusterIP"
    assert VALUES["ingress"] == {"enabled": False}
    assert VALUES["dagsterWebserver"]["enableReadOnly"] is True


def test_code_and_image_fit_together() -> None:
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert f"DAGSTER_HOME={VALUES['global']['dagsterHome']} " in image
    assert f'"{CODE["port"]}", "-m", "{CODE["codeServerArgs"][1]}"' in image
    assert f"--uid {CODE['podSecurityContext']['runAsUser']} " in image
    workspace = yaml.safe_load((DEPLOY / "workspace.yaml").read_text(encoding="utf-8"))["load_from"][0]["grpc_server"]
    [server] = VALUES["dagsterWebserver"]["workspace"]["servers"]
    assert server == {"host": CODE["name"], "port": workspace["port"], "name": workspace["location_name"]}


def test_webserver_and_daemon_have_the_version_of_dagster_that_the_code_has() -> None:
    locked = (DEPLOY.parent / "requirements-aws.lock").read_text(encoding="utf-8")
    version = VALUES["dagsterWebserver"]["image"]["tag"]
    assert f"\ndagster=={version} " in locked
    assert f"--version {version} " in GUIDE
    assert DAEMON["image"] == VALUES["dagsterWebserver"]["image"]


def test_only_the_two_service_accounts_take_the_role() -> None:
    stack = Stack(ClusterIssuer=ISSUER, ClusterNamespace="lake")
    [trust] = [found for found in stack.statements("OrchestratorRole") if "sts:AssumeRole" in found.actions[0]]
    assert trust.actions == ("sts:AssumeRoleWithWebIdentity",)
    assert trust.body["Principal"] == {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"}
    accounts = [VALUES["serviceAccount"]["name"], VALUES["dagster-user-deployments"]["serviceAccount"]["name"]]
    assert trust.body["Condition"]["StringEquals"] == {
        f"{ISSUER}:aud": "sts.amazonaws.com",
        f"{ISSUER}:sub": [f"system:serviceaccount:lake:{name}" for name in accounts],
    }
    assert "OrchestratorInstanceProfile" not in stack.resources


def test_the_chart_takes_these_values() -> None:
    folder = chart()
    if folder is None:
        pytest.skip("no copy of Dagster's chart: DAGSTER_CHART=<clone of github.com/dagster-io/dagster>/helm/dagster")
    for own, path in ((VALUES, folder), (VALUES[CHILD], folder / "charts" / CHILD)):
        schema = json.loads((path / "values.schema.json").read_text(encoding="utf-8"))
        values = merged(yaml.safe_load((path / "values.yaml").read_text(encoding="utf-8")), own)
        errors = jsonschema.Draft202012Validator(without_remote(schema)).iter_errors(values)
        assert [f"{error.json_path}: {error.message}" for error in errors] == []
        assert [name for name in own if name not in values] == []


CHILD = "dagster-user-deployments"
