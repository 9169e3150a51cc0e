"""Two real weeks of one chart, one after the other: what the chart tells of itself is what we make of it.

The files lie beside the checkout and are not part of it; see ../shared/real_charts/index.md.
"""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from spotify_assets.transform.audited_day import Audit, History
from spotify_assets.transform.decode import RawObject
from spotify_assets.transform.insights.audit import audit_table
from spotify_assets.transform.insights.day import NOTHING_EARLIER, build_insights
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import build_tables

REAL_CHARTS = Path(__file__).parents[4] / "shared" / "real_charts"
WEEKS = (date(2023, 11, 9), date(2023, 11, 16))
FILES = [REAL_CHARTS / f"regional-global-weekly-{day}.csv" for day in WEEKS]

pytestmark = pytest.mark.skipif(
    not all(path.exists() for path in FILES), reason=f"no real chart files in {REAL_CHARTS}"
)


def test_what_the_chart_tells_of_the_week_before_is_what_was_seen() -> None:
    earlier = NOTHING_EARLIER
    base, made = {}, {}
    for day, path in zip(WEEKS, FILES, strict=True):
        raw = RawObject(f"snapshot_date={day}/{path.name}", path.read_bytes(), datetime(2026, 11, 27, tzinfo=UTC))
        base = build_tables(observe([raw], day, "spotify"), day, 0.02).frames
        made = build_insights(day, base, earlier)
        earlier = earlier.followed_by(day, made)
    relinked = made["playlist_changes"].filter(change="relinked")
    assert relinked.height == 1
    # The recording that changed its id between the weeks, while the chart went on counting it.
    assert (
        relinked["previous_position"].to_list()
        == made["song_trends"]
        .filter(pl.col("song_id").is_in(relinked["song_id"].implode()))["previous_position"]
        .to_list()
    )
    audit = Audit(WEEKS[1], {name: frame.lazy() for name, frame in (made | base).items()})
    found = {finding.check: finding for finding in audit_table(audit, "song_trends", History())}
    assert dict(found["agrees_with_the_chart"].figures) == {"compared": 200, "agree": 200, "beyond_the_chart": 0}
    assert found["agrees_with_the_chart"].passed
