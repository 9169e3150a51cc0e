"""What the whole suite's code asked of AWS, against the orchestrator's policies: for the end of a test session.

Tests make lakes of their own; here their buckets, databases, queues and topics stand for those of the template. Keys
outside the lake's zones are tests' own, of the storage itself. `test_calls.py` compares the exact names of a stack.
"""

import re
from collections.abc import Iterable

from spotify_assets.automation.history import FOLDER
from spotify_assets.cli.doctor import PROBE_FOLDER
from spotify_assets.lake.quarantine import QUARANTINE
from spotify_assets.lake.raw import PROCESSED, TO_BE_PROCESSED
from spotify_assets.lake.raw_lake import MARKER
from spotify_assets_tests.deploy.stack import full_stack
from spotify_assets_tests.support.aws.calls import Call

ZONES = "|".join(
    [
        *(TO_BE_PROCESSED, PROCESSED, QUARANTINE, "staging", "dashboard", PROBE_FOLDER, "[a-z_]+_data"),
        *("compute-logs", FOLDER),
    ]
)
# Where Dagster Pipes talks with a job.
MESSAGES = re.compile(r"^[A-Za-z]{30}/\w+\.json\Z")
KEY = re.compile(rf"(?:^|/)((?:{ZONES})/.*|{re.escape(MARKER)})\Z", re.DOTALL)
# What people do with rights of their own.
BY_PEOPLE = {"secretsmanager:CreateSecret": "spotify-assets login, where there is no secret yet"}


def refused_calls(calls: Iterable[Call], key: str) -> list[Call]:
    """Calls made with this access key that the orchestrator would be refused."""
    stack = full_stack()
    arns = {
        found["Type"]: [stack.arn(name) for name in stack.of_type(found["Type"])] for found in stack.resources.values()
    }
    raw, tables, work = (stack.arn(name) for name in ("RawBucket", "TableBucket", "WorkBucket"))

    def stand_for(call: Call) -> list[str]:
        service = call.action.partition(":")[0]
        if service == "s3":
            name = call.resource.partition("/")[2]
            if not name:
                return [raw]
            if MESSAGES.match(name):
                return [f"{work}/{name}"]
            if (found := KEY.search(name)) is None:
                return []
            is_dagsters = "compute-logs" in name or FOLDER in name
            home = raw if name.startswith("raw/") or "/raw/" in name else work if is_dagsters else tables
            return [f"{home}/{found.group(1)}"]
        if service == "glue":
            of_lake = re.sub(r":(database|table)/[^/]+", rf":\1/{stack.parameters['GlueDatabase']}", call.resource)
            return [re.sub(r".*:job/.+", stack.arn("TransformJob"), of_lake)]
        named = {"sqs": "AWS::SQS::Queue", "sns": "AWS::SNS::Topic", "secretsmanager": "AWS::SecretsManager::Secret"}
        return arns[named[service]] if service in named else [call.resource]

    return sorted(
        call
        for call in calls
        if call.key == key
        and call.action not in BY_PEOPLE
        and (places := stand_for(call))
        and not any(stack.allows("OrchestratorRole", call.action, place) for place in places)
    )
