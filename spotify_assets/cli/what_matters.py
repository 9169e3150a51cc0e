"""The lines worth reading in the output of Dagster's processes: warnings, errors, and whatever is not a log line.

The full output goes to a file: Dagster's servers log every sensor tick and every event of a run. They write to it
directly, not through a pipe of the command, since a run may outlive the command.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import TextIO

LOOK_SECONDS = 0.3

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} - (?P<logger>\S+) - (?P<level>[A-Z]+) - ")
QUIET = {"DEBUG", "INFO"}
# Warns at each first start that no run has failed yet.
QUIET_LOGGERS = {"dagster.daemon.EventLogConsumerDaemon"}


def what_matters(lines: Iterable[str]) -> Iterator[str]:
    """The lines worth reading; lines after a record, such as its traceback, belong to it."""
    is_quiet = False
    for line in lines:
        if (record := RECORD.match(COLOURS.sub("", line))) is not None:
            of_no_matter = record["level"] == "WARNING" and record["logger"] in QUIET_LOGGERS
            is_quiet = record["level"] in QUIET or of_no_matter
        if not is_quiet:
            yield line


def follow(log: Path, terminal: TextIO, ended: Event) -> None:
    """Shows the lines worth reading of a log as it grows, until it ends."""
    with log.open(encoding="utf-8", errors="replace") as printed:
        for line in what_matters(_lines(printed, ended)):
            terminal.write(line)
            terminal.flush()


def _lines(printed: TextIO, ended: Event) -> Iterator[str]:
    """Complete lines of a file that others write to; it is read once more after the end."""
    part = ""
    while True:
        is_last = ended.wait(LOOK_SECONDS)
        while text := printed.readline():
            part += text
            if part.endswith("\n"):
                yield part
                part = ""
        if is_last:
            yield part
            return
