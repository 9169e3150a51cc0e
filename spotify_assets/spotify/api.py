"""Spotify's Web API over spotipy: one request at a time, retried if that may help, but never forever.

spotipy's own session silently sleeps through a `Retry-After` of hours, so it gets one that does not; waits happen here,
logged and limited. All users of one `SpotifyApi` share its tokens, request counts, pauses and knowledge of quotas.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import requests
from spotipy import Spotify
from spotipy.exceptions import SpotifyException
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from spotify_assets.config import Settings
from spotify_assets.spotify.access import AccessTokens
from spotify_assets.spotify.errors import (
    Allowance,
    CaptureError,
    LikedSongsWithheld,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
)
from spotify_assets.spotify.line import Line
from spotify_assets.spotify.payloads import PAGE_LIMITS, Generation

WEB_API = "https://api.spotify.com"
TIMEOUT_SECONDS = 10
# Episodes are entries, too; without this Spotify presents them as songs.
ENTRY_TYPES = ("track", "episode")
IDS_PER_CALL = LIKED_SONGS_PER_PAGE = 50
# Seconds between two attempts, if Spotify does not say how many.
LONGEST_PAUSE = 30

NOT_AN_ANSWER = "Spotify's response is not JSON of its API. Try again later."

Answer = TypeVar("Answer")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """The most attempts per request, the longest wait for the rate limit, and the first pause, in seconds."""

    attempts: int
    longest_wait: float
    first_pause: float = 0.5


class SpotifyApi:
    """The API as seen by one app or its signed-in user."""

    def __init__(self, settings: Settings, patience: Patience) -> None:
        """Sends nothing yet."""
        self._patience = patience
        self._line = Line(settings.spotify_concurrency)
        session: Any = requests.Session()
        for scheme in ("https://", "http://"):
            session.mount(scheme, self._line)
        self._tokens = AccessTokens(settings, session, TIMEOUT_SECONDS)
        self._spotify = Spotify(
            auth_manager=self._tokens, requests_session=session, requests_timeout=TIMEOUT_SECONDS, retries=0
        )
        self._spotify.prefix = f"{(settings.spotify_endpoint_url or WEB_API).rstrip('/')}/v1/"
        self._pause = _Pause(patience.longest_wait)

    @property
    def sent(self) -> Counter[str]:
        """Requests sent so far by endpoint, including those for tokens and failed ones."""
        return self._line.sent

    @property
    def closed_until(self) -> dict[str, datetime | None]:
        """Endpoints whose quota is used up, and until when (UTC); None if Spotify did not say."""
        return self._line.closed_until

    def close(self, endpoint: str, until: datetime) -> None:
        """Stops calling an endpoint whose quota another process found used up."""
        self._line.close_endpoint(endpoint, until)

    def allow(self, allowance: Allowance | None) -> None:
        """Limits all requests from now on."""
        self._line.allow(allowance)

    def user(self) -> str | None:
        """Id of the signed-in user; None if the app acts for itself, in which case its credentials are verified."""
        if not self._tokens.stands_for_a_user:
            self._ask(self._tokens.get_access_token)
            return None
        return str(self._ask(lambda: _document(self._spotify.current_user())).get("id"))

    def playlist(self, playlist_id: str, fields: str | None = None) -> dict[str, Any]:
        """A playlist with its first entries, or only the given fields."""
        return self._ask(lambda: _document(self._spotify.playlist(playlist_id, fields, additional_types=ENTRY_TYPES)))

    def entries(self, playlist_id: str, generation: Generation, offset: int) -> dict[str, Any]:
        """The page of entries that starts `offset` entries into the playlist, as long as pages may be."""
        query = {"offset": offset, "limit": PAGE_LIMITS[generation], "additional_types": ",".join(ENTRY_TYPES)}
        address = f"{self._spotify.prefix}playlists/{playlist_id}/{generation}?{urlencode(query)}"
        # spotipy has a method for the newer of the two addresses alone; it follows either as a link.
        return self._ask(lambda: _document(self._spotify.next({"next": address})))

    def liked_songs(self, offset: int) -> dict[str, Any]:
        """The page of the signed-in user's liked songs that starts `offset` songs into them.

        https://developer.spotify.com/documentation/web-api/reference/get-users-saved-tracks

        Raises:
            LikedSongsWithheld: nobody is signed in, or not for the library.
        """
        if not self._tokens.stands_for_a_user:
            raise LikedSongsWithheld
        try:
            return self._ask(
                lambda: _document(self._spotify.current_user_saved_tracks(limit=LIKED_SONGS_PER_PAGE, offset=offset))
            )
        except Refused as error:
            if error.status != 403:
                raise
            raise LikedSongsWithheld from None

    def artists(self, artist_ids: list[str]) -> dict[str, Any]:
        """At most 50 artists in one answer: `{"artists": […]}`, null for an unknown id."""
        return self._ask(lambda: _document(self._spotify.artists(artist_ids)))

    def artist(self, artist_id: str) -> dict[str, Any]:
        """One artist."""
        return self._ask(lambda: _document(self._spotify.artist(artist_id)))

    def tracks(self, track_ids: list[str]) -> dict[str, Any]:
        """At most 50 tracks in one answer: `{"tracks": […]}`, null for an unknown id.

        https://developer.spotify.com/documentation/web-api/reference/get-several-tracks
        """
        return self._ask(lambda: _document(self._spotify.tracks(track_ids)))

    def track(self, track_id: str) -> dict[str, Any]:
        """One track. https://developer.spotify.com/documentation/web-api/reference/get-track"""
        return self._ask(lambda: _document(self._spotify.track(track_id)))

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        """The answer to a question.

        Raises:
            CaptureError: there is none, or not soon enough.
        """
        asking = Retrying(
            stop=stop_after_attempt(self._patience.attempts),
            retry=retry_if_exception(lambda error: isinstance(error, CaptureError) and error.may_pass),
            wait=self._wait,
            before_sleep=_log_wait,
            reraise=True,
        )
        return asking(lambda: self._ask_once(question))

    def _ask_once(self, question: Callable[[], Answer]) -> Answer:
        self._pause.pass_through()
        try:
            return self._with_fresh_token(question)
        except SpotifyException as error:
            raise _explained(error) from None
        except requests.RequestException as error:
            raise _unreachable(error) from None
        except AttributeError:
            # spotipy fails so on errors not in the API's form, such as a gateway's.
            raise Unavailable(NOT_AN_ANSWER) from None
        except RateLimited as error:
            self._pause.begin(error)
            raise

    def _with_fresh_token(self, question: Callable[[], Answer]) -> Answer:
        try:
            return question()
        except SpotifyException as error:
            # A token may be revoked before it expires.
            if error.http_status != 401:
                raise
        self._tokens.forget()
        return question()

    def _wait(self, attempt: RetryCallState) -> float:
        """Seconds before the next attempt."""
        error = attempt.outcome.exception() if attempt.outcome else None
        if isinstance(error, RateLimited) and error.seconds is not None:
            return error.seconds
        first = self._patience.first_pause
        return wait_exponential_jitter(multiplier=first, max=LONGEST_PAUSE, jitter=first)(attempt)


