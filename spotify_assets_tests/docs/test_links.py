"""Links, paths and tests that documents name are there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from spotify_assets_tests.docs.markdown import DOCUMENTS, ROOT, Document

PACKAGES = (ROOT / "spotify_assets", ROOT / "spotify_assets_tests")
# A path of this project rather than one of a lake, a bucket or a reader's own machine begins with one of these.
FOLDERS = {
    *(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")),
    *(path.name for package in PACKAGES for path in package.iterdir() if path.is_dir()),
    *(".ci", ".github"),
} - {"build", "dist"}
PATH = re.compile(r"[\w.-]+(/[\w.-]+)*/?")
TEST = re.compile(r"(?P<file>(?:\w+/)*test_\w+\.py)(?:::(?P<name>\w+))?")
WITH_TESTS = [document for document in DOCUMENTS if TEST.search(document.text)]
BY_NAME = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)


@BY_NAME
def test_links_lead_somewhere(document: Document) -> None:
    assert [link for link in document.links if not _leads_somewhere(document, link)] == []


def _leads_somewhere(document: Document, link: str) -> bool:
    if link.startswith(("https://", "http://")):
        return True
    path, _, anchor = link.partition("#")
    target = (document.path.parent / path).resolve() if path else document.path
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not anchor or anchor in Document(target).anchors


@BY_NAME
def test_paths_are_there(document: Document) -> None:
    paths = [span for span in document.spans if "/" in span and PATH.fullmatch(span) and span.split("/")[0] in FOLDERS]
    homes = (ROOT, *PACKAGES, document.path.parent)
    assert [path for path in paths if not any((home / path).exists() for home in homes)] == []


@pytest.mark.parametrize("document", WITH_TESTS, ids=lambda document: document.name)
def test_tests_are_there(document: Document) -> None:
    named = [(found["file"], found["name"]) for found in TEST.finditer(document.text)]
    assert [(file, test) for file, test in named if not _is_there(file, test)] == []


def _is_there(file: str, test: str | None) -> bool:
    short = file.removeprefix("spotify_assets_tests/")
    paths = [PACKAGES[1] / short] if "/" in short else list(PACKAGES[1].rglob(short))
    return any(path.exists() and (test is None or test in _tests_of(path)) for path in paths)


@cache
def _tests_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
