"""The template: what each resource must be, and where it has to agree with the code. AWS itself is not asked."""

import json
import re
from pathlib import Path

import pytest
import yaml
from cfnlint.api import lint_file

from spotify_assets.automation.cloudwatch import Name
from spotify_assets.automation.sign_in_alerts import LOOK_SECONDS
from spotify_assets.config import Settings
from spotify_assets.lake.raw import PROCESSED, TO_BE_PROCESSED
from spotify_assets.lake.raw_events import SECONDS_UNSEEN
from spotify_assets.serving.dashboard.site import ENDING, INDEX, PIECES, UNNAMED
from spotify_assets.spotify.sign_in_end import COMMAND, MONTH_AHEAD, WEEK_AHEAD
from spotify_assets_tests.deploy.stack import ACCOUNT, OPTIONAL_PARTS, REGION, TEMPLATE, Stack, full_stack

STACK = full_stack()
BUCKETS = STACK.of_type("AWS::S3::Bucket")
ALARMS = STACK.of_type("AWS::CloudWatch::Alarm")
SIGN_IN_ALARMS = ("SignInEndsAlarm", "SignInEndsSoonAlarm")
DEPLOY = TEMPLATE.parent
# Names that Dagster's own production configuration takes from the environment; the others are settings of ours.
INSTANCE_VARIABLES = set(re.findall(r"env: (\w+)", (DEPLOY / "dagster.yaml").read_text(encoding="utf-8")))
SETTINGS = {name.upper() for name in Settings.model_fields}
BUCKETS_OF_TEMPORARY_OBJECTS = {"WorkBucket", "AccessLogsBucket"}


def test_cfn_lint_finds_nothing() -> None:
    assert [f"{match.rule.id} line {match.linenumber}: {match.message}" for match in lint_file(TEMPLATE)] == []


def test_the_template_is_plain_yaml() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    assert "Transform" not in STACK.template
    assert not [
        found for found in STACK.resources.values() if found["Type"].startswith(("Custom::", "AWS::Serverless"))
    ]
    assert not [token for token in yaml.scan(text) if isinstance(token, yaml.AnchorToken | yaml.AliasToken)]


@pytest.mark.parametrize("name", list(STACK.parameters))
def test_every_parameter_is_described_and_has_a_default_that_it_allows(name: str) -> None:
    parameter = STACK.template["Parameters"][name]
    assert parameter["Description"].strip()
    default = parameter["Default"]
    assert default in parameter.get("AllowedValues", [default])
    assert re.search(parameter.get("AllowedPattern", ""), str(default))


def test_optional_parts_are_there_only_where_asked_for() -> None:
    least = Stack()
    optional = {
        *("AWS::Lambda::Function", "AWS::Events::Rule", "AWS::Glue::Job", "AWS::SNS::Subscription"),
        *("AWS::Glue::SecurityConfiguration", "AWS::Logs::LogGroup", "AWS::CloudFront::Distribution"),
    }
    kinds = {found["Type"] for found in STACK.resources.values()}
    assert optional <= kinds
    assert not optional & {found["Type"] for found in least.resources.values()}
    assert {"CaptureRole", "SparkRole", "AnalystRole"} == set(STACK.of_type("AWS::IAM::Role")) - set(
        least.of_type("AWS::IAM::Role")
    )


def test_no_value_of_a_secret_stands_in_the_template() -> None:
    (secret,) = STACK.of_type("AWS::SecretsManager::Secret").values()
    assert json.loads(secret["SecretString"]) == {}
    assert not [name for name in STACK.parameters if re.search(r"(?i)secret|token|password|client", name)]


def test_what_holds_data_outlives_the_stack() -> None:
    kept = ("AWS::S3::Bucket", "AWS::Glue::Database", "AWS::SecretsManager::Secret", "AWS::KMS::Key")
    found = {name: resource for name, resource in STACK.resources.items() if resource["Type"] in kept}
    assert {resource["DeletionPolicy"] for resource in found.values()} == {"RetainExceptOnCreate"}
    assert {resource["UpdateReplacePolicy"] for resource in found.values()} == {"Retain"}


# ---- Buckets


def test_there_is_a_bucket_for_raw_objects_tables_temporary_objects_access_logs_and_the_page() -> None:
    assert set(BUCKETS) == {"RawBucket", "TableBucket", "WorkBucket", "AccessLogsBucket", "PageBucket"}
    assert set(BUCKETS) - set(Stack().of_type("AWS::S3::Bucket")) == {"PageBucket"}
    # The longest name that the parameter allows, in the region with the longest name, still makes a bucket name.
    longest = "a" * 22
    assert re.search(STACK.template["Parameters"]["Name"]["AllowedPattern"], longest)
    longest_region = "ap-southeast-1"
    for bucket in Stack(Name=longest).of_type("AWS::S3::Bucket").values():
        assert len(bucket["BucketName"].replace(REGION, longest_region)) <= 63


