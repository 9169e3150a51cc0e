"""Requests to AWS as the permissions they need: which action on which resource, whatever client sent them.

Told from the request alone, as AWS's service authorization reference has it, since the stand-in's own idea of
permissions knows no keys of a batch, no source of a copy and no catalog above a table.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.etree import ElementTree

ACCOUNT = "123456789012"
CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
# Operations that stand for another permission, https://docs.aws.amazon.com/service-authorization/latest/reference/.
PERMISSIONS = {"sqs:DeleteMessageBatch": "sqs:DeleteMessage", "sqs:SendMessageBatch": "sqs:SendMessage"}
S3_OBJECT = {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "POST": "s3:PutObject"}
S3_SUBRESOURCES = {
    ("GET", "location"): "s3:GetBucketLocation",
    ("GET", "tagging"): "s3:GetObjectTagging",
    ("PUT", "tagging"): "s3:PutObjectTagging",
    ("GET", "uploads"): "s3:ListBucketMultipartUploads",
    ("GET", "uploadId"): "s3:ListMultipartUploadParts",
    ("DELETE", "uploadId"): "s3:AbortMultipartUpload",
    ("DELETE", "versionId"): "s3:DeleteObjectVersion",
}
NAMED_BY = {
    "secretsmanager": ("SecretId", "arn:aws:secretsmanager:{region}:{account}:secret:{name}"),
    "sns": ("TopicArn", "{name}"),
    "sqs": ("QueueUrl", "arn:aws:sqs:{region}:{account}:{name}"),
}


@dataclass(frozen=True, order=True)
class Call:
    """One permission that a request needed; `key` is the access key of who sent it."""

    key: str
    action: str
    resource: str


@dataclass(frozen=True)
class Request:
    """What a stand-in was asked, the path decoded and header names in lower case, and the status of its answer."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    status: int = 200


def calls_of(request: Request) -> list[Call]:
    """The permissions that a signed request needs; none for one that is not signed."""
    signed = CREDENTIAL.search(request.headers.get("authorization", ""))
    if signed is None:
        return []
    key, region, service = signed.groups()
    needed = _s3(request) if service == "s3" else _other(request, service, region)
    return [Call(key, PERMISSIONS.get(action, action), resource) for action, resource in needed]


def _s3(request: Request) -> Iterator[tuple[str, str]]:
    bucket, _, name = request.path.lstrip("/").partition("/")
    of_bucket, of_object = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/{name}"
    query = parse_qs(request.query, keep_blank_values=True)
    for (method, subresource), action in S3_SUBRESOURCES.items():
        if request.method == method and subresource in query:
            yield action, of_object if name else of_bucket
            return
    if not name:
        if request.method == "POST" and "delete" in query:
            keys = ElementTree.fromstring(request.body).iter("{http://s3.amazonaws.com/doc/2006-03-01/}Key")
            yield from (("s3:DeleteObject", f"{of_bucket}/{key.text}") for key in keys)
        elif request.method in ("GET", "HEAD"):
            yield "s3:ListBucket", of_bucket
        else:
            yield "s3:ChangeBucket", of_bucket
        return
    yield S3_OBJECT.get(request.method, "s3:DeleteObject"), of_object
    if source := request.headers.get("x-amz-copy-source"):
        yield "s3:GetObject", f"arn:aws:s3:::{unquote(source).lstrip('/')}"
    if request.status == 404 and request.method in ("GET", "HEAD"):
        # Without this right the answer is 403: whether a key exists is only told to those who may list.
        yield "s3:ListBucket", of_bucket


def _other(request: Request, service: str, region: str) -> Iterator[tuple[str, str]]:
    operation, parameters = _operation(request)
    place = {"region": region, "account": ACCOUNT}
    if service == "monitoring":
        yield f"cloudwatch:{operation}", "*"
    elif service == "glue":
        yield from ((f"glue:{operation}", resource) for resource in _glue(parameters, **place))
    elif service == "ecs":
        yield from ((f"ecs:{operation}", resource) for resource in _ecs(operation, parameters, **place))
    elif service == "lambda":
        name = re.sub(r".*/functions/([^/]+)/.*", r"\1", request.path).split(":")[-1]
        yield "lambda:InvokeFunction", f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}"
    elif service in NAMED_BY:
        parameter, arn = NAMED_BY[service]
        name = parameters.get(parameter, "*")
        name = name.rsplit("/", 1)[-1] if service == "sqs" else name
        yield f"{service}:{operation}", name if name.startswith("arn:") else arn.format(name=name, **place)
    else:
        yield f"{service}:{operation}", "*"


def _operation(request: Request) -> tuple[str, dict[str, Any]]:
    """Name of the operation, and its parameters, in whichever protocol."""
    body = gzip.decompress(request.body) if request.headers.get("content-encoding") == "gzip" else request.body
    if target := request.headers.get("x-amz-target"):
        return target.rsplit(".", 1)[-1], json.loads(body or b"{}")
    if found := re.search(r"/service/\w+/operation/(\w+)", request.path):
        return found.group(1), {}
    form = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
    return form.get("Action", request.method), form


def _glue(parameters: Mapping[str, Any], region: str, account: str) -> Iterator[str]:
    """A job; or a table, whose right needs the one on its database and on the catalog as well."""
    arn = f"arn:aws:glue:{region}:{account}"
    if job := parameters.get("JobName"):
        yield f"{arn}:job/{job}"
        return
    yield f"{arn}:catalog"
    named = parameters.get("DatabaseInput", {}).get("Name") or parameters.get("Name")
    database = parameters.get("DatabaseName") or named
    if database:
        yield f"{arn}:database/{database}"
    table = parameters.get("TableInput", {}).get("Name") or parameters.get("Name")
    if "DatabaseName" in parameters and table:
        yield f"{arn}:table/{database}/{table}"


def _ecs(operation: str, parameters: Mapping[str, Any], region: str, account: str) -> Iterator[str]:
    """A task definition that is run, tasks that are asked about; of a definition that is seen AWS asks for all."""
    arn = f"arn:aws:ecs:{region}:{account}"
    if operation == "RunTask":
        stated = parameters["taskDefinition"]
        yield stated if stated.startswith("arn:") else f"{arn}:task-definition/{stated}"
        return
    tasks = [parameters["task"]] if "task" in parameters else parameters.get("tasks", [])
    cluster = parameters.get("cluster", "default").rpartition("/")[2]
    yield from (task if task.startswith("arn:") else f"{arn}:task/{cluster}/{task}" for task in tasks)
    if not tasks:
        yield "*"
