"""The template for ECS: what each resource must be, and where it has to agree with the image and the other template."""

import json
import re

import pytest
import yaml
from cfnlint.api import lint_file

from spotify_assets.config import Settings
from spotify_assets_tests.deploy.ecs import RUN, command_of, variables_of
from spotify_assets_tests.deploy.stack import (
    ECS_NEEDS,
    ECS_OPTIONAL_PARTS,
    ECS_TEMPLATE,
    OPTIONAL_PARTS,
    Stack,
    ecs_stack,
    full_stack,
)

STACK, LEAST = ecs_stack(**ECS_OPTIONAL_PARTS), ecs_stack()
DEPLOY = ECS_TEMPLATE.parent
SERVICES = STACK.of_type("AWS::ECS::Service")
TASKS = STACK.of_type("AWS::ECS::TaskDefinition")
ALARMS = STACK.of_type("AWS::CloudWatch::Alarm")
INSTANCE = yaml.safe_load((DEPLOY / "ecs.dagster.yaml").read_text(encoding="utf-8"))
ON_ONE_MACHINE = yaml.safe_load((DEPLOY / "dagster.yaml").read_text(encoding="utf-8"))
IMAGE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
SETTINGS = {name.upper() for name in Settings.model_fields}
CONTAINERS = [(task, container["Name"]) for task, found in TASKS.items() for container in found["ContainerDefinitions"]]
# What boto3, libpq and Dagster itself take from the environment.
OF_LIBRARIES = {"AWS_REGION", "AWS_DEFAULT_REGION", "PGSSLMODE", "DAGSTER_HOME", "CODE_HOST"}


def variables(file: str) -> set[str]:
    return set(re.findall(r"env: (\w+)", (DEPLOY / file).read_text(encoding="utf-8")))


def container(task: str, name: str) -> dict:
    [found] = [stated for stated in TASKS[task]["ContainerDefinitions"] if stated["Name"] == name]
    return found


def test_cfn_lint_finds_nothing() -> None:
    assert [f"{match.rule.id} line {match.linenumber}: {match.message}" for match in lint_file(ECS_TEMPLATE)] == []


def test_the_template_is_plain_yaml() -> None:
    assert "Transform" not in STACK.template
    kinds = {found["Type"] for found in STACK.template["Resources"].values()}
    assert not [kind for kind in kinds if kind.startswith(("Custom::", "AWS::Serverless", "AWS::Lambda"))]
    tokens = yaml.scan(ECS_TEMPLATE.read_text(encoding="utf-8"))
    assert not [token for token in tokens if isinstance(token, yaml.AnchorToken | yaml.AliasToken)]


@pytest.mark.parametrize("name", list(STACK.parameters))
def test_every_parameter_is_described_and_takes_what_it_is_given(name: str) -> None:
    parameter = STACK.template["Parameters"][name]
    assert parameter["Description"].strip()
    given = ECS_NEEDS[name] if name in ECS_NEEDS else parameter["Default"]
    assert given in parameter.get("AllowedValues", [given])
    assert re.search(parameter.get("AllowedPattern", ""), str(given))


def test_an_image_is_named_by_its_digest() -> None:
    pattern = STACK.template["Parameters"]["Image"]["AllowedPattern"]
    assert re.search(pattern, ECS_NEEDS["Image"])
    assert not re.search(pattern, "ghcr.io/somebody/spotify-lakehouse:latest")


def test_no_value_of_a_secret_stands_in_the_template() -> None:
    secrets = [name for name in STACK.parameters if re.search(r"(?i)secret|password|token", name)]
    # Where they lie, and where the provider gives tokens.
    assert set(secrets) == {"RegistrySecretArn", "SignInSecretArn", "OidcTokenEndpoint"}
    text = json.dumps(STACK.resources)
    for key in ("ClientSecret", "MasterUserPassword"):
        values = re.findall(rf'"{key}": "([^"]+)"', text)
        assert values
        assert all(value.startswith("{{resolve:secretsmanager:") for value in values)


# ---- The other template


def test_everything_that_is_imported_is_exported_whatever_the_lakehouse_has() -> None:
    plain = Stack()
    assert ecs_stack(plain).resources
    with pytest.raises(KeyError, match="TransformJobName"):
        ecs_stack(plain, TransformEngine="glue")
    assert ecs_stack(full_stack(), TransformEngine="glue").resources


