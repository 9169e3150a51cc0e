"""The user's entries for playlists: those to capture, and the metadata of those that others land."""

from dataclasses import dataclass

import msgspec


@dataclass(frozen=True)
class Watch:
    """Changes of a playlist to be notified about; all of them if nothing is named.

    `song` and `artist` are an id or a name. With `position`, reaching it or better is reported; without it, additions
    and removals.
    """

    song: str | None = None
    artist: str | None = None
    position: int | None = None


@dataclass(frozen=True)
class PlaylistEntry:
    """A playlist as configured by the user; `region`, `tags` and the kind of chart are the user's own words.

    Playlists that are not captured are landed by others.
    """

    playlist_id: str
    name: str
    region: str | None
    tags: tuple[str, ...]
    watch: tuple[Watch, ...] = ()
    chart_type: str | None = None
    recurrence: str | None = None
    is_captured: bool = True


class DeclaredPlaylist(msgspec.Struct, frozen=True):
    """Metadata of a playlist that its raw objects lack; None, or no tags, if unknown."""

    playlist_id: str
    name: str | None = None
    region: str | None = None
    chart_type: str | None = None
    recurrence: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it has no metadata."""
        return self == DeclaredPlaylist(self.playlist_id)
