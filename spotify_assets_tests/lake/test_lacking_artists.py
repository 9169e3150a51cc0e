"""Whom a look at published artists finds: without a profile, and without facts only if that is asked."""

from spotify_assets.lake.lacking_artists import lacking_artists
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.conftest import IN_A_FOLDER
from spotify_assets_tests.support.data.builders import spotify_id
from spotify_assets_tests.support.data.small_days import DAY, capture_facts, capture_profiles, publish


@IN_A_FOLDER
def test_facts_that_are_lacking_are_found_only_if_they_are_asked_about(lake: Lake) -> None:
    a, b, c = (f"{song}Artist" for song in "ABC")
    capture_profiles(lake, DAY, [a, b])
    capture_facts(lake, DAY, {a: "gb", c: "jp"})
    publish(lake, DAY, ["A", "B", "C"])
    found = lacking_artists(lake, facts=False)
    assert found.select("artist_id", "lacks_profile").rows() == [(spotify_id(c), True)]
    both = lacking_artists(lake, facts=True).sort("lacks_profile")
    assert both.rows() == [(DAY, spotify_id(b), False, True), (DAY, spotify_id(c), True, False)]
