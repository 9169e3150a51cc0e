"""Nothing of what deploys listens on a public address without a sign-in."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from cfnlint.decode import decode

from spotify_assets_tests.deploy.stack import TEMPLATE

DEPLOY = TEMPLATE.parent
SERVICES = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
EVERYBODY = ("0.0.0.0/0", "::/0")
# HTTPS, and HTTP that leads there.
OF_A_DOOR = {80, 443}
TEMPLATES = sorted(path for path in DEPLOY.rglob("*.yaml") if "AWSTemplateFormatVersion" in path.read_text("utf-8"))


def public_ports(services: Mapping[str, Any]) -> Iterator[str]:
    """Each port of a compose file that other machines reach, with its service."""
    for name, service in services.items():
        if service.get("network_mode") == "host":
            yield f"{name}: all"
        for port in service.get("ports", []):
            address = port.get("host_ip") if isinstance(port, dict) else str(port)
            if not str(address).startswith(("127.0.0.1", "[::1]")):
                yield f"{name}: {port}"


def open_places(resources: Mapping[str, Any]) -> Iterator[str]:
    """Each resource of a template that strangers reach without a sign-in, with what opens it."""
    for name, resource in resources.items():
        stated = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::EC2::SecurityGroup" | "AWS::EC2::SecurityGroupIngress":
                yield from (f"{name}: {rule}" for rule in stated.get("SecurityGroupIngress", [stated]) if _opens(rule))
            case "AWS::ElasticLoadBalancingV2::Listener" if not _signs_in(stated):
                yield f"{name}: no sign-in"
            case "AWS::ElasticLoadBalancingV2::ListenerRule" if not _begins_with_sign_in(stated["Actions"]):
                yield f"{name}: no sign-in"
            case "AWS::Lambda::Url" if stated["AuthType"] != "AWS_IAM":
                yield f"{name}: {stated['AuthType']}"
            case "AWS::RDS::DBInstance" if stated.get("PubliclyAccessible", True) is not False:
                yield f"{name}: public"
            case "AWS::ECS::Service" if _public_address(stated) != "DISABLED":
                yield f"{name}: {_public_address(stated)}"
            case "AWS::EC2::Subnet" if stated.get("MapPublicIpOnLaunch", False) is not False:
                yield f"{name}: public"
            case "AWS::ElasticLoadBalancingV2::LoadBalancer" if stated.get("Type") != "application":
                yield f"{name}: {stated.get('Type')}"
            case "AWS::CloudFront::Distribution":
                stated = stated["DistributionConfig"]
                behaviors = [stated["DefaultCacheBehavior"], *stated.get("CacheBehaviors", [])]
                yield from (f"{name}: no signature" for one in behaviors if not one.get("TrustedKeyGroups"))
            case "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api":
                yield f"{name}: not known here"
            case _:
                pass


def _public_address(service: Mapping[str, Any]) -> str:
    """Whether the tasks of a service have addresses that others know; nothing but the word is no."""
    network = service.get("NetworkConfiguration", {}).get("AwsvpcConfiguration", {})
    return str(network.get("AssignPublicIp", "not said"))


def _opens(rule: Mapping[str, Any]) -> bool:
    """Where the sources are not known before deployment, they may be everybody."""
    source = rule.get("CidrIp", rule.get("CidrIpv6"))
    if source is None or (isinstance(source, str) and source not in EVERYBODY):
        return False
    return rule.get("FromPort") != rule.get("ToPort") or rule.get("FromPort") not in OF_A_DOOR


def _signs_in(listener: Mapping[str, Any]) -> bool:
    actions = listener["DefaultActions"]
    if listener["Protocol"] == "HTTPS":
        return _begins_with_sign_in(actions)
    return [action["Type"] for action in actions] == ["redirect"] and actions[0]["RedirectConfig"][
        "Protocol"
    ] == "HTTPS"


def _begins_with_sign_in(actions: list[Mapping[str, Any]]) -> bool:
    first = min(actions, key=lambda action: action.get("Order", 1))
    return first["Type"] in ("authenticate-oidc", "authenticate-cognito", "fixed-response")


def test_the_containers_door_is_all_that_other_machines_reach() -> None:
    assert list(public_ports(SERVICES)) == ["door: 443:8443", "door: 80:8080"]


def test_a_port_of_a_compose_file_that_other_machines_reach_is_found() -> None:
    ports: list[Any] = [
        "3000:3000",
        "127.0.0.1:3000:3000",
        "0.0.0.0:3000:3000",
        {"target": 3000, "published": 3000},
        "[::]:1:1",
    ]
    found = list(public_ports({"a": {"ports": ports}, "b": {"network_mode": "host"}, "c": {}}))
    assert found == ["a: 3000:3000", "a: 0.0.0.0:3000:3000", f"a: {ports[3]}", "a: [::]:1:1", "b: all"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_nothing_of_a_template_is_open(path: Any) -> None:
    template, problems = decode(str(path))
    assert not problems
    assert template is not None
    assert list(open_places(template["Resources"])) == []


def test_the_templates_that_deploy_are_all_looked_at() -> None:
    assert {path.name for path in TEMPLATES} == {"template.yaml", "ecs.yaml", "machine.yaml"}


def test_by_the_door_on_ecs_strangers_come_in_and_by_nothing_else() -> None:
    template, _ = decode(str(DEPLOY / "ecs.yaml"))
    assert template is not None
    resources = template["Resources"]
    groups = {name: found for name, found in resources.items() if found["Type"] == "AWS::EC2::SecurityGroup"}
    by_address = {
        name: [rule for rule in found["Properties"].get("SecurityGroupIngress", []) if "CidrIp" in rule]
        for name, found in groups.items()
    }
    from_outside = {
        name: sorted(rule["FromPort"] for rule in rules if rule["CidrIp"] != {"Ref": "VpcCidr"})
        for name, rules in by_address.items()
        if any(rule["CidrIp"] != {"Ref": "VpcCidr"} for rule in rules)
    }
    assert from_outside == {"DoorGroup": [80, 443]}
    of_door = [
        name
        for name, found in resources.items()
        if {"Ref": "DoorGroup"} in found.get("Properties", {}).get("SecurityGroups", [])
    ]
    assert of_door == ["Door"]
    listeners = [found for found in resources.values() if found["Type"] == "AWS::ElasticLoadBalancingV2::Listener"]
    assert sorted(found["Properties"]["Port"] for found in listeners) == [80, 443]


def listener(protocol: str, *actions: dict[str, Any]) -> dict[str, Any]:
    stated = {"Protocol": protocol, "DefaultActions": list(actions)}
    return {"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": stated}


def group(**rule: Any) -> dict[str, Any]:
    return {"Type": "AWS::EC2::SecurityGroup", "Properties": {"SecurityGroupIngress": [rule]}}


def service(public_address: Any) -> dict[str, Any]:
    network = {"AwsvpcConfiguration": {"AssignPublicIp": public_address}}
    return {"Type": "AWS::ECS::Service", "Properties": {"NetworkConfiguration": network}}


def distribution(default: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    stated = {"DefaultCacheBehavior": default, "CacheBehaviors": list(others)}
    return {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": stated}}


SIGNED = {"TrustedKeyGroups": [{"Ref": "Signers"}]}
FORWARD, SIGN_IN = {"Type": "forward", "Order": 2}, {"Type": "authenticate-oidc", "Order": 1}


@pytest.mark.parametrize(
    "resource",
    [
        group(CidrIp="0.0.0.0/0", FromPort=3000, ToPort=3000),
        group(CidrIpv6="::/0", IpProtocol="-1"),
        group(CidrIp="0.0.0.0/0", FromPort=80, ToPort=443),
        group(CidrIp={"Ref": "From"}, FromPort=443, ToPort=3000),
        listener("HTTP", FORWARD),
        listener("HTTPS", FORWARD),
        listener("HTTP", {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTP"}}),
        {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": {"Actions": [FORWARD]}},
        {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "NONE"}},
        {"Type": "AWS::RDS::DBInstance"},
        {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Type": "network"}},
        {"Type": "AWS::EC2::Subnet", "Properties": {"MapPublicIpOnLaunch": True}},
        {"Type": "AWS::ECS::Service"},
        service("ENABLED"),
        service({"Ref": "Public"}),
        distribution({}),
        distribution({"TrustedKeyGroups": []}),
        distribution(SIGNED, {"PathPattern": "pieces/*"}),
        {"Type": "AWS::ApiGatewayV2::Api"},
    ],
)
def test_what_a_template_opens_is_found(resource: dict[str, Any]) -> None:
    assert [place.split(":")[0] for place in open_places({"Place": resource})] == ["Place"]


@pytest.mark.parametrize(
    "resource",
    [
        group(CidrIp="0.0.0.0/0", FromPort=443, ToPort=443),
        group(CidrIp="10.0.0.0/8", FromPort=3000, ToPort=3000),
        group(SourceSecurityGroupId={"Ref": "Door"}, FromPort=3000, ToPort=3000),
        listener("HTTPS", FORWARD, SIGN_IN),
        listener("HTTP", {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS"}}),
        {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "AWS_IAM"}},
        {"Type": "AWS::RDS::DBInstance", "Properties": {"PubliclyAccessible": False}},
        {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Type": "application"}},
        service("DISABLED"),
        distribution(SIGNED),
    ],
)
def test_what_has_a_sign_in_or_faces_nobody_is_not(resource: dict[str, Any]) -> None:
    assert list(open_places({"Place": resource})) == []
