"""Every call by which a lake is changed, numbered; at one of them something goes wrong.

What counts is a call that changes what others see: a file or object written, created, moved or deleted, and whatever
changes the catalog. A killed process is played by an exception that nobody catches, after which no call gets through.
"""

import errno
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import obstore
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError
from obstore.exceptions import GenericError
from obstore.store import S3Store
from pyiceberg.catalog.sql import SqlCatalog
from sqlalchemy.exc import OperationalError

from spotify_assets.lake import folder

# Operations of AWS that change a lake and are asked for by boto3.
CHANGING = {"CopyObject", "DeleteObject", "CreateDatabase", "CreateTable", "UpdateTable", "DeleteTable"}


class Kind(Enum):
    """What goes wrong."""

    KILL_BEFORE = "killed before the call"
    KILL_AFTER = "killed after the call"
    TORN = "killed within a write"
    POWER = "power cut after the call"
    ERROR = "the call fails"
    LOST_ANSWER = "the call lands, its answer is lost"
    FULL = "the disk is full from the call on"


# A bucket is never full, and what is written there is whole and durable.
ON_S3 = set(Kind) - {Kind.TORN, Kind.POWER, Kind.FULL}


class Killed(BaseException):
    """The process is no more."""


@dataclass
class Calls:
    """The calls of one process so far, and what goes wrong at one of them (from 1), if anything does."""

    kind: Kind | None = None
    number: int = 0
    made: list[str] = field(default_factory=list)
    is_dead: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def around(self, name: str, act: Callable[[], Any], failure: Callable[[bool], Exception]) -> Any:
        """Makes a call, or whatever becomes of it; `failure` gives the library's error, for a full disk or another."""
        with self._lock:
            if self.is_dead:
                raise Killed
            self.made.append(name)
            number = len(self.made)
        if self.kind is Kind.FULL and number >= self.number and not name.startswith("delete"):
            raise failure(True)
        if number != self.number or self.kind is Kind.FULL:
            return act()
        if self.kind in (Kind.KILL_AFTER, Kind.POWER, Kind.LOST_ANSWER):
            # Calls that it makes in its turn get through.
            act()
        if self.kind in (Kind.ERROR, Kind.LOST_ANSWER):
            raise failure(False)
        self.is_dead = True
        raise Killed


@contextmanager
def in_the_way(calls: Calls) -> Iterator[Calls]:
    """Counts the calls of this process, and lets one of them go wrong, for as long as the context lasts."""
    with pytest.MonkeyPatch.context() as patch:
        _in_a_folder(calls, patch)
        _in_a_bucket(calls, patch)
        yield calls


def _in_a_folder(calls: Calls, patch: pytest.MonkeyPatch) -> None:
    write, create, move = folder.write, folder.create, folder.move

    def failure(full: bool) -> Exception:
        code = errno.ENOSPC if full else errno.EIO
        return OSError(code, "No space left on device" if full else "Input/output error")

    def write_or_tear(path: Path, data: bytes) -> None:
        if calls.kind is Kind.TORN and len(calls.made) + 1 == calls.number:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_name(f"{path.name}#1").write_bytes(data[: len(data) // 2])
        calls.around(f"write {path}", lambda: write(path, data), failure)

    def moving(origin: Path, target: Path) -> None:
        calls.around(f"move {origin} {target}", lambda: move(origin, target), failure)

    patch.setattr(folder, "write", write_or_tear)
    patch.setattr(
        folder, "create", lambda path, data: calls.around(f"create {path}", lambda: create(path, data), failure)
    )
    patch.setattr(folder, "move", moving)

    def of_catalog(name: str) -> None:
        act = getattr(SqlCatalog, name)

        def failing(full: bool) -> Exception:
            reason = Exception("database or disk is full" if full else "disk I/O error")
            return OperationalError(name, {}, reason)

        def acting(self: SqlCatalog, *given: Any, **named: Any) -> Any:
            what = given[0].name() if name == "commit_table" else given[0]
            return calls.around(f"{name} {what}", lambda: act(self, *given, **named), failing)

        patch.setattr(SqlCatalog, name, acting)

    for name in ("create_namespace", "create_table", "commit_table"):
        of_catalog(name)


def _in_a_bucket(calls: Calls, patch: pytest.MonkeyPatch) -> None:
    put, delete, request = obstore.put, obstore.delete, BaseClient._make_api_call  # pyright: ignore[reportAttributeAccessIssue]  where moto stands, too

    def failure(full: bool) -> Exception:
        assert not full, "a bucket is never full"
        return GenericError(
            "Generic S3 error: Error performing PUT http://127.0.0.1/lake/key in 20.1s, after 6 retries - "
            "Server returned non-2xx status code: 503 Service Unavailable\n\nDebug source:\nGeneric { }"
        )

    def deleting(store: Any, keys: Any) -> Any:
        def failing(full: bool) -> Exception:
            return failure(full) if isinstance(store, S3Store) else OSError(errno.EIO, "Input/output error")

        return calls.around(f"delete {keys}", lambda: delete(store, keys), failing)

    def asking(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        def failing(_: bool) -> Exception:
            if calls.kind is Kind.LOST_ANSWER:
                return ReadTimeoutError(endpoint_url=self.meta.endpoint_url)
            error = {"Error": {"Code": "ServiceUnavailable", "Message": "Please reduce your request rate."}}
            return ClientError(error, operation)  # pyright: ignore[reportArgumentType]

        if operation not in CHANGING:
            return request(self, operation, parameters)
        what = parameters.get("Key") or parameters.get("TableInput", {}).get("Name") or ""
        return calls.around(f"{operation} {what}", lambda: request(self, operation, parameters), failing)

    patch.setattr(
        obstore,
        "put",
        lambda store, key, data, **named: calls.around(f"put {key}", lambda: put(store, key, data, **named), failure),
    )
    patch.setattr(obstore, "delete", deleting)
    patch.setattr(BaseClient, "_make_api_call", asking)


def by_shape(calls: Sequence[str]) -> list[list[int]]:
    """The numbers, from 1 on, of calls that are of one kind, of whichever table or day."""
    found: dict[str, list[int]] = {}
    for number, call in enumerate(calls, 1):
        name = re.sub(r"[0-9a-f-]{16,}|[0-9]+|\S*/lake/|\S*/prefix/|\.\S*parquet", "*", call)
        shape = re.sub(r"\w+(?=_data)|(?<=audit-)\w+|(?<=commit_table ).*|(?<=Table ).*", "*", name)
        found.setdefault(shape, []).append(number)
    return list(found.values())
