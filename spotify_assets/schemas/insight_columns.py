"""Columns and values that several insight tables share."""

import dataframely as dy

from spotify_assets.spotify.payloads import ID

# The region of playlists that have none, and the genre of artists who have none.
UNASSIGNED = "unassigned"
UNKNOWN_GENRE = "unknown"
# A region that is a country: its ISO 3166-1 alpha-2 code, in upper or lower case.
COUNTRY_REGION = r"^[A-Za-z]{2}$"


def playlist_id() -> dy.String:
    """The key column of tables about playlists."""
    return dy.String(primary_key=True, regex=ID, description="Playlist in playlists")


def song_id() -> dy.String:
    """The key column of tables about songs."""
    return dy.String(primary_key=True, regex=ID, description="Spotify track id")


def artist_id() -> dy.String:
    """The key column of tables about artists."""
    return dy.String(primary_key=True, regex=ID, description="Spotify artist id")


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