@pytest.mark.parametrize("name", list(BUCKETS))
def test_a_bucket_is_closed_to_the_public(name: str) -> None:
    assert BUCKETS[name]["PublicAccessBlockConfiguration"] == dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
    )
    assert BUCKETS[name]["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


@pytest.mark.parametrize("name", list(BUCKETS))
def test_a_bucket_takes_only_tls_of_version_1_2_or_later(name: str) -> None:
    policy = f"{name}Policy"
    assert STACK.of_type("AWS::S3::BucketPolicy")[policy]["Bucket"] == BUCKETS[name]["BucketName"]
    denied = {found.sid: found for found in STACK.statements(policy) if found.effect == "Deny"}
    assert denied["DenyWithoutTls"].body["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denied["DenyOldTls"].body["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    arn = f"arn:aws:s3:::{BUCKETS[name]['BucketName']}"
    for found in denied.values():
        assert found.body["Principal"] == "*"
        assert found.matches("s3:ListBucket", arn)
        assert found.matches("s3:GetObject", f"{arn}/any/key")


@pytest.mark.parametrize("encryption", ["aws:kms", "AES256"])
def test_buckets_are_encrypted_as_the_parameter_says(encryption: str) -> None:
    for name, bucket in Stack(BucketEncryption=encryption).of_type("AWS::S3::Bucket").items():
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        by_kms = encryption == "aws:kms" and name not in ("AccessLogsBucket", "PageBucket")
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == ("aws:kms" if by_kms else "AES256")
        assert ("KMSMasterKeyID" in rule["ServerSideEncryptionByDefault"]) == by_kms
        assert rule.get("BucketKeyEnabled", False) == by_kms


@pytest.mark.parametrize("name", list(BUCKETS))
def test_a_bucket_keeps_versions_and_clears_what_is_left_over(name: str) -> None:
    assert BUCKETS[name]["VersioningConfiguration"] == {"Status": "Enabled"}
    rules = {rule["Id"]: rule for rule in BUCKETS[name]["LifecycleConfiguration"]["Rules"]}
    assert {rule["Status"] for rule in rules.values()} == {"Enabled"}
    assert "Prefix" not in rules["replaced-and-deleted-versions"]
    assert int(rules["replaced-and-deleted-versions"]["NoncurrentVersionExpiration"]["NoncurrentDays"]) == 30
    assert rules["incomplete-uploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_deleted_objects_can_be_restored_for_longer_than_maintenance_waits() -> None:
    assert STACK.template["Parameters"]["NoncurrentDays"]["MinValue"] > Settings().retention_days


@pytest.mark.parametrize("name", sorted(BUCKETS.keys() - BUCKETS_OF_TEMPORARY_OBJECTS))
def test_no_lifecycle_rule_removes_a_live_object(name: str) -> None:
    rules = BUCKETS[name]["LifecycleConfiguration"]["Rules"]
    assert not [rule for rule in rules if rule.keys() & {"ExpirationInDays", "ExpirationDate"}]


def test_processed_raw_objects_move_to_infrequent_access_where_that_is_cheaper() -> None:
    (rule,) = [rule for rule in BUCKETS["RawBucket"]["LifecycleConfiguration"]["Rules"] if "Transitions" in rule]
    assert rule["Prefix"] == f"{PROCESSED}/"
    assert rule["Transitions"] == [{"StorageClass": "STANDARD_IA", "TransitionInDays": "30"}]
    assert rule["ObjectSizeGreaterThan"] == str(128 * 1024)


@pytest.mark.parametrize("name", sorted(BUCKETS.keys() - {"AccessLogsBucket"}))
def test_accesses_to_a_bucket_are_logged(name: str) -> None:
    logging = BUCKETS[name]["LoggingConfiguration"]
    assert logging["DestinationBucketName"] == BUCKETS["AccessLogsBucket"]["BucketName"]
    (delivery,) = [found for found in STACK.statements("AccessLogsBucketPolicy") if found.effect == "Allow"]
    assert delivery.body["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert delivery.body["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


# ---- Events


def test_s3_announces_objects_that_wait_to_be_processed() -> None:
    (queue,) = BUCKETS["RawBucket"]["NotificationConfiguration"]["QueueConfigurations"]
    assert queue["Event"] == "s3:ObjectCreated:*"
    assert queue["Queue"].endswith(STACK.of_type("AWS::SQS::Queue")["RawEventsQueue"]["QueueName"])
    assert queue["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": f"{TO_BE_PROCESSED}/"}]


def test_only_the_raw_bucket_of_this_account_may_send_events() -> None:
    (allowed,) = [found for found in STACK.statements("RawEventsQueuePolicy") if found.effect == "Allow"]
    assert allowed.body["Principal"] == {"Service": "s3.amazonaws.com"}
    assert allowed.actions == ("sqs:SendMessage",)
    assert allowed.body["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{BUCKETS['RawBucket']['BucketName']}"},
    }


def test_every_queue_is_encrypted_refuses_plain_http_and_keeps_messages_for_two_weeks() -> None:
    queues, policies = STACK.of_type("AWS::SQS::Queue"), STACK.of_type("AWS::SQS::QueuePolicy")
    assert {f"{name}Policy" for name in queues} == set(policies)
    for name, queue in queues.items():
        assert queue["KmsMasterKeyId"]
        assert queue["MessageRetentionPeriod"] == 14 * 86_400
        denied = [found for found in STACK.statements(f"{name}Policy") if found.effect == "Deny"]
        assert denied[0].body["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_events_that_nobody_is_done_with_end_in_the_dead_letter_queue() -> None:
    queues = STACK.of_type("AWS::SQS::Queue")
    events, dead_letters = queues["RawEventsQueue"], queues["RawEventsDeadLetterQueue"]
    assert events["RedrivePolicy"]["deadLetterTargetArn"].endswith(f":{dead_letters['QueueName']}")
    assert dead_letters["RedriveAllowPolicy"]["sourceQueueArns"][0].endswith(f":{events['QueueName']}")
    assert events["VisibilityTimeout"] == SECONDS_UNSEEN


# ---- Alarms


@pytest.mark.parametrize("name", list(ALARMS))
def test_an_alarm_reaches_people_and_says_what_it_means(name: str) -> None:
    assert ALARMS[name]["AlarmActions"] == [STACK.outputs["AlertTopicArn"]["Value"]]
    assert len(ALARMS[name]["AlarmDescription"]) > 40


def test_silence_counts_as_an_old_snapshot() -> None:
    alarm = ALARMS["SnapshotTooOldAlarm"]
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (26, "GreaterThanThreshold")
    assert alarm["TreatMissingData"] == "breaching"
    quiet = {name for name, found in ALARMS.items() if found["TreatMissingData"] == "notBreaching"}
    assert quiet == ALARMS.keys() - {"SnapshotTooOldAlarm", *SIGN_IN_ALARMS}


def test_an_end_of_the_sign_in_rings_a_month_and_a_week_ahead_and_silence_changes_nothing() -> None:
    found = [ALARMS[name] for name in SIGN_IN_ALARMS]
    assert [(alarm["Threshold"], alarm["ComparisonOperator"]) for alarm in found] == [
        (MONTH_AHEAD, "LessThanThreshold"),
        (WEEK_AHEAD, "LessThanThreshold"),
    ]
    assert {alarm["TreatMissingData"] for alarm in found} == {"ignore"}
    # As often as the sensor tells it.
    assert {alarm["Period"] for alarm in found} == {2 * LOOK_SECONDS}
    assert all(f"{COMMAND} --store secret" in alarm["AlarmDescription"] for alarm in found)


def test_alarms_and_the_dashboard_watch_exactly_the_metrics_that_are_sent() -> None:
    namespace = STACK.outputs["MetricsNamespace"]["Value"]
    ours = [alarm for alarm in ALARMS.values() if alarm["Namespace"] == namespace]
    lake_url = STACK.outputs["LakeUrl"]["Value"]
    watched = (Name.SNAPSHOT_AGE, Name.RUNS_FAILED, Name.SIGN_IN_DAYS_LEFT, Name.SIGN_IN_DAYS_LEFT)
    assert [alarm["MetricName"] for alarm in ours] == [name.value[0] for name in watched]
    assert [alarm["Dimensions"] for alarm in ours] == [[{"Name": "LakeUrl", "Value": lake_url}]] * 4
    (dashboard,) = STACK.of_type("AWS::CloudWatch::Dashboard").values()
    metrics = [
        metric
        for widget in json.loads(dashboard["DashboardBody"])["widgets"]
        for metric in widget["properties"]["metrics"]
    ]
    searches = [metric[0]["expression"] for metric in metrics if isinstance(metric[0], dict)]
    per_step = Name.STEP_SECONDS.value[0]
    assert searches == [f"SEARCH('{{{namespace},LakeUrl,Step}} {per_step} \"{lake_url}\"', 'Maximum')"]
    shown = [metric for metric in metrics if metric[0] == namespace]
    assert all(metric[2:] == ["LakeUrl", lake_url] for metric in shown)
    assert sorted([*(metric[1] for metric in shown), per_step]) == sorted(name.value[0] for name in Name)


def test_the_budget_and_alarms_may_publish_to_the_topic() -> None:
    (allowed,) = [found for found in STACK.statements("AlertTopicPolicy") if found.effect == "Allow"]
    assert set(allowed.body["Principal"]["Service"]) == {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
    (budget,) = STACK.of_type("AWS::Budgets::Budget").values()
    assert [found["Subscribers"][0]["Address"] for found in budget["NotificationsWithSubscribers"]] == [
        STACK.outputs["AlertTopicArn"]["Value"]
    ] * 2
    assert "CostFilters" not in budget["Budget"]
    (tagged,) = Stack(BudgetTag="Project$lake").of_type("AWS::Budgets::Budget").values()
    assert tagged["Budget"]["CostFilters"] == {"TagKeyValue": ["user:Project$lake"]}


def test_the_budget_waits_until_it_may_publish() -> None:
    assert STACK.resources["Budget"]["DependsOn"] == "AlertTopicPolicy"


# ---- Where the template and the code must agree


def test_names_are_the_defaults_of_the_settings() -> None:
    assert STACK.parameters["GlueDatabase"] == Settings.model_fields["glue_database"].default
    assert STACK.parameters["SnapshotHour"] == str(Settings.model_fields["snapshot_hour"].default)
    example = (TEMPLATE.parents[1] / ".env.example").read_text(encoding="utf-8")
    (secret,) = STACK.of_type("AWS::SecretsManager::Secret").values()
    assert f"SPOTIFY_SECRET_ID={secret['Name']}" in example


def variables_of_the_function() -> dict[str, str]:
    (function,) = STACK.of_type("AWS::Lambda::Function").values()
    return function["Environment"]["Variables"]


@pytest.mark.parametrize("name", list(variables_of_the_function()))
def test_the_functions_variables_are_settings(name: str) -> None:
    assert name in SETTINGS


def test_the_function_is_given_values_that_settings_accept(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables_of_the_function().items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.lake_url == STACK.outputs["LakeUrl"]["Value"]
    assert settings.spotify_source == "spotify"


def outputs_for_settings() -> list[str]:
    names = [output["Description"] for output in STACK.outputs.values()]
    return [name for name in names if name.isupper() and name not in INSTANCE_VARIABLES]


@pytest.mark.parametrize("name", outputs_for_settings())
def test_outputs_say_which_setting_takes_them(name: str) -> None:
    assert name in SETTINGS


def test_outputs_give_what_an_operator_needs() -> None:
    described = {output["Description"]: output["Value"] for output in STACK.outputs.values()}
    assert described["LAKE_URL"] == f"s3://{BUCKETS['TableBucket']['BucketName']}"
    assert described["RAW_URL"] == f"s3://{BUCKETS['RawBucket']['BucketName']}"
    assert described["COMPUTE_LOGS_BUCKET"] == BUCKETS["WorkBucket"]["BucketName"]
    assert set(STACK.outputs) - set(Stack().outputs) == {
        *("AnalystRoleArn", "CaptureFunctionName", "TransformJobName", "JobMessagesBucket", "PageUrl", "PageAddress"),
        "PageKeyPairId",
    }
    assert Settings(lake_url=described["LAKE_URL"], alert_topic_arn=described["ALERT_TOPIC_ARN"])


def test_the_page_is_read_by_cloudfront_alone_and_for_signed_addresses_alone() -> None:
    (distribution,) = (found["DistributionConfig"] for found in STACK.of_type("AWS::CloudFront::Distribution").values())
    (origin,) = distribution["Origins"]
    assert (origin["DomainName"], origin["OriginAccessControlId"]) == ("PageBucket.RegionalDomainName", "PageAccess.Id")
    (access,) = STACK.of_type("AWS::CloudFront::OriginAccessControl").values()
    assert access["OriginAccessControlConfig"]["SigningBehavior"] == "always"
    (read,) = [found for found in STACK.statements("PageBucketPolicy") if found.effect == "Allow"]
    assert read.body["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert read.body["Condition"]["StringEquals"] == {
        "aws:SourceAccount": ACCOUNT,
        "aws:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/PageDistribution",
    }
    bucket = STACK.arn("PageBucket")
    assert read.matches("s3:GetObject", f"{bucket}/{INDEX}")
    assert read.matches("s3:GetObject", f"{bucket}/{PIECES}/{'0' * 24}{ENDING}")
    assert not read.matches("s3:GetObject", f"{bucket}/{UNNAMED}")
    assert distribution["DefaultRootObject"] == INDEX
    behavior = distribution["DefaultCacheBehavior"]
    assert behavior["ViewerProtocolPolicy"] == "https-only"
    assert behavior["TrustedKeyGroups"] == ["PageSigners"]
    (signers,) = STACK.of_type("AWS::CloudFront::KeyGroup").values()
    (signer,) = STACK.of_type("AWS::CloudFront::PublicKey").values()
    assert signers["KeyGroupConfig"]["Items"] == ["PageSigner"]
    assert signer["PublicKeyConfig"]["EncodedKey"] == OPTIONAL_PARTS["PageKey"]
    assert behavior["ResponseHeadersPolicyId"] == "PageHeaders"


def test_the_function_reserves_nothing_of_the_accounts_limit_unless_asked_to() -> None:
    (function,) = STACK.of_type("AWS::Lambda::Function").values()
    assert "ReservedConcurrentExecutions" not in function
    (reserved,) = Stack(**OPTIONAL_PARTS, LambdaReservedConcurrency="1").of_type("AWS::Lambda::Function").values()
    assert reserved["ReservedConcurrentExecutions"] == "1"


def test_failures_of_the_function_are_kept() -> None:
    (function,) = STACK.of_type("AWS::Lambda::Function").values()
    failures = STACK.of_type("AWS::SQS::Queue")["CaptureFailuresQueue"]["QueueName"]
    (retries,) = STACK.of_type("AWS::Lambda::EventInvokeConfig").values()
    assert retries["DestinationConfig"]["OnFailure"]["Destination"].endswith(failures)
    (rule,) = STACK.of_type("AWS::Events::Rule").values()
    assert rule["ScheduleExpression"] == "cron(0 6 * * ? *)"
    assert rule["Targets"][0]["DeadLetterConfig"]["Arn"].endswith(failures)
    (group,) = STACK.of_type("AWS::Logs::LogGroup").values()
    assert function["LoggingConfig"]["LogGroup"] == group["LogGroupName"]
    assert group["RetentionInDays"]


def test_the_spark_job_takes_its_code_from_the_artifact_bucket_and_remembers_nothing() -> None:
    (job,) = STACK.of_type("AWS::Glue::Job").values()
    package = f"s3://{OPTIONAL_PARTS['ArtifactBucket']}/{OPTIONAL_PARTS['GluePackage']}"
    assert (job["GlueVersion"], job["WorkerType"]) == ("5.0", "G.1X")
    assert job["Command"]["ScriptLocation"] == f"{package}/transform_job.py"
    assert job["DefaultArguments"]["--extra-py-files"] == f"{package}/spotify_assets.zip"
    assert job["DefaultArguments"]["--job-bookmark-option"] == "job-bookmark-disable"
    # Glue knows a zip of wheels by this ending.
    assert job["DefaultArguments"]["--additional-python-modules"] == f"{package}/modules.gluewheels.zip"
    assert job["DefaultArguments"]["--python-modules-installer-option"] == "--no-index"


def test_athena_writes_results_to_the_work_bucket_and_stops_large_scans() -> None:
    (group,) = STACK.of_type("AWS::Athena::WorkGroup").values()
    configuration = group["WorkGroupConfiguration"]
    assert configuration["EnforceWorkGroupConfiguration"] is True
    results = configuration["ResultConfiguration"]
    assert results["OutputLocation"] == f"s3://{BUCKETS['WorkBucket']['BucketName']}/athena-results/"
    assert results["EncryptionConfiguration"]["EncryptionOption"] == "SSE_KMS"
    assert int(configuration["BytesScannedCutoffPerQuery"]) == 10 * 1024**3


def test_suppressed_checks_of_containers_say_why_and_none_is_suppressed_for_all() -> None:
    of_containers = yaml.safe_load((DEPLOY / ".compose-lint.yml").read_text(encoding="utf-8"))["rules"].values()
    assert all(len(reason) > 30 for rule in of_containers for reason in rule["exclude_services"].values())
    for workflow_or_script in (Path(TEMPLATE.parents[1], "Makefile"), DEPLOY / "template.yaml"):
        assert "--skip-check" not in workflow_or_script.read_text(encoding="utf-8")
