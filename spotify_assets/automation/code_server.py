"""The code server of a container: Dagster's own, which stops entirely if one of its processes does.

`dagster code-server start` is two processes: one listens, the other holds the code and starts the runs. If the kernel
kills the second for lack of memory, the first keeps running and reports healthy, with no code behind it. Here the
server stops in that case, and its container with every run in it. Docker restarts it, and the sensor `lost_runs` the
runs.

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
# During a reload, or on a busy machine, a single look may get no answer.
UNANSWERED = 3
LOADED = "The code is loaded, and monitored from now on."
log = logging.getLogger(__name__)


def serve(port: int, words: list[str], look_seconds: float = LOOK_SECONDS) -> int:
    """Runs Dagster's code server, and stops it with this process; gives its exit code, 1 if it lost its code."""
    os.environ[BEGAN_VARIABLE] = str(time.time())
    server = subprocess.Popen([sys.executable, "-m", "dagster", "code-server", "start", *words])  # noqa: S603  our own
    asked_to_stop = threading.Event()

    def stop(*_: object) -> None:
        asked_to_stop.set()
        server.terminate()

    signal.signal(signal.SIGTERM, stop)
    client = DagsterGrpcClient(host="127.0.0.1", port=port)
    # Dagster shows code that cannot be loaded; that is no reason to stop.
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
            log.error("The process with the code is gone: the code server stops, to be restarted.")
            server.kill()
            server.wait()
            return 1


def _answers(client: DagsterGrpcClient) -> bool:
    """Whether the process with the code answers: a ping is forwarded to it."""
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
