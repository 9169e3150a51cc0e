"""Storage errors, in words for the person who has to fix them."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

# SQLite's message for a full, a failing or a read-only disk alike: the disk itself is checked.
SQLITE_GUESSES = ("readonly database", "malformed", "disk I/O error", "unable to open database file", "not a database")
# Bytes; less is not enough for a commit.
LEAST_SPACE = 65_536
# Opens files as SQLite does, and reads them to the end.
READ_THROUGH = """
import sys
for file in sys.argv[1:]:
    with open(file, "r+b") as content:
        while content.read(1 << 20):
            pass
"""
CATALOG_FILE = "catalog.db"
SOUND = "all is well with database and disk"
REMEDIES = (
    (
        ("NoSuchBucket", "specified bucket does not exist"),
        "the bucket does not exist",
        "Create it, or correct {setting}.",
    ),
    (
        ("NonExistentQueue", "QueueDoesNotExist"),
        "the queue does not exist",
        "Create it, or correct RAW_EVENTS_QUEUE_URL.",
    ),
    # Before the next: S3 answers wrong credentials with 403, too.
    (
        (
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "ExpiredToken",
            "NoCredentials",
            "Unable to locate credentials",
        ),
        "the AWS credentials are missing or not valid",
        "Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in again.",
    ),
    (
        ("AccessDenied", "ACCESS_DENIED", "PermissionDenied", "403 Forbidden", "(403)"),
        "access is denied",
        "Grant this role read, write and list on the bucket and prefix (docs/aws.md), or use other credentials.",
    ),
    (
        (
            "PermanentRedirect",
            "AuthorizationHeaderMalformed",
            "IllegalLocationConstraint",
            "incorrectly configured region",
            "(301)",
        ),
        "the bucket is in another region",
        "Set AWS_REGION to the bucket's region.",
    ),
    (
        ("Connection refused", "ConnectError", "dns error", "EndpointConnectionError", "Could not connect"),
        "the storage cannot be reached",
        "Check the network and AWS_ENDPOINT_URL.",
    ),
    (
        ("timed out", "TimedOut", "Read timeout", "Connect timeout"),
        "the storage does not answer",
        "Check the network and AWS_ENDPOINT_URL, then run again.",
    ),
    (
        ("503 Service", "500 Internal", "ServiceUnavailable", "InternalError", "InternalServiceException", "SlowDown"),
        "the storage is not available right now",
        "Run again; if it stays like this, look at the service's status.",
    ),
    (
        ("ConnectionClosed", "Connection was closed", "connection closed", "IncompleteMessage", "Connection reset"),
        "the storage closed the connection before it answered",
        "Run again; the request may have been carried out.",
    ),
    (
        ("No space left", "os error 28", "Errno 28", "database or disk is full", "Errno 122"),
        "the disk is full",
        "Free some space, then run again.",
    ),
    (
        ("Input/output error", "os error 5)", "[Errno 5]", "disk I/O error"),
        "the disk fails to read or write",
        "Look at the system's log (dmesg), and copy what can still be read to a healthy disk.",
    ),
    (
        ("Read-only file system", "os error 30", "Errno 30", "readonly database"),
        "it is read-only",
        "Choose another {setting}.",
    ),
    (("Errno 2]",), "no folder can be created there", "Choose another {setting}."),
    (
        ("Permission denied", "os error 13", "Errno 13"),
        "this user may not write there",
        "Change the folder's permissions or choose another {setting}.",
    ),
    (
        ("malformed", "not a database"),
        "its database is damaged",
        "Put back a copy of the file; what it names is still there.",
    ),
    (
        (SOUND,),
        "its database could not be used, though file and disk are well now",
        "Run again; where it stays so, look at the system's log (dmesg).",
    ),
    (
        ("database is locked",),
        "another program has held its database for a minute",
        "Wait until that is done, then run again.",
    ),
    (
        ("Not a directory", "os error 20", "Errno 20", "File exists"),
        "a file is in the way",
        "Choose another {setting}.",
    ),
)


class LakeError(RuntimeError):
    """The lake cannot do what was asked; the message says what, where, why, and the remedy."""


class Elsewhere(LakeError):
    """A table's files are outside the lake: it was moved or copied, or the catalog is another lake's."""


class TooLarge(LakeError):
    """An object that is too large to be read."""

    def __init__(self, key: str, size: int, at_most: int) -> None:
        self.size = size
        super().__init__(f"{key} is of {size:,} bytes, and none of more than {at_most:,} is read.")


def explain(
    home: str,
    action: str,
    error: Exception,
    *,
    setting: str = "LAKE_URL",
    databases: Sequence[str] = (CATALOG_FILE,),
) -> str:
    """One or two sentences for a storage error: what could not be done, where, why, and what to do.

    `home` is a folder or an address, `setting` chooses it, `databases` are the SQLite files in a folder.
    """
    text = str(error)
    if "://" not in home and any(guess in text for guess in SQLITE_GUESSES):
        text = look_at(Path(home), databases) or text
    for signs, reason, remedy in REMEDIES:
        if any(sign in text for sign in signs):
            return f"Cannot {action} in {home}: {reason}. {remedy.format(setting=setting)}"
    first_line = text.splitlines()[0][:300] if text else type(error).__name__
    return f"Cannot {action} in {home}: {first_line}"


def look_at(folder: Path, databases: Sequence[str]) -> str | None:
    """What a folder and its SQLite files show, in the words of the signs; None if there is no folder."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(LEAST_SPACE))
            probe.flush()
            os.fsync(probe.fileno())
    except FileNotFoundError:
        return None
    except OSError as error:
        return str(error)
    files = [str(file.absolute()) for name in databases if (file := folder / name).exists()]
    # By another process: closing a file in this one would release SQLite's locks on it that other threads hold.
    opened = subprocess.run([sys.executable, "-I", "-S", "-c", READ_THROUGH, *files], capture_output=True, check=False)  # noqa: S603  our own words
    if opened.returncode:
        return (opened.stderr.decode(errors="replace").splitlines() or [None])[-1]
    return SOUND if all(map(_is_sound, files)) else "malformed"


def _is_sound(file: str) -> bool:
    try:
        with closing(sqlite3.connect(f"file:{quote(file)}?mode=ro", uri=True)) as connection:
            return connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    except sqlite3.Error:
        return False
