"""Versions that tell stale data from fresh: of the code that makes rows, and of the rows themselves."""

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib.abc import InspectLoader
from importlib.util import find_spec

import dagster as dg

LENGTH = 16
# What Dagster itself writes for the `data_version` of a result; it has no public names for them.
DATA_VERSION_TAG = "dagster/data_version"
IS_OURS_TAG = "dagster/data_version_is_user_provided"


def code_version(*modules: str) -> str:
    """16 hex digits over the code of modules and of all they import from their own package.

    They change with that code, and not with comments, docstrings or formatting, so nobody has to raise a number.

    Raises:
        ImportError: there is no such module, or its source is not installed.
    """
    codes: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name not in codes:
            codes[name], imported = _code(name)
            waiting.extend(imported)
    return _digest(f"{name}\n{codes[name]}" for name in sorted(codes))


def data_version(contents: Iterable[str]) -> dg.DataVersion:
    """The version of what a run made, from the content hashes of its parts: equal parts in equal order, equal version.

    Dagster knows one version per asset and run, so the days of a run over a range share theirs. A day that is made
    again by itself then counts as changed, once, even where it is not. That is harmless where only the same day of
    another asset looks at it, since that is made in the same run; between days see `versioned`.
    """
    return dg.DataVersion(_digest(contents))


def versioned(
    asset: str, day: date, version: str, metadata: Mapping[str, int] | None = None
) -> dg.AssetMaterialization:
    """The event that gives one day of an asset a version of its own, whatever the run it happens in is about.

    The UI shows its metadata, and no longer that of an event before it.
    """
    tags = {DATA_VERSION_TAG: version, IS_OURS_TAG: "true"}
    return dg.AssetMaterialization(asset_key=asset, partition=day.isoformat(), tags=tags, metadata=metadata)


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:LENGTH]


# Assets share most modules, and to parse one takes some 5 ms.
@cache
def _code(module: str) -> tuple[str, tuple[str, ...]]:
    """A module's code without docstrings and formatting, and what it imports from its own package."""
    tree = _without_docstrings(ast.parse(_source(module)))
    return ast.unparse(tree), tuple(_imported(tree, package=module.split(".", maxsplit=1)[0]))


def _source(module: str) -> str:
    spec = find_spec(module)
    source = spec.loader.get_source(module) if spec and isinstance(spec.loader, InspectLoader) else None
    if source is None:
        raise ImportError(f"No source of the module {module}: its code version cannot be told.")
    return source


def _imported(tree: ast.Module, package: str) -> Iterator[str]:
    """Modules of the package that the code names; imports are absolute here, as the whole package has it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == package)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == package:
            yield node.module
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name for name in names if _is_package(node.module) and find_spec(name))


def _is_package(module: str) -> bool:
    spec = find_spec(module)
    return spec is not None and spec.submodule_search_locations is not None


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        has_body = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if has_body and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return tree