def test_exports_are_named_after_their_stack_and_output() -> None:
    outputs = full_stack().outputs
    assert {found["Export"]["Name"] for found in outputs.values()} == {f"spotify-lakehouse-{name}" for name in outputs}
    assert LEAST.parameters["Lakehouse"] == "spotify-lakehouse"


def test_code_and_runs_have_the_lakehouses_own_role_and_what_it_says_of_the_lake() -> None:
    lakehouse = full_stack()
    given = {found["Description"]: str(found["Value"]) for found in lakehouse.outputs.values()}
    wanted = {name: value for name, value in given.items() if name in SETTINGS or name == "COMPUTE_LOGS_BUCKET"}
    for task, name in (("CodeTask", "code"), ("RunTask", "run")):
        assert TASKS[task]["TaskRoleArn"] == lakehouse.arn("OrchestratorRole")
        assert wanted.items() <= variables_of(STACK, task, name).items()
    assert variables_of(STACK, "CodeTask", "code") == variables_of(STACK, "RunTask", "run")


# ---- The image


@pytest.mark.parametrize(("task", "name"), CONTAINERS)
def test_variables_are_settings_or_what_the_instance_takes(task: str, name: str) -> None:
    given = set(variables_of(STACK, task, name)) | {secret["Name"] for secret in container(task, name)["Secrets"]}
    assert given <= SETTINGS | variables("ecs.dagster.yaml") | OF_LIBRARIES
    # The code server and runs start no run.
    needed = variables("ecs.dagster.yaml") - (set(RUN) if name in ("code", "run") else set())
    assert needed - OF_LIBRARIES <= given
    if "-w" in container(task, name).get("Command", []):
        assert variables("ecs.workspace.yaml") <= given


def test_settings_accept_what_runs_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables_of(STACK, "RunTask", "run").items():
        monkeypatch.setenv(name, value)
    found = Settings(_env_file=None)  # pyright: ignore[reportCallIssue]  pydantic's own parameter
    assert (found.spotify_source, found.transform_engine) == ("spotify", "glue")
    assert found.wikidata_contact == ECS_OPTIONAL_PARTS["WikidataContact"]
    assert variables_of(LEAST, "RunTask", "run")["ARTIST_FACTS"] == "off"


def test_the_image_has_the_instances_home() -> None:
    for task, name in CONTAINERS:
        assert variables_of(STACK, task, name)["DAGSTER_HOME"] == "/opt/dagster/ecs"
    copied = dict(re.findall(r"^COPY --chown=\S+ (deploy/ecs\.\S+) (\S+)$", IMAGE, re.MULTILINE))
    assert copied == {
        "deploy/ecs.dagster.yaml": "/opt/dagster/ecs/dagster.yaml",
        "deploy/ecs.workspace.yaml": "/opt/dagster/ecs/workspace.yaml",
    }
    assert re.search(r"install -d -o dagster -g dagster .*/opt/dagster/ecs", IMAGE)


def test_the_instance_is_that_of_the_one_machine_but_for_how_runs_start() -> None:
    assert INSTANCE["run_launcher"]["class"] == "TaskRunLauncher"
    other = {**ON_ONE_MACHINE, "run_launcher": INSTANCE["run_launcher"]}
    other["run_monitoring"] = {**other["run_monitoring"], "start_timeout_seconds": 600}
    assert other == INSTANCE


def test_what_starts_is_what_starts_on_the_one_machine() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    for task, name in (("DaemonTask", "daemon"), ("WebserverTask", "webserver")):
        here = [word.replace("/opt/dagster/ecs", "/opt/dagster/home") for word in command_of(STACK, task, name)]
        assert here == services[name]["command"]
    assert [word for word in command_of(STACK, "ViewerTask", "viewer") if word != "--read-only"] == command_of(
        STACK, "WebserverTask", "webserver"
    )
    assert "--read-only" in command_of(STACK, "ViewerTask", "viewer")
    assert container("DaemonTask", "daemon")["HealthCheck"]["Command"] == services["daemon"]["healthcheck"]["test"]
    [of_image] = re.findall(r"^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", IMAGE, re.MULTILINE)
    assert container("CodeTask", "code")["HealthCheck"]["Command"] == ["CMD", *json.loads(of_image)]


