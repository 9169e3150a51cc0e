"""What Dagster loads: complete, named, described, and without a warning."""

import subprocess
import sys

import dagster as dg
import pytest

from spotify_assets.assets.audit_checks import insight_checks, table_checks
from spotify_assets.assets.owners import owned
from spotify_assets.config import settings
from spotify_assets.definitions import defs
from spotify_assets.schemas import TABLES
from spotify_assets_tests.definitions_snapshot import SNAPSHOT, snapshot


def test_every_asset_has_a_group_a_description_and_kinds() -> None:
    specs = list(defs.resolve_all_asset_specs())
    assert {spec.key.to_user_string() for spec in specs} >= {
        *TABLES,
        "raw_playlists",
        "raw_artist_details",
        "raw_artists",
        "raw_artist_facts",
        "published_tables",
        "declared_playlists",
        "earlier_days",
        "published_insights",
    }
    for spec in specs:
        assert spec.group_name
        assert spec.description
        assert spec.kinds


def test_tables_show_the_columns_of_their_schema() -> None:
    for spec in defs.resolve_all_asset_specs():
        table = TABLES.get(spec.key.to_user_string())
        if table is not None:
            shown = spec.metadata["dagster/column_schema"]
            assert [column.name for column in shown.columns] == table.schema.column_names()
            assert all(column.description for column in shown.columns)


def test_staged_tables_do_not_look_published() -> None:
    for spec in defs.resolve_all_asset_specs():
        if spec.key.to_user_string() in TABLES:
            assert "staged" in spec.kinds
            assert "dagster/table_name" not in spec.metadata


def test_owners_are_those_who_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    asset = dg.AssetSpec("asset", owners=["team:former"])
    assert [spec.owners for spec in dg.Definitions(owned([asset])).resolve_all_asset_specs()] == [[]]
    monkeypatch.setenv("ASSET_OWNERS", "team:data analyst@example.org")
    settings.cache_clear()
    expected = [["team:data", "analyst@example.org"]]
    assert [spec.owners for spec in dg.Definitions(owned([asset])).resolve_all_asset_specs()] == expected


def test_every_table_has_blocking_checks_in_one_op() -> None:
    checks = {definition.node_def.name: list(definition.check_specs) for definition in [*table_checks, *insight_checks]}
    assert set(checks) == {f"{name}_checks" for name in TABLES}
    assert all(definition in (defs.asset_checks or ()) for definition in [*table_checks, *insight_checks])
    assert all(any(spec.blocking for spec in specs) for specs in checks.values())


def test_loading_shows_no_warning() -> None:
    code = "import spotify_assets.definitions as d; d.defs.get_repository_def()"
    loaded = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=300, check=False
    )
    assert (loaded.returncode, loaded.stderr) == (0, "")


def test_the_snapshot_shows_what_dagster_loads() -> None:
    """Where the difference is meant: `make snapshot`, and commit the file with the change."""
    assert snapshot().splitlines() == SNAPSHOT.read_text(encoding="utf-8").splitlines()
