"""The code server of a container: Dagster's own, which ends as a whole where a part of it does.

`dagster code-server start` is two processes: one listens, the other holds the code and starts the runs. Where the
kernel kills the second for want of memory, the first goes on, healthy to whoever asks, with no code behind it. Here the
server ends then, and its container with every run in it. Docker starts it again, and the sensor `lost_runs` the runs.

    python -m spotify_assets.automation.code_server -h 0.0.0.0 -p 4000 -m spotify_assets.definitions
"""

import argparse
import logging
import os
import signal
import subprocess
import sys
import threading
import time

from spotify_assets.automation.dagster_internals import DagsterGrpcClient, DagsterUserCodeUnreachableError
from spotify_assets.automation.lost_runs import BEGAN_VARIABLE

LOOK_SECONDS = 5.0
# While code is loaded anew, or on a busy machine, one look may find nobody.
UNANSWERED = 3
LOADED = "The code is loaded, and looked after from now on."
log = logging.getLogger(__name__)


def serve(port: int, words: list[str], look_seconds: float = LOOK_SECONDS) -> int:
    """Runs Dagster's code server, asked to stop when this process is; gives its exit code, 1 where it lost its code."""
    os.environ[BEGAN_VARIABLE] = str(time.time())
    server = subprocess.Popen([sys.executable, "-m", "dagster", "code-server", "start", *words])  # noqa: S603  our own
    asked_to_stop = threading.Event()

    def stop(*_: object) -> None:
        asked_to_stop.set()
        server.terminate()

    signal.signal(signal.SIGTERM, stop)
    client = DagsterGrpcClient(host="127.0.0.1", port=port)
    # Code that cannot be loaded is shown by Dagster, and no reason to end.
    has_answered, unanswered = False, 0
    while True:
        try:
            return server.wait(look_seconds)
        except subprocess.TimeoutExpired:
            unanswered = 0 if _answers(client) else unanswered + 1
        if unanswered == 0 and not has_answered:
            has_answered = True
            log.info(LOADED)
        if has_answered and unanswered >= UNANSWERED and not asked_to_stop.is_set():
            log.error("The process that held the code is gone: the code server ends, to be started again.")
            server.kill()
            server.wait()
            return 1


def _answers(client: DagsterGrpcClient) -> bool:
    """Whether the process that holds the code does: a ping is handed on to it."""
    try:
        client.ping("")
    except DagsterUserCodeUnreachableError:
        return False
    return True


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("-p", type=int, required=True)
    sys.exit(serve(options.parse_known_args()[0].p, sys.argv[1:]))
