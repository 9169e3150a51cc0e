"""Alerts that a sign-in is ending: once at each stage, by all alert channels, and as a metric."""

from collections.abc import Callable
from datetime import UTC, datetime

import dagster as dg

from spotify_assets.automation.alert_channels import deliver
from spotify_assets.automation.alerts import Alert
from spotify_assets.automation.cloudwatch import Metric, Name, send
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import ToldMarks
from spotify_assets.spotify.access import sign_in_outlook
from spotify_assets.spotify.errors import CaptureError
from spotify_assets.spotify.sign_in_end import OVER, Outlook

# The alarms evaluate one hour at a time.
LOOK_SECONDS = 1800


def tell_of_end(lake: Lake, ahead: Outlook, say: Callable[[str], None], warn: Callable[[str], None]) -> None:
    """Sends an alert if a stage is reached that was not reported yet, here or in any other process.

    Raises:
        LakeError: the lake cannot be marked; without a mark no message is sent.
    """
    if ahead.stage is None or ahead.end is None:
        return
    verb = "ended" if ahead.stage == OVER else "ends"
    alert = Alert(
        f"Spotify lakehouse: the sign-in {verb} on {ahead.end:%A, %Y-%m-%d}",
        f"{ahead.sentence}\nWithout it nothing is captured, and a missed day cannot be captured later.\n"
        f"Lake: {lake.settings.lake_url} ({lake.settings.spotify_source}).",
    )
    said = f"{alert.subject}\n{alert.message}"
    if ToldMarks(lake.storage).make_of_sign_in(ahead.end, ahead.stage, said):
        say(said)
        for problem in deliver(alert, lake.settings):
            warn(problem)


@dg.sensor(
    name="sign_in_end",
    minimum_interval_seconds=LOOK_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Reports when the sign-in at Spotify ends, and the command to run: 30 days ahead, 7 days ahead, on "
    "each day from then on, and once it is over; in this sensor's log, to ALERT_TOPIC_ARN and ALERT_ADDRESSES if set. "
    "Sends the days left to METRICS_NAMESPACE. Starts nothing.",
)
def sign_in_end(context: dg.SensorEvaluationContext, lake: dg.ResourceParam[Lake]) -> dg.SkipReason:
    """Reports what is due now; otherwise says what is known."""
    try:
        ahead = sign_in_outlook(lake.settings, datetime.now(UTC))
    except CaptureError as error:
        return dg.SkipReason(str(error))
    if ahead.days_left is not None:
        problem = send([Metric(Name.SIGN_IN_DAYS_LEFT, ahead.days_left)], lake.settings)
        if problem is not None:
            context.log.error(problem)
    tell_of_end(lake, ahead, context.log.info, context.log.warning)
    return dg.SkipReason(ahead.sentence)
