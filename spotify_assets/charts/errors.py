"""The one error of the room."""

from typing import Literal

Missing = Literal["chart", "day", "playlist"]


class UnreadableChart(ValueError):
    """A file that cannot become rows of a chart; the message says what is wrong with it, and what to do.

    `missing` names what the reader has to be told where the file does not say it.
    """

    def __init__(self, message: str, *, missing: Missing | None = None) -> None:
        super().__init__(message)
        self.missing: Missing | None = missing
