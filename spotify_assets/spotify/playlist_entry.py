"""A playlist that a source is asked for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PlaylistEntry:
    """A playlist to capture; `region` and `tags` are the user's own words."""

    playlist_id: str
    name: str
    region: str | None
    tags: tuple[str, ...]
