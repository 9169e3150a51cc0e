"""A playlist as it was read, and what was not certain of it."""

from dataclasses import dataclass
from typing import Any

from spotify_assets.spotify.payloads import Doubts


@dataclass(frozen=True)
class Reading:
    """A playlist in Spotify's JSON, with all entries that were given; `doubts` where that may not be all of it."""

    document: dict[str, Any]
    doubts: Doubts | None = None
