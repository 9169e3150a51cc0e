"""Of what Dagster's processes print, the lines that a person waits for: warnings, errors, and what is no log at all.

All of it goes to a file: Dagster's servers write a line or more for each look of each sensor and each event of a run.
They write it themselves, not into a pipe of the command's, since a run may outlive the command.
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
# Says at each first start that no run has failed yet.
QUIET_LOGGERS = {"dagster.daemon.EventLogConsumerDaemon"}


def what_matters(lines: Iterable[str]) -> Iterator[str]:
    """The lines worth reading; those that follow a record, such as its traceback, belong to it."""
    is_quiet = False
    for line in lines:
        if (record := RECORD.match(COLOURS.sub("", line))) is not None:
            of_no_matter = record["level"] == "WARNING" and record["logger"] in QUIET_LOGGERS
            is_quiet = record["level"] in QUIET or of_no_matter
        if not is_quiet:
            yield line


def follow(log: Path, terminal: TextIO, ended: Event) -> None:
    """Shows what matters of a log as it grows, until it has ended."""
    with log.open(encoding="utf-8", errors="replace") as printed:
        for line in what_matters(_lines(printed, ended)):
            terminal.write(line)
            terminal.flush()


def _lines(printed: TextIO, ended: Event) -> Iterator[str]:
    """Whole lines of a file that others write to; what they wrote last is read once more after the end."""
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
