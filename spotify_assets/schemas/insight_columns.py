"""Columns and values that several insight tables share."""

import dataframely as dy

from spotify_assets.spotify.payloads import ID, PLAYLIST_ID

# The region of playlists that have none, and the genre of artists who have none.
UNASSIGNED = "unassigned"
UNKNOWN_GENRE = "unknown"
# The series of plain playlists, and of rows written by an older version, which knew playlists only.
PLAYLIST_SERIES = "playlist"
# The label of positions without one on charts that name labels.
UNKNOWN_LABEL = "unknown"
# A region that is a country: its ISO 3166-1 alpha-2 code, in upper or lower case.
COUNTRY_REGION = r"^[A-Za-z]{2}$"
# A share, or a sum of shares, may miss 1 by a rounding error: seven sevenths are 1.0000000000000002.
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
    """The key column of tables about regions that says which charts are compared with each other."""
    return dy.String(
        primary_key=True,
        description="Charts that are compared with each other: their chart_type and recurrence, such as "
        "'regional-daily', or the chart_type alone, such as 'playlist'",
    )


def series_of_playlist() -> dy.String:
    """The series of a table about playlists."""
    return dy.String(
        nullable=True,
        description="Charts the playlist is compared with: chart_type and recurrence, such as 'regional-daily', or "
        "the chart_type alone, such as 'playlist'; empty only in rows written by an older version",
    )


def region() -> dy.String:
    """The key column of tables about regions."""
    return dy.String(primary_key=True, description="Region of the chart, or 'unassigned'")


def region_of_playlist() -> dy.String:
    """The region of a table about playlists."""
    return dy.String(description="Region of the playlist on this day, or 'unassigned'")


def song_name() -> dy.String:
    """The song's title, for people."""
    return dy.String(description="Title of the song, as last seen")


def artist_names() -> dy.String:
    """The names of the song's artists, for people."""
    return dy.String(nullable=True, description="Artists in order of credit, joined by commas, as last seen")


def artist_name() -> dy.String:
    """The artist's name, for people."""
    return dy.String(description="Name of the artist, as last seen")


def popularity() -> dy.Int64:
    """Spotify's own figure, for display."""
    return dy.Int64(
        nullable=True,
        min=0,
        max=100,
        description="Spotify's popularity on this day, 0 to 100; empty if the API withholds it",
    )


def share(description: str, *, nullable: bool = False) -> dy.Float64:
    """A share, 0 to 1, with the tolerance used everywhere."""
    return dy.Float64(nullable=nullable, min=0, max=1 + SHARE_TOLERANCE, description=description)


def share_change(description: str) -> dy.Float64:
    """The change of a share, -1 to 1; empty if there is nothing to compare with."""
    return dy.Float64(nullable=True, min=-1 - SHARE_TOLERANCE, max=1 + SHARE_TOLERANCE, description=description)


def recording_id() -> dy.String:
    """The recording of a song, whatever its id."""
    return dy.String(
        nullable=True,
        description="Identifies the recording across ids: its ISRC if one is known, else the first id that it had on "
        "the playlist; empty only in rows written by an older version",
    )


def is_first_seen_known() -> dy.Bool:
    """Whether history begins before the song was added to the playlist."""
    return dy.Bool(
        nullable=True,
        description="Whether the song is known to have arrived on first_seen, since an earlier capture lacks it. "
        "Otherwise it may have arrived earlier: peak, days and streak count from the first capture on. Empty only in "
        "rows written by an older version",
    )
