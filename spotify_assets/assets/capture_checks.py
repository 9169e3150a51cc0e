"""Checks of what was captured: what could not be, or not with certainty, and why. They hold nothing back.

Those of what could not be captured fail the run that they are in. So everything that depends on the rest of a day goes
on, while the failure is told as any other failed run is: red in the UI, by the sensor `run_failures`, by an exit code;
and the run is retried where that may help.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import dagster as dg

from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.culprits import CULPRITS, NEXT_STEP, table_of
from spotify_assets.assets.partitions import days_of, has_days
from spotify_assets.assets.raw import (
    DOUBTFUL,
    DOUBTS,
    FAILED,
    LEFT_OUT,
    MAY_PASS,
    WHY_FAILED,
    WHY_LEFT_OUT,
    raw_artists,
    raw_playlists,
)
from spotify_assets.assets.raw_artist_details import raw_artist_details
from spotify_assets.assets.raw_tracks import raw_tracks
from spotify_assets.transform.findings import Example, counted

REMEDY = "Re-execute the run, all its steps, before midnight UTC: it asks only for what is missing."
OF_DOUBT = "What was read is published, with the column doubt of playlists. To have it again, capture the day anew."


@dataclass(frozen=True)
class Capture:
    """What the last capture of a day said of itself: how many failed, a line for each reason, may they pass.

    Then how many landed with doubt, with a line for each; and how many were not asked for, and why.
    """

    day: str
    failed: int
    reasons: str
    may_pass: bool
    doubtful: int
    doubts: str
    left_out: int
    why_left_out: str


def _capture_check(
    asset: dg.AssetsDefinition, name: str, description: str, sentence: Callable[[int], str]
) -> dg.AssetChecksDefinition:
    """A check of one asset; `sentence` says how many are missing of something, and what became of the others."""

    @dg.multi_asset_check(name=name, specs=[dg.AssetCheckSpec(name, asset=asset.key, description=description)])
    @clear_failures
    def capture_check(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        found = _last_captures(context, asset.key)
        failed = [capture for capture in found if capture.failed]
        left_out = [capture for capture in found if capture.left_out]
        told = [f"{capture.day}: {sentence(capture.failed)}\n{capture.reasons}" for capture in failed]
        rows = [row for capture in failed for row in _rows(capture.day, "failed", capture.reasons)]
        rows += [row for capture in left_out for row in _rows(capture.day, "left out", capture.why_left_out)]
        told += [f"{capture.day}: {capture.left_out:,} left out. {capture.why_left_out}" for capture in left_out]
        if not told:
            told = [f"Nothing failed, as far as captures of {counted(len(found), 'day')} say."]
        yield dg.AssetCheckResult(
            asset_key=asset.key,
            check_name=name,
            passed=not failed and not left_out,
            severity=dg.AssetCheckSeverity.ERROR if failed else dg.AssetCheckSeverity.WARN,
            description="\n".join([*told, REMEDY] if failed else told),
            metadata={
                "days": len(found),
                FAILED: sum(capture.failed for capture in failed),
                LEFT_OUT: sum(capture.left_out for capture in left_out),
                **({CULPRITS: table_of(rows)} if rows else {}),
                **({NEXT_STEP: REMEDY} if failed else {}),
            },
        )
        if failed:
            # The result is recorded by now; a check that does not block would leave the run green.
            may_pass = any(capture.may_pass for capture in failed)
            raise dg.Failure("\n".join([*told, REMEDY]), allow_retries=may_pass)

    return capture_check


@dg.multi_asset_check(
    name="captured_without_doubt",
    specs=[
        dg.AssetCheckSpec(
            "captured_without_doubt",
            asset=raw_playlists.key,
            description="Spotify gave as many entries of each playlist as it told, all of one version. Where it did "
            "not, what was read has landed: two readings alike, or the third one. This says what was not certain.",
        )
    ],
)
@clear_failures
def captured_without_doubt(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Tells what landed with doubt."""
    found = _last_captures(context, raw_playlists.key)
    doubtful = [capture for capture in found if capture.doubtful]
    rows = [row for capture in doubtful for row in _rows(capture.day, "in doubt", capture.doubts)]
    told = [
        f"{capture.day}: {counted(capture.doubtful, 'playlist')} landed as read, with doubt.\n{capture.doubts}"
        for capture in doubtful
    ]
    yield dg.AssetCheckResult(
        asset_key=raw_playlists.key,
        check_name="captured_without_doubt",
        passed=not doubtful,
        severity=dg.AssetCheckSeverity.WARN,
        description="\n".join(told) or f"No doubt, as far as captures of {counted(len(found), 'day')} say.",
        metadata={
            "days": len(found),
            DOUBTFUL: sum(capture.doubtful for capture in doubtful),
            **({CULPRITS: table_of(rows), NEXT_STEP: OF_DOUBT} if rows else {}),
        },
    )


