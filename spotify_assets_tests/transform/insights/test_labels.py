"""Labels and streams of charts, worked out by hand.

Songs 0 and 5 are of Label A, song 3 of Label B; of songs 2 and 4 no label is told, and of song 3 no streams are. A
song of number n at place p has 100 (9 - p) + n streams. In variant 1 no streams are told, in variant 2 no labels.
"""

import polars as pl
import pytest

from spotify_assets_tests.support.data.worked_examples import insights, one_chart, shown

SHARES = ("label", "songs", "points", "share", "streams", "streams_share")


def test_each_label_has_its_share_of_points_and_of_streams() -> None:
    last = insights(one_chart("us", {0: [0, 3, 2, 5]}))
    # Points 4, 3, 2, 1; streams 800, none told, 602, 505.
    assert shown(last["label_trends"], *SHARES) == [
        ("Label A", 2, 5, 0.5, 1305, 1305 / 1907),
        ("Label B", 1, 3, 0.3, 0, 0.0),
        ("unknown", 1, 2, 0.2, 602, 602 / 1907),
    ]


def test_a_label_that_is_gone_has_share_0_and_what_came_has_gained_all() -> None:
    last = insights(one_chart("us", {0: [0], 7: [3, 0]}))
    changes = ("label", "share", "share_change_7_days", "share_change_28_days", "streams_share_change_7_days")
    assert shown(last["label_trends"], *changes) == [
        ("Label A", 1 / 3, 1 / 3 - 1, None, 0.0),
        ("Label B", 2 / 3, 2 / 3, None, 0.0),
    ]
    last = insights(one_chart("us", {0: [0], 7: [3]}))
    assert shown(last["label_trends"], "label", "share", "share_change_7_days") == [
        ("Label A", 0.0, -1.0),
        ("Label B", 1.0, 1.0),
    ]


@pytest.mark.parametrize(("then", "compared"), [(6, False), (7, True), (13, True), (14, False)])
def test_a_week_before_is_7_to_13_days_ago(then: int, compared: bool) -> None:
    last = insights(one_chart("us", {0: [0], then: [0]}))
    [(change,)] = shown(last["label_trends"], "share_change_7_days")
    assert (change is not None) == compared


def test_a_day_without_labels_is_not_compared_with_and_has_no_rows() -> None:
    assert shown(insights(one_chart("us", {0: [0], 7: [0]}), {0: 2})["label_trends"], "share_change_7_days") == [
        (None,)
    ]
    assert insights(one_chart("us", {0: [0]}), {0: 2})["label_trends"].is_empty()


def test_without_streams_there_is_no_share_of_them() -> None:
    last = insights(one_chart("us", {0: [0, 3]}), {0: 1})
    assert shown(last["label_trends"], "label", "streams", "streams_share") == [
        ("Label A", None, None),
        ("Label B", None, None),
    ]


def test_streams_of_a_song_change_since_the_day_and_the_week_before() -> None:
    last = insights(one_chart("us", {0: [0], 1: [2, 0], 8: [0, 2]}))
    told = ("song_id", "streams", "streams_change_day", "streams_change_week")
    assert shown(last["song_trends"], *told) == [("Song0", 800, 100, 100), ("Song2", 702, -100, -100)]
    last = insights(one_chart("us", {0: [0], 1: [2, 0]}))
    assert shown(last["song_trends"], *told) == [("Song0", 700, -100, None), ("Song2", 802, None, None)]


def test_shares_of_streams_sum_to_one() -> None:
    last = insights(one_chart("us", {0: [0, 1, 2, 3, 4, 5, 6]}))
    assert last["label_trends"].select(pl.col("streams_share").sum()).item() == pytest.approx(1)


def test_artists_genres_and_countries_have_their_parts_of_all_streams() -> None:
    last = insights(one_chart("us", {0: [0, 3, 2, 5]}))
    genres = last["genre_trends"].sum()
    assert genres["streams"].item() == pytest.approx(1907)
    assert genres["streams_share"].item() == pytest.approx(1)
    [(streams, domestic, share)] = last["domestic_share"].select("streams", "domestic_streams", "streams_share").rows()
    assert streams == pytest.approx(1907)
    assert share is None or share == pytest.approx(domestic / streams)
    told = last["artist_trends"].filter(pl.col("streams").is_not_null())
    assert sorted(told["streams"]) == [505, 602, 1402]
    assert told["streams"].equals(told["week_streams"].rename("streams"))


def test_streams_of_an_artist_are_compared_with_the_day_and_the_week_before() -> None:
    last = insights(one_chart("us", {0: [0], 7: [3, 0], 8: [0]}))
    # Song 0: 800 on days 0 and 8, 700 on day 7.
    columns = ("streams", "streams_change", "week_streams", "week_streams_change")
    assert set(shown(last["artist_trends"].filter(pl.col("streams") == 800), *columns)) == {(800, 100, 1500, 700)}


def test_where_no_streams_are_told_no_part_of_them_is() -> None:
    last = insights(one_chart("us", {0: [0, 3]}), {0: 1})
    for table, columns in (
        ("artist_trends", ["streams", "streams_change", "week_streams", "week_streams_change"]),
        ("genre_trends", ["streams", "streams_share", "streams_share_change_7_days"]),
        ("domestic_share", ["streams", "domestic_streams", "streams_share"]),
    ):
        assert last[table].height > 0
        assert last[table].select(pl.col(columns).is_null().all()).row(0) == (True,) * len(columns)
