"""What people say of playlists: which a source is asked for, and what those that others land are to be known as."""

from dataclasses import dataclass

import msgspec


@dataclass(frozen=True)
class Watch:
    """What somebody wants to be told of a playlist; everything, where nothing is named.

    `song` and `artist` are an id or a name. With `position`, they are told of when they get there or higher; without
    it, when they come or go.
    """

    song: str | None = None
    artist: str | None = None
    position: int | None = None


@dataclass(frozen=True)
class PlaylistEntry:
    """A playlist as the user says it; `region`, `tags`, and of what kind of chart it is, are the user's own words.

    One that is not captured is what others land.
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
    """What is said of a playlist whose raw objects say it not; None, or no tags, for what nobody says."""

    playlist_id: str
    name: str | None = None
    region: str | None = None
    chart_type: str | None = None
    recurrence: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return self == DeclaredPlaylist(self.playlist_id)
