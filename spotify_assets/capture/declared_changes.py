"""Published days of which `playlists.yaml` says something else now, looked for and told of in the same words by all."""

from collections.abc import Sequence
from datetime import date

from spotify_assets.capture.playlists_file import declared_playlists
from spotify_assets.lake.declared_days import changed_days
from spotify_assets.lake.lake import Lake
from spotify_assets.transform.findings import counted

HOW_TO_APPLY = "Have them made again by the job apply_playlists_file, or by spotify-assets rebuild --playlists-file."


def look_for_changes(lake: Lake) -> dict[date, str]:
    """Those days in order, each with the version of what it would be made of; none without a file.

    Raises:
        SettingsError: as `declared_playlists`.
        LakeError: the lake cannot be read.
    """
    declared = declared_playlists(lake.settings)
    return {} if declared is None else changed_days(lake, declared)


def told(days: Sequence[date]) -> str:
    """A sentence about changed days, in order."""
    if not days:
        return "The published days are what playlists.yaml says."
    return f"playlists.yaml says something else of {_named(days)} than when they were made. {HOW_TO_APPLY}"


def told_of_lost(days: Sequence[date]) -> str:
    """A sentence about those of them that cannot be made again."""
    return f"Not made again, since nothing of them is in raw/ any more: {_named(days)}."


def _named(days: Sequence[date]) -> str:
    return f"{counted(len(days), 'published day')} ({days[0]} to {days[-1]})"
