"""Two small charts over three days of eight, published with their insights: what saved queries are asked about.

             1 March      8 March      9 March
    World    A B C        B A D        D B A E
    Japan    B X          X B          X, an episode, a local file, a song that is gone

E came out on 5 March, all other songs long before. Wikidata knows that B is from Japan and X from the United States.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from spotify_assets.lake.insight_inputs import BaseDays, Contents, versions
from spotify_assets.lake.insight_memory import earlier_days
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import own_name
from spotify_assets.schemas import INSIGHTS
from spotify_assets.transform.insights.day import build_insights
from spotify_assets_tests.support.data.builders import (
    Json,
    album,
    captured,
    entries_of,
    episode,
    local_file,
    playlist,
    spotify_id,
    track,
)
from spotify_assets_tests.support.data.small_days import audit, capture_facts, capture_profiles, stage

FIRST, EIGHTH, LAST = date(2026, 3, 1), date(2026, 3, 8), date(2026, 3, 9)
RELEASED = track("E", album=album("EAlbum", release_date="2026-03-05"))
CHARTS: dict[date, tuple[Sequence[Json | None], Sequence[Json | None]]] = {
    FIRST: ([*map(track, "ABC")], [*map(track, "BX")]),
    EIGHTH: ([*map(track, "BAD")], [*map(track, "XB")]),
    LAST: ([*map(track, "DBA"), RELEASED], [track("X"), episode("Talk"), local_file("Demo"), None]),
}


def publish_two_charts(lake: Lake) -> None:
    """Publishes the three days and their insights."""
    for day, (world, japan) in CHARTS.items():
        fetched_at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
        for word, region, contents in (("World", "global", world), ("Japan", "jp", japan)):
            document = captured(playlist(word, entries_of(*contents)), fetched_at, region=region)
            lake.raw.land(own_name(f"playlist-{spotify_id(word)}", fetched_at), document)
        capture_profiles(lake, day, ["AArtist", "BArtist"])
        capture_facts(lake, day, {"BArtist": "JP", "XArtist": "US"})
        assert audit(lake, stage(lake, day)) == []
        lake.publish([day])
    publish_insights(lake, CHARTS)


def publish_insights(lake: Lake, days: Iterable[date]) -> None:
    """Publishes the insights of published days, unaudited."""
    for day in days:
        base = BaseDays(lake, [day])
        earlier = earlier_days(lake, day, Contents.of(lake.published_insights()))
        version = versions(lake.published_days(), lake.published_insights())[day]
        frames = build_insights(day, base.read(day), earlier)
        staged = lake.insight_staging.write(day, frames, [], "a-run", made_from=version)
        for name in INSIGHTS.tables:
            lake.insight_staging.record(staged, name, [])
        lake.publish_insights([day])
