"""Schedules, in UTC."""

from datetime import UTC, datetime

import dagster as dg

from spotify_assets.artist_facts.source import ArtistFactsSource
from spotify_assets.automation.jobs import capture, capture_details, missed_days, tidy
from spotify_assets.automation.missing_days import DUE_CRON
from spotify_assets.capture.artist_details import artists_to_ask_about
from spotify_assets.capture.playlists_file import why_nothing_is_captured
from spotify_assets.capture.track_details import tracks_to_ask_for
from spotify_assets.config import NO_ACCOUNT, settings
from spotify_assets.lake.lake import Lake


# Not `build_schedule_from_partitioned_job`: after a time without a daemon it also requests past days, which Spotify no
# longer shows.
@dg.schedule(
    job=capture,
    cron_schedule=f"0 {settings().snapshot_hour} * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every day at SNAPSHOT_HOUR (UTC): captures today. The sensor `raw_objects` continues from there.",
)
def daily_capture(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Requests today, the only day that Spotify shows."""
    if (reason := why_nothing_is_captured(settings())) is not None:
        return dg.SkipReason(reason)
    return capture_request(context.scheduled_execution_time.astimezone(UTC), datetime.now(UTC))


def capture_request(scheduled_at: datetime, now: datetime) -> dg.RunRequest | dg.SkipReason:
    """A run of today for a tick of today, however late; a tick of an earlier day is too late. Times are UTC."""
    if (missed := scheduled_at.date()) != now.date():
        return dg.SkipReason(
            f"The snapshot of {missed} was missed: no daemon ran, and Spotify shows only today. If raw objects of that "
            f"day exist elsewhere, copy them to raw/to_be_processed/snapshot_date={missed}/."
        )
    return dg.RunRequest(partition_key=now.date().isoformat())


@dg.schedule(
    job=capture_details,
    cron_schedule=f"30 {settings().snapshot_hour} * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every day, half an hour after the snapshot: requests details of tracks and artists on charts that the "
    "capture did not, because it has nothing to capture, or runs elsewhere.",
)
def daily_details(
    lake: dg.ResourceParam[Lake], artist_facts: dg.ResourceParam[ArtistFactsSource]
) -> dg.RunRequest | dg.SkipReason:
    """Requests details, if there is a source and anything to request."""
    if not lake.settings.captures and not artist_facts.is_asked:
        return dg.SkipReason(NO_ACCOUNT)
    lake.require_source()
    now = datetime.now(UTC)
    artists = artists_to_ask_about(lake, lake.settings.spotify_source, artist_facts, now)
    waiting = {
        "raw_tracks": lake.settings.captures and bool(tracks_to_ask_for(lake, now)),
        "raw_artist_details": bool(artists.profiles or artists.facts),
    }
    if not any(waiting.values()):
        return dg.SkipReason("No published track or artist waits for details.")
    selected = [dg.AssetKey(name) for name, waits in waiting.items() if waits]
    return dg.RunRequest(partition_key=now.date().isoformat(), asset_selection=selected)


daily_look_for_missed_days = dg.ScheduleDefinition(
    name="daily_look_for_missed_days",
    job=missed_days,
    cron_schedule=DUE_CRON,
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every day, two hours after the snapshot: the check `no_missing_days` of `published_tables`.",
)

weekly_tidy = dg.ScheduleDefinition(
    name="weekly_tidy",
    job=tidy,
    cron_schedule="0 3 * * 0",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Sundays at 03:00 UTC: maintenance of the lake.",
)
