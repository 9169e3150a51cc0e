"""Every setting, read once from the environment (and `.env` in the working directory). Documented in `.env.example`.

An invalid value raises `SettingsError` with one message that names the variable and the remedy.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Source = Literal["sample", "spotify"]
Engine = Literal["polars", "spark", "glue"]

REMEDIES = {
    "lake_url": "Use a folder such as lake/ or an address such as s3://bucket/prefix.",
    "raw_url": "Use a folder or an address such as s3://bucket/prefix; leave it out to keep raw objects in the lake.",
    "raw_events_queue_url": "Use the URL of the SQS queue that S3 notifies; leave it out to list the raw zone instead.",
    "metrics_namespace": "Use the name of a CloudWatch namespace, or leave it out to send no metrics.",
    "spotify_source": "Use sample (simulated charts, no account needed) or spotify (the real API).",
    "transform_engine": "Use polars (this machine), spark (a cluster, see SPARK_MASTER) or glue (see GLUE_JOB_NAME).",
    "spark_master": "Use local[*], or the address of a cluster such as spark://host:7077 or yarn.",
    "glue_job_name": "Use the name of the Glue job: the stack's output TransformJobName.",
    "glue_work_bucket": "Use the name of a bucket: the stack's output JobMessagesBucket.",
    "playlists_file": "Use the path of a YAML file; see playlists.yaml for the format.",
    "glue_database": "Use lower-case letters, digits and underscores, as Athena requires.",
    "aws_endpoint_url": "Use an address such as http://127.0.0.1:5000, or leave it out for AWS itself.",
    "retention_days": "Use a whole number of days, 1 or more.",
    "rejected_rows_limit": "Use a share between 0 and 1, such as 0.02.",
    "history_start": "Leave it out: the lake remembers its first day itself.",
    "spotify_client_id": "Use the client id shown for your app at developer.spotify.com.",
    "spotify_client_secret": "Use the client secret shown for your app at developer.spotify.com.",
    "spotify_refresh_token": "Use the token that `spotify-assets login` prints.",
    "spotify_signed_in_at": "Use the UTC time that `spotify-assets login` prints, such as 2026-08-31T07:12:00Z.",
    "spotify_secret_id": "Use the name or ARN of a secret in AWS Secrets Manager.",
    "spotify_endpoint_url": "Use an address such as http://127.0.0.1:8899, or leave it out for Spotify itself.",
    "spotify_concurrency": "Use a whole number from 1 to 32.",
    "spotify_daily_requests": "Use a whole number, at least twice what playlists need a day, or leave it out.",
    "spotify_longest_wait": "Use a number of seconds from 0 to 3600.",
    "artist_facts": "Use wikidata (genres, countries and more from Wikidata) or off.",
    "wikidata_contact": "Use your email address, or a page about your project: Wikidata asks for a contact.",
    "wikidata_endpoint_url": "Use the address of a SPARQL endpoint, or leave it out for Wikidata itself.",
    "snapshot_hour": "Use an hour of the day in UTC, 0 to 23.",
    "sensor_seconds": "Use a whole number of seconds, 1 or more.",
    "alert_topic_arn": "Use the ARN of an SNS topic, or leave it out to only log alerts.",
    "asset_owners": "Use mail addresses, or teams such as team:data, separated by spaces.",
    "alert_addresses": "Use addresses as described at https://appriseit.com/services/, separated by spaces.",
    "snowflake_account": "Use the account identifier, such as myorg-account1, without .snowflakecomputing.com.",
    "snowflake_user": "Use the name of a user whose public key is set in Snowflake.",
    "snowflake_private_key_path": "Use the path of the user's private key, a PEM file.",
    "snowflake_private_key_passphrase": "Use the passphrase of that file, or leave it out if it has none.",
    "snowflake_warehouse": "Use the name of a warehouse: letters, digits, _ and $.",
    "snowflake_database": "Use the name of a database: letters, digits, _ and $.",
    "snowflake_schema": "Use the name of a schema: letters, digits, _ and $.",
    "snowflake_role": "Use the name of a role, or leave it out for the user's default.",
}

# All of these are needed to load Snowflake; with none of them, Snowflake is off.
SNOWFLAKE_NEEDS = (
    "snowflake_account",
    "snowflake_user",
    "snowflake_private_key_path",
    "snowflake_warehouse",
    "snowflake_database",
)
FORMER_HISTORY_START = date(2026, 1, 1)
# What Dagster takes as the mail address of an owner.
MAIL_ADDRESS = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"
# Wider than what S3 allows today, since old buckets keep their names.
BUCKET = re.compile(r"[A-Za-z0-9._-]+")
# Names that Snowflake takes without quotes (https://docs.snowflake.com/en/sql-reference/identifiers-syntax).
SNOWFLAKE_NAME = r"^[A-Za-z_][A-Za-z0-9_$]{0,254}$"


class SettingsError(ValueError):
    """An invalid setting; the message names the variable, what is wrong, and the remedy."""


# Why nothing is captured, and how to change that.
NO_ACCOUNT = (
    "Nothing is captured: no Spotify account is configured, so the lake holds only imported and landed files. To "
    "capture playlists, set SPOTIFY_CLIENT_ID and sign in: spotify-assets login."
)


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=True
    )

    lake_url: str = Field(default="lake", description="Folder, or s3://bucket/prefix, that holds everything")
    raw_url: str | None = Field(
        default=None, description="Folder or s3://bucket/prefix of raw objects, if not in the lake"
    )
    raw_events_queue_url: str | None = Field(
        default=None, pattern=r"^https?://\S+$", description="SQS queue that S3 notifies of new raw objects"
    )
    metrics_namespace: str | None = Field(
        default=None, pattern=r"^[^:\s][^\s]{0,254}$", description="CloudWatch namespace for metrics"
    )
    spotify_source: Source = Field(default="sample", description="sample or spotify")
    transform_engine: Engine = Field(
        default="polars", description="Engine that transforms a day: polars, spark or glue"
    )
    spark_master: str = Field(
        default="local[*]",
        pattern=r"^(local(\[[0-9*,]+\])?|yarn|(spark|k8s)://\S+)$",
        description="Cluster that TRANSFORM_ENGINE=spark uses",
    )
    glue_job_name: str | None = Field(
        default=None, pattern=r"^[^\s/][^/]{0,254}$", description="AWS Glue job that TRANSFORM_ENGINE=glue runs"
    )
    glue_work_bucket: str | None = Field(
        default=None, pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", description="Bucket for the messages of that job"
    )
    playlists_file: Path = Field(
        default=Path("playlists.yaml"), description="Playlists: those to capture, and those landed by others"
    )
    glue_database: str = Field(
        default="spotify", pattern=r"^[a-z0-9_]{1,255}$", description="Database of the tables in the Glue Data Catalog"
    )
    aws_endpoint_url: str | None = Field(
        default=None, pattern=r"^https?://[^\s/]+/?$", description="Stand-in for AWS, for both S3 and Glue"
    )
    retention_days: int = Field(
        default=7, ge=1, description="Retention of replaced snapshots and unpublished files, in days"
    )
    rejected_rows_limit: float = Field(
        default=0.02, ge=0, le=1, description="Share of a playlist's entries that may be lost before it is held back"
    )
    history_start: date | None = Field(
        default=None,
        description="No longer needed: partitions begin here if the lake begins later",
    )

    spotify_client_id: str | None = Field(default=None, description="Id of your app at developer.spotify.com")
    spotify_client_secret: SecretStr | None = Field(default=None, description="Secret of that app")
    spotify_refresh_token: SecretStr | None = Field(
        default=None, description="Refresh token of a signed-in user, created by `spotify-assets login`"
    )
    spotify_signed_in_at: datetime | None = Field(
        default=None, description="When that user signed in (UTC); Spotify ends a sign-in after six months"
    )
    spotify_secret_id: str | None = Field(
        default=None, description="Secret in AWS Secrets Manager that holds the four above as JSON"
    )
    spotify_endpoint_url: str | None = Field(
        default=None, pattern=r"^https?://[^\s/]+/?$", description="Stand-in for Spotify's API and its sign-in"
    )
    spotify_concurrency: int = Field(default=4, ge=1, le=32, description="Playlists read at the same time")
    spotify_longest_wait: int = Field(
        default=300, ge=0, le=3600, description="Longest single wait for Spotify's rate limit, in seconds"
    )
    spotify_daily_requests: int | None = Field(
        default=None, ge=1, description="Most requests sent to Spotify in any 24 hours, playlists first"
    )
    artist_facts: Literal["wikidata", "off"] = Field(
        default="wikidata", description="Second source of artists' genres, countries and more"
    )
    wikidata_contact: str | None = Field(
        default=None, pattern=r"^[^\s()]+$", description="Your email address or page, sent to Wikidata as contact"
    )
    wikidata_endpoint_url: str | None = Field(
        default=None, pattern=r"^https?://\S+$", description="Stand-in for Wikidata's query service"
    )
    snapshot_hour: int = Field(default=6, ge=0, le=23, description="Hour of the daily snapshot, UTC")
    sensor_seconds: int = Field(default=10, ge=1, description="Seconds between checks for new raw objects")
    alert_topic_arn: str | None = Field(
        default=None, pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:\S+$", description="SNS topic for alerts"
    )
    asset_owners: str | None = Field(
        default=None,
        pattern=rf"^(({MAIL_ADDRESS}|team:[A-Za-z0-9_-]+)(\s+|$))*$",
        description="Owners of the assets in the UI: mail addresses, or teams such as team:data",
    )
    alert_addresses: SecretStr | None = Field(
        default=None, description="Apprise addresses of other services for alerts; they hold tokens"
    )

    snowflake_account: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9_-]+(\.[a-z0-9-]+){0,2}$", description="Account to load"
    )
    snowflake_user: str | None = Field(default=None, description="User to load as, authenticated by a key pair")
    snowflake_private_key_path: Path | None = Field(default=None, description="File of that user's private key")
    snowflake_private_key_passphrase: SecretStr | None = Field(default=None, description="Passphrase of that file")
    snowflake_warehouse: str | None = Field(default=None, pattern=SNOWFLAKE_NAME, description="Warehouse to load with")
    snowflake_database: str | None = Field(default=None, pattern=SNOWFLAKE_NAME, description="Database of the tables")
    snowflake_schema: str = Field(default="SPOTIFY", pattern=SNOWFLAKE_NAME, description="Schema of the tables")
    snowflake_role: str | None = Field(default=None, pattern=SNOWFLAKE_NAME, description="Role to load with")

    @field_validator("history_start")
    @classmethod
    def _chosen(cls, value: date | None) -> date | None:
        # It is the value in the example of former versions, so nobody chose it.
        return None if value == FORMER_HISTORY_START else value

    @field_validator("spotify_signed_in_at")
    @classmethod
    def _in_the_past(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        try:
            in_utc = value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)
        except OverflowError:
            raise ValueError("that time is out of range") from None
        if in_utc > datetime.now(UTC) + timedelta(days=1):
            raise ValueError("that time is in the future")
        return in_utc

    @field_validator("snowflake_account")
    @classmethod
    def _no_address(cls, value: str | None) -> str | None:
        if value is not None and "snowflakecomputing" in value:
            raise ValueError("an address is not an account identifier")
        return value

    @property
    def captures(self) -> bool:
        """Whether playlists are captured; a lake without an account holds only imported and landed files."""
        account = (
            self.spotify_client_id,
            self.spotify_client_secret,
            self.spotify_refresh_token,
            self.spotify_secret_id,
        )
        return self.spotify_source == "sample" or any(account)

    @property
    def loads_snowflake(self) -> bool:
        """Whether published days are loaded into Snowflake."""
        return all(getattr(self, name) is not None for name in SNOWFLAKE_NEEDS)

    @model_validator(mode="after")
    def _snowflake_whole_or_not_at_all(self) -> "Settings":
        missing = [name.upper() for name in SNOWFLAKE_NEEDS if getattr(self, name) is None]
        if missing and len(missing) < len(SNOWFLAKE_NEEDS):
            raise ValueError(
                f"Snowflake is only partly configured: {', '.join(missing)} missing. Set all or none of SNOWFLAKE_…"
            )
        return self

    @model_validator(mode="after")
    def _glue_has_what_it_needs(self) -> "Settings":
        if self.transform_engine != "glue":
            return self
        missing = [name.upper() for name in ("glue_job_name", "glue_work_bucket") if getattr(self, name) is None]
        if missing:
            raise ValueError(f"TRANSFORM_ENGINE=glue needs {' and '.join(missing)}. See the stack's outputs.")
        homes = {"LAKE_URL": self.lake_url, "RAW_URL": self.raw_url or self.lake_url}
        if elsewhere := [name for name, url in homes.items() if not url.startswith("s3://")]:
            raise ValueError(
                f"TRANSFORM_ENGINE=glue reads and writes S3 only, and {elsewhere[0]}={homes[elsewhere[0]]} is a "
                "folder. Use s3://bucket/prefix, or TRANSFORM_ENGINE=spark."
            )
        return self

    @field_validator("lake_url", "raw_url", "playlists_file", "snowflake_private_key_path", mode="before")
    @classmethod
    def _home_of_the_user(cls, value: object) -> object:
        # A shell expands it; a settings file does not.
        if not isinstance(value, str | Path) or not str(value).startswith("~"):
            return value
        try:
            return str(Path(value).expanduser())
        except RuntimeError:
            raise ValueError(
                "no user of that name has a home directory here; for a folder of that name write ./~"
            ) from None

    @field_validator("lake_url", "raw_url")
    @classmethod
    def _known_home(cls, value: str | None) -> str | None:
        if value is None:
            return None
        scheme, separator, rest = value.partition("://")
        if not separator:
            if value.startswith("s3:"):
                raise ValueError("an address starts with s3://, with two slashes")
            return value
        if scheme != "s3":
            raise ValueError(f"'{scheme}://' is not supported")
        bucket = rest.split("/")[0]
        if not bucket:
            raise ValueError("the bucket is missing")
        if not BUCKET.fullmatch(bucket):
            raise ValueError(f"'{bucket}' is not a valid bucket name")
        return value.rstrip("/")


def read_settings() -> Settings:
    """Settings from the environment.

    Raises:
        SettingsError: a value is invalid.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(error))) from None
    except UnicodeDecodeError as error:
        raise SettingsError(f".env: not UTF-8 text ({error}). Save it as UTF-8.") from None


@cache
def settings() -> Settings:
    """The settings of this process, read at the first call."""
    return read_settings()


def _explain(error: ValidationError) -> list[str]:
    lines: list[str] = []
    for problem in error.errors():
        reason = problem["msg"].removeprefix("Value error, ")
        if not problem["loc"]:
            lines.append(reason)
            continue
        name = str(problem["loc"][0])
        lines.append(f"{name.upper()}={problem['input']}: {reason}. {REMEDIES.get(name, '')}".rstrip())
    return lines
