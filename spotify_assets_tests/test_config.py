from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from spotify_assets.config import REMEDIES, Settings, SettingsError, read_settings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def refusal() -> str:
    with pytest.raises(SettingsError) as error:
        read_settings()
    return str(error.value)


def test_without_any_setting_the_sample_fills_a_folder() -> None:
    settings = read_settings()
    assert (settings.lake_url, settings.spotify_source) == ("lake", "sample")
    assert settings.playlists_file == Path("playlists.yaml")
    assert settings.aws_endpoint_url is None


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("lake_url", "somewhere/lake", "somewhere/lake"),
        ("lake_url", "/absolute/with space/", "/absolute/with space/"),
        ("lake_url", "s3://bucket", "s3://bucket"),
        ("lake_url", "s3://bucket/pre/fix/", "s3://bucket/pre/fix"),
        ("spotify_source", "spotify", "spotify"),
        ("playlists_file", "mine.yaml", Path("mine.yaml")),
        ("glue_database", "charts_2026", "charts_2026"),
        ("aws_endpoint_url", "http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("retention_days", "30", 30),
        ("rejected_rows_limit", "0", 0.0),
        ("rejected_rows_limit", "1", 1.0),
        ("history_start", "2024-02-29", date(2024, 2, 29)),
        ("history_start", "2026-01-01", None),
        ("spotify_refresh_token", "AQ-secret", SecretStr("AQ-secret")),
        ("alert_addresses", "json://host/secret", SecretStr("json://host/secret")),
        ("spotify_longest_wait", "0", 0),
        ("asset_owners", "team:data analyst@example.org", "team:data analyst@example.org"),
        ("spotify_daily_requests", "500", 500),
        ("artist_facts", "off", "off"),
        ("wikidata_contact", "https://example.org/charts", "https://example.org/charts"),
        ("wikidata_endpoint_url", "http://127.0.0.1:9999/sparql", "http://127.0.0.1:9999/sparql"),
        ("snapshot_hour", "23", 23),
        (
            "alert_topic_arn",
            "arn:aws:sns:eu-central-1:123456789012:alerts",
            "arn:aws:sns:eu-central-1:123456789012:alerts",
        ),
    ],
)
@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_setting_is_read_from_the_environment_or_the_file(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: object, where: str
) -> None:
    if where == "environment":
        monkeypatch.setenv(name.upper(), value)
    else:
        Path(".env").write_text(f"# settings\n{name.upper()}={value}\nUNKNOWN=1\n", encoding="utf-8")
    assert getattr(read_settings(), name) == expected


