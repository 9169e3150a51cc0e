"""The check of the Spotify sign-in that captures need: it warns before the sign-in ends."""

from datetime import UTC, datetime

import dagster as dg

from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.raw import raw_playlists
from spotify_assets.lake.lake import Lake
from spotify_assets.spotify.access import sign_in_outlook
from spotify_assets.spotify.errors import CaptureError


@dg.asset_check(
    asset=raw_playlists.key,
    description="The Spotify sign-in is valid for at least 30 more days. Spotify ends a sign-in after six months, "
    "however it is used; the result names the day, and the command to run before it. Client credentials and the "
    "sample source need no sign-in.",
)
@clear_failures
def sign_in_lasts(lake: dg.ResourceParam[Lake]) -> dg.AssetCheckResult:
    """A warning: it does not affect what is already captured."""
    try:
        ahead = sign_in_outlook(lake.settings, datetime.now(UTC))
    except CaptureError as error:
        return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN, description=str(error))
    return dg.AssetCheckResult(
        passed=not ahead.needs_attention,
        severity=dg.AssetCheckSeverity.WARN,
        description=ahead.sentence,
        metadata={} if ahead.end is None else {"ends": dg.MetadataValue.timestamp(ahead.end)},
    )
