"""Files that are refused before they are read: listening histories and web pages."""

import re

from spotify_assets.charts.errors import UnreadableChart

LISTENING = (
    "streaming history: what one person played and when, with network addresses; not a chart. It is not imported; "
    "keep it where others cannot read it"
)
LISTENING_NAME = re.compile(r"(?:^|[/\\])(?:Streaming_?History|endsong)[^/\\]*\Z", re.IGNORECASE)
LISTENING_FIELDS = ({"endTime", "msPlayed"}, {"ts", "ms_played"}, {"played_at"})


def refuse_by_name(name: str) -> None:
    """Refuses a file by its name alone.

    Raises:
        UnreadableChart: it is a listening history.
    """
    if LISTENING_NAME.search(name):
        raise UnreadableChart(LISTENING)


def refuse_by_start(start: str) -> None:
    """Refuses a file by its first characters.

    Raises:
        UnreadableChart: it is a listening history, empty, or a web page.
    """
    if not start.strip("\0 \t\r\n"):
        raise UnreadableChart("empty: download it again")
    if start.lstrip().startswith("<"):
        raise UnreadableChart(
            "a web page, probably the sign-in page saved as a file: sign in to charts.spotify.com in the browser, and "
            "download it again"
        )
    if any(all(re.search(rf'"{field}"\s*:', start) for field in fields) for fields in LISTENING_FIELDS):
        raise UnreadableChart(LISTENING)


def refuse_by_columns(names: set[str]) -> None:
    """Refuses a file by the columns of its header.

    Raises:
        UnreadableChart: it is a listening history.
    """
    if any({field.casefold() for field in fields} <= names for fields in LISTENING_FIELDS):
        raise UnreadableChart(LISTENING)
