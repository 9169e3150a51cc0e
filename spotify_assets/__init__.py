"""A trustworthy daily history of Spotify playlists and charts, as Dagster assets."""
