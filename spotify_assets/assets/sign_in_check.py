"""The check of the sign-in that captures stand on: people hear of its end before it comes."""

from datetime import UTC, datetime

import dagster as dg

from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.raw import raw_playlists
from spotify_assets.lake.lake import Lake
from spotify_assets.spotify.access import sign_in_outlook
from spotify_assets.spotify.errors import CaptureError


@dg.asset_check(
    asset=raw_playlists.key,
    description="The sign-in lasts for 30 days more. Spotify ends each six months after it was made, whatever it is "
    "used for; this says on which day, and the command to run before. Where nobody is signed in (client credentials, "
    "the sample) nothing ends.",
)
@clear_failures
def sign_in_lasts(lake: dg.ResourceParam[Lake]) -> dg.AssetCheckResult:
    """A warning: what was captured is right without it."""
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
