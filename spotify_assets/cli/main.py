"""The command `spotify-assets`: sign in, fill a lake, look into it, take data out, open the UI."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from spotify_assets.cli.errors import CommandError
from spotify_assets.config import SettingsError, settings
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives its exit code. Errors a user can mend are one message, never a traceback."""
    parsed = _parser().parse_args(arguments)
    try:
        return _run(parsed)
    except (SettingsError, LakeError, CommandError, duckdb.Error) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        # As shells count it: 128 and the number of the signal.
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="spotify-assets", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="capture and publish the days of the last weeks that are missing")
    run.add_argument("--days", type=_positive, default=28, help="how many days, today included (default 28)")
    ask = commands.add_parser("query", help="SQL over the published tables")
    ask.add_argument("sql", nargs="?", help='such as "SELECT * FROM playlists"')
    ask.add_argument(
        "--saved", nargs="?", const="", metavar="NAME", help="a saved query; without a name: which there are"
    )
    ask.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter of a saved query")
    ask.add_argument(
        "--format",
        choices=["table", "csv", "json", "parquet", "lines"],
        help="table, or lines for a query of nothing but addresses; lines: the first column, a value a line",
    )
    ask.add_argument("--output", type=Path, help="write to this file instead of the terminal")
    _add_csv_options(ask)
    export = commands.add_parser("export", help="write every published table to a folder, one file each")
    export.add_argument("folder", type=Path)
    export.add_argument("--format", choices=["csv", "parquet"], default="parquet")
    _add_csv_options(export)
    ui = commands.add_parser("ui", help="Dagster's webserver and daemon on 127.0.0.1")
    ui.add_argument("--port", type=_port, default=3000)
    login = commands.add_parser("login", help="sign in at Spotify, for the playlists that only their owner may read")
    login.add_argument("--port", type=_port, default=8765, help="where the browser comes back to (default 8765)")
    login.add_argument("--store", choices=["env", "secret", "show"], help="where to put the token, without asking")
    login.add_argument("--no-browser", action="store_true", help="only print the address")
    commands.add_parser("doctor", help="whether everything is set up, and what to do where it is not")
    return parser


def _add_csv_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--raw",
        action="store_true",
        help="csv as the values are; without it, text that a spreadsheet would run as a formula begins with a '",
    )
    parser.add_argument("--bom", action="store_true", help="csv with the mark by which Excel knows that it is UTF-8")


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _port(text: str) -> int:
    number = _positive(text)
    if number > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port; the highest is 65535")
    return number


def _run(parsed: argparse.Namespace) -> int:
    # Each command imports what it needs, since Dagster takes seconds that a query should not wait for.
    match parsed.command:
        case "query":
            from spotify_assets.cli.query import question, run_query
            from spotify_assets.cli.rows import Csv

            asked = question(parsed.sql, parsed.saved, parsed.param)
            return run_query(Lake(settings()), asked, parsed.format, parsed.output, Csv(parsed.raw, parsed.bom))
        case "export":
            from spotify_assets.cli.export import run_export
            from spotify_assets.cli.rows import Csv

            return run_export(Lake(settings()), parsed.folder, parsed.format, Csv(parsed.raw, parsed.bom))
        case "ui":
            from spotify_assets.cli.ui import run_ui

            return run_ui(parsed.port)
        case "login":
            from spotify_assets.cli.login import run_login

            return run_login(settings(), parsed.port, parsed.store, not parsed.no_browser)
        case "doctor":
            from spotify_assets.cli.doctor import run_doctor

            return run_doctor()
        case _:
            from spotify_assets.cli.run import run_days

            return run_days(Lake(settings()), parsed.days)
