"""What a chart tells of itself beside what was seen: what is new on a first capture, what goes on under another id."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl

from spotify_assets.transform.audited_day import Audit, History
from spotify_assets.transform.decode import RawObject
from spotify_assets.transform.findings import Finding
from spotify_assets.transform.insights.audit import audit_table
from spotify_assets.transform.insights.day import NOTHING_EARLIER, build_insights
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import build_tables
from spotify_assets_tests.charts.files import csv_of, row, song_id

FIRST = date(2024, 10, 30)
Frames = dict[str, pl.DataFrame]


def charted(*days: Sequence[list[object]] | None) -> tuple[Frames, Finding]:
    """The insights of the last of days in a row, None being one without a chart; and how they agree with the chart."""
    earlier, base, made, day = NOTHING_EARLIER, {}, {}, FIRST
    for number, rows in enumerate(days):
        if rows is None:
            continue
        day = FIRST + timedelta(days=number)
        name = f"snapshot_date={day}/regional-de-daily-{day}.csv"
        raw = RawObject(name, csv_of(*rows), datetime(2024, 11, 5, tzinfo=UTC))
        base = build_tables(observe([raw], day, "spotify"), day, 0.02).frames
        made = build_insights(day, base, earlier)
        earlier = earlier.followed_by(day, made)
    audit = Audit(day, {name: frame.lazy() for name, frame in (made | base).items()})
    found = audit_table(audit, "song_trends", History())
    assert [finding.check for finding in found if finding.blocking and not finding.passed] == []
    [agrees] = [finding for finding in found if finding.check == "agrees_with_the_chart"]
    return made, agrees


def statuses(made: Frames) -> list[tuple[int, str]]:
    return made["song_trends"].select("position", "status").sort("position").rows()


def test_on_a_first_capture_only_what_the_chart_calls_new_is_new() -> None:
    made, _ = charted([row(1, days_on_chart=1), row(2, days_on_chart=9), row(3, previous_rank=1, days_on_chart=2)])
    assert statuses(made) == [(1, "new"), (2, "first capture"), (3, "first capture")]


def test_a_song_goes_on_under_another_id_where_the_chart_names_its_place_before() -> None:
    before = [row(1), row(2)]
    same = {"artist_names": "Artist 2", "track_name": "Song 2"}
    made, agrees = charted(before, [row(1, number=9, previous_rank=2, **same), row(2, number=1, previous_rank=1)])
    assert statuses(made) == [(1, "up"), (2, "down")]
    assert made["playlist_changes"].select("change", "song_id", "previous_song_id").sort("change").rows() == [
        ("moved", song_id(1), None),
        ("relinked", song_id(9), song_id(2)),
    ]
    assert (agrees.passed, agrees.figures["agree"]) == (True, 2)


def test_another_title_another_place_or_a_day_between_is_no_relink() -> None:
    before = [row(1), row(2)]
    same = {"artist_names": "Artist 2", "track_name": "Song 2"}
    for days in (
        (before, [row(1, number=9, previous_rank=2, **same | {"track_name": "Song"})]),
        (before, [row(1, number=9, previous_rank=1, **same)]),
        (before, [row(1, number=9, **same)]),
        (before, None, [row(1, number=9, previous_rank=2, **same)]),
        (before, [row(1, number=2, previous_rank=2), row(2, number=9, previous_rank=2, **same)]),
    ):
        made, _ = charted(*days)
        assert made["playlist_changes"].filter(change="relinked").is_empty()


def test_what_disagrees_is_counted_and_the_first_is_named() -> None:
    _, agrees = charted([row(1), row(2)], [row(1, number=2, previous_rank=2), row(2, number=1, previous_rank=7)])
    assert not agrees.passed
    assert not agrees.blocking
    assert dict(agrees.figures) == {"compared": 2, "agree": 1, "beyond_the_chart": 0}
    assert "Song 1 on regional-de-daily" in agrees.sentence


def test_days_between_are_not_compared() -> None:
    _, agrees = charted([row(1)], None, [row(1, previous_rank=7)])
    assert (agrees.passed, agrees.figures["compared"]) == (True, 0)


def test_a_better_peak_than_the_charts_own_is_told_of() -> None:
    _, agrees = charted([row(1)], [row(1, previous_rank=1, peak_rank=2)])
    assert (agrees.passed, agrees.figures["beyond_the_chart"]) == (False, 1)
    _, agrees = charted([row(1)], [row(1, previous_rank=1, days_on_chart=1)])
    assert (agrees.passed, agrees.figures["beyond_the_chart"]) == (False, 1)
