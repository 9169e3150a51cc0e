"""Entries for `playlists.yaml`, offered to a person who imports what it does not know: printed, never written."""

from collections.abc import Collection, Iterable, Iterator
from math import inf

import yaml

from spotify_assets.charts.identity import PLAYLIST_TYPE
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.findings import counted

# A person looks each of them over.
MOST_OFFERED = 200


def offered(told: Iterable[DeclaredPlaylist], known: Collection[str], file: str) -> Iterator[str]:
    """Lines with an entry for each playlist that the file does not know; none where it knows all."""
    unknown = {found.playlist_id: found for found in told if found.playlist_id not in known}
    if not unknown:
        return
    yield (
        f"{file} does not know {counted(len(unknown), 'playlist')} of these. Look the entries over, add region and "
        "tags where they are to have some, and copy them there below `playlists:`"
    )
    for playlist_id in sorted(unknown)[:MOST_OFFERED]:
        yield _entry(unknown[playlist_id])
    if (more := len(unknown) - MOST_OFFERED) > 0:
        yield f"  # … and {more:,} more: import fewer files at once to see theirs"


def _entry(found: DeclaredPlaylist) -> str:
    """One entry on a line; the name that the raw object has itself is a comment, since it comes first."""
    chart_type = None if found.chart_type == PLAYLIST_TYPE else found.chart_type
    fields = {
        "id": found.playlist_id,
        "region": found.region,
        "chart_type": chart_type,
        "recurrence": found.recurrence,
        "capture": False,
    }
    said = {name: value for name, value in fields.items() if value is not None}
    # By the library: the code of Norway is `no`, which is false in YAML.
    line = yaml.safe_dump(said, default_flow_style=True, sort_keys=False, width=inf).strip()
    name = "" if found.name == found.playlist_id else " ".join((found.name or "").split())
    return f"  - {line}" + (f"  # {name}" if name else "")
