"""Spotify's JSON and where it comes from: payload types, the API, sign-in, the sample simulation."""

import logging


def _says_no_more_than_a_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


# spotipy writes bearer tokens and whole answers to its debug log. As a filter of the loggers themselves this holds
# whatever level anybody sets, and from the first import of anything here.
for _name in ("spotipy.client", "spotipy.oauth2"):
    logging.getLogger(_name).addFilter(_says_no_more_than_a_warning)
