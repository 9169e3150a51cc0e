"""The alert about a run that failed for good: its days, why, and what to do."""

import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import SecretStr

from spotify_assets.config import Settings

# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: a subject is at most 100 printable ASCII characters.
LONGEST_SUBJECT = 100
LINES_PER_REASON, LONGEST_LINE, REASONS = 5, 500, 20
HIDDEN = "[hidden]"
TOKEN = re.compile(r"(?i)(\b(?:bearer|basic)\s+|\b(?:access|refresh)_token\W{1,4})[\w.~+/=-]{8,}")


@dataclass(frozen=True)
class Alert:
    """A message for people: its subject in one line, and its text."""

    subject: str
    message: str


def compose(job: str, run_id: str, days: Collection[date], reasons: Sequence[str], settings: Settings) -> Alert:
    """The message about a run that failed: its days, the first lines of each reason, and what to do.

    Credentials that a library may have put into an error are hidden.
    """
    covered = _covered(days)
    told = [_first_lines(reason) for reason in reasons[:REASONS]]
    if len(reasons) > REASONS:
        told.append(f"… and {len(reasons) - REASONS} more")
    lines = [
        f"The job {job} failed for {covered}, and will not be retried." if days else f"The job {job} failed.",
        *(f"- {reason}" for reason in told),
        f"What to do: {_remedy(job, reasons)}",
        f"Lake: {settings.lake_url} ({settings.spotify_source}). Run: {run_id}",
    ]
    subject = f"Spotify lakehouse: {job} failed for {covered}" if days else f"Spotify lakehouse: {job} failed"
    return Alert(subject[:LONGEST_SUBJECT], _without_secrets("\n".join(lines), settings))


def _covered(days: Collection[date]) -> str:
    first, last = min(days, default=None), max(days, default=None)
    return str(first) if first == last else f"{first} to {last}"


def _first_lines(reason: str) -> str:
    lines = reason.strip().splitlines()
    shown = [line[:LONGEST_LINE] for line in lines[:LINES_PER_REASON]]
    return "\n  ".join([*shown, "…"] if len(lines) > LINES_PER_REASON else shown)


def _remedy(job: str, reasons: Sequence[str]) -> str:
    if job == "capture" or any(reason.startswith(("Step raw", "Check raw")) for reason in reasons):
        return (
            f"fix the cause and run the job {job} again before midnight UTC, since Spotify shows only today. Captured "
            "data is kept."
        )
    if any(reason.startswith("Check ") for reason in reasons):
        return (
            "fix the day's raw objects in raw/to_be_processed, or land fixed ones there for those in raw/quarantine: "
            "that starts a new run. If you remove one instead and no other object of the day waits, run the job "
            f"{job} for it. Published rows stay as they are until then."
        )
    return "fix the cause, then re-execute the run in Dagster. Everything it had published stays published."


def _without_secrets(text: str, settings: Settings) -> str:
    known = [value.get_secret_value() for value in dict(settings).values() if isinstance(value, SecretStr)]
    known += [os.environ.get("AWS_SECRET_ACCESS_KEY", ""), os.environ.get("AWS_SESSION_TOKEN", "")]
    for secret in filter(None, known):
        text = text.replace(secret, HIDDEN)
    return TOKEN.sub(rf"\g<1>{HIDDEN}", text)
