"""Rejected rows say what they were and where they came from, once each."""

import polars as pl

from spotify_assets.schemas.base import BASE
from spotify_assets.transform.rejection import Splitter
from spotify_assets_tests.support.data.builders import DAY, Json, spotify_id

GOOD: Json = {"song_id": spotify_id("song"), "artist_id": spotify_id("artist"), "artist_position": 1}


def credits_of(*rows: Json) -> pl.DataFrame:
    types = BASE.tables["song_artists"].schema.create_empty().schema
    return pl.DataFrame(rows, schema={**{name: types[name] for name in GOOD}, "raw_object": pl.String})


def test_equal_bad_rows_of_several_objects_are_told_of_once_with_the_first() -> None:
    bad = GOOD | {"song_id": spotify_id("other"), "artist_id": "malformed"}
    splitter = Splitter(DAY)
    good = splitter.split(
        "song_artists",
        credits_of(*({**row, "raw_object": name} for row, name in [(bad, "one"), (GOOD, "two"), (bad, "two")])),
    )
    assert good.drop("snapshot_date").to_dicts() == [GOOD]
    told = splitter.rejected().select("table_name", "rule", "raw_object").sort("rule").rows()
    assert told == [("song_artists", "artist_id|regex", "one"), ("song_artists", "primary_key", "one")]


def test_a_row_that_breaks_two_rules_is_told_of_with_each() -> None:
    splitter = Splitter(DAY)
    bad = GOOD | {"artist_id": "malformed", "artist_position": 0, "raw_object": "one"}
    assert splitter.split("song_artists", credits_of(bad)).is_empty()
    assert sorted(splitter.rejected()["rule"]) == ["artist_id|regex", "artist_position|min"]


def test_a_day_without_bad_rows_has_an_empty_table_of_them() -> None:
    splitter = Splitter(DAY)
    splitter.split("song_artists", credits_of(GOOD | {"raw_object": "one"}))
    assert splitter.rejected().equals(BASE.tables["rejected_rows"].schema.create_empty())


def test_children_of_refused_parents_are_told_of_and_the_others_keep_their_order() -> None:
    splitter = Splitter(DAY)
    rows = [GOOD | {"song_id": spotify_id(word), "raw_object": "one"} for word in ("b", "bad", "a")]
    refused = {"song_id": pl.DataFrame({"song_id": [spotify_id("bad")]}), "artist_id": pl.DataFrame()}
    good = splitter.split_by_parents("song_artists", credits_of(*rows), refused)
    assert good["song_id"].to_list() == [spotify_id("b"), spotify_id("a")]
    assert splitter.rejected()["rule"].to_list() == ["song_id|rejected"]
