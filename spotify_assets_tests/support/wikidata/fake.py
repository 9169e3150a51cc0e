"""A Wikidata for tests: a SPARQL endpoint over HTTP that answers real queries over a small graph, with scripted faults.

The graph is in `graph.ttl`, in Wikidata's own data model; pyoxigraph runs the queries as they come.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar, Literal
from urllib.parse import parse_qs

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

from spotify_assets_tests.support.processes.serving import serving

GRAPH = Path(__file__).with_name("graph.ttl")
# Longer than any client of the tests waits.
HANG_SECONDS = 120
Fault = Literal["pass", "status", "hang", "drip", "cut", "html", "garbage"]
HTML = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@dataclass
class Script:
    """What the next `times` requests about at least `at_least` artists get instead of their answer."""

    kind: Fault
    times: int
    at_least: int = 1
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"java.util.concurrent.TimeoutException"


class FakeWikidata:
    """The state of the fake, and what tests ask of it. Use `fake_wikidata` to start one."""

    def __init__(self) -> None:
        self.url = ""
        self.store = Store()
        self.store.load(path=str(GRAPH), format=RdfFormat.TURTLE)
        self.asked: list[list[str]] = []
        """The ids of each request."""
        self.agents: set[str] = set()
        self.scripts: list[Script] = []
        self.closing = threading.Event()
        self.poison: str | None = None
        """A query about this id fails, whatever else it is about."""

    def add_artist(self, number: int, artist_id: str, country: str = "Q30") -> None:
        """Makes an item that claims this id, with the genre hip-hop."""
        self.store.update(
            f"""PREFIX p: <http://www.wikidata.org/prop/> PREFIX ps: <http://www.wikidata.org/prop/statement/>
            PREFIX wd: <http://www.wikidata.org/entity/> PREFIX wdt: <http://www.wikidata.org/prop/direct/>
            PREFIX wikibase: <http://wikiba.se/ontology#>
            INSERT DATA {{
                wd:Q{number} p:P1902 <urn:claim:{number}> ; wdt:P136 wd:Q11401 ; wdt:P27 wd:{country} .
                <urn:claim:{number}> ps:P1902 "{artist_id}" ; wikibase:rank wikibase:NormalRank .
            }}"""
        )

    def fault_for(self, ids: list[str]) -> Script | None:
        if self.poison in ids:
            return Script("status", 1)
        for script in self.scripts:
            if script.times > 0 and len(ids) >= script.at_least:
                script.times -= 1
                return script
        return None

    def results(self, query: str) -> bytes:
        solutions = self.store.query(query)
        assert isinstance(solutions, QuerySolutions)
        return solutions.serialize(format=QueryResultsFormat.JSON) or b""


@contextmanager
def fake_wikidata() -> Iterator[FakeWikidata]:
    """A fake that serves on 127.0.0.1 for as long as the context lasts."""
    fake = FakeWikidata()

    class Handler(FakeWikidataHandler):
        wikidata = fake

    with serving(Handler, fake.closing) as address:
        fake.url = f"{address}/sparql"
        yield fake


class FakeWikidataHandler(BaseHTTPRequestHandler):
    """One connection of a client."""

    wikidata: ClassVar[FakeWikidata]

    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Nothing on the screen."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
        query = form["query"][0]
        ids = re.findall(r'"([0-9A-Za-z]{22})"', query)
        self.wikidata.asked.append(ids)
        self.wikidata.agents.add(self.headers.get("User-Agent") or "")
        fault = self.wikidata.fault_for(ids)
        if fault is None or fault.kind == "pass":
            self._send(200, self.wikidata.results(query))
            return
        match fault.kind:
            case "status":
                self._send(fault.status, fault.body, fault.headers)
            case "hang":
                self.wikidata.closing.wait(HANG_SECONDS)
            case "drip":
                self._drip()
            case "cut":
                # As the real one does when its time is over after the answer has begun.
                whole = self.wikidata.results(query)
                self._send(200, whole[: len(whole) // 2] + b"\nSPARQL-QUERY: queryStr=SELECT ...\njava.util.concurrent")
            case "html":
                self._send(200, HTML, {"Content-Type": "text/html"})
            case "garbage":
                self._send(200, fault.body)

    def _drip(self) -> None:
        """A byte now and then, so that no single read takes too long."""
        self.send_response(200)
        self.end_headers()
        while not self.wikidata.closing.wait(0.02):
            self.wfile.write(b" ")
            self.wfile.flush()

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/sparql-results+json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
