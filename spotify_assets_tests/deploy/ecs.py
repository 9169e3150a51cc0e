"""A cluster on the stand-in with what ecs.yaml makes of it, as far as the stand-in knows it."""

from collections.abc import Mapping
from typing import Any

from spotify_assets_tests.conftest import aws_client
from spotify_assets_tests.deploy.stack import Stack
from spotify_assets_tests.support.aws.moto import MotoAws

RUN = ("RUN_TASK_DEFINITION", "RUN_CLUSTER", "RUN_SUBNETS", "RUN_SECURITY_GROUP")


def variables_of(stack: Stack, task: str, container: str) -> dict[str, str]:
    """What a container of a task definition is given, without its secrets."""
    definitions = stack.of_type("AWS::ECS::TaskDefinition")[task]["ContainerDefinitions"]
    [found] = [stated for stated in definitions if stated["Name"] == container]
    return {variable["Name"]: str(variable["Value"]) for variable in found["Environment"]}


def command_of(stack: Stack, task: str, container: str) -> list[str]:
    """What a container runs instead of the image's own command."""
    definitions = stack.of_type("AWS::ECS::TaskDefinition")[task]["ContainerDefinitions"]
    [found] = [stated for stated in definitions if stated["Name"] == container]
    return found["Command"]


def make_cluster(stack: Stack, aws: MotoAws, environment: Mapping[str, str]) -> dict[str, str]:
    """Cluster, network and task definition of runs; gives what the launcher is told of them.

    A run's container has what the template gives it, but for what is `environment` here.
    """
    ecs, ec2 = aws_client("ecs", aws.endpoint), aws_client("ec2", aws.endpoint)
    [cluster] = stack.of_type("AWS::ECS::Cluster").values()
    ecs.create_cluster(**_as_called(cluster))
    network = ec2.create_vpc(CidrBlock=stack.parameters["VpcCidr"])["Vpc"]["VpcId"]
    # As the template does; without it the stand-in cannot start a task.
    ec2.modify_vpc_attribute(VpcId=network, EnableDnsHostnames={"Value": True})
    subnets = [
        ec2.create_subnet(VpcId=network, CidrBlock=stack.of_type("AWS::EC2::Subnet")[name]["CidrBlock"])
        for name in ("PrivateSubnetA", "PrivateSubnetB")
    ]
    group = ec2.create_security_group(GroupName=cluster["ClusterName"], Description="runs", VpcId=network)
    definition = _as_called(stack.of_type("AWS::ECS::TaskDefinition")["RunTask"])
    [container] = definition["containerDefinitions"]
    given = {**variables_of(stack, "RunTask", "run"), **environment}
    container["environment"] = [{"name": name, "value": value} for name, value in given.items()]
    # The stand-in adds containers' memory up, which Fargate lets stand for the whole task alone.
    container["memory"] = int(definition["memory"])
    registered = ecs.register_task_definition(**definition)["taskDefinition"]["taskDefinitionArn"]
    ids = ",".join(subnet["Subnet"]["SubnetId"] for subnet in subnets)
    return dict(zip(RUN, (registered, cluster["ClusterName"], ids, group["GroupId"]), strict=True))


def _as_called(stated: Any, of_driver: bool = False) -> Any:
    """Properties of CloudFormation as the API of ECS has them, whose names begin in lower case."""
    if isinstance(stated, list):
        return [_as_called(item) for item in stated]
    if not isinstance(stated, dict):
        return stated
    return {
        name if of_driver else name[0].lower() + name[1:]: _as_called(value, of_driver=name == "Options")
        for name, value in stated.items()
    }
