"""Types of the JSON that Spotify's API answers and that raw objects hold, as far as the tables need it.

Both API generations fit: a playlist carries its entries under `items` (2026) or `tracks`, an entry its song under
`item` or `track`. Fields that are not listed are skipped by the decoder, which is most of its speed.
Source: https://developer.spotify.com/documentation/web-api/reference/get-playlist.
"""

from typing import Annotated, Literal

import msgspec

# https://developer.spotify.com/documentation/web-api/concepts/spotify-uris-ids: 22 characters in base 62.
ID = r"^[0-9A-Za-z]{22}$"
# Lists that are not Spotify playlists, such as liked songs, have ids of this platform.
PLAYLIST_ID = r"^([0-9A-Za-z]{22}|[a-z][a-z0-9]*(-[a-z0-9]+)*)$"
LIKED, LIKED_NAME = "liked", "Liked Songs"
# The field with a playlist's entries: "items" for apps in development mode since 2026, "tracks" for all others.
Generation = Literal["items", "tracks"]
# The most entries that a page holds.
PAGE_LIMITS: dict[Generation, int] = {"items": 50, "tracks": 100}

# The range of a table column; larger values are refused with their path, not wrapped around.
Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class Payload(msgspec.Struct, frozen=True, gc=False):
    """Hashable, so that equal payloads are stored once; without cycles, so exempt from garbage collection."""


class Image(Payload, frozen=True, gc=False):
    """A picture; Spotify lists the largest first."""

    url: str | None = None


class ExternalIds(Payload, frozen=True, gc=False):
    """Ids of a song in other registries."""

    isrc: str | None = None


class ArtistReference(Payload, frozen=True, gc=False):
    """An artist as credited on a song; a local file's has no id."""

    id: str | None = None
    name: str | None = None


class Album(Payload, frozen=True, gc=False):
    """The album of a song; a local file's has no id, and old API versions no release date."""

    id: str | None = None
    name: str | None = None
    album_type: str | None = None
    release_date: str | None = None
    release_date_precision: str | None = None
    total_tracks: Integer | None = None
    images: tuple[Image, ...] | None = None


class LinkedTrack(Payload, frozen=True, gc=False):
    """The song on the playlist, if Spotify plays another one of the same recording instead.

    Source: https://developer.spotify.com/documentation/web-api/concepts/track-relinking.
    """

    id: str | None = None


class Track(Payload, frozen=True, gc=False):
    """A song, an episode or a local file.

    `is_playable` and `linked_from` are given only if a market was requested.
    """

    id: str | None = None
    name: str | None = None
    uri: str | None = None
    type: str | None = None
    is_local: bool | None = None
    duration_ms: Integer | None = None
    explicit: bool | None = None
    popularity: Integer | None = None
    disc_number: Integer | None = None
    track_number: Integer | None = None
    external_ids: ExternalIds | None = None
    is_playable: bool | None = None
    linked_from: LinkedTrack | None = None
    album: Album | None = None
    artists: tuple[ArtistReference | None, ...] | None = None


class User(Payload, frozen=True, gc=False):
    """Owner of a playlist, or who added an entry."""

    id: str | None = None
    display_name: str | None = None


class Followers(Payload, frozen=True, gc=False):
    """The followers of a playlist or an artist."""

    total: Integer | None = None


class Entry(Payload, frozen=True, gc=False):
    """One entry of a playlist; `item` and `track` are both null if Spotify removed the song."""

    added_at: str | None = None
    added_by: User | None = None
    is_local: bool | None = None
    item: Track | None = None
    track: Track | None = None


class Page(msgspec.Struct):
    """A page of entries, `offset` entries into the playlist."""

    items: list[Entry | None] | None = None
    total: Integer | None = None
    offset: Integer | None = None
    next: str | None = None
    href: str | None = None


class ArtistProfile(Payload, frozen=True, gc=False):
    """A full artist object; `fetched_at` is added by this platform, since profiles are carried over from day to day."""

    id: str | None = None
    name: str | None = None
    genres: tuple[str, ...] | None = None
    followers: Followers | None = None
    popularity: Integer | None = None
    images: tuple[Image, ...] | None = None
    fetched_at: str | None = None


