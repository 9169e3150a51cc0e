"""A playlist as read, and its doubts."""

from dataclasses import dataclass
from typing import Any

from spotify_assets.spotify.payloads import Doubts


@dataclass(frozen=True)
class Reading:
    """A playlist in Spotify's JSON with all entries given; `doubts` if that may be incomplete."""

    document: dict[str, Any]
    doubts: Doubts | None = None
