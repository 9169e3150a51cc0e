"""What `doctor` reports about published days: missing details, and playlists landed by others."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

import polars as pl

from spotify_assets.artist_facts.choose import artist_facts_source
from spotify_assets.capture.artist_details import artists_to_ask_about
from spotify_assets.capture.track_details import tracks_to_ask_for
from spotify_assets.lake.completed_days import days_to_complete, told_of_days
from spotify_assets.lake.declared_days import landed_playlists
from spotify_assets.lake.lake import Lake
from spotify_assets.transform.findings import counted

NAMED_PLAYLISTS = 20
# Counted back from the newest published day, since an archive ends in the past.
LANDED_WEEKS = 4


def details_of(lake: Lake) -> str:
    """Details still to be requested, their source, and the days that lack details already present."""
    now, said = datetime.now(UTC), list[str]()
    if tracks := len(tracks_to_ask_for(lake, now)):
        asked = (
            "They are requested from Spotify daily"
            if lake.settings.captures
            else "Without an account they are not requested"
        )
        artists_alone = counted(tracks, "published track", "has", "have")
        said.append(f"{artists_alone} artists without ids. {asked}.")
    facts = artist_facts_source(lake.settings)
    artists = artists_to_ask_about(lake, lake.settings.spotify_source, facts, now)
    said += [
        f"{counted(len(waiting), 'published artist', 'has', 'have')} no {lack}: requested from {source} daily."
        for waiting, lack, source in (
            (artists.profiles, "profile", "Spotify"),
            (artists.facts, "facts", facts.name.capitalize()),
        )
        if waiting
    ]
    return " ".join([*said, told_of_days(list(days_to_complete(lake)))])


def landed_by_others(lake: Lake, known: Collection[str]) -> str:
    """How many playlists others landed in the last weeks, and which of them `playlists.yaml` does not list."""
    published = lake.published_days().whole
    last = max(published, default=date.min)
    first = last - timedelta(weeks=LANDED_WEEKS) if published else last
    found = landed_playlists(lake, first, last)
    if found.is_empty():
        return "none in the last weeks"
    unknown = found.filter(~pl.col("playlist_id").is_in(list(known)))
    if unknown.is_empty():
        return f"{counted(found.height, 'playlist')}, all of them in playlists.yaml"
    shown = [
        playlist_id if name in (None, playlist_id) else f"{name} ({playlist_id})"
        for playlist_id, name in unknown.head(NAMED_PLAYLISTS).iter_rows()
    ]
    more = f" and {unknown.height - len(shown):,} more" if unknown.height > len(shown) else ""
    return (
        f"{unknown.height:,} of {counted(found.height, 'playlist')} of the last weeks are not in playlists.yaml: "
        f"{', '.join(shown)}{more}. Add each there with `capture: false` and what its objects lack: region, series, "
        "tags"
    )