def test_the_daemon_waits_for_the_migration() -> None:
    assert container("DaemonTask", "daemon")["DependsOn"] == [{"ContainerName": "migrate", "Condition": "SUCCESS"}]
    assert command_of(STACK, "DaemonTask", "migrate") == ["dagster", "instance", "migrate"]


@pytest.mark.parametrize(("task", "name"), CONTAINERS)
def test_a_container_is_the_image_as_nobody_special_with_its_output_kept(task: str, name: str) -> None:
    found = container(task, name)
    assert found["Image"] == ECS_NEEDS["Image"]
    assert found["User"] == "1000:1000"
    assert found["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    [group] = STACK.of_type("AWS::Logs::LogGroup").values()
    assert found["LogConfiguration"]["Options"]["awslogs-group"] == group["LogGroupName"]
    assert group["RetentionInDays"] == "90"
    assert "RepositoryCredentials" not in container_of_least(task, name)


def container_of_least(task: str, name: str) -> dict:
    # Without viewers there is no such task.
    stack = ecs_stack(ViewerHost="view.example.com", ViewerClientId="viewers")
    definitions = stack.of_type("AWS::ECS::TaskDefinition")[task]["ContainerDefinitions"]
    return next(stated for stated in definitions if stated["Name"] == name)


# ---- Services


def test_there_is_one_of_each_service_and_never_two_daemons() -> None:
    assert set(SERVICES) == {"CodeService", "DaemonService", "WebserverService", "ViewerService"}
    assert set(SERVICES) - set(LEAST.of_type("AWS::ECS::Service")) == {"ViewerService"}
    assert {found["DesiredCount"] for found in SERVICES.values()} == {1}
    daemon = SERVICES["DaemonService"]["DeploymentConfiguration"]
    assert (daemon["MinimumHealthyPercent"], daemon["MaximumPercent"]) == (0, 100)


@pytest.mark.parametrize("name", list(SERVICES))
def test_a_deployment_that_does_not_become_healthy_is_taken_back(name: str) -> None:
    breaker = SERVICES[name]["DeploymentConfiguration"]["DeploymentCircuitBreaker"]
    assert breaker == {"Enable": True, "Rollback": True}


@pytest.mark.parametrize("name", list(LEAST.of_type("AWS::ECS::Service")))
def test_a_service_that_is_gone_rings(name: str) -> None:
    service = SERVICES[name]["ServiceName"]
    [alarm] = [found for found in ALARMS.values() if {"Name": "ServiceName", "Value": service} in found["Dimensions"]]
    # Each running task tells its CPU once a minute.
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Period"]) == ("CPUUtilization", "SampleCount", 60)
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "LessThanThreshold")
    assert alarm["TreatMissingData"] == "breaching"


@pytest.mark.parametrize("name", list(ALARMS))
def test_an_alarm_reaches_people_and_says_what_it_means(name: str) -> None:
    assert ALARMS[name]["AlarmActions"] == [full_stack().outputs["AlertTopicArn"]["Value"]]
    assert len(ALARMS[name]["AlarmDescription"]) > 40


@pytest.mark.parametrize(("spot", "provider"), [("no", "FARGATE"), ("yes", "FARGATE_SPOT")])
def test_runs_alone_take_spare_capacity_and_only_where_asked_to(spot: str, provider: str) -> None:
    stack = ecs_stack(RunsOnSpot=spot)
    [cluster] = stack.of_type("AWS::ECS::Cluster").values()
    assert [found["CapacityProvider"] for found in cluster["DefaultCapacityProviderStrategy"]] == [provider]
    assert {found["LaunchType"] for found in stack.of_type("AWS::ECS::Service").values()} == {"FARGATE"}


def test_a_run_has_all_the_time_that_aws_gives_and_is_made_again() -> None:
    assert container("RunTask", "run")["StopTimeout"] == 120
    assert INSTANCE["run_retries"] == {"enabled": True, "max_retries": 1, "retry_on_asset_or_op_failure": True}


