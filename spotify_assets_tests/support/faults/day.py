"""The day whose calls go wrong: captured, published with what somebody else landed, its insights and page made."""

from datetime import timedelta

import msgspec

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import PageMark, page_version
from spotify_assets.lake.unfinished import look_for_unfinished
from spotify_assets_tests.support.data.builders import entries_of, playlist, track
from spotify_assets_tests.support.data.small_days import DAY, NEXT, audit, capture, publish, stage
from spotify_assets_tests.support.data.two_charts import publish_insights

TODAY = NEXT + timedelta(days=1)


def two_days_before(lake: Lake) -> None:
    """Fills a new lake with two published days and with an object of somebody else's that waits for the third."""
    lake.claim()
    for day, songs in ((DAY, "A"), (NEXT, "AB")):
        publish(lake, day, songs)
    finish(lake)
    foreign = playlist("Other", entries_of(track("X")))
    lake.storage.write(f"raw/to_be_processed/other/{TODAY}.json", msgspec.json.encode(foreign))


def a_day(lake: Lake) -> None:
    """Captures the third day and finishes whatever is unfinished, as the platform does it by itself."""
    lake.claim()
    capture(lake, TODAY, ["B", "C"])
    finish(lake)


def finish(lake: Lake) -> None:
    """Works off what is unfinished."""
    for day in look_for_unfinished(lake).to_process:
        assert audit(lake, stage(lake, day)) == []
        lake.publish([day])
    publish_insights(lake, look_for_unfinished(lake).insights)
    if look_for_unfinished(lake).page:
        version = page_version(lake.published_insights())
        lake.storage.write("dashboard/index.html", version.encode())
        PageMark(lake.storage).write(version)
