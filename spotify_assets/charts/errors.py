"""The one error of the room."""

from typing import Literal

Missing = Literal["chart", "day", "playlist"]


class UnreadableChart(ValueError):
    """A file that cannot be read as a chart; the message says what is wrong with it, and what to do.

    `missing` names what the caller must supply because the file lacks it.
    """

    def __init__(self, message: str, *, missing: Missing | None = None) -> None:
        super().__init__(message)
        self.missing: Missing | None = missing
