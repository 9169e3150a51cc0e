"""An account on the stand-in with what the template makes, as far as the stand-in knows it, under the same names."""

import json
from collections.abc import Mapping

from spotify_assets_tests.conftest import REGION, aws_client
from spotify_assets_tests.deploy.stack import ACCOUNT, Stack
from spotify_assets_tests.support.aws.moto import MotoAws


def deploy(stack: Stack, aws: MotoAws, secret: Mapping[str, str] | None = None) -> dict[str, str]:
    """Makes what a stack has and moto knows; gives its outputs as variables, as an operator copies them."""
    s3, sqs = aws_client("s3", aws.endpoint), aws_client("sqs", aws.endpoint)
    buckets = stack.of_type("AWS::S3::Bucket")
    for bucket in buckets.values():
        place = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket=bucket["BucketName"], CreateBucketConfiguration=place)
    queue = stack.of_type("AWS::SQS::Queue")["RawEventsQueue"]["QueueName"]
    queue_url = sqs.create_queue(QueueName=queue)["QueueUrl"]
    raw = buckets["RawBucket"]
    [notified] = raw["NotificationConfiguration"]["QueueConfigurations"]
    [prefix] = notified["Filter"]["S3Key"]["Rules"]
    configuration = {
        "QueueArn": notified["Queue"],
        "Events": [notified["Event"]],
        "Filter": {"Key": {"FilterRules": [prefix]}},
    }
    s3.put_bucket_notification_configuration(
        Bucket=raw["BucketName"], NotificationConfiguration={"QueueConfigurations": [configuration]}
    )
    for job in stack.of_type("AWS::Glue::Job").values():
        kept = {name: job[name] for name in ("Name", "Command", "DefaultArguments", "GlueVersion", "ExecutionProperty")}
        aws_client("glue", aws.endpoint).create_job(Role=f"arn:aws:iam::{ACCOUNT}:role/SparkRole", **kept)
    [topic] = stack.of_type("AWS::SNS::Topic").values()
    aws_client("sns", aws.endpoint).create_topic(Name=topic["TopicName"])
    [held] = stack.of_type("AWS::SecretsManager::Secret").values()
    content = json.dumps(secret) if secret else held["SecretString"]
    aws_client("secretsmanager", aws.endpoint).create_secret(Name=held["Name"], SecretString=content)
    variables = {found["Description"]: str(found["Value"]) for found in stack.outputs.values()}
    variables = {name: value for name, value in variables.items() if name.isupper()}
    # By its name: the stand-in adds six letters to the ARN that nobody knows beforehand, as AWS does.
    given = {"RAW_EVENTS_QUEUE_URL": queue_url, "SPOTIFY_SECRET_ID": held["Name"], "AWS_ENDPOINT_URL": aws.endpoint}
    return {**variables, **given, "AWS_REGION": REGION}
