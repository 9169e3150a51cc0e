"""Somebody at the door, with a browser: cookies, redirects, and a click on who they are."""

import asyncio
import html
import http.client
import json
import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

PAGE = {"Accept": "text/html"}


class Browser:
    """Nobody, until `sign_in`. `url` is the door's, whose certificate is in a file."""

    def __init__(self, url: str, certificate: Path) -> None:
        self._url, self._certificate = url, certificate
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(certificate)

    def open(self, path: str, headers: Mapping[str, str] = PAGE, follow: bool = True) -> requests.Response:
        return self._session.get(f"{self._url}{path}", headers=headers, allow_redirects=follow)

    def open_as_it_is(self, path: str) -> tuple[int, str]:
        """Status and text of a path that a well-behaved client would tidy up before it asks."""
        context = ssl.create_default_context(cafile=self._certificate)
        connection = http.client.HTTPSConnection(urlsplit(self._url).netloc, context=context)
        try:
            connection.request("GET", path, headers={**PAGE, "Cookie": self._cookies()})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def twin(self) -> "Browser":
        """Somebody who has the same cookies, and keeps them."""
        other = Browser(self._url, self._certificate)
        other._session.cookies.update(self._session.cookies)
        return other

    def sign_in(self, person: str, path: str = "/view/") -> requests.Response:
        """What is shown in the end to this person, who asked for `path`."""
        shown = self.open(path)
        found = re.search(f'href="([^"]+person={person})"', shown.text)
        assert found is not None, shown.text
        return self._session.get(urljoin(shown.url, html.unescape(found[1])), headers=PAGE)

    def ask(self, path: str, query: str, origin: str | None = None) -> requests.Response:
        """GraphQL, as Dagster's page asks."""
        headers = {} if origin is None else {"Origin": origin}
        return self._session.post(f"{self._url}{path}", json={"query": query}, headers=headers)

    def data(self, path: str, query: str) -> dict[str, Any]:
        answer = self.ask(path, query)
        answer.raise_for_status()
        return answer.json()["data"]

    def subscribe(self, path: str, origin: str) -> dict[str, Any]:
        """What the websocket of GraphQL's subscriptions answers first; InvalidStatus if the door refuses it."""
        return asyncio.run(self._subscribe(path, origin))

    async def _subscribe(self, path: str, origin: str) -> dict[str, Any]:
        # Not the client with threads: two of them use one TLS connection at once, and about one in forty hangs.
        cookies = self._cookies()
        async with connect(
            f"{self._url.replace('https', 'wss')}{path}",
            ssl=ssl.create_default_context(cafile=self._certificate),
            additional_headers={"Cookie": cookies} if cookies else None,
            origin=origin,  # pyright: ignore[reportArgumentType]  a text of its own name
            subprotocols=[Subprotocol("graphql-ws")],
            proxy=None,
            open_timeout=180,
        ) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": {}}))
            return json.loads(await socket.recv())

    def _cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._session.cookies)
