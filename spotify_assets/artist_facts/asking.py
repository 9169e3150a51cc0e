"""Queries a service over HTTP: in batches that shrink on errors, for as long as a capture may wait.

A service defines its queries and how to split its answers; the limits are here. Whatever goes wrong, the caller keeps
the answers received before.
"""

import logging
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from urllib3.exceptions import HTTPError, InvalidHeader
from urllib3.util import Retry

from spotify_assets.artist_facts.source import FactsUnavailable

# An answer about hundreds of artists is a few hundred kB; far more is an error.
LARGEST_ANSWER_BYTES = 1 << 26
PIECE_BYTES = 1 << 16
log = logging.getLogger(__name__)


class Service(Protocol):
    """A service with facts about artists: how to query it, and how to split its answers."""

    @property
    def name(self) -> str:
        """The source named in answers."""
        ...

    @property
    def batch(self) -> int:
        """The most artists per request."""
        ...

    @property
    def endpoint(self) -> str:
        """The address of the service."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of each request."""
        ...

    def form(self, artist_ids: Sequence[str]) -> Mapping[str, str]:
        """The fields of a POST about these artists."""
        ...

    def answers(self, body: bytes) -> Mapping[str, Any]:
        """The answer about each known artist, by Spotify id.

        Raises:
            ValueError: the body is not one of its answers.
        """
        ...


@dataclass(frozen=True)
class Limits:
    """Seconds for an entire capture, for one answer, and for one wait requested by the service; the first pause.

    `failures` in a row end a capture. Wikidata stops a query at 60 seconds, and takes 60 seconds of queries and 30
    errors a minute from each client.
    """

    capture: float = 120
    answer: float = 65
    wait: float = 60
    first_pause: float = 1
    failures: int = 12


class _Trouble(FactsUnavailable):
    """No answer this time; a smaller batch may get one."""


class _Busy(FactsUnavailable):
    """The service asks to wait some seconds."""

    def __init__(self, service: str, seconds: float) -> None:
        super().__init__(f"{service} is busy and asks to wait {seconds:g} seconds.")
        self.seconds = seconds


class AskedService:
    """A service as a source of facts."""

    facts_keep = timedelta(days=30)
    unknown_keep = timedelta(days=7)
    is_asked = True

    def __init__(self, service: Service, limits: Limits | None = None) -> None:
        """Sends nothing yet."""
        self.name = service.name
        self.requests = 0
        self._service = service
        self._limits = limits or Limits()

    def ask(self, artist_ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """Answers as they arrive, None for an artist unknown to the service.

        A failed batch is retried in halves. A single failing artist is skipped, and requested again the next day.

        Raises:
            FactsUnavailable: the others are unavailable now.
        """
        ends_at = time.monotonic() + self._limits.capture
        waiting, size, failures = list(artist_ids), self._service.batch, 0
        with requests.Session() as session:
            while waiting:
                batch = waiting[:size]
                try:
                    answers = self._answers(session, batch, ends_at)
                except _Trouble as error:
                    failures += 1
                    if failures >= self._limits.failures:
                        raise
                    log.warning("%s Asking about fewer than %d artists.", error, len(batch))
                    if len(batch) == 1:
                        waiting = waiting[1:]
                    size = max(1, len(batch) // 2)
                    _sleep(self._limits.first_pause * failures, ends_at, error)
                    continue
                failures, waiting = 0, waiting[len(batch) :]
                size = min(self._service.batch, 2 * size)
                yield from ((artist_id, answers.get(artist_id)) for artist_id in batch)

    def _answers(self, session: requests.Session, batch: Sequence[str], ends_at: float) -> Mapping[str, Any]:
        """The answers about a batch, after any waits requested by the service."""

        def may_wait(error: BaseException) -> bool:
            return (
                isinstance(error, _Busy)
                and error.seconds <= self._limits.wait
                and time.monotonic() + error.seconds < ends_at
            )

        asking = Retrying(
            stop=stop_after_attempt(self._limits.failures),
            retry=retry_if_exception(may_wait),
            wait=_told_wait,
            before_sleep=lambda attempt: log.warning("%s", attempt.outcome.exception() if attempt.outcome else ""),
            reraise=True,
        )
        return asking(lambda: self._ask_once(session, batch, ends_at))

    def _ask_once(self, session: requests.Session, batch: Sequence[str], ends_at: float) -> Mapping[str, Any]:
        started = time.monotonic()
        seconds = min(self._limits.answer, ends_at - started)
        if seconds <= 0:
            raise FactsUnavailable(f"The {self._limits.capture:g} seconds for {self.name} in a capture are over.")
        place = urlsplit(self._service.endpoint).netloc
        self.requests += 1
        try:
            with session.post(
                self._service.endpoint,
                data=self._service.form(batch),
                headers=self._service.headers,
                timeout=seconds,
                stream=True,
                allow_redirects=False,
            ) as response:
                self._require_success(response)
                return self._service.answers(_body(response, started + seconds))
        except requests.Timeout:
            raise _Trouble(f"{place} does not answer in time.") from None
        except (requests.RequestException, HTTPError):
            raise _Trouble(f"{place} cannot be reached, or closes the connection.") from None
        except ValueError:
            # A query stopped after its answer has begun ends with an error text.
            raise _Trouble(f"{place} gave a response that is not its results.") from None

    def _require_success(self, response: requests.Response) -> None:
        status = response.status_code
        if status == 429:
            # Without a time, the service's manual asks for a minute.
            seconds: float | None = None
            with suppress(InvalidHeader):
                seconds = Retry(retry_after_max=sys.maxsize).get_retry_after(response.raw)
            raise _Busy(self.name, 60 if seconds is None else seconds)
        if status in (408, 413, 414) or status >= 500:
            raise _Trouble(f"{self.name} has a server error ({status}).")
        if status != 200:
            raise FactsUnavailable(
                f"{self.name} refuses to answer ({status}). Check WIKIDATA_CONTACT and WIKIDATA_ENDPOINT_URL."
            )


def _told_wait(attempt: RetryCallState) -> float:
    error = attempt.outcome.exception() if attempt.outcome else None
    return error.seconds if isinstance(error, _Busy) else 0


def _sleep(seconds: float, ends_at: float, error: FactsUnavailable) -> None:
    if time.monotonic() + seconds >= ends_at:
        raise error
    time.sleep(seconds)


def _body(response: requests.Response, until: float) -> bytes:
    """The full body, however slowly it arrives, but not later than `until`.

    Raises:
        Timeout: it takes too long.
        ValueError: it is far too large.
    """
    body = bytearray()
    # `iter_content` would wait for a full piece.
    while piece := response.raw.read1(PIECE_BYTES, decode_content=True):
        body += piece
        if len(body) > LARGEST_ANSWER_BYTES:
            raise ValueError("too large")
        if time.monotonic() > until:
            raise requests.Timeout
    return bytes(body)
