"""Errors of Spotify, each worded for the person who has to fix it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from spotify_assets.spotify.sign_in_end import COMMAND, named

DASHBOARD = "https://developer.spotify.com/dashboard"
# Whatever a server says, dates have a limit.
LONGEST_NAMED_WAIT = 10_000_000


def moment_in(seconds: float) -> datetime:
    """The time in UTC so many seconds from now."""
    return datetime.now(UTC) + timedelta(seconds=min(seconds, LONGEST_NAMED_WAIT))


class CaptureError(RuntimeError):
    """Something could not be captured; the message says why, and what to do."""

    may_pass = False
    """Whether the same attempt may succeed a little later."""


class NotToday(CaptureError):
    """A day that the source cannot show."""


class CredentialsMissing(CaptureError):
    """There are no credentials to sign in with."""


class CredentialsRefused(CaptureError):
    """Spotify does not know the app, or not with that secret."""

    def __init__(self) -> None:
        super().__init__(
            "Spotify does not know this app. Compare SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET with your app "
            f"at {DASHBOARD}."
        )


class SignInExpired(CaptureError):
    """The refresh token is no longer valid; `end` is when its sign-in ends or ended (UTC), if known."""

    def __init__(self, end: datetime | None = None) -> None:
        reason = "the refresh token is revoked or expired (it is valid for six months)"
        if end is not None:
            reason = f"the refresh token is revoked or already used; its sign-in would have ended on {named(end)}"
            if end <= datetime.now(UTC):
                reason = f"the sign-in ended on {named(end)}, six months after it was made"
        super().__init__(f"{reason}. Sign in again: {COMMAND}")


class EntriesWithheld(CaptureError):
    """A playlist exists, but its entries are shown only to others."""

    def __init__(self, owner: str | None, user: str | None) -> None:
        if user is None:
            super().__init__("Spotify shows its entries only to its owner. Sign in: spotify-assets login")
        else:
            super().__init__(
                f"belongs to {owner or 'somebody else'}, and Spotify shows its entries only to its owner and "
                f"collaborators. Copy its songs into a playlist of {user}, or remove it from PLAYLISTS_FILE."
            )


class LikedSongsWithheld(CaptureError):
    """Nobody is signed in, or the sign-in does not include the user's library."""

    def __init__(self) -> None:
        super().__init__(
            "Spotify shows liked songs only with their user's permission. Sign in again while PLAYLISTS_FILE lists "
            "`liked`: spotify-assets login"
        )


class NotFound(CaptureError):
    """It does not exist, or not for apps."""

    def __init__(self) -> None:
        super().__init__(
            "it was deleted, is private, or is one of Spotify's own, which apps may not read. "
            "Remove it from PLAYLISTS_FILE."
        )


class Refused(CaptureError):
    """Any other refusal, in Spotify's words."""

    def __init__(self, status: int | None, words: str) -> None:
        self.status = status
        told = f" ({status})" if status else ""
        super().__init__(f"Spotify refused{told}: {words[:200]}. See your app at {DASHBOARD}.")


class RateLimited(CaptureError):
    """Spotify's rate limit: wait `seconds` from now, None if it does not say how long."""

    may_pass = True

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        again = "later"
        if seconds is not None:
            again = f"after {moment_in(seconds):%Y-%m-%d %H:%M} UTC"
        super().__init__(f"Spotify's rate limit is reached. Try again {again}.")


class QuotaExceeded(CaptureError):
    """The quota of an endpoint is used up `until` then (UTC); None if Spotify does not say until when.

    Not a rate limit: it counts a rolling 24 hours, so no run waits for it, and the endpoint is no longer called.
    """

    def __init__(self, endpoint: str, until: datetime | None) -> None:
        self.endpoint = endpoint
        self.until = until
        again = "Spotify does not say when it is available again"
        if until is not None:
            again = f"It is available again after {until.astimezone():%Y-%m-%d %H:%M %Z} ({until:%Y-%m-%d %H:%M} UTC)"
        super().__init__(
            f"Spotify's quota for {endpoint} is used up (QUOTA_EXCEEDED), by all apps of the account. {again}."
        )


@dataclass(frozen=True)
class Allowance:
    """How many requests may be sent from now on; then why no more, and when (UTC) more are free."""

    requests: int
    reason: str
    until: datetime


class BudgetSpent(QuotaExceeded):
    """Our own request limit is used up."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__("all endpoints", allowance.until)
        self.args = (allowance.reason,)


class Unavailable(CaptureError):
    """Spotify cannot be reached, has a server error, or gives an unreadable response."""

    may_pass = True
