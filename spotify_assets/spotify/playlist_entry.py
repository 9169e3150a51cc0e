"""A playlist that a source is asked for."""

from dataclasses import dataclass


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
