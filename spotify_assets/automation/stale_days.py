"""Days that are stale through something beside their raw objects: what Dagster was told of them, and is to be told.

What belongs here is the telling, and marking them to be made again. Which days are stale belongs to who looks: at
`playlists.yaml`, or at details of tracks that came later.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from logging import Logger

import dagster as dg
import msgspec

from spotify_assets.assets.tables import said_version
from spotify_assets.assets.versions import versioned
from spotify_assets.capture.declared_changes import told_of_lost
from spotify_assets.lake.declared_days import begin_again, days_with_raw_objects
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import Mark
from spotify_assets.transform.days import ranges


class Told(msgspec.Struct, frozen=True):
    """What Dagster was told: of which version of it, for which published days, and which days it calls stale since."""

    beside: str
    tables: str
    stale: list[tuple[date, date]]

    @classmethod
    def of(cls, cursor: str | None) -> "Told":
        """What a cursor says; nothing where there is none, or none of this version."""
        try:
            return msgspec.json.decode(cursor or "", type=cls)
        except msgspec.DecodeError:
            return cls("", "", [])

    def calls_stale(self, day: date) -> bool:
        """Whether a day is among those."""
        return any(first <= day <= last for first, last in self.stale)


def tell_stale_days(
    context: dg.SensorEvaluationContext,
    lake: Lake,
    asset: str,
    beside: str,
    look: Callable[[], Mapping[date, str]],
    *,
    made_with: Callable[[Mark], str],
    sentence: Callable[[Sequence[date]], str],
) -> dg.SensorResult:
    """New versions of an asset's days: of those that have become stale, and that are so no longer; and a sentence.

    `look` gives the stale days, each with the version that it would have now; that of a published day is what it was
    `made_with`. It is asked only where `beside`, the version of what days are made with, or what is published changed.
    """
    tables, told = lake.published_days(), Told.of(context.cursor)
    if (beside, tables.version) == (told.beside, told.tables):
        known = [day for day in tables.whole if told.calls_stale(day)]
        return dg.SensorResult(skip_reason=dg.SkipReason(sentence(known)))
    stale = look()
    new = {day: version for day, version in stale.items() if beside != told.beside or not told.calls_stale(day)}
    right = {day: made_with(mark) for day, mark in tables.whole.items() if told.calls_stale(day) and day not in stale}
    return dg.SensorResult(
        skip_reason=dg.SkipReason(sentence(list(stale))),
        asset_events=[versioned(asset, day, said_version(version).value) for day, version in (new | right).items()],
        cursor=msgspec.json.encode(Told(beside, tables.version, ranges(stale))).decode(),
    )


def begin_stale_days(lake: Lake, stale: Collection[date], log: Logger, sentence: str) -> None:
    """Marks stale days as unfinished, and says which are made again and which cannot be."""
    again = days_with_raw_objects(lake, stale)
    log.info(sentence)
    if gone := sorted(set(stale) - set(again)):
        log.warning(told_of_lost(gone))
    begin_again(lake, again)
