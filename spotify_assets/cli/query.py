"""`query`: SQL, or a saved query, over the published tables."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from spotify_assets.cli.errors import CommandError
from spotify_assets.cli.rows import Csv, encoded, form_of, write_file
from spotify_assets.cli.terminal import print_frame
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.sql import query
from spotify_assets.serving.known_values import why_nothing
from spotify_assets.serving.literal_days import with_literal_days
from spotify_assets.serving.playlist_names import NAMES_SQL, CalledSo, Unresolved, resolve
from spotify_assets.serving.saved_queries import NoSuchQuery, Value, saved_queries, saved_query
from spotify_assets.transform.findings import counted

# A separate exit code for "nothing found", as `grep` has.
NOTHING_FOUND = 3


@dataclass(frozen=True)
class Question:
    """SQL and its parameters, and either the name of its saved query or the day whose staged tables it queries.

    Without either it is the user's own SQL over the published tables.
    """

    sql: str
    values: dict[str, Value]
    saved: str | None = None
    staged: date | None = None


def run_query(lake: Lake, asked: Question | None, form: str | None, output: Path | None, csv: Csv) -> int:
    """Runs one query and writes its rows in the given format to the terminal or a file; None lists the saved queries.

    A saved query without rows says so, and exits with code 3.
    """
    if asked is None:
        return _print_saved_queries()
    form = form if output is None else form_of(output, form)
    csv.require("csv" if form in (None, "table") and output is not None else form)
    sql, values = asked.sql, _with_playlist(lake, asked.values)
    if asked.saved is not None:
        sql, values = with_literal_days(lake, sql, values)
    frame = query(lake, sql, values, staged=asked.staged)
    _write(frame, form, output, csv)
    if frame.is_empty() and asked.saved is not None:
        told = ", ".join(f"{name}={value}" for name, value in asked.values.items() if value is not None)
        why = "".join(f" {sentence}" for sentence in why_nothing(asked.values, partial(query, lake)))
        print(f"{asked.saved}: no rows{f' for {told}' if told else ''}.{why}", file=sys.stderr)
        return NOTHING_FOUND
    return 0


def _write(frame: pl.DataFrame, form: str | None, output: Path | None, csv: Csv) -> None:
    # Addresses are for pasting elsewhere.
    form = form or ("lines" if frame.columns == ["url"] else "table")
    if form == "table" and output is None:
        print_frame(frame)
        return
    if form == "parquet" and output is None and sys.stdout.isatty():
        raise CommandError("Parquet is not for a terminal. Add --output FILE, or pipe it into one.")
    form = "csv" if form == "table" else form
    data = encoded(frame, form, csv)
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_file(output, data)
        print(f"Wrote {counted(frame.height, 'row')} to {output}, as {form}.", file=sys.stderr)


def _with_playlist(lake: Lake, values: dict[str, Value]) -> dict[str, Value]:
    """The same values, with the playlist's name replaced by its id."""
    if not isinstance(named := values.get("playlist"), str):
        return values
    names = [CalledSo(*row) for row in query(lake, NAMES_SQL).iter_rows()]
    try:
        return values | {"playlist": resolve(named, names)}
    except Unresolved as error:
        raise CommandError(str(error)) from None


def question(sql: str | None, saved: str | None, given: Sequence[str], staged: date | None = None) -> Question | None:
    """The question asked: either SQL, or a saved query with `name=value` pairs.

    None for a saved query without a name, which lists them.

    Raises:
        CommandError: it is neither or both, not text, or the saved query or a parameter is unknown.
    """
    if any(_is_garbled(text) for text in (sql, saved, *given) if text):
        raise CommandError("The question is not UTF-8 text.")
    if staged is not None and saved is not None:
        raise CommandError('Saved queries read published tables. With --staged: query --staged DAY "SELECT …".')
    if saved == "" and sql is None:
        return None
    if saved is None and sql is not None:
        if given:
            raise CommandError("--param belongs to a saved query: query --saved NAME --param NAME=VALUE")
        return Question(sql, {}, staged=staged)
    if not saved or sql is not None:
        raise CommandError('Give either SQL, as in query "SELECT * FROM playlists", or query --saved NAME.')
    pairs = [pair.partition("=") for pair in given]
    if unpaired := [name for name, separator, _ in pairs if not separator]:
        raise CommandError(f"--param {unpaired[0]}: write it as NAME=VALUE.")
    try:
        found = saved_query(saved)
        return Question(found.sql, found.values({name: value for name, _, value in pairs}), saved)
    except NoSuchQuery as error:
        raise CommandError(str(error)) from None


def _is_garbled(text: str) -> bool:
    """Whether the shell gave bytes that are not text, which Python keeps as lone surrogates."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _print_saved_queries() -> int:
    for found in saved_queries().values():
        print(f"{found.name}\n    {found.description}")
        for parameter in found.parameters.values():
            default = "" if parameter.default == "NULL" else f" (default {parameter.default_value})"
            print(f"    --param {parameter.name}=…  {parameter.meaning}{default}")
    return 0
