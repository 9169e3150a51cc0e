"""Identifies recordings: Spotify has the same one under several ids, which come and go."""

import polars as pl


def recording_id() -> pl.Expr:
    """The ISRC of a song in capital letters without hyphens (ISO 3901), else its id: the key of a recording.

    Needs the columns isrc and song_id.
    """
    code = pl.col("isrc").str.to_uppercase().str.replace_all(r"[\s-]", "")
    return pl.when(code.str.contains(r"^[A-Z]{2}[A-Z0-9]{3}\d{7}$")).then(code).otherwise(pl.col("song_id"))
