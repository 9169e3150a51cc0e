"""Spotify's JSON and where it comes from: payload types, the API, sign-in, the sample simulation."""

import logging


def _is_kept(_: logging.LogRecord) -> bool:
    return False


# spotipy writes bearer tokens and whole answers to its debug log, and what else it says stands in its exceptions. As a
# filter of the loggers themselves this holds whatever level anybody sets, from the first import of anything here.
for _name in ("spotipy.client", "spotipy.oauth2"):
    logging.getLogger(_name).addFilter(_is_kept)
