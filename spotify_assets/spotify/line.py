"""The connections to Spotify: counts requests, and turns errors into our own before spotipy sees them.

A 429 is either the rate limit, which passes soon, or the used-up quota of one endpoint.
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
# Bytes of an error response that are read: its JSON has a few hundred.
LONGEST_REFUSAL = 65_536
API = "/v1/"


class Line(HTTPAdapter):
    """The connections of one app. An endpoint whose quota is used up stays closed while they are used."""

    def __init__(self, connections: int) -> None:
        """Sends nothing yet."""
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
        """Endpoints whose quota is used up, and until when (UTC); None if Spotify did not say."""
        with self._lock:
            return dict(self._closed_until)

    def close_endpoint(self, endpoint: str, until: datetime) -> None:
        """Closes an endpoint whose quota another process found used up."""
        with self._lock:
            self._closed_until.setdefault(endpoint, until)

    def allow(self, allowance: Allowance | None) -> None:
        """Limits the number of requests from now on; None removes the limit."""
        with self._lock:
            self._allowance, self._left = allowance, allowance.requests if allowance else 0

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        """The response, if it is one.

        Raises:
            CaptureError: Spotify has a server error or a rate limit; or the endpoint's quota is used up, by an earlier
                response or this one; or no more requests may be sent.
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
            raise Unavailable(f"Spotify has a server error ({response.status_code}). Try again later.")
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
    """The endpoint, each with its own quota: `playlists`, `playlists items`, `artists`, `me` … for any id and page."""
    path = urlsplit(url).path
    _, is_api, below = path.partition(API)
    return " ".join(below.split("/")[::2]) if is_api else path.strip("/").replace("/", " ")


class _Reason(msgspec.Struct):
    reason: str | None = None


class _Refusal(msgspec.Struct):
    error: _Reason


def _reason_told(response: requests.Response) -> str | None:
    """The reason in the body of an error response; None if it is not complete JSON of the API."""
    with suppress(HTTPError, msgspec.MsgspecError, ValueError, RecursionError), response:
        # Not `content`, which reads everything a server sends.
        body = response.raw.read(LONGEST_REFUSAL, decode_content=True)
        return msgspec.json.decode(body, type=_Refusal).error.reason
    return None


def _seconds_told(response: requests.Response) -> float | None:
    """The full value of Retry-After: a quota may ask for half a day, which must not be shortened."""
    with suppress(InvalidHeader):
        return Retry(retry_after_max=sys.maxsize).get_retry_after(response.raw)
    return None
