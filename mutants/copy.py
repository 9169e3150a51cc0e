"""A copy of the project in which changes are made and tests are run, so that nothing here is ever half changed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from mutants import prepared
from mutants.changes import Change

# What a run of tests may take beyond three times what it takes without a change.
PATIENCE_SECONDS = 30


class Copy:
    """The files of a checkout in a folder of their own, and a process that runs their tests."""

    def __init__(self, folder: Path, seed: int, process: subprocess.Popen[str]) -> None:
        self._folder = folder
        self._seed = seed
        self._process = process
        self._seconds: dict[str, float] = {}

    def measure(self, tests: Sequence[str]) -> None:
        """Runs tests without a change; learns how long each file takes.

        Raises:
            SystemExit: one fails, so that nothing could be told.
        """
        report = self._folder / "mutants-report.xml"
        if self._run(tests, None, f"--junitxml={report}") != 0:
            sys.exit(f"Without any change these tests do not pass:\n{self.output[-4000:]}")
        for case in ElementTree.parse(report).iter("testcase"):
            name = case.attrib["classname"].replace(".", "/") + ".py"
            self._seconds[name] = self._seconds.get(name, 0.0) + float(case.attrib["time"])

    def notices(self, change: Change, tests: Sequence[str]) -> bool:
        """Whether a test fails, or does not end, where the change is made."""
        file = self._folder / change.path
        source = file.read_bytes()
        limit = PATIENCE_SECONDS + 3 * sum(self._seconds.get(name, 0.0) for name in tests)
        try:
            file.write_bytes(change.applied_to(source))
            return self._run(tests, limit) != 0
        finally:
            file.write_bytes(source)

    @property
    def output(self) -> str:
        """What the last run has said."""
        return (self._folder / prepared.OUTPUT).read_text(errors="replace")

    def _run(self, tests: Sequence[str], limit: float | None, *options: str) -> int | None:
        # No examples that an earlier change has left.
        shutil.rmtree(self._folder / ".hypothesis", ignore_errors=True)
        own = ["-x", "-q", "--tb=short", "-p", "no:cacheprovider", f"--hypothesis-seed={self._seed}"]
        # Libraries are loaded before pytest can rewrite their assertions, which are not what is asked about.
        own += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([limit, [*own, *options, *tests]]) + "\n")
        self._process.stdin.flush()
        if not (answer := self._process.stdout.readline()):
            sys.exit("The process that runs the tests has ended.")
        return json.loads(answer)


@contextmanager
def copied(checkout: Path, folder: Path, seed: int) -> Iterator[Copy]:
    """A copy of what git knows of a checkout, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout,
        check=True,
        capture_output=True,
    )
    for name in listed.stdout.decode().split("\0"):
        file = checkout / name
        if name and file.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, folder / name)
    process = subprocess.Popen(
        [sys.executable, "-m", "mutants.prepared"],
        cwd=folder,
        # No bytecode: a file is told by its second and size, and a change may keep both.
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    # At its end the input is closed, which ends the process, and what it runs.
    with process:
        yield Copy(folder, seed, process)
