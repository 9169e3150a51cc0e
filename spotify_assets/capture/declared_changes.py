"""Published days whose entries in `playlists.yaml` have changed, with the sentences that all callers share."""

from collections.abc import Sequence
from datetime import date

from spotify_assets.capture.playlists_file import declared_playlists
from spotify_assets.lake.declared_days import changed_days
from spotify_assets.lake.lake import Lake
from spotify_assets.transform.findings import counted

HOW_TO_APPLY = "Rebuild them with the job apply_playlists_file, or spotify-assets rebuild --playlists-file."


def look_for_changes(lake: Lake) -> dict[date, str]:
    """The changed days in order, each with its version if rebuilt now; none without a file.

    Raises:
        SettingsError: as `declared_playlists`.
        LakeError: the lake cannot be read.
    """
    declared = declared_playlists(lake.settings)
    return {} if declared is None else changed_days(lake, declared)


def told(days: Sequence[date]) -> str:
    """A sentence about changed days, in order."""
    if not days:
        return "All published days match playlists.yaml."
    return f"playlists.yaml has changed for {_named(days)} since they were built. {HOW_TO_APPLY}"


def told_of_lost(days: Sequence[date]) -> str:
    """A sentence about days that cannot be rebuilt."""
    return f"Not rebuilt, since raw/ no longer has objects of them: {_named(days)}."


def _named(days: Sequence[date]) -> str:
    return f"{counted(len(days), 'published day')} ({days[0]} to {days[-1]})"
