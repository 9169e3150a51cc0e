"""What a deleted stack leaves behind, for CloudFormation's import: a template with only that, and a list of it.

    kept.json              the kept resources as in the template, without references to other resources
    kept-resources.json    the identifier of each resource in the account

CloudFormation identifies only resources with a fixed name in the template; these names contain parameters.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from cfnlint.decode import decode

ROOT = Path(__file__).resolve().parents[1]
KEPT = ("AWS::S3::Bucket", "AWS::KMS::Key", "AWS::SecretsManager::Secret", "AWS::Glue::Database")
BUCKETS = {
    "RawBucket": "raw",
    "TableBucket": "tables",
    "WorkBucket": "work",
    "AccessLogsBucket": "access-logs",
}


def kept_template(template: dict[str, Any]) -> dict[str, Any]:
    """The resources that outlive a stack; an import accepts no outputs and no other resources."""
    resources = {name: found for name, found in template["Resources"].items() if found["Type"] in KEPT}
    alone = {
        name: {part: value for part, value in found.items() if part != "DependsOn"} for name, found in resources.items()
    }
    raw = alone["RawBucket"]
    # The queue does not exist yet; the next deployment adds the notification.
    raw["Properties"] = {
        name: value for name, value in raw["Properties"].items() if name != "NotificationConfiguration"
    }
    return {**{part: template[part] for part in ("Parameters", "Conditions")}, "Resources": alone}


def kept_resources(name: str, database: str, key: str, secret: str) -> list[dict[str, Any]]:
    """CloudFormation's identifier of each; account and region come from the secret's ARN."""
    _, _, _, region, account, *_ = secret.split(":")
    found = [("Key", "AWS::KMS::Key", {"KeyId": key})]
    found += [
        (bucket, "AWS::S3::Bucket", {"BucketName": f"{name}-{kind}-{account}-{region}"})
        for bucket, kind in BUCKETS.items()
    ]
    found.append(("Database", "AWS::Glue::Database", {"DatabaseName": database}))
    found.append(("SpotifySecret", "AWS::SecretsManager::Secret", {"Id": secret}))
    return [
        {"LogicalResourceId": resource, "ResourceType": kind, "ResourceIdentifier": identifier}
        for resource, kind, identifier in found
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What a deleted stack leaves behind, for CloudFormation's import.")
    parser.add_argument("--key", required=True, help="id of the kept key")
    parser.add_argument("--secret", required=True, help="ARN of the kept secret; it contains account and region")
    parser.add_argument("--name", default="spotify-lakehouse", help="parameter Name of the stack")
    parser.add_argument("--database", default="spotify", help="parameter GlueDatabase of the stack")
    parser.add_argument("--folder", type=Path, default=ROOT / "build", help="where the two files go")
    given = parser.parse_args()
    template, problems = decode(str(ROOT / "deploy/template.yaml"))
    if template is None:
        parser.error(f"deploy/template.yaml cannot be read: {problems}")
    given.folder.mkdir(parents=True, exist_ok=True)
    files = {
        "kept.json": kept_template(template),
        "kept-resources.json": kept_resources(given.name, given.database, given.key, given.secret),
    }
    for file, content in files.items():
        (given.folder / file).write_text(json.dumps(content, indent=1), encoding="utf-8")
        print(given.folder / file)