@pytest.mark.parametrize("name", ["lake_url", "raw_url", "playlists_file"])
def test_a_tilde_is_the_home_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """A shell expands it, but nobody does in a file of settings."""
    monkeypatch.setenv("HOME", str(tmp_path))
    Path(".env").write_text(f"{name.upper()}=~/some/place\n", encoding="utf-8")
    assert str(getattr(read_settings(), name)) == str(tmp_path / "some/place")
    Path(".env").write_text(f"{name.upper()}=./~/place\n", encoding="utf-8")
    assert str(getattr(read_settings(), name)).removeprefix("./") == "~/place"


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("LAKE_URL=from-file\nGLUE_DATABASE=from_file\n", encoding="utf-8")
    monkeypatch.setenv("LAKE_URL", "from-environment")
    settings = read_settings()
    assert (settings.lake_url, settings.glue_database) == ("from-environment", "from_file")


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "")
    assert read_settings() == Settings()


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("LAKE_URL", "gs://bucket/prefix", "'gs://' is not supported"),
        ("LAKE_URL", "file:///tmp/lake", "'file://' is not supported"),
        ("LAKE_URL", "s3://", "the bucket is missing"),
        ("LAKE_URL", "s3:///prefix", "the bucket is missing"),
        ("LAKE_URL", "s3://no such/prefix", "'no such' is not a valid bucket name"),
        ("LAKE_URL", "~nobody-of-that-name/lake", "no user of that name has a home directory here"),
        ("LAKE_URL", "s3:/bucket", "an address starts with s3://, with two slashes"),
        ("LAKE_URL", "s3:bucket", "an address starts with s3://, with two slashes"),
        ("SPOTIFY_SOURCE", "Spotify", "Input should be 'sample' or 'spotify'"),
        ("ASSET_OWNERS", "the analysts", "String should match pattern"),
        ("ASSET_OWNERS", "team:", "String should match pattern"),
        ("SPOTIFY_SOURCE", "both", "Input should be 'sample' or 'spotify'"),
        ("GLUE_DATABASE", "My-Charts", "String should match pattern"),
        ("GLUE_DATABASE", "x" * 256, "String should match pattern"),
        ("AWS_ENDPOINT_URL", "localhost:5000", "String should match pattern"),
        ("AWS_ENDPOINT_URL", "http://localhost:5000/path", "String should match pattern"),
        ("RETENTION_DAYS", "0", "Input should be greater than or equal to 1"),
        ("RETENTION_DAYS", "1.5", "Input should be a valid integer"),
        ("RETENTION_DAYS", "a week", "Input should be a valid integer"),
        ("REJECTED_ROWS_LIMIT", "2%", "Input should be a valid number"),
        ("REJECTED_ROWS_LIMIT", "2", "Input should be less than or equal to 1"),
        ("REJECTED_ROWS_LIMIT", "-0.1", "Input should be greater than or equal to 0"),
        ("REJECTED_ROWS_LIMIT", "nan", "Input should be"),
        ("HISTORY_START", "2026-02-30", "Input should be a valid date"),
        ("HISTORY_START", "01.01.2026", "Input should be a valid date"),
        ("SPOTIFY_SIGNED_IN_AT", "last week", "Input should be a valid datetime"),
        ("SPOTIFY_SIGNED_IN_AT", "9999-01-01T00:00:00Z", "that time is in the future"),
        ("SPOTIFY_SIGNED_IN_AT", "0001-01-01T00:00:00+14:00", "that time is out of range"),
        ("SPOTIFY_CONCURRENCY", "0", "Input should be greater than or equal to 1"),
        ("SPOTIFY_DAILY_REQUESTS", "0", "Input should be greater than or equal to 1"),
        ("SPOTIFY_DAILY_REQUESTS", "a few", "Input should be a valid integer"),
        ("SNAPSHOT_HOUR", "24", "Input should be less than or equal to 23"),
        ("SENSOR_SECONDS", "0", "Input should be greater than or equal to 1"),
        ("ALERT_TOPIC_ARN", "alerts", "String should match pattern"),
    ],
)
def test_a_wrong_value_gets_one_line_with_variable_problem_and_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    monkeypatch.setenv(name, value)
    message = refusal()
    assert message.startswith(f"{name}={value}: {problem}")
    assert message.endswith(REMEDIES[name.lower()])
    assert "\n" not in message


def test_each_of_several_wrong_values_gets_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETENTION_DAYS", "0")
    monkeypatch.setenv("SPOTIFY_SOURCE", "radio")
    assert sorted(line.split("=")[0] for line in refusal().splitlines()) == ["RETENTION_DAYS", "SPOTIFY_SOURCE"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "TRANSFORM_ENGINE=glue needs GLUE_JOB_NAME and GLUE_WORK_BUCKET. See the stack's outputs."),
        (
            {"GLUE_JOB_NAME": "transform", "GLUE_WORK_BUCKET": "work", "LAKE_URL": "s3://lake", "RAW_URL": "raw"},
            (
                "TRANSFORM_ENGINE=glue reads and writes S3 only, and RAW_URL=raw is a folder. "
                "Use s3://bucket/prefix, or TRANSFORM_ENGINE=spark."
            ),
        ),
    ],
    ids=["nothing given", "a folder"],
)
def test_the_glue_engine_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], problem: str
) -> None:
    for name, value in {"TRANSFORM_ENGINE": "glue", **given}.items():
        monkeypatch.setenv(name, value)
    assert refusal() == problem


def test_a_wrong_value_in_the_file_is_refused_alike() -> None:
    Path(".env").write_text("RETENTION_DAYS=never\n", encoding="utf-8")
    assert refusal().startswith("RETENTION_DAYS=never: ")


def test_a_file_in_another_encoding_is_refused_with_the_remedy() -> None:
    Path(".env").write_bytes("LAKE_URL=Größe\n".encode("latin-1"))
    assert refusal().startswith(".env: not UTF-8 text")


def test_every_setting_has_a_remedy_and_a_description() -> None:
    assert set(REMEDIES) == set(Settings.model_fields)
    assert all(field.description for field in Settings.model_fields.values())


def test_secrets_do_not_show_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPOTIFY_CLIENT_SECRET", "s3cr3t")
    monkeypatch.setenv("SPOTIFY_REFRESH_TOKEN", "s3cr3t")
    shown = read_settings()
    assert "s3cr3t" not in f"{shown} {shown!r} {shown.model_dump()} {shown.model_dump_json()}"


def test_settings_cannot_be_changed_once_read() -> None:
    settings = read_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.lake_url = "elsewhere"
