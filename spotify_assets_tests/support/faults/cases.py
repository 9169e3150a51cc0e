"""One fault, and what comes of it: the lake is read, finished as the platform does it by itself, compared, tidied."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import polars as pl
import polars.selectors as cs

from spotify_assets.cli.errors import CommandError
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.maintenance import remove_half_written, tidy_lake
from spotify_assets.lake.unfinished import look_for_unfinished
from spotify_assets.schemas import TABLES
from spotify_assets_tests.support.faults.calls import Calls, Killed, Kind, in_the_way
from spotify_assets_tests.support.faults.homes import Restore
from spotify_assets_tests.support.faults.power import remembering

# Content of each table's days, by table and day.
Rows = dict[str, dict[object, str]]
# Bytes of raw objects, whichever zone they lie in.
Raw = Counter[str]
# Lets the calls of this process be counted, and one of them go wrong.
InTheWay = Callable[[Calls], AbstractContextManager[Calls]]
# Who raises one of our own sentences.
CLEAR = (LakeError, CommandError)
# The innermost words of libraries, which tell nobody what to do.
UNCLEAR = re.compile(r"Debug source|Traceback|Generic S3 error|sqlalche|botocore", re.IGNORECASE)


@dataclass
class Verdict:
    """What was wrong after a fault, in words; nothing is what is hoped for."""

    call: str
    kind: Kind
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    wedged: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    @property
    def found(self) -> list[str]:
        """All of it."""
        return [*self.wrong, *self.lost, *self.wedged, *self.unclear]


@dataclass(frozen=True)
class Sweep:
    """A lake that is put back before each fault, and the work that is disturbed.

    `work` does a day's work, and finishes what an earlier attempt left; it raises what a person would be shown.
    `lake` is whoever looks at what came of it, `open_lake` gives the lake of a process that is to be disturbed.
    """

    lake: Lake
    open_lake: Callable[[], Lake]
    restore: Restore
    work: Callable[[Lake], None]
    before: Rows
    after: Rows
    raw: Raw
    calls: tuple[str, ...]
    disturbing: InTheWay

    @classmethod
    def undisturbed(
        cls,
        open_lake: Callable[[], Lake],
        restore: Restore,
        work: Callable[[Lake], None],
        disturbing: InTheWay = in_the_way,
    ) -> "Sweep":
        """Does the work once without a fault, to know what it comes to."""
        lake = open_lake()
        before = rows_of(lake)
        with disturbing(Calls()) as calls:
            work(open_lake())
        return cls(lake, open_lake, restore, work, before, rows_of(lake), raw_of(lake), tuple(calls.made), disturbing)

    def try_out(self, number: int, kind: Kind) -> Verdict:
        """Lets one call go wrong, and looks at everything that comes after."""
        verdict = Verdict(self.calls[number - 1], kind)
        self.restore()
        raw_before = raw_of(self.lake)
        self._disturb(number, kind, verdict)
        self._read(raw_before, verdict)
        self._finish(verdict)
        return verdict

    def _disturb(self, number: int, kind: Kind, verdict: Verdict) -> None:
        calls = Calls(kind, number)
        with remembering(self.lake.storage.folder) if kind is Kind.POWER else nullcontext() as disk:
            try:
                with self.disturbing(calls):
                    self.work(self.open_lake())
                if calls.is_dead:
                    verdict.unclear.append("something went on after it was killed")
            except Killed:
                pass
            except Exception as error:
                # Whoever was killed shows nothing any more.
                if not calls.is_dead and is_unclear(error):
                    verdict.unclear.append(f"{type(error).__name__}: {error}")
            if disk is not None:
                disk.cut()
        if len(calls.made) < number:
            verdict.unclear.append(f"call {number} was never made")

    def _read(self, raw_before: Raw, verdict: Verdict) -> None:
        try:
            found = rows_of(self.lake)
        except LakeError as error:
            verdict.wrong.append(f"cannot be read: {error}")
        else:
            for name, after in self.after.items():
                days, before = found.get(name, {}), self.before.get(name, {})
                mixed = [
                    day for day in {*days, *before, *after} if days.get(day) not in (before.get(day), after.get(day))
                ]
                verdict.wrong += [f"{name} of {day} is neither as before nor as after" for day in mixed]
        if missing := raw_before - raw_of(self.lake):
            verdict.lost.append(f"{missing.total()} raw objects")

    def _finish(self, verdict: Verdict) -> None:
        """Finishes the work and tidies up, and compares with what the work comes to without a fault."""
        lake, later = self.lake, datetime.now(UTC) + timedelta(days=60)
        try:
            self.work(lake)
            left = look_for_unfinished(lake)
            tidy_lake(lake, later)
            remove_half_written(lake, later)
            found = rows_of(lake)
        except Exception as error:
            verdict.wedged.append(f"{type(error).__name__}: {error}")
            return
        if left:
            verdict.wedged.append(f"unfinished for good: {left}")
        if different := [name for name in self.after if found.get(name) != self.after[name]]:
            verdict.wrong.append(f"other rows of {different}")
        if self.raw.keys() - raw_of(lake).keys():
            verdict.lost.append("raw objects, by finishing")
        if half := [stored.key for stored in lake.storage.half_written("")]:
            verdict.wrong.append(f"left half-written: {half}")


def rows_of(lake: Lake) -> Rows:
    """What is published, in whatever order."""
    rows: Rows = {}
    for table in lake.catalog.tables():
        frame = lake.catalog.collect(table).sort(table.order)
        days = frame.partition_by("snapshot_date", as_dict=True)
        rows[table.name] = {day: _hash(of_day) for (day,), of_day in days.items()}
    assert rows.keys() <= TABLES.keys()
    return rows


def raw_of(lake: Lake) -> Raw:
    """The bytes of all raw objects; not the notes of the quarantine."""
    found = lake.raw_storage.list_any_key("raw")
    keys = [stored.key for stored in found if not stored.key.endswith(".reason.json")]
    return Counter(hashlib.sha256(lake.raw_storage.read(key)).hexdigest() for key in keys)


def is_unclear(error: Exception) -> bool:
    """Whether what is shown is not one of our own sentences, or has a library's words in it."""
    message = str(error)
    return not isinstance(error, CLEAR) or bool(UNCLEAR.search(message))


def _hash(frame: pl.DataFrame) -> str:
    # When an object landed is another time after it was put back.
    return hashlib.sha256(frame.select(~cs.datetime()).write_json().encode()).hexdigest()
