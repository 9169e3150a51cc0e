"""The check `sign_in_lasts`: it warns of an end that is near or not known, and fails no run."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
from pydantic import SecretStr

from spotify_assets.lake.lake import Lake
from spotify_assets.spotify.sign_in_end import AGE_UNKNOWN, NOTHING_ENDS, end_of
from spotify_assets.spotify.source import SimulatedPlaylists
from spotify_assets_tests.assets.conftest import Platform

DAY = date(2026, 3, 14)


def ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def examined(platform: Platform, changes: Mapping[str, Any]) -> dg.AssetCheckEvaluation:
    """What the check says in a run that captures; the source does not matter to it."""
    lake = Lake(platform.lake.settings.model_copy(update=dict(changes)))
    result = Platform(lake, platform.instance, SimulatedPlaylists()).materialize(DAY, steps=["raw_playlists"])
    (found,) = [check for check in result.get_asset_check_evaluations() if check.check_name == "sign_in_lasts"]
    assert found.severity == dg.AssetCheckSeverity.WARN
    return found


@pytest.mark.parametrize(
    ("changes", "passed", "said"),
    [
        ({"spotify_signed_in_at": ago(10)}, True, f"ends on {end_of(ago(10)):%A, %Y-%m-%d}"),
        ({"spotify_signed_in_at": ago(160)}, False, "Sign in again before: spotify-assets login"),
        ({"spotify_signed_in_at": ago(190)}, False, "Sign in again: spotify-assets login"),
        ({"spotify_signed_in_at": None}, False, AGE_UNKNOWN),
        ({"spotify_refresh_token": None, "spotify_client_secret": SecretStr("secret")}, True, NOTHING_ENDS),
        ({"spotify_refresh_token": None}, False, "neither a refresh token nor a client secret"),
        ({"spotify_source": "sample"}, True, "The sample source needs no sign-in."),
    ],
)
def test_it_warns_of_an_end_that_is_near_or_not_known(
    live: Platform, changes: dict[str, Any], passed: bool, said: str
) -> None:
    found = examined(live, changes)
    assert (found.passed, said in (found.description or "")) == (passed, True)
