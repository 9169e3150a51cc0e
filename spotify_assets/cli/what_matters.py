"""Of what Dagster's processes print, the lines that a person waits for: warnings, errors, and what is no log at all.

All of it goes to a file. Dagster's servers write a line or more for each look of each sensor and each event of a run.
"""

import re
from collections.abc import Iterable, Iterator
from typing import IO, TextIO

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


def follow(printed: IO[str] | None, log: TextIO, terminal: TextIO) -> None:
    """Writes all that is printed to a log, and what matters of it to the terminal, until it ends."""

    def logged() -> Iterator[str]:
        for line in printed or ():
            log.write(COLOURS.sub("", line))
            log.flush()
            yield line

    for line in what_matters(logged()):
        terminal.write(line)
        terminal.flush()
