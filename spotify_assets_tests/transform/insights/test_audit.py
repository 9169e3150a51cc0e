"""The checks of the insight tables: good days pass them all, and each wrong table fails the one it is about."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl
import pytest

from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.transform.audit import Audit, History
from spotify_assets.transform.insights.audit import BLOCKING, audit_table, checks_of, genre_coverage
from spotify_assets.transform.insights.day import MEMORY, NOTHING_EARLIER, build_insights
from spotify_assets_tests.support.data.builders import spotify_id
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, OTHER, Chart, ChartDay, base_tables

NEXT = FIRST_DAY + timedelta(days=1)
BEFORE = base_tables(FIRST_DAY, ChartDay({0: Chart("us", [0, 1, 2]), 1: Chart("gb", [2, 3])}))
BASE = base_tables(NEXT, ChartDay({0: Chart("us", [2, 0, 5]), 1: Chart("gb", [0, 2, 3])}))
FIRST = build_insights(FIRST_DAY, BEFORE, NOTHING_EARLIER)
GOOD = build_insights(NEXT, BASE, NOTHING_EARLIER.followed_by(FIRST_DAY, FIRST))


def failed(table: str, made: pl.DataFrame | None = None) -> set[str]:
    """The checks that fail on a table of the good day, or on what takes its place."""
    frames = {**GOOD, "playlist_items": BASE["playlist_items"], table: GOOD[table] if made is None else made}
    audit = Audit(NEXT, {name: frame.lazy() for name, frame in frames.items()}, rejected_rows_limit=0.0)
    history = History(previous_rows=FIRST[MEMORY].lazy() if table == MEMORY else None)
    return {finding.check for finding in audit_table(audit, table, history) if not finding.passed}


@pytest.mark.parametrize("table", INSIGHTS.tables)
def test_a_good_day_passes(table: str) -> None:
    assert not GOOD[table].is_empty()
    assert failed(table) == set()


@pytest.mark.parametrize(
    ("table", "check", "made"),
    [
        (MEMORY, "remembers_every_song", GOOD[MEMORY][1:]),
        (MEMORY, "remembers_every_song", GOOD[MEMORY].with_columns(first_seen=pl.lit(NEXT))),
        (MEMORY, "contract", GOOD[MEMORY].with_columns(streak=pl.col("days_on_chart") + 1)),
        ("playlist_changes", "changes_lead_here", GOOD["playlist_changes"].with_columns(position=pl.lit(7))),
        ("playlist_changes", "contract", GOOD["playlist_changes"].with_columns(change=pl.lit("moved"))),
        ("song_trends", "one_row_per_song", GOOD["song_trends"][1:]),
        ("song_trends", "one_row_per_song", GOOD["song_trends"].with_columns(position=pl.col("position") + 1)),
        ("song_trends", "primary_key", pl.concat([GOOD["song_trends"], GOOD["song_trends"][:1]])),
        (MEMORY, "not_empty", GOOD[MEMORY].clear()),
        ("song_trends", "contract", GOOD["song_trends"].with_columns(status=pl.lit("up"))),
        ("artist_trends", "ranks_follow_points", GOOD["artist_trends"].with_columns(rank=pl.col("rank") + 1)),
        ("artist_trends", "ranks_follow_points", GOOD["artist_trends"].with_columns(week_rank=pl.lit(1))),
        ("genre_trends", "shares_sum_to_one", GOOD["genre_trends"].with_columns(share=pl.col("share") / 2)),
        ("genre_trends", "not_empty", GOOD["genre_trends"].clear()),
        ("domestic_share", "every_country_has_its_row", GOOD["domestic_share"][1:]),
        ("domestic_share", "contract", GOOD["domestic_share"].with_columns(foreign_points=pl.lit(99.0))),
        ("artist_consistency", "contract", GOOD["artist_consistency"].with_columns(label=pl.lit("famous"))),
        ("release_performance", "contract", GOOD["release_performance"].with_columns(peak_position=pl.lit(9))),
        ("region_links", "pairs_agree", GOOD["region_links"][1:]),
        ("region_links", "contract", GOOD["region_links"].with_columns(shared_songs=pl.lit(0))),
    ],
)
def test_a_wrong_table_fails(table: str, check: str, made: pl.DataFrame) -> None:
    typed = made.select(pl.col(name).cast(dtype) for name, dtype in GOOD[table].schema.items())
    assert check in failed(table, typed) & BLOCKING


@pytest.mark.parametrize("artists", range(1, 14))
@pytest.mark.parametrize("entries", [1, 13, 29, 100])
def test_parts_of_a_chart_that_add_up_to_a_little_more_than_all_of_it_pass(entries: int, artists: int) -> None:
    """Seven sevenths of 29 points are 1.0000000000000002 of them."""
    base = dict(base_tables(FIRST_DAY, ChartDay({0: Chart("us", [0, *[OTHER] * (entries - 1)])})))
    ids = [spotify_id(f"Artist{number}") for number in range(artists)]
    artist = base["artists"].head(1).with_columns(genres=pl.lit([], pl.List(pl.String)), country=pl.lit("US"))
    credit = base["song_artists"].head(1)
    base["artists"] = pl.concat(artist.with_columns(artist_id=pl.lit(found)) for found in ids)
    base["song_artists"] = pl.concat(
        credit.with_columns(artist_id=pl.lit(found), artist_position=pl.lit(position, pl.Int64))
        for position, found in enumerate(ids, 1)
    )
    made = build_insights(FIRST_DAY, base, NOTHING_EARLIER)
    audit = Audit(FIRST_DAY, {name: frame.lazy() for name, frame in made.items()}, rejected_rows_limit=0.0)
    for table in ("genre_trends", "domestic_share"):
        assert [found for found in audit_table(audit, table, History()) if found.blocking and not found.passed] == []


def test_every_table_is_held_to_its_contract_and_key() -> None:
    for table in INSIGHTS.tables.values():
        names = [check.__name__ for check in checks_of(table)]
        assert names[:2] == ["contract", "primary_key"]
        assert len(names) == len(set(names))
        blocking = [name in BLOCKING for name in names]
        assert blocking == sorted(blocking, reverse=True)


def coverage(
    genres: Mapping[str, float], before: Mapping[str, float] | None = None
) -> tuple[bool, dict[str, float | int | str]]:
    """What the check of coverage says of a day with so many points of each genre."""

    def trends(points: Mapping[str, float]) -> pl.LazyFrame:
        return pl.LazyFrame({"genre": list(points), "points": list(points.values())})

    history = History(previous_rows=None if before is None else trends(before))
    audit = Audit(NEXT, {"genre_trends": trends(genres)}, rejected_rows_limit=0.0)
    finding = genre_coverage(audit, INSIGHTS.tables["genre_trends"], history)
    assert not finding.blocking
    return finding.passed, dict(finding.figures)


def test_coverage_warns_where_few_points_have_a_genre_or_fewer_than_the_day_before() -> None:
    assert coverage({"pop": 6, "unknown": 4}) == (True, {"share_with_genre": 0.6})
    assert coverage({"pop": 4, "unknown": 6}) == (False, {"share_with_genre": 0.4})
    few, many = {"pop": 3, "rock": 3, "unknown": 4}, {"pop": 9, "unknown": 1}
    assert coverage(few, before=many) == (False, {"share_with_genre": 0.6, "share_with_genre_before": 0.9})
    assert coverage(many, before=few)[0]
    assert coverage({}) == (True, {})
    assert coverage(many, before={})[0]
