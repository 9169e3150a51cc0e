"""Spotify's JSON and where it comes from: payload types, the API, sign-in, the sample simulation."""

import logging


def _is_kept(_: logging.LogRecord) -> bool:
    return False


# spotipy writes bearer tokens and full responses to its debug log; anything else it logs is also in its exceptions. As
# a filter of the loggers themselves this holds at any level, from the first import of anything here.
for _name in ("spotipy.client", "spotipy.oauth2"):
    logging.getLogger(_name).addFilter(_is_kept)
