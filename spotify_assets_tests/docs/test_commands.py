"""Commands that documents name can be typed, and every command, option and target can be found in a document."""

import argparse
import contextlib
import io
import re
import shlex

import pytest

from spotify_assets.cli.main import _parser
from spotify_assets.cli.query import question
from spotify_assets_tests.docs.markdown import DOCUMENTS, ROOT, Document

BY_NAME = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
# Up to where the shell takes over.
COMMAND = re.compile(r"(?:^|[\s/])spotify-assets (?P<arguments>[^|;&>]*)")
MAKE = re.compile(r"(?:^|&& |\$ )make (?P<targets>[a-z][a-z -]*)")
MODULE = re.compile(r"python[\d.]* -m (?P<module>\w+(?:\.\w+)*)")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
TARGETS = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))


def _typed(document: Document) -> list[str]:
    found = [match["arguments"].strip() for command in document.commands for match in COMMAND.finditer(command)]
    # "…" stands for what the reader puts there.
    return [arguments.replace("…", "something") for arguments in found if not arguments.startswith("_")]


def _is_understood(arguments: str) -> bool:
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try:
            _parser().parse_args(shlex.split(arguments))
        except SystemExit as end:
            # A path or a query that is left out, where only the command itself is meant.
            return end.code == 0 or re.search("arguments are required: (folder|PATH)\n", said.getvalue()) is not None
    return True


@BY_NAME
def test_commands_can_be_typed(document: Document) -> None:
    assert [arguments for arguments in _typed(document) if not _is_understood(arguments)] == []


def _commands() -> dict[str, argparse.ArgumentParser]:
    (commands,) = (action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction))
    return dict(commands.choices)


def test_every_command_and_option_is_documented() -> None:
    typed = [shlex.split(arguments) for document in DOCUMENTS for arguments in _typed(document)]
    found = {(words[0], word.split("=")[0]) for words in typed for word in words}
    wanted = {(name, name) for name in _commands()} | {
        (name, option)
        for name, parser in _commands().items()
        for action in parser._actions
        for option in action.option_strings
        if option.startswith("--") and option != "--help"
    }
    assert wanted - found == set()


@BY_NAME
def test_saved_queries_can_be_asked_with_these_parameters(document: Document) -> None:
    understood = [arguments for arguments in _typed(document) if "--saved" in arguments]
    for arguments in understood:
        asked = _parser().parse_args(shlex.split(arguments))
        question(asked.sql, asked.saved, asked.param)


def _targets(document: Document) -> set[str]:
    matches = [match for command in document.commands for match in MAKE.finditer(command)]
    return {target for match in matches for target in match["targets"].split()}


@BY_NAME
def test_targets_of_make_are_there(document: Document) -> None:
    assert _targets(document) - TARGETS == set()


def test_every_target_of_make_is_documented() -> None:
    assert TARGETS - set[str]().union(*map(_targets, DOCUMENTS)) == set()


@BY_NAME
def test_modules_to_run_are_there(document: Document) -> None:
    modules = [match["module"] for command in document.commands for match in MODULE.finditer(command)]
    paths = {module: ROOT / module.replace(".", "/") for module in modules if (ROOT / module.split(".")[0]).is_dir()}
    there = {
        name for name, path in paths.items() if path.with_suffix(".py").exists() or (path / "__main__.py").exists()
    }
    assert paths.keys() - there == set()
