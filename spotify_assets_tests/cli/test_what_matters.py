import io
from pathlib import Path
from threading import Event

from spotify_assets.cli.what_matters import follow, what_matters

TIME = "2026-11-27 21:50:03 +0000"
LINES = [
    "Something that is no log\n",
    f"\x1b[32m{TIME}\x1b[0m - dagster.daemon - \x1b[34mINFO\x1b[0m - Checking for new runs\n",
    "of sensor: raw_objects\n",
    f"{TIME} - dagster - DEBUG - process_raw_objects - STEP_START\n",
    f"{TIME} - dagster - ERROR - process_raw_objects - STEP_FAILURE\n",
    "Traceback\n",
    f"{TIME} - dagster.daemon.EventLogConsumerDaemon - WARNING - No cursor for event type\n",
    f"{TIME} - dagster.daemon.SensorDaemon - WARNING - Waiting for a person\n",
]
MATTERS = [LINES[0], *LINES[4:6], LINES[7]]


def test_warnings_and_errors_matter_with_what_follows_on_them_and_what_is_no_log() -> None:
    assert list(what_matters(LINES)) == MATTERS


def test_a_log_is_followed_to_its_last_word(tmp_path: Path) -> None:
    log, terminal, ended = tmp_path / "ui.log", io.StringIO(), Event()
    log.write_text("".join([*LINES, "an end without a line break"]))
    ended.set()
    follow(log, terminal, ended)
    assert terminal.getvalue() == "".join([*MATTERS, "an end without a line break"])
