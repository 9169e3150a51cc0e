"""When a sign-in ends, and when people are notified: 30 days ahead, 7 days ahead, each day from then on, and after it.

Spotify ends a refresh token six months after its user signed in, in force since 20 July 2026. Renewing it, even for a
new token, does not extend that.
Source: https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dateutil.relativedelta import relativedelta

# Calendar months: a sign-in of 31 August ends on the last day of February.
LIFE = relativedelta(months=6)
COMMAND = "spotify-assets login"
MONTH_AHEAD, WEEK_AHEAD = 30, 7
OVER = "over"
# Tolerance for wrong clocks.
LONGEST_AHEAD = timedelta(days=1)
NOTHING_ENDS = "Nobody is signed in: the app uses client credentials, which do not expire."
AGE_UNKNOWN = (
    "The time of the sign-in is unknown (it was not stored then, or the token was entered by hand), and Spotify ends "
    f"each sign-in after six months: this one may end any day. Sign in again to know the day: {COMMAND}"
)


@dataclass(frozen=True)
class Outlook:
    """What is known about a sign-in's end; `stage` names the notification due now, None if none is."""

    sentence: str
    end: datetime | None = None
    days_left: float | None = None
    stage: str | None = None

    @property
    def needs_attention(self) -> bool:
        """Whether somebody should sign in again, soon or now."""
        return self.stage is not None or self.sentence == AGE_UNKNOWN


def outlook(signed_in_at: datetime | None, now: datetime) -> Outlook:
    """What is known now (UTC) about the end of a sign-in made then; None if that is unknown."""
    if signed_in_at is None:
        return Outlook(AGE_UNKNOWN)
    end = end_of(signed_in_at)
    days = (end.date() - now.date()).days
    left = (end - now) / timedelta(days=1)
    if end <= now:
        return Outlook(f"The sign-in ended on {named(end)}. Sign in again: {COMMAND}", end, left, OVER)
    when = "today" if days == 0 else f"in {days} {'day' if days == 1 else 'days'}"
    sentence = f"The sign-in ends on {named(end)}, {when}"
    if days > MONTH_AHEAD:
        return Outlook(f"{sentence}; then sign in again: {COMMAND}", end, left)
    stage = f"{MONTH_AHEAD if days > WEEK_AHEAD else days}_days_ahead"
    return Outlook(f"{sentence}. Sign in again before: {COMMAND}", end, left, stage)


def end_of(signed_in_at: datetime) -> datetime:
    """The moment (UTC) at which Spotify ends a sign-in made then."""
    return signed_in_at.astimezone(UTC) + LIFE


def named(end: datetime) -> str:
    """The day and the time of an end, for people."""
    return f"{end:%A, %Y-%m-%d} ({end:%H:%M} UTC)"


def written(signed_in_at: datetime) -> str:
    """The time of a sign-in as stored with its token."""
    return f"{signed_in_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def kept_time(text: object, now: datetime) -> datetime | None:
    """A stored time, in UTC by default; None if it is invalid or in the future."""
    try:
        found = datetime.fromisoformat(str(text))
        in_utc = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return in_utc if in_utc <= now + LONGEST_AHEAD else None
