"""The command `spotify-assets`: sign in, fill a lake, query it, export data, open the UI."""

import argparse
import atexit
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
from polars.exceptions import PanicException

from spotify_assets.cli.errors import CommandError
from spotify_assets.config import SettingsError, settings
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake

# If set to anything, unexpected errors show their full traceback.
TRACEBACK = "SPOTIFY_ASSETS_TRACEBACK"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives its exit code. Errors a user can fix are one message, never a traceback."""
    _mend_streams()
    parsed = _parser().parse_args([_text(argument) for argument in (sys.argv[1:] if arguments is None else arguments)])
    try:
        code = _run(parsed)
        sys.stdout.flush()
    except (SettingsError, LakeError, CommandError, duckdb.Error) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        _close_stdout()
        return 0
    except KeyboardInterrupt:
        # The convention of shells: 128 plus the signal number.
        return 130
    except (Exception, PanicException) as error:
        if os.environ.get(TRACEBACK):
            raise
        if isinstance(error, OSError):
            _close_stdout()
        # Unexpected; someone who only asked for rows should not have to read code.
        first_line = (str(error).strip().splitlines() or ["no reason given"])[0]
        print(f"error: {type(error).__name__}: {first_line} ({TRACEBACK}=1 shows where)", file=sys.stderr)
        return 1
    return code


def _mend_streams() -> None:
    """Characters that a terminal cannot show become question marks; a closed stream discards everything."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = Path(os.devnull).open("r" if name == "stdin" else "w")  # noqa: SIM115  closed at the end
            atexit.register(nowhere.close)
            setattr(sys, name, nowhere)
        elif name != "stdin" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _text(argument: str) -> str:
    """An argument as UTF-8, whatever the locale; one that is not UTF-8, such as an old path, stays as it is."""
    with suppress(UnicodeError):
        return os.fsencode(argument).decode()
    return argument


