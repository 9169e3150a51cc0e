"""What goes wrong with Spotify, each with its own words for the person who has to mend it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from spotify_assets.spotify.sign_in_end import COMMAND, named

DASHBOARD = "https://developer.spotify.com/dashboard"
# Whatever a server says, dates have an end.
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
    """There is nothing to sign in with."""


class CredentialsRefused(CaptureError):
    """Spotify does not know the app, or not with that secret."""

    def __init__(self) -> None:
        super().__init__(
            "Spotify does not know this app. Compare SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET with your app "
            f"at {DASHBOARD}."
        )


class SignInExpired(CaptureError):
    """The refresh token is no longer good; `end` is when its sign-in ends, or ended, as far as that is known (UTC)."""

    def __init__(self, end: datetime | None = None) -> None:
        reason = "the refresh token is revoked or expired (it lives for six months)"
        if end is not None:
            reason = f"the refresh token is revoked or spent; its sign-in would have ended on {named(end)}"
            if end <= datetime.now(UTC):
                reason = f"the sign-in ended on {named(end)}, six months after it was made"
        super().__init__(f"{reason}. Sign in again: {COMMAND}")


class EntriesWithheld(CaptureError):
    """A playlist is there, but its entries are shown to others only."""

    def __init__(self, owner: str | None, user: str | None) -> None:
        if user is None:
            super().__init__("Spotify shows its entries only to its owner. Sign in: spotify-assets login")
        else:
            super().__init__(
                f"belongs to {owner or 'somebody else'}, and Spotify shows its entries only to its owner and "
                f"collaborators. Copy its songs into a playlist of {user}, or take it out of PLAYLISTS_FILE."
            )


class LikedSongsWithheld(CaptureError):
    """Nobody is signed in, or the sign-in does not include the user's library."""

    def __init__(self) -> None:
        super().__init__(
            "Spotify shows liked songs only to their user, who has to agree to it. Sign in again while PLAYLISTS_FILE "
            "names `liked`: spotify-assets login"
        )


class NotFound(CaptureError):
    """There is no such thing, or not for apps."""

    def __init__(self) -> None:
        super().__init__(
            "it was deleted, is private, or is one of Spotify's own, which apps may not read. "
            "Take it out of PLAYLISTS_FILE."
        )


class Refused(CaptureError):
    """Any other refusal, in Spotify's words."""

    def __init__(self, status: int | None, words: str) -> None:
        self.status = status
        told = f" ({status})" if status else ""
        super().__init__(f"Spotify refuses{told}: {words[:200]}. See your app at {DASHBOARD}.")


class RateLimited(CaptureError):
    """Spotify asks for patience: `seconds` from now, None where it does not say how long."""

    may_pass = True

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        again = "later"
        if seconds is not None:
            again = f"after {moment_in(seconds):%Y-%m-%d %H:%M} UTC"
        super().__init__(f"Spotify's rate limit is reached. Try again {again}.")


class QuotaExceeded(CaptureError):
    """The quota of an endpoint is used up, `until` then (UTC); None where Spotify does not say until when.

    No rate limit: it counts a rolling 24 hours, so nobody waits for it, and the endpoint is asked no more.
    """

    def __init__(self, endpoint: str, until: datetime | None) -> None:
        self.endpoint = endpoint
        self.until = until
        again = "Spotify does not say when it may be asked again"
        if until is not None:
            again = f"It may be asked again after {until.astimezone():%Y-%m-%d %H:%M %Z} ({until:%Y-%m-%d %H:%M} UTC)"
        super().__init__(
            f"Spotify's quota for {endpoint} is used up (QUOTA_EXCEEDED), by all apps of the account. {again}."
        )


@dataclass(frozen=True)
class Allowance:
    """How many requests may be sent from now on; then why no more, and when (UTC) they may."""

    requests: int
    reason: str
    until: datetime


class BudgetSpent(QuotaExceeded):
    """No request may be sent any more, by a quota of our own."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__("all endpoints", allowance.until)
        self.args = (allowance.reason,)


class Unavailable(CaptureError):
    """Spotify cannot be reached, has trouble of its own, or answers with something unreadable."""

    may_pass = True
