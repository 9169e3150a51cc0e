"""Columns and values that several insight tables share."""

import dataframely as dy

from spotify_assets.spotify.payloads import ID, PLAYLIST_ID

# The region of playlists that have none, and the genre of artists who have none.
UNASSIGNED = "unassigned"
UNKNOWN_GENRE = "unknown"
# The series of what is no chart, and of what an older version made rows of: it knew playlists only.
PLAYLIST_SERIES = "playlist"
# The label of places of which none is told, where others are.
UNKNOWN_LABEL = "unknown"
# A region that is a country: its ISO 3166-1 alpha-2 code, in upper or lower case.
COUNTRY_REGION = r"^[A-Za-z]{2}$"
# A share, or a sum of them, may miss 1 by what floating point loses: seven sevenths are 1.0000000000000002.
SHARE_TOLERANCE = 1e-9


def playlist_id() -> dy.String:
    """The key column of tables about playlists."""
    return dy.String(primary_key=True, regex=PLAYLIST_ID, description="Playlist in playlists")


def song_id() -> dy.String:
    """The key column of tables about songs."""
    return dy.String(primary_key=True, regex=ID, description="Spotify track id")


def artist_id() -> dy.String:
    """The key column of tables about artists."""
    return dy.String(primary_key=True, regex=ID, description="Spotify artist id")


def series() -> dy.String:
    """The key column of tables about regions that says which charts are compared with one another."""
    return dy.String(
        primary_key=True,
        description="What is compared with one another: chart_type and recurrence of its charts, such as "
        "'regional-daily', or the chart_type alone, such as 'playlist'",
    )


def series_of_playlist() -> dy.String:
    """The series of a table about playlists."""
    return dy.String(
        nullable=True,
        description="What the playlist is compared with: its chart_type and recurrence, such as 'regional-daily', or "
        "the chart_type alone, such as 'playlist'; empty only where an older version made the row",
    )


def region() -> dy.String:
    """The key column of tables about regions."""
    return dy.String(primary_key=True, description="Region of the chart, or 'unassigned'")


def region_of_playlist() -> dy.String:
    """The region of a table about playlists."""
    return dy.String(description="Region of the playlist on this day, or 'unassigned'")


def song_name() -> dy.String:
    """What people call the song."""
    return dy.String(description="Title of the song, as last seen")


def artist_names() -> dy.String:
    """What people call its artists."""
    return dy.String(nullable=True, description="Its artists in order of credit, joined by commas, as last seen")


def artist_name() -> dy.String:
    """What people call the artist."""
    return dy.String(description="Name of the artist, as last seen")


def popularity() -> dy.Int64:
    """Spotify's own figure, for show."""
    return dy.Int64(
        nullable=True,
        min=0,
        max=100,
        description="Spotify's popularity on this day, 0 to 100, or empty: the API may withhold it",
    )


def share(description: str, *, nullable: bool = False) -> dy.Float64:
    """A part of a whole, 0 to 1; the one way in which shares are compared with 1."""
    return dy.Float64(nullable=nullable, min=0, max=1 + SHARE_TOLERANCE, description=description)


def share_change(description: str) -> dy.Float64:
    """What a share has gained since, -1 to 1; empty where there is nothing to compare with."""
    return dy.Float64(nullable=True, min=-1 - SHARE_TOLERANCE, max=1 + SHARE_TOLERANCE, description=description)


def recording_id() -> dy.String:
    """What a song is one recording with, under whatever id."""
    return dy.String(
        nullable=True,
        description="What is one recording under whatever id: its ISRC where one was told, else the first id that it "
        "had on the playlist; empty only where an older version made the row",
    )


def is_first_seen_known() -> dy.Bool:
    """Whether history begins before a song came to a playlist."""
    return dy.Bool(
        nullable=True,
        description="Whether the song is known to have come on first_seen, since the playlist was captured before "
        "without it. Else it may have come earlier: peak, days and streak count from the first capture on; empty only "
        "where an older version made the row",
    )
