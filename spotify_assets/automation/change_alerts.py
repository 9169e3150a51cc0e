"""Alerts about changes of watched playlists, once the insights of a day are published.

The lake determines the alerts: for the newest published day, if it is today or yesterday (UTC), each watched playlist
with changes not yet reported. So if a process dies, the next look continues, and nothing old or imported is news. A
mark in the lake is written before a message is sent: if the process dies in between, or a channel fails, the message is
lost there (it stays in the mark), and nobody is notified twice.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import polars as pl

from spotify_assets.automation.alert_channels import deliver
from spotify_assets.automation.alerts import Alert
from spotify_assets.automation.watched_changes import message_about
from spotify_assets.capture.playlists_file import configured_playlists
from spotify_assets.config import SettingsError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import ToldMarks, digits
from spotify_assets.schemas import TABLES
from spotify_assets.spotify.playlist_entry import PlaylistEntry

LOOK_SECONDS = 60
# A sensor may take a minute, including its last message.
LONGEST_LOOK_SECONDS = 30.0
# Sources that capture a playlist on its day. Imports are history, whatever their day.
NEWS = ("sample", "spotify", "foreign")


def day_to_tell(published: Collection[date], today: date) -> date | None:
    """The day to report: the newest published one, while it is today or yesterday."""
    newest = max(published, default=None)
    return newest if newest is not None and today - timedelta(days=1) <= newest <= today else None


def tell(
    lake: Lake,
    watched: Sequence[PlaylistEntry],
    day: date,
    say: Callable[[str], None],
    warn: Callable[[str], None],
    *,
    seconds: float,
) -> bool:
    """Reports watched changes of a published day that were not reported yet; gives whether all are reported now.

    Starts no further message after `seconds`.

    Raises:
        LakeError: the lake cannot be read or marked; without a mark no message is sent.
    """
    deadline = time.monotonic() + seconds
    for entry, alert in _alerts(lake, watched, day):
        if time.monotonic() >= deadline:
            return False
        said = f"{alert.subject}\n{alert.message}"
        if ToldMarks(lake.storage).make(day, entry.playlist_id, said):
            say(said)
            for problem in deliver(alert, lake.settings):
                warn(problem)
    return True


def _alerts(lake: Lake, watched: Sequence[PlaylistEntry], day: date) -> Iterator[tuple[PlaylistEntry, Alert]]:
    changes = _rows(lake, "playlist_changes", [day]).filter(
        pl.col("playlist_id").is_in([entry.playlist_id for entry in watched])
    )
    if changes.is_empty():
        return
    captured = _rows(lake, "playlists", [day]).filter(pl.col("source").is_in(NEWS))["playlist_id"]
    is_by_artist = any(watch.artist is not None for entry in watched for watch in entry.watch)
    # Removed songs are only in the tables of the previous day.
    days = [day, *changes["previous_capture"].drop_nulls().unique()]
    artists = _artists(lake, days, changes["song_id"]) if is_by_artist else {}
    for entry in watched:
        if entry.playlist_id in captured:
            of_playlist = changes.filter(pl.col("playlist_id") == entry.playlist_id)
            if (alert := message_about(entry, day, of_playlist, artists)) is not None:
                yield entry, alert


def _artists(lake: Lake, days: Collection[date], songs: pl.Series) -> Mapping[str, Collection[str]]:
    """Ids and names of the artists of songs."""
    names = _rows(lake, "artists", days).select("snapshot_date", "artist_id", "name")
    credited = _rows(lake, "song_artists", days).filter(pl.col("song_id").is_in(songs.implode()))
    found = defaultdict[str, set[str]](set)
    joined = credited.join(names, on=["snapshot_date", "artist_id"], how="left")
    for song_id, artist_id, name in joined.select("song_id", "artist_id", "name").iter_rows():
        found[song_id].update(filter(None, (artist_id, name)))
    return found


def _rows(lake: Lake, name: str, days: Collection[date]) -> pl.DataFrame:
    table = TABLES[name]
    return lake.catalog.rows(table, lake.catalog.published(table, days).values())


def watched_playlists(lake: Lake) -> list[PlaylistEntry]:
    """The watched playlists.

    Raises:
        SettingsError: as `configured_playlists`.
    """
    return [entry for entry in configured_playlists(lake.settings) if entry.watch]


@dg.sensor(
    name="watched_changes",
    minimum_interval_seconds=LOOK_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Reports changes watched by `watch` in playlists.yaml, in one message per playlist and day, once the "
    "day's insights are published: in this sensor's log, to ALERT_TOPIC_ARN and ALERT_ADDRESSES if set. Never twice, "
    "and only for the newest day while it is today or yesterday (UTC). Starts nothing.",
)
def watched_changes(context: dg.SensorEvaluationContext, lake: dg.ResourceParam[Lake]) -> dg.SkipReason:
    """Reports what is new since the last look."""
    try:
        watched = watched_playlists(lake)
    except SettingsError as error:
        return dg.SkipReason(str(error))
    if not watched:
        return dg.SkipReason("No playlist in playlists.yaml has `watch`.")
    lake.require_source()
    published = lake.published_insights().whole
    day = day_to_tell(published, datetime.now(UTC).date())
    if day is None:
        return dg.SkipReason("The insights of today and yesterday are not published.")
    version = digits(str(day), published[day].name, repr(watched))
    if context.cursor == version:
        return dg.SkipReason(f"All watched changes of {day} were reported.")
    if not tell(lake, watched, day, context.log.info, context.log.warning, seconds=LONGEST_LOOK_SECONDS):
        return dg.SkipReason(f"Some watched changes of {day} are left for the next look.")
    context.update_cursor(version)
    return dg.SkipReason(f"Checked the watched changes of {day}.")
