"""Suggested entries for `playlists.yaml` when importing playlists it does not list: printed, never written."""

from collections.abc import Collection, Iterable, Iterator
from math import inf

import yaml

from spotify_assets.charts.identity import PLAYLIST_TYPE
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.findings import counted

# Somebody reviews each of them.
MOST_OFFERED = 200


def offered(told: Iterable[DeclaredPlaylist], known: Collection[str], file: str) -> Iterator[str]:
    """Lines with an entry for each playlist that the file does not list; none if it lists all."""
    unknown = {found.playlist_id: found for found in told if found.playlist_id not in known}
    if not unknown:
        return
    yield (
        f"{file} does not list {counted(len(unknown), 'playlist')} of these. Review the entries, add region and tags "
        "as needed, and copy them there below `playlists:`"
    )
    for playlist_id in sorted(unknown)[:MOST_OFFERED]:
        yield _entry(unknown[playlist_id])
    if (more := len(unknown) - MOST_OFFERED) > 0:
        yield f"  # … and {more:,} more: import fewer files at once to see theirs"


def _entry(found: DeclaredPlaylist) -> str:
    """One entry on a line; the raw object's own name is a comment, since it takes precedence anyway."""
    chart_type = None if found.chart_type == PLAYLIST_TYPE else found.chart_type
    fields = {
        "id": found.playlist_id,
        "region": found.region,
        "chart_type": chart_type,
        "recurrence": found.recurrence,
        "capture": False,
    }
    said = {name: value for name, value in fields.items() if value is not None}
    # Dumped by the library: the code of Norway is `no`, which is false in YAML.
    line = yaml.safe_dump(said, default_flow_style=True, sort_keys=False, width=inf).strip()
    name = "" if found.name == found.playlist_id else " ".join((found.name or "").split())
    return f"  - {line}" + (f"  # {name}" if name else "")
