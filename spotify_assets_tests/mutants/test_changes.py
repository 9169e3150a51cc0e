"""The small changes of `make mutants`: which there are, and that what is said of them is still true."""

from pathlib import Path

import pytest

from mutants.__main__ import equivalents, said, sample
from mutants.changes import changes_of
from mutants.targets import ALSO, PACKAGE, TESTS, asked_about, modules

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("found = a < b", ["found = a <= b"]),
        ("found = (a) not in (b)", ["found = (a) in (b)"]),
        ("found = a is not None and not b", ["found = a is None and not b", "found = a is not None and b"]),
        ("SECONDS = 5", ["SECONDS = 6", "SECONDS = 4"]),
        ("FLAG = True", ["FLAG = False"]),
        ("found = max(abs(a), b)", ["found = min(abs(a), b)", "found = max((a), b)"]),
        ("rows = (a\n    .filter(b)).min()", ["rows = (a\n    ).min()", "rows = (a\n    .filter(b)).max()"]),
        ('rows = a.join(b, how="left")', ['rows = a.join(b, how="inner")']),
        ("rows = first | second", ["rows = first & second"]),
        ("note(a)", ["pass"]),
    ],
)
def test_one_thing_is_changed_at_a_time(line: str, changed: list[str]) -> None:
    made = [change.applied_to(line.encode()).decode() for change in changes_of("module.py", line.encode())]
    assert set(changed) <= set(made)
    assert line not in made


@pytest.mark.parametrize(
    "line",
    [
        '"""Words about 5 things."""',
        "log.warning('more than %d', 5)",
        "context.log.info(5)",
        "NOTHING = 0.0",
        "LARGEST = 1_000_000",
        "class Stage(Struct, frozen=True): ...",
        "Decision = Request | Wait",
        "def found(day: date | None) -> Day | None: ...",
        "text = f'{day:%H} {number + 1}'",
        "from a import b",
    ],
)
def test_words_types_and_logs_stay_as_they_are(line: str) -> None:
    assert changes_of("module.py", line.encode()) == []


def test_a_change_stands_where_it_says_also_after_letters_of_several_bytes() -> None:
    [less, more] = changes_of("module.py", "# ±, →\nLIMIT = 'ü', 5\n".encode())
    assert (more.line, more.old, more.new, less.new) == (2, "5", "6", "4")
    assert more.applied_to("# ±, →\nLIMIT = 'ü', 5\n".encode()).decode() == "# ±, →\nLIMIT = 'ü', 6\n"


def test_equal_seeds_draw_equal_samples() -> None:
    drawn = sample(ROOT, 1, 20, "transform/")
    assert drawn == sample(ROOT, 1, 20, "transform/")
    assert len(drawn) == 20
    assert drawn != sample(ROOT, 2, 20, "transform/")


def test_what_is_said_to_make_no_difference_is_a_change_that_can_be_made() -> None:
    possible = {said(change) for path in modules(ROOT) for change in changes_of(path, (ROOT / path).read_bytes())}
    assert equivalents().keys() <= possible
    assert all(why.strip() for why in equivalents().values())


def test_every_module_has_tests_that_are_asked() -> None:
    assert [path for path in modules(ROOT) if not asked_about(ROOT, path)] == []
    named = [name for names in ALSO.values() for name in names]
    assert [name for name in named if not (ROOT / TESTS / name).is_file()] == []
    assert [path for path in ALSO if not (ROOT / PACKAGE / path).is_file()] == []