def _rows(day: str, what: str, lines: str) -> Iterator[Example]:
    """A row for each line that says why."""
    for line in lines.splitlines():
        yield {"day": day, "what": what, "why": line.removeprefix("- ")}


def _last_captures(context: dg.AssetCheckExecutionContext, asset: dg.AssetKey) -> list[Capture]:
    """What the last captures of the run's days say; of the last day where the run has none."""
    days = [day.isoformat() for day in days_of(context)] if has_days(context) else [None]
    return [capture for day in days if (capture := _last_capture(context.instance, asset, day)) is not None]


def _last_capture(instance: dg.DagsterInstance, asset: dg.AssetKey, day: str | None) -> Capture | None:
    """What the latest materialization of a day (of any day where None) says; None where there is none."""
    wanted = dg.AssetRecordsFilter(asset_key=asset, asset_partitions=None if day is None else [day])
    for record in instance.fetch_materializations(wanted, limit=1).records:
        if (made := record.asset_materialization) is not None:
            said = {name: value.value for name, value in made.metadata.items()}
            reasons = str(said.get(WHY_FAILED, ""))
            return Capture(
                made.partition or "",
                _number(said.get(FAILED)),
                reasons,
                bool(said.get(MAY_PASS)),
                _number(said.get(DOUBTFUL)),
                str(said.get(DOUBTS, "")),
                _number(said.get(LEFT_OUT)),
                str(said.get(WHY_LEFT_OUT, "")),
            )
    return None


def _number(value: object) -> int:
    """A number of metadata; 0 where an earlier version of this platform, or another producer, did not write any."""
    return value if isinstance(value, int) else 0


capture_checks = [
    _capture_check(
        raw_playlists,
        "every_playlist_captured",
        "Every playlist of playlists.yaml landed. One that did not holds nothing back: the day goes on with the "
        "others, and this says which failed, why, and what to do.",
        lambda failed: f"{counted(failed, 'playlist')} could not be captured; the others have landed and are kept.",
    ),
    _capture_check(
        raw_artists,
        "every_profile_read",
        "The profile of every artist that Spotify was asked about was read. Those that were not hold nothing back: the "
        "day goes on without them, and the next capture asks again. Warns of those that Spotify was not asked about, "
        "since its quota was used up, SPOTIFY_DAILY_REQUESTS left none, or the day had ended.",
        lambda failed: f"{counted(failed, 'artist profile')} could not be read; the others have landed and are kept.",
    ),
    _capture_check(
        raw_tracks,
        "every_track_read",
        "Every track that Spotify was asked about was read. Those that were not hold nothing back: their artists stay "
        "names, and the next capture asks again. Warns of those that Spotify was not asked about, since its quota was "
        "used up or SPOTIFY_DAILY_REQUESTS left none.",
        lambda failed: f"{counted(failed, 'track')} could not be read; what was read is kept.",
    ),
    _capture_check(
        raw_artist_details,
        "every_artist_read",
        "Every artist of published charts whom Spotify was asked about was read. Those who were not hold nothing back: "
        "their genres stay unknown, and the next capture asks again. Warns of those whom Spotify was not asked about, "
        "since its quota was used up, SPOTIFY_DAILY_REQUESTS left none, or there are more than a day's 300 requests.",
        lambda failed: f"{counted(failed, 'artist')} could not be read; what was read is kept.",
    ),
    captured_without_doubt,
]
