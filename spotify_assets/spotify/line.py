"""The connections to Spotify: counts what is sent, and tells trouble from answers before spotipy sees either.

A 429 is one of two things: the rate limit, which is over in a while, or a quota of one endpoint that is used up.
"""

import sys
import threading
from collections import Counter
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, InvalidHeader
from urllib3.util import Retry

from spotify_assets.spotify.errors import Allowance, BudgetSpent, QuotaExceeded, RateLimited, Unavailable, moment_in

QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
# Bytes of a refusal that are read: its JSON has some hundred.
LONGEST_REFUSAL = 65_536
API = "/v1/"


class Line(HTTPAdapter):
    """The connections of one app. An endpoint whose quota is used up is closed for as long as they are used."""

    def __init__(self, connections: int) -> None:
        """Nothing is sent yet."""
        super().__init__(pool_maxsize=connections, max_retries=0)
        self._sent = Counter[str]()
        self._allowance: Allowance | None = None
        self._left = 0
        self._closed_until: dict[str, datetime | None] = {}
        self._lock = threading.Lock()

    @property
    def sent(self) -> Counter[str]:
        """Requests sent so far, by endpoint."""
        with self._lock:
            return self._sent.copy()

    @property
    def closed_until(self) -> dict[str, datetime | None]:
        """Endpoints whose quota is used up, and until when (UTC); None where Spotify did not say."""
        with self._lock:
            return dict(self._closed_until)

    def close_endpoint(self, endpoint: str, until: datetime) -> None:
        """Closes an endpoint whose quota somebody else found used up."""
        with self._lock:
            self._closed_until.setdefault(endpoint, until)

    def allow(self, allowance: Allowance | None) -> None:
        """Lets so many requests through from now on, and no more; any number where there is no allowance."""
        with self._lock:
            self._allowance, self._left = allowance, allowance.requests if allowance else 0

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        """The answer, where it is one.

        Raises:
            CaptureError: Spotify has trouble, or asks for patience; or the endpoint's quota is used up, which is known
                from an earlier answer or told by this one; or no more may be sent.
        """
        endpoint = endpoint_of(request.url or "")
        with self._lock:
            if endpoint in self._closed_until:
                raise QuotaExceeded(endpoint, self._closed_until[endpoint])
            if self._allowance is not None:
                if self._left < 1:
                    raise BudgetSpent(self._allowance)
                self._left -= 1
            self._sent[endpoint] += 1
        response = super().send(request, *arguments, **options)
        if response.status_code == 429:
            raise self._refusal(endpoint, response)
        if response.status_code >= 500:
            response.close()
            raise Unavailable(f"Spotify has trouble of its own ({response.status_code}). Try again later.")
        return response

    def _refusal(self, endpoint: str, response: requests.Response) -> QuotaExceeded | RateLimited:
        seconds, reason = _seconds_told(response), _reason_told(response)
        if reason != QUOTA_EXCEEDED:
            return RateLimited(seconds)
        until = None if seconds is None else moment_in(seconds)
        with self._lock:
            self._closed_until[endpoint] = until
        return QuotaExceeded(endpoint, until)


def endpoint_of(url: str) -> str:
    """What has a quota of its own: `playlists`, `playlists items`, `artists`, `me` … for any id and page."""
    path = urlsplit(url).path
    _, is_api, below = path.partition(API)
    return " ".join(below.split("/")[::2]) if is_api else path.strip("/").replace("/", " ")


class _Reason(msgspec.Struct):
    reason: str | None = None


class _Refusal(msgspec.Struct):
    error: _Reason


def _reason_told(response: requests.Response) -> str | None:
    """What the body of a refusal gives as its reason; None where it is no JSON of the API, or not whole."""
    with suppress(HTTPError, msgspec.MsgspecError, ValueError, RecursionError), response:
        # Not `content`, which reads whatever a server sends.
        body = response.raw.read(LONGEST_REFUSAL, decode_content=True)
        return msgspec.json.decode(body, type=_Refusal).error.reason
    return None


def _seconds_told(response: requests.Response) -> float | None:
    """What Retry-After says, whole: a quota may ask for half a day, which is not ours to shorten."""
    with suppress(InvalidHeader):
        return Retry(retry_after_max=sys.maxsize).get_retry_after(response.raw)
    return None
