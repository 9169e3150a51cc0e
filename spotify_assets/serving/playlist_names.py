"""Finds the playlist that a person names: by id, link or current name.

Playlists are renamed, and two may have the same name. A saved query asks for an id, so no day is missing because the
playlist had another name then.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from spotify_assets.spotify.playlist_links import NoPlaylist, playlist_id

LISTED = 10
# Every name of each playlist, and until when; a playlist that came without a name is called by its id.
NAMES_SQL = """
    SELECT playlist_id, coalesce(name, playlist_id) AS name, max(snapshot_date) AS last_day
    FROM playlists GROUP BY ALL
"""


class Unresolved(ValueError):
    """A text names no playlist, or more than one; the message lists candidates."""


@dataclass(frozen=True)
class CalledSo:
    """A name that a playlist had, until a day (UTC) at least."""

    playlist_id: str
    name: str
    last_day: date


def resolve(text: str, names: Iterable[CalledSo]) -> str:
    """The id of the playlist that a text names, by id, link or its latest name, ignoring case.

    Raises:
        Unresolved: there is none, or there are several.
    """
    known = sorted(names, key=lambda called: called.last_day)
    latest = {called.playlist_id: called for called in known}
    try:
        named = playlist_id(text)
    except NoPlaylist:
        named = None
    if named in latest:
        return named
    found = [called for called in latest.values() if called.name.casefold() == text.strip().casefold()]
    if len(found) == 1:
        return found[0].playlist_id
    if found:
        raise Unresolved(f"{len(found)} playlists are called {text!r}: {_listed(found)}. Name one by its id.")
    former = [called for called in known if called.name.casefold() == text.strip().casefold()]
    if former:
        now = "; ".join(f"{latest[called.playlist_id].name} ({called.playlist_id})" for called in former[-LISTED:])
        until = max(called.last_day for called in former)
        raise Unresolved(f"No playlist is called {text!r} since {until}. It is now called {now}.")
    raise Unresolved(f"No playlist is called {text!r}. {_nearest(text, list(latest.values()))}")


def _nearest(text: str, known: list[CalledSo]) -> str:
    by_name = {called.name.casefold(): called for called in known}
    close = difflib.get_close_matches(text.casefold(), by_name, LISTED, cutoff=0.5)
    shown = [by_name[name] for name in close] or sorted(known, key=lambda called: called.name.casefold())
    return f"{'Near it are' if close else 'There are'} {_listed(shown)}."


def _listed(found: list[CalledSo]) -> str:
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    return ", ".join(f"{called.name} ({called.playlist_id})" for called in found[:LISTED]) + more
