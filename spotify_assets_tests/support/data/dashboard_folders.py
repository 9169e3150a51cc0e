"""The page as a folder: a history in frames to write it from, and a web server of files on this machine to read it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import polars as pl

from spotify_assets.serving.dashboard.data import DAY
from spotify_assets_tests.support.data.dashboard_pages import Tables


@dataclass(frozen=True)
class HistoryInFrames:
    """Published rows as a lake would give them."""

    tables: Tables

    def days(self) -> list[date]:
        return self.tables["song_trends"][DAY].unique().sort().to_list()

    def rows(self, name: str, columns: Sequence[str], days: Sequence[date]) -> pl.DataFrame:
        return self.tables[name].filter(pl.col(DAY).is_in(days)).select(columns)


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Says nothing, where the server of files would write to the terminal."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder, as any web server would offer it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()
