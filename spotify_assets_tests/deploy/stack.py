"""A CloudFormation template as a deployed stack would be: conditions decided, references filled in.

CloudFormation itself is not at hand; this fills in the few functions that the templates use, so that tests can say what
stands in a policy. cfn-lint checks that every reference leads somewhere, and a stack here that every import does.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from cfnlint.decode import decode

TEMPLATE = Path(__file__).parents[2] / "deploy" / "template.yaml"
ECS_TEMPLATE = TEMPLATE.with_name("ecs.yaml")
MACHINE_TEMPLATE = TEMPLATE.with_name("machine.yaml")
ACCOUNT, REGION = "123456789012", "eu-central-1"
PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::StackName": "spotify-lakehouse",
    "AWS::NoValue": None,
}
# What names and addresses of resources come from; others are told apart by their logical id.
ARNS = {
    "AWS::S3::Bucket": ("BucketName", "arn:aws:s3:::{name}"),
    "AWS::SQS::Queue": ("QueueName", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{name}}"),
    "AWS::SNS::Topic": ("TopicName", f"arn:aws:sns:{REGION}:{ACCOUNT}:{{name}}"),
    "AWS::SecretsManager::Secret": ("Name", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{{name}}"),
    "AWS::Lambda::Function": ("FunctionName", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{name}}"),
    "AWS::Logs::LogGroup": ("LogGroupName", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{name}}:*"),
    "AWS::Events::Rule": ("Name", f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{name}}"),
    "AWS::Glue::Job": ("Name", f"arn:aws:glue:{REGION}:{ACCOUNT}:job/{{name}}"),
    "AWS::IAM::Role": ("", f"arn:aws:iam::{ACCOUNT}:role/{{name}}"),
    "AWS::ECS::Cluster": ("ClusterName", f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{{name}}"),
    "AWS::ECS::TaskDefinition": ("Family", f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{{name}}:1"),
    "AWS::Athena::WorkGroup": ("Name", f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/{{name}}"),
}
REFERENCE_IS_ARN = ("AWS::SNS::Topic", "AWS::SecretsManager::Secret", "AWS::ECS::TaskDefinition")
OPTIONAL_PARTS = {
    "AlertEmail": "somebody@example.com",
    "AnalystPrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/analyst",
    "PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/boundary",
    "ArtifactBucket": "artifacts-bucket",
    "LambdaPackageKey": "lambda.zip",
    "GluePackage": "glue/1a2b3c4d5e6f",
    "PageKey": "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n",
}
# What machine.yaml cannot know.
MACHINE_NEEDS = {
    "Subnet": "subnet-1",
    "Vpc": "vpc-1",
    "Repository": "https://github.com/somebody/spotify-lakehouse.git",
    "Revision": "0" * 40,
}
# What ecs.yaml cannot know, and its optional parts.
ECS_NEEDS = {
    "Image": f"ghcr.io/somebody/spotify-lakehouse@sha256:{'0' * 64}",
    "Host": "dagster.example.com",
    "CertificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1",
    "OidcIssuer": "https://sign-in.example.com",
    "OidcAuthorizationEndpoint": "https://sign-in.example.com/authorize",
    "OidcTokenEndpoint": "https://sign-in.example.com/token",
    "OidcUserInfoEndpoint": "https://sign-in.example.com/userinfo",
    "OperatorClientId": "operators",
    "SignInSecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:sign-in",
}
ECS_OPTIONAL_PARTS = {
    "ViewerHost": "view.example.com",
    "ViewerClientId": "viewers",
    "RegistrySecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:registry",
    "WikidataContact": "somebody@example.com",
    "DailyRequests": "500",
    "TransformEngine": "glue",
    "PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/boundary",
}


@dataclass(frozen=True)
class Statement:
    """A policy statement, the resource whose policy it stands in, and the reason given for it, if any."""

    owner: str
    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    body: Mapping[str, Any]
    reason: str | None

    def matches(self, action: str, resource: str) -> bool:
        """Whether it is about this action on this ARN; conditions are not looked at."""
        return any(fnmatchcase(action, pattern) for pattern in self.actions) and any(
            fnmatchcase(resource, pattern) for pattern in self.resources
        )


class Stack:
    """A template with given parameters, and what other stacks export; parameters not given keep their defaults."""

    def __init__(
        self, template: Path = TEMPLATE, exports: Mapping[str, str] | None = None, /, **parameters: str
    ) -> None:
        decoded, problems = decode(str(template))
        assert decoded is not None, problems
        self.template: dict[str, Any] = decoded
        stated = self.template["Parameters"]
        assert parameters.keys() <= stated.keys()
        self.parameters = {name: str(found["Default"]) for name, found in stated.items() if "Default" in found}
        self.parameters |= parameters
        assert self.parameters.keys() == stated.keys()
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": lambda name: self._reference(str(name)),
            "Fn::GetAtt": lambda path: self._attribute(str(path[0]), str(path[1])),
            "Fn::Sub": self._filled_text,
            "Fn::ImportValue": lambda name: (exports or {})[self._fill(name)],
            "Fn::Select": lambda choice: self._fill(choice[1])[int(choice[0])],
            "Fn::Split": lambda given: str(self._fill(given[1])).split(given[0]),
            "Fn::Base64": self._fill,
            "Fn::GetAZs": lambda _: [f"{REGION}a", f"{REGION}b"],
            "Fn::Cidr": self._subnets,
            "Fn::If": lambda choice: self._fill(choice[1] if self._holds(choice[0]) else choice[2]),
        }
        self.resources: dict[str, dict[str, Any]] = {}
        for name, resource in self.template["Resources"].items():
            if self._holds(resource.get("Condition")):
                self.resources[name] = self._fill(resource)

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Properties of the resources of one type, by logical id."""
        return {name: found.get("Properties", {}) for name, found in self.resources.items() if found["Type"] == kind}

    @property
    def outputs(self) -> dict[str, dict[str, Any]]:
        """The outputs that this stack has."""
        found = self.template.get("Outputs", {})
        return {name: self._fill(output) for name, output in found.items() if self._holds(output.get("Condition"))}

    @property
    def exports(self) -> dict[str, str]:
        """What other stacks may import of this one."""
        return {found["Export"]["Name"]: str(found["Value"]) for found in self.outputs.values() if "Export" in found}

    def statements(self, owner: str | None = None) -> Iterator[Statement]:
        """Every statement of every policy, or of one resource's; trust policies are among them, without resources."""
        for name, resource in self.resources.items():
            if owner in (None, name):
                reasons = resource.get("Metadata", {}).get("Reasons", {})
                for body in _bodies(resource.get("Properties", {})):
                    sid = str(body.get("Sid", ""))
                    yield Statement(
                        name,
                        sid,
                        body["Effect"],
                        _many(body["Action"]),
                        _many(body.get("Resource", [])),
                        body,
                        reasons.get(sid),
                    )

    def arn(self, logical_id: str) -> str:
        """The ARN of a resource."""
        return self._attribute(logical_id, "Arn")

    def allows(self, role: str, action: str, resource: str) -> bool:
        """Whether a role's policies allow an action on an ARN, whatever their conditions."""
        return any(found.matches(action, resource) for found in self.statements(role) if found.effect == "Allow")

    def _holds(self, condition: str | None) -> bool:
        return condition is None or self._decide(self.template["Conditions"][condition])

    def _decide(self, condition: Mapping[str, Any]) -> bool:
        ((function, arguments),) = condition.items()
        if function == "Fn::Equals":
            return self._fill(arguments[0]) == self._fill(arguments[1])
        if function == "Fn::Not":
            return not self._decide(arguments[0])
        if function == "Fn::And":
            return all(self._decide(argument) for argument in arguments)
        assert function == "Condition"
        return self._holds(arguments)

    def _fill(self, value: Any) -> Any:
        """A value of the template with its functions carried out; what comes to no value is left out."""
        if isinstance(value, list):
            return [filled for item in value if (filled := self._fill(item)) is not None]
        if not isinstance(value, dict) or not value:
            return value
        (function, argument), *others = value.items()
        if not others and function in self._functions:
            return self._functions[function](argument)
        assert not function.startswith("Fn::"), function
        filled = {str(name): self._fill(item) for name, item in value.items()}
        return {name: item for name, item in filled.items() if item is not None}

    def _filled_text(self, given: Any) -> str:
        text, own = (given[0], self._fill(given[1])) if isinstance(given, list) else (given, {})
        return re.sub(r"\$\{([\w:.]+)\}", lambda match: own.get(match[1]) or self._substitute(match), str(text))

    def _subnets(self, stated: list[Any]) -> list[str]:
        whole, number, bits = self._fill(stated)
        found = ip_network(whole).subnets(new_prefix=32 - int(bits))
        return [str(next(found)) for _ in range(int(number))]

    def _substitute(self, match: re.Match[str]) -> str:
        name, _, attribute = match.group(1).partition(".")
        return str(self._attribute(name, attribute) if attribute else self._reference(name))

    def _reference(self, name: str) -> Any:
        if name in PSEUDO_PARAMETERS:
            return PSEUDO_PARAMETERS[name]
        if name in self.parameters:
            return self.parameters[name]
        kind = self.template["Resources"][name]["Type"]
        if kind in REFERENCE_IS_ARN:
            return self._attribute(name, "Arn")
        if kind == "AWS::SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self._name(name)}"
        return self._name(name)

    def _attribute(self, name: str, attribute: str) -> str:
        resource = self.template["Resources"][name]
        if attribute == "Arn":
            _, arn = ARNS.get(resource["Type"], ("", f"arn:aws:{resource['Type']}:{{name}}"))
            return arn.format(name=self._name(name))
        # Addresses that AWS gives are told apart by the logical id.
        return self._name(name) if attribute == "QueueName" else f"{name}.{attribute}"

    def _name(self, logical_id: str) -> str:
        resource = self.template["Resources"][logical_id]
        if resource["Type"] == "AWS::Glue::Database":
            return self._fill(resource["Properties"]["DatabaseInput"]["Name"])
        stated, _ = ARNS.get(resource["Type"], ("", ""))
        return self._fill(resource["Properties"][stated]) if stated else logical_id


def _bodies(properties: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in ("PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy"):
        document = properties.get(name, {})
        yield from (json.loads(document) if isinstance(document, str) else document).get("Statement", [])
    for policy in properties.get("Policies", []):
        yield from policy["PolicyDocument"]["Statement"]


def _many(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def full_stack() -> Stack:
    """The stack with every optional part."""
    return Stack(**OPTIONAL_PARTS)


def ecs_stack(lakehouse: Stack | None = None, /, **parameters: str) -> Stack:
    """Dagster on ECS with what it needs and these, beside a lakehouse, or beside that with every optional part."""
    return Stack(ECS_TEMPLATE, (lakehouse or full_stack()).exports, **(ECS_NEEDS | parameters))
