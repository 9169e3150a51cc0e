"""Where Snowflake is configured, in part or not at all: what Dagster loads, and when it asks for a load."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from spotify_assets.assets.insights import published_insights
from spotify_assets.assets.published_tables import published_tables
from spotify_assets.assets.snowflake import snowflake, when_published
from spotify_assets.config import SettingsError, read_settings
from spotify_assets.definitions import defs

DAY = date(2026, 3, 1)
CONFIGURED = {
    "SNOWFLAKE_ACCOUNT": "myorg-account1",
    "SNOWFLAKE_USER": "LOADER",
    "SNOWFLAKE_PRIVATE_KEY_PATH": "key.p8",
    "SNOWFLAKE_WAREHOUSE": "LOADING",
    "SNOWFLAKE_DATABASE": "MUSIC",
}


def test_without_snowflake_there_is_no_such_asset() -> None:
    assert dg.AssetKey("snowflake") not in {spec.key for spec in defs.resolve_all_asset_specs()}


def test_with_snowflake_the_asset_and_its_sensor_are_there_and_no_warning(tmp_path: Path) -> None:
    code = """
import json
from spotify_assets.definitions import defs
repository = defs.get_repository_def()
sensor = repository.get_sensor_def("snowflake_loads")
specs = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}
found = specs["snowflake"]
print(json.dumps([found.metadata["dagster/table_name"], sensor.default_status.value, found.group_name]))
"""
    loaded = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=os.environ | CONFIGURED | {"SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": "open sesame"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (loaded.returncode, loaded.stderr) == (0, "")
    assert json.loads(loaded.stdout) == ["MUSIC.SPOTIFY", "RUNNING", "serving"]


@pytest.mark.parametrize("left_out", CONFIGURED)
def test_half_a_configuration_is_one_line_that_names_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    for name, value in CONFIGURED.items():
        monkeypatch.setenv(name, value if name != left_out else "")
    monkeypatch.setenv("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", "open sesame")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert f"only partly configured: {left_out} missing" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SNOWFLAKE_ACCOUNT", "myorg-account1.snowflakecomputing.com"),
        ("SNOWFLAKE_ACCOUNT", "https://myorg-account1"),
        ("SNOWFLAKE_DATABASE", "music; drop schema public"),
        ("SNOWFLAKE_SCHEMA", "my-schema"),
        ("SNOWFLAKE_WAREHOUSE", "1st"),
        ("SNOWFLAKE_ROLE", 'LOADER"'),
    ],
)
def test_names_that_snowflake_would_not_take_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for known, good in CONFIGURED.items():
        monkeypatch.setenv(known, good)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}="):
        read_settings()


def test_the_sensor_asks_for_each_day_that_is_published_also_for_an_old_one() -> None:
    resources = {"lake": None, "snowflake_account": None}
    loads = dg.Definitions(
        assets=[published_tables, published_insights, snowflake], sensors=[when_published], resources=resources
    )
    selection = dg.AssetSelection.assets(*snowflake.keys)
    with dg.DagsterInstance.ephemeral() as instance:
        first = dg.evaluate_automation_conditions(loads, instance, asset_selection=selection)
        assert first.total_requested == 0
        instance.report_runless_asset_event(dg.AssetMaterialization("published_tables", partition=str(DAY)))
        instance.report_runless_asset_event(dg.AssetMaterialization("published_insights", partition=str(DAY)))
        second = dg.evaluate_automation_conditions(loads, instance, asset_selection=selection, cursor=first.cursor)
        assert second.get_requested_partitions(dg.AssetKey("snowflake")) == {str(DAY)}
        third = dg.evaluate_automation_conditions(loads, instance, asset_selection=selection, cursor=second.cursor)
        assert third.total_requested == 0