class ArtistFactsAnswer(msgspec.Struct):
    """A second source's unchanged answer about an artist; null if the artist is unknown there."""

    artist_id: str | None = None
    source: str | None = None
    fetched_at: str | None = None
    answer: msgspec.Raw = msgspec.Raw(b"null")


class ArtistsPage(msgspec.Struct):
    """A page of full artist objects, as `GET /me/following` wraps them."""

    items: list[ArtistProfile | None] | None = None


class Doubts(msgspec.Struct, frozen=True):
    """The doubts about a playlist's reading: how many entries Spotify reported, and how many it gave.

    `attempts` is how often it was read, `versions` how many of its versions were seen, and `agreed` whether two
    readings had the same entries.
    """

    told: Integer | None = None
    read: Integer | None = None
    attempts: Integer | None = None
    versions: Integer | None = None
    agreed: bool | None = None

    def __str__(self) -> str:
        """One line for people."""
        alike = "two readings equal" if self.agreed else "no two readings equal"
        readings = f"read {self.attempts} times, {alike}" if (self.attempts or 1) > 1 else "read once"
        seen = f", in {self.versions} versions" if (self.versions or 0) > 1 else ""
        return f"{readings}{seen}; Spotify reported {_told(self.told)} entries and gave {_told(self.read)}"


def _told(number: int | None) -> str:
    return "an unknown number of" if number is None else f"{number:,}"


class Envelope(msgspec.Struct, omit_defaults=True):
    """The platform's envelope of a playlist: who captured it, when, in which shape, and its doubts.

    `playlist_id` is the requested id.
    """

    source: str
    fetched_at: str
    api_generation: str | None = None
    region: str | None = None
    tags: list[str] | None = None
    doubts: Doubts | None = None
    playlist_id: str | None = None
    chart_type: str | None = None
    recurrence: str | None = None


class ErrorAnswer(msgspec.Struct):
    """An error of the API, which some extractors save as if it were data."""

    status: Integer | None = None
    message: str | None = None


class Playlist(msgspec.Struct):
    """A playlist object."""

    id: str | None = None
    href: str | None = None
    name: str | None = None
    description: str | None = None
    owner: User | None = None
    followers: Followers | None = None
    public: bool | None = None
    collaborative: bool | None = None
    snapshot_id: str | None = None
    items: Page | list[Entry | None] | None = None
    tracks: Page | list[Entry | None] | None = None


class AccountTrack(Payload, frozen=True, gc=False, rename="camel"):
    """A song in account data, which has neither the ids nor the number of its artists."""

    track_name: str | None = None
    track_uri: str | None = None


class AccountFile(Payload, frozen=True, gc=False):
    """A local file in account data."""

    uri: str | None = None


class AccountEpisode(Payload, frozen=True, gc=False, rename="camel"):
    """An episode in account data."""

    episode_name: str | None = None
    episode_uri: str | None = None


class AccountEntry(Payload, frozen=True, gc=False, rename="camel"):
    """An entry of a playlist in account data."""

    track: AccountTrack | None = None
    episode: AccountEpisode | None = None
    local_track: AccountFile | None = None
    added_date: str | None = None


class AccountPlaylist(msgspec.Struct):
    """A playlist in account data (Spotify's "Download your data", Playlist1.json), which has no id."""

    name: str | None = None
    description: str | None = None
    items: list[AccountEntry | None] | None = None


class Document(msgspec.Struct):
    """Any accepted raw object: our enveloped documents, a playlist object, a bare page, a page of artists.

    One permissive type, since shapes are distinguished by their fields, not by a tag.
    """

    envelope: Envelope | None = None
    playlist: Playlist | None = None
    playlists: list[AccountPlaylist | None] | None = None
    artists: ArtistsPage | list[ArtistProfile | None] | None = None
    artist_facts: list[ArtistFactsAnswer] | None = None
    error: ErrorAnswer | str | None = None
    type: str | None = None
    id: str | None = None
    href: str | None = None
    name: str | None = None
    description: str | None = None
    owner: User | None = None
    followers: Followers | None = None
    public: bool | None = None
    collaborative: bool | None = None
    snapshot_id: str | None = None
    items: Page | list[Entry | None] | None = None
    tracks: Page | list[Entry | None] | None = None
    total: Integer | None = None
    offset: Integer | None = None
    next: str | None = None
