"""The one command: draw a sample of changes, ask the tests about each, tell the score by module and what survived."""

import argparse
import tempfile
import time
import tomllib
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mutants.changes import Change, changes_of
from mutants.copy import copied
from mutants.targets import asked_about, modules

ROOT = Path(__file__).parents[1]
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
Said = tuple[str, str, str, str]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="another seed, another sample (default: 1)")
    parser.add_argument("--sample", type=int, default=60, help="how many changes are made; 0 for all (default: 60)")
    parser.add_argument("--only", default="", help="part of the path of the modules that are changed")
    parser.add_argument("--list", action="store_true", help="show the sample, run nothing")
    arguments = parser.parse_args()
    console, started = Console(soft_wrap=True, highlight=False, markup=False), time.monotonic()
    drawn = sample(ROOT, arguments.seed, arguments.sample, arguments.only)
    if arguments.list:
        for change in drawn:
            console.print(str(change))
        return 0
    asked = {path: asked_about(ROOT, path) for path in {change.path for change in drawn}}
    survivors: list[Change] = []
    with (
        tempfile.TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True) as folder,
        copied(ROOT, Path(folder).resolve(), arguments.seed) as copy,
    ):
        copy.measure(sorted({name for tests in asked.values() for name in tests}))
        console.print(f"{len(drawn)} changes; the tests pass without any ({_minutes(started)})")
        for number, change in enumerate(drawn, 1):
            noticed = copy.notices(change, asked[change.path])
            if not noticed:
                survivors.append(change)
            console.print(f"{number:4} {'noticed ' if noticed else 'SURVIVED'} {change}")
    _tell(console, drawn, survivors)
    console.print(f"{_minutes(started)}, seed {arguments.seed}")
    return 0


def sample(root: Path, seed: int, size: int, only: str = "") -> list[Change]:
    """So many changes, of those that a test can notice, each as likely as another; all where the size is 0."""
    possible = [change for path in modules(root) if only in path for change in _changes(root, path)]
    unnoticeable = equivalents().keys()
    wanted = [change for change in possible if said(change) not in unnoticeable]
    drawn = sorted(wanted, key=lambda change: (change.order(seed), change.start))[: size or None]
    return sorted(drawn, key=lambda change: (change.path, change.start, change.new))


def said(change: Change) -> Said:
    """What tells a change in the list of those that no test can notice, wherever its line moves."""
    return change.path, change.text, change.old, change.new


def equivalents() -> dict[Said, str]:
    """Changes that make no difference, and why."""
    listed = tomllib.loads(EQUIVALENT.read_text())["equivalent"]
    return {(one["file"], one["line"], one["old"], one["new"]): one["why"] for one in listed}


def _minutes(since: float) -> str:
    return f"{(time.monotonic() - since) / 60:.1f} min"


def _changes(root: Path, path: str) -> list[Change]:
    return changes_of(path, (root / path).read_bytes())


def _tell(console: Console, drawn: list[Change], survivors: list[Change]) -> None:
    made, left = Counter(change.path for change in drawn), Counter(change.path for change in survivors)
    table = Table("module", "changes", "noticed", "score")
    for path, changes in [*sorted(made.items()), ("all", made.total())]:
        noticed = changes - (left.total() if path == "all" else left[path])
        table.add_row(path, str(changes), str(noticed), f"{noticed / changes:.0%}")
    if drawn:
        console.print(table)
    console.print("Survivors:" if survivors else "None survived.")
    for change in survivors:
        console.print(f"  {change}")


if __name__ == "__main__":
    raise SystemExit(main())
