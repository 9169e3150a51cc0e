"""Artists credited on a day's songs, which a capture needs, without building tables."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from spotify_assets.transform.containers import UnreadableObject
from spotify_assets.transform.decode import ObjectContent, RawObject, decode_object

# Ids of the artists of tracks, by the id of the track.
ReadCredits = Callable[[], Mapping[str, Sequence[str]]]


def credited_artists(
    objects: Iterable[RawObject], snapshot_date: date, lake_source: str, details: ReadCredits = dict
) -> list[str]:
    """Ids of all artists credited on the entries of a day's readable objects, those with the best place first.

    `details` are read for each track whose artists are only named.
    """
    best: dict[str, int] = {}
    for raw in objects:
        try:
            for artist_id, place in _credited(decode_object(raw, snapshot_date, lake_source), details):
                best[artist_id] = min(best.get(artist_id, place), place)
        except UnreadableObject:
            # The transform quarantines it, and says why.
            continue
    return sorted(best, key=lambda artist_id: (best[artist_id], artist_id))


def _credited(content: ObjectContent, details: ReadCredits) -> Iterator[tuple[str, int]]:
    for snapshot in content.playlists:
        for place, entry in enumerate(snapshot.entries):
            track = None if entry is None else entry.item or entry.track
            if track is None or not track.artists:
                continue
            ids = [artist.id for artist in track.artists if artist is not None and artist.id is not None]
            for artist_id in ids or (details().get(track.id, ()) if track.id else ()):
                yield artist_id, place