class _Pause:
    """The pause set by the rate limit, shared by all, since it counts everybody's requests."""

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._ends_at = 0.0

    def begin(self, told: RateLimited) -> None:
        """Notes a pause.

        Raises:
            CaptureError: it is longer than the longest wait.
        """
        if told.seconds is not None:
            self._ends_at = max(self._ends_at, time.monotonic() + told.seconds)
            self._require_short(told.seconds)

    def pass_through(self) -> None:
        """Waits until a pause found by another request is over.

        Raises:
            CaptureError: as `begin`.
        """
        remaining = self._ends_at - time.monotonic()
        if remaining > 0:
            self._require_short(remaining)
            time.sleep(remaining)

    def _require_short(self, seconds: float) -> None:
        if seconds > self._longest:
            raise RateLimitTooLong(seconds, self._longest)


class RateLimitTooLong(RateLimited):
    """The rate limit lasts longer than a run may wait."""

    may_pass = False

    def __init__(self, seconds: float, longest: float) -> None:
        super().__init__(seconds)
        self.args = (f"{self} That is longer than SPOTIFY_LONGEST_WAIT ({longest:g} seconds).",)


def _log_wait(attempt: RetryCallState) -> None:
    error = attempt.outcome.exception() if attempt.outcome else None
    seconds = attempt.next_action.sleep if attempt.next_action else 0
    log.warning("%s Attempt %d, the next in %.1f seconds.", error, attempt.attempt_number, seconds)


def _document(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise Unavailable(NOT_AN_ANSWER)
    return answer


def _explained(error: SpotifyException) -> CaptureError:
    if error.http_status == 404:
        return NotFound()
    # spotipy puts the address in front of Spotify's message.
    words = str(error.msg).partition(":\n ")[2]
    return Refused(error.http_status, words if words not in ("", "None") else "no reason given")


def _unreachable(error: requests.RequestException) -> Unavailable:
    if isinstance(error, requests.JSONDecodeError):
        return Unavailable(NOT_AN_ANSWER)
    place = urlsplit(error.request.url or "").netloc if error.request is not None else "Spotify"
    reason = "does not answer" if isinstance(error, requests.Timeout) else "cannot be reached"
    return Unavailable(f"{place} {reason}. Check the network and SPOTIFY_ENDPOINT_URL.")
