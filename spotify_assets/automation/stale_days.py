"""Days that are stale although their raw objects are unchanged: reports them to Dagster, and marks them for rebuild.

Which days are stale is decided by the callers, which look at `playlists.yaml` or at details that arrived later.
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
    """The last report to Dagster: the version of the input, the published days, and the days reported stale."""

    beside: str
    tables: str
    stale: list[tuple[date, date]]

    @classmethod
    def of(cls, cursor: str | None) -> "Told":
        """The report in a cursor; an empty one if there is none, or another version wrote it."""
        try:
            return msgspec.json.decode(cursor or "", type=cls)
        except msgspec.DecodeError:
            return cls("", "", [])

    def calls_stale(self, day: date) -> bool:
        """Whether a day was reported stale."""
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
    """New versions of an asset's days that became stale, or no longer are; and a sentence.

    `look` gives the stale days, each with its version if rebuilt now; `made_with` gives that of a published day. `look`
    is called only if `beside`, the version of the input, or the published days have changed.
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
    """Marks stale days as unfinished, and logs which are rebuilt and which cannot be."""
    again = days_with_raw_objects(lake, stale)
    log.info(sentence)
    if gone := sorted(set(stale) - set(again)):
        log.warning(told_of_lost(gone))
    begin_again(lake, again)