def _close_stdout() -> None:
    """Discards further output: at exit Python would otherwise try to flush it, and report that."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="spotify-assets", description=__doc__)
    parser.add_argument("--version", action="version", version=f"spotify-assets {version('spotify-assets')}")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="capture and publish the missing days of the last weeks")
    run.add_argument("--days", type=_positive, default=35, help="how many days, including today (default 35)")
    _add_import(
        commands.add_parser("import", help="import chart files that you have: land and publish each of their days")
    )
    rebuild = commands.add_parser(
        "rebuild",
        help="rebuild the tables from raw/, for a lake that was moved or copied, or whose catalog was lost",
    )
    instead = rebuild.add_mutually_exclusive_group()
    instead.add_argument(
        "--playlists-file",
        action="store_true",
        help="rebuild only the days whose entries in playlists.yaml have changed since",
    )
    instead.add_argument(
        "--details",
        action="store_true",
        help="rebuild only the published days whose songs or artists got details later",
    )
    rebuild.add_argument("--dry-run", action="store_true", help="only print what would be done")
    ask = commands.add_parser("query", help="SQL over the published tables")
    ask.add_argument("sql", nargs="?", help='such as "SELECT * FROM playlists"')
    ask.add_argument("--saved", nargs="?", const="", metavar="NAME", help="a saved query; without a name, list them")
    ask.add_argument(
        "--staged",
        type=_day,
        metavar="DAY",
        help="query only the latest staged tables of this day (YYYY-MM-DD), published or held back",
    )
    ask.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter of a saved query")
    ask.add_argument(
        "--format",
        choices=["table", "csv", "json", "parquet", "lines"],
        help="default: table, or lines if the only column is url; lines: the first column, one value a line",
    )
    ask.add_argument("--output", type=Path, help="write to this file instead of the terminal")
    _add_csv_options(ask)
    export = commands.add_parser("export", help="write every published table to a folder, one file each")
    export.add_argument("folder", type=Path)
    export.add_argument("--format", choices=["csv", "parquet"], default="parquet")
    _add_csv_options(export)
    page = commands.add_parser("page", help="write the page with all of history, in pieces that a web server offers")
    page.add_argument("folder", help="where to: a folder, or s3://bucket/prefix")
    ui = commands.add_parser("ui", help="Dagster's webserver and daemon on 127.0.0.1")
    ui.add_argument("--port", type=_port, default=3000)
    login = commands.add_parser("login", help="sign in at Spotify, for playlists that only their owner may read")
    login.add_argument("--port", type=_port, default=8765, help="port that the browser is redirected to (default 8765)")
    login.add_argument("--store", choices=["env", "secret", "show"], help="where to store the token, without asking")
    login.add_argument("--no-browser", action="store_true", help="only print the address")
    doctor = commands.add_parser("doctor", help="check the setup, and say what to do if something is missing")
    doctor.add_argument("--deep", action="store_true", help="also read every published file and raw object")
    return parser


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files, folders, ZIP archives")
    parser.add_argument("--dry-run", action="store_true", help="only print what is in them")
    parser.add_argument("--as-of", type=_day, metavar="DAY", help="the day (YYYY-MM-DD) of files that do not state it")
    parser.add_argument("--playlist", metavar="ID", help="the playlist of a file that does not state its id")
    parser.add_argument("--chart", metavar="ID", help="the chart of a file, such as regional-global-daily")
    parser.add_argument("--origin", metavar="TEXT", help="where the files are from, stored with them")
    parser.add_argument("--licence", metavar="TEXT", help="terms of use of the files, stored with them")


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a day has no time zone
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day in the form YYYY-MM-DD") from None


def _add_csv_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--raw",
        action="store_true",
        help="csv with unchanged values; without it, text that a spreadsheet would run as a formula begins with a '",
    )
    parser.add_argument(
        "--bom", action="store_true", help="csv with a byte order mark, so that Excel reads it as UTF-8"
    )


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
    # Each command imports what it needs: Dagster takes seconds to import, and a query should not wait for it.
    match parsed.command:
        case "query":
            from spotify_assets.cli.query import question, run_query
            from spotify_assets.cli.rows import Csv

            asked = question(parsed.sql, parsed.saved, parsed.param, parsed.staged)
            return run_query(
                Lake(settings(), of_a_run=True), asked, parsed.format, parsed.output, Csv(parsed.raw, parsed.bom)
            )
        case "export" | "page":
            return _take_out(parsed)
        case "ui":
            from spotify_assets.cli.instance_errors import clear_instance_errors
            from spotify_assets.cli.ui import run_ui

            with clear_instance_errors():
                return run_ui(parsed.port)
        case "login":
            from spotify_assets.cli.login import run_login

            return run_login(settings(), parsed.port, parsed.store, not parsed.no_browser)
        case "doctor":
            from spotify_assets.cli.doctor import run_doctor

            return run_doctor(deep=parsed.deep)
        case _:
            return _fill(parsed)


def _take_out(parsed: argparse.Namespace) -> int:
    lake = Lake(settings(), of_a_run=True)
    if parsed.command == "page":
        from spotify_assets.cli.page import run_page

        return run_page(lake, parsed.folder)
    from spotify_assets.cli.export import run_export
    from spotify_assets.cli.rows import Csv

    return run_export(lake, parsed.folder, parsed.format, Csv(parsed.raw, parsed.bom))


def _fill(parsed: argparse.Namespace) -> int:
    from spotify_assets.capture.imports import Said
    from spotify_assets.cli.import_files import run_import
    from spotify_assets.cli.instance_errors import clear_instance_errors
    from spotify_assets.cli.rebuild import run_details, run_playlists_file, run_rebuild
    from spotify_assets.cli.run import run_days

    with clear_instance_errors():
        lake = Lake(settings())
        match parsed.command:
            case "import":
                said = Said(parsed.as_of, parsed.chart, parsed.playlist, parsed.origin, parsed.licence)
                return run_import(lake, parsed.paths, said, is_dry=parsed.dry_run)
            case "rebuild":
                others = run_details if parsed.details else run_rebuild
                again = run_playlists_file if parsed.playlists_file else others
                return again(lake, is_dry=parsed.dry_run)
            case _:
                return run_days(lake, parsed.days)
