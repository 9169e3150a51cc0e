"""Lists that must not miss anything: decisions, the rooms of the package, and the versions of the changelog."""

import re
import tomllib

from packaging.version import Version

from spotify_assets_tests.docs.markdown import ROOT, Document

CHANGELOG = Document(ROOT / "CHANGELOG.md")
ARCHITECTURE = Document(ROOT / "ARCHITECTURE.md")
DECISIONS = ROOT / "docs" / "decisions"


def test_the_index_has_every_decision() -> None:
    files = sorted(path.name for path in DECISIONS.glob("*.md") if path.name != "README.md")
    assert Document(DECISIONS / "README.md").links == files
    assert [name[:2] for name in files] == [f"{number:02}" for number in range(1, len(files) + 1)]


def test_every_decision_has_its_four_parts() -> None:
    parts = ["Context", "Decision", "What was measured", "When to revisit"]
    found = {
        path.name: re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        for path in DECISIONS.glob("[0-9]*.md")
    }
    assert {name for name, headings in found.items() if headings != parts} == set()


def test_the_map_has_every_room() -> None:
    package = ROOT / "spotify_assets"
    rooms = {f"{path.parent.name}/" for path in package.glob("*/__init__.py")} | {"definitions.py", "config.py"}
    (rows,) = re.findall(r"^\| room \|.*\n\|---.*\n((?:\|.*\n)+)", ARCHITECTURE.text, re.MULTILINE)
    mapped = {name for row in rows.splitlines() for name in re.findall(r"`([^`]+)`", row.split("|")[1])}
    assert mapped == rooms


def test_the_changelog_begins_with_what_is_unreleased_and_the_version_is_the_next_one() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    first, *released = re.findall(r"^## (.+)$", CHANGELOG.text, re.MULTILINE)
    assert first == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2}", heading) for heading in released)
    latest = Version(released[0].split(" - ")[0])
    assert Version(version) == latest or (Version(version).is_devrelease and Version(version) > latest)


def test_what_every_released_version_wrote_is_kept_for_the_upgrade_tests() -> None:
    released = re.findall(r"^## (\d\S+) - ", CHANGELOG.text, re.MULTILINE)
    kept = (ROOT / "spotify_assets_tests" / "upgrades" / "released").glob("*.tar.xz")
    assert sorted(path.name.removesuffix(".tar.xz") for path in kept) == sorted(released)
