"""Dagster's private names are in one module, and where a release moves one, this says which."""

import ast
import importlib
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

import spotify_assets
from spotify_assets.automation import dagster_internals

PACKAGE = Path(spotify_assets.__file__).parent
PRIVATE = re.compile(r"dagster\w*\._")
MODULE = Path(str(dagster_internals.__file__))


def _private_names() -> list[tuple[str, str]]:
    imports = [node for node in ast.walk(ast.parse(MODULE.read_text())) if isinstance(node, ast.ImportFrom)]
    return [(str(node.module), alias.name) for node in imports for alias in node.names]


@pytest.mark.parametrize(("module", "name"), _private_names())
def test_dagster_has_each_private_name_where_we_look_for_it(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name), f"Dagster has moved {name} out of {module}"


def test_dagster_has_the_module_that_runs_its_daemon() -> None:
    assert find_spec(f"{dagster_internals.DAEMON_MODULE}.__main__") is not None


def test_no_other_module_names_what_is_private_to_dagster() -> None:
    naming = {path for path in PACKAGE.rglob("*.py") if PRIVATE.search(path.read_text())}
    assert naming == {MODULE}