# ---- Database


def test_the_history_is_encrypted_kept_and_not_deleted_by_mistake() -> None:
    [database] = STACK.of_type("AWS::RDS::DBInstance").values()
    assert database["StorageEncrypted"] is True
    assert database["DeletionProtection"] is True
    assert int(database["BackupRetentionPeriod"]) >= 7
    assert STACK.resources["Database"]["DeletionPolicy"] == "Snapshot"
    [parameters] = STACK.of_type("AWS::RDS::DBParameterGroup").values()
    assert parameters["Parameters"] == {"rds.force_ssl": "1"}
    assert {variables_of(STACK, task, name)["PGSSLMODE"] for task, name in CONTAINERS} == {"require"}
    assert parameters["Family"] == f"postgres{database['EngineVersion'].partition('.')[0]}"


# ---- Network


@pytest.mark.parametrize("way", ["nat", "endpoints"])
def test_tasks_have_one_way_out(way: str) -> None:
    stack = ecs_stack(WayOut=way)
    interfaces = {
        str(found["ServiceName"]).split(".", 3)[3]
        for found in stack.of_type("AWS::EC2::VPCEndpoint").values()
        if found["VpcEndpointType"] == "Interface"
    }
    assert bool(stack.of_type("AWS::EC2::NatGateway")) == (way == "nat")
    # What the rights of the tasks' roles are about, and the registry.
    called = {"ecr.api", "ecr.dkr", "ecs", "glue", "logs", "monitoring", "secretsmanager", "sns", "sqs"}
    assert interfaces == (called if way == "endpoints" else set())
    gateways = [found for found in stack.of_type("AWS::EC2::VPCEndpoint").values() if "RouteTableIds" in found]
    assert len(gateways) == 1


def test_only_those_who_must_speak_with_each_other() -> None:
    comes_in = {
        name: {
            (rule.get("SourceSecurityGroupId", rule.get("CidrIp")), rule["FromPort"])
            for rule in found["SecurityGroupIngress"]
        }
        for name, found in LEAST.of_type("AWS::EC2::SecurityGroup").items()
        if "SecurityGroupIngress" in found
    }
    of_database = {(group, 5432) for group in ("WebserverGroup", "DaemonGroup", "CodeGroup", "RunGroup")}
    assert comes_in == {
        "DoorGroup": {("0.0.0.0/0", 443), ("0.0.0.0/0", 80)},
        "WebserverGroup": {("DoorGroup", 3000)},
        "CodeGroup": {("WebserverGroup", 4000), ("DaemonGroup", 4000)},
        "DatabaseGroup": of_database,
    }


# ---- The door


def rules() -> dict[str, dict]:
    return STACK.of_type("AWS::ElasticLoadBalancingV2::ListenerRule")


def test_operators_and_viewers_sign_in_to_applications_of_their_own_and_see_their_own_webserver() -> None:
    seen = {}
    for name, rule in rules().items():
        sign_in, forward = sorted(rule["Actions"], key=lambda action: action["Order"])
        config = sign_in["AuthenticateOidcConfig"]
        assert config["OnUnauthenticatedRequest"] == "authenticate"
        [condition] = rule["Conditions"]
        seen[name] = (
            condition["HostHeaderConfig"]["Values"],
            config["ClientId"],
            config["SessionCookieName"],
            forward["TargetGroupArn"],
        )
    assert seen == {
        "OperatorRule": (["dagster.example.com"], "operators", "DagsterOperators", "WebserverTargets"),
        "ViewerRule": (["view.example.com"], "viewers", "DagsterViewers", "ViewerTargets"),
    }
    assert list(LEAST.of_type("AWS::ElasticLoadBalancingV2::ListenerRule")) == ["OperatorRule"]


def test_another_name_leads_to_nothing() -> None:
    https = STACK.of_type("AWS::ElasticLoadBalancingV2::Listener")["HttpsListener"]
    assert [action["Type"] for action in https["DefaultActions"]] == ["fixed-response"]


def test_roles_take_the_permissions_boundary() -> None:
    for found in STACK.of_type("AWS::IAM::Role").values():
        assert found["PermissionsBoundary"] == OPTIONAL_PARTS["PermissionsBoundaryArn"]
