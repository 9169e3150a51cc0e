"""The checks of the insight tables: good days pass them all, and each wrong table fails the one it is about."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl
import pytest

from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.transform.audited_day import Audit, History
from spotify_assets.transform.findings import Finding
from spotify_assets.transform.insights.audit import BLOCKING, audit_table, checks_of, genre_coverage, not_empty
from spotify_assets.transform.insights.day import NOTHING_EARLIER, build_insights
from spotify_assets.transform.insights.memory import MEMORY
from spotify_assets_tests.support.data.builders import spotify_id
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, OTHER, Chart, ChartDay, base_tables, song_id

NEXT = FIRST_DAY + timedelta(days=1)
BEFORE = base_tables(FIRST_DAY, ChartDay({0: Chart("us", [0, 1, 2]), 1: Chart("gb", [2, 3])}))
BASE = base_tables(NEXT, ChartDay({0: Chart("us", [2, 0, 5]), 1: Chart("gb", [0, 2, 3])}))
FIRST = build_insights(FIRST_DAY, BEFORE, NOTHING_EARLIER)
GOOD = build_insights(NEXT, BASE, NOTHING_EARLIER.followed_by(FIRST_DAY, FIRST))


def found(table: str, made: pl.DataFrame | None = None) -> list[Finding]:
    """What the checks of a table find on the good day, or on what takes the table's place."""
    frames = {**GOOD, "playlist_items": BASE["playlist_items"], table: GOOD[table] if made is None else made}
    audit = Audit(NEXT, {name: frame.lazy() for name, frame in frames.items()})
    history = History(previous_rows=FIRST[MEMORY].lazy() if table == MEMORY else None)
    return audit_table(audit, table, history)


def failed(table: str, made: pl.DataFrame | None = None) -> set[str]:
    """The checks that fail."""
    return {finding.check for finding in found(table, made) if not finding.passed}


def figures(table: str, check: str, made: pl.DataFrame | None = None) -> tuple[bool, dict[str, float | int | str]]:
    """Whether one check passes, and its figures."""
    [finding] = [finding for finding in found(table, made) if finding.check == check]
    return finding.passed, dict(finding.figures)


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
    [rows] = [finding.rows for finding in found(table, typed) if finding.check == check]
    assert all(row["rule"] for row in rows)
    assert {frozenset(row) for row in rows} == {frozenset(rows[0])} if rows else check == "not_empty"


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
    audit = Audit(FIRST_DAY, {name: frame.lazy() for name, frame in made.items()})
    for table in ("genre_trends", "domestic_share"):
        assert [found for found in audit_table(audit, table, History()) if found.blocking and not found.passed] == []


def without_song(table: str, word: int) -> pl.DataFrame:
    return GOOD[table].filter(pl.col("song_id") != song_id(word))


@pytest.mark.parametrize(
    ("table", "check", "good", "made", "bad"),
    [
        # Songs 2, 0 and 5 are on one playlist, 0, 2 and 3 on the other; before, 0, 1 and 2, and 2 and 3.
        pytest.param(
            MEMORY,
            "remembers_every_song",
            {"remembered": 5, "lost": 0, "silent": 0},
            without_song(MEMORY, 3),
            {"remembered": 5, "lost": 0, "silent": 1},
            id="nothing said of a song that stayed",
        ),
        pytest.param(
            MEMORY,
            "remembers_every_song",
            {"remembered": 5, "lost": 0, "silent": 0},
            without_song(MEMORY, 1),
            {"remembered": 5, "lost": 0, "silent": 1},
            id="nothing said of a song that left",
        ),
        pytest.param(
            MEMORY,
            "remembers_every_song",
            {"remembered": 5, "lost": 0, "silent": 0},
            GOOD[MEMORY].with_columns(days_on_chart=pl.lit(0, pl.Int64)),
            {"remembered": 5, "lost": 5, "silent": 0},
            id="days lost",
        ),
        pytest.param(
            "song_trends",
            "one_row_per_song",
            {"songs": 6, "missing": 0, "without_song": 0},
            without_song("song_trends", 5),
            {"songs": 6, "missing": 1, "without_song": 0},
            id="a song missing",
        ),
        pytest.param(
            "song_trends",
            "one_row_per_song",
            {"songs": 6, "missing": 0, "without_song": 0},
            pl.concat([GOOD["song_trends"], GOOD["song_trends"][:1]]),
            {"songs": 6, "missing": 0, "without_song": 1},
            id="a row twice",
        ),
        pytest.param(
            "song_trends",
            "one_row_per_song",
            {"songs": 6, "missing": 0, "without_song": 0},
            GOOD["song_trends"].with_columns(position=pl.col("position") + 10),
            {"songs": 6, "missing": 6, "without_song": 6},
            id="other places",
        ),
        pytest.param(
            "artist_trends",
            "ranks_follow_points",
            {"artists": GOOD["artist_trends"].height, "wrong_ranks": 0},
            GOOD["artist_trends"].with_columns(week_rank=pl.col("week_rank") + 1),
            {"artists": GOOD["artist_trends"].height, "wrong_ranks": GOOD["artist_trends"].height},
            id="ranks of the week",
        ),
        pytest.param(
            "domestic_share",
            "every_country_has_its_row",
            {"countries": 2, "wrong": 0},
            GOOD["domestic_share"].with_columns(region=pl.col("region").replace("us", "fr")),
            {"countries": 2, "wrong": 2},
            id="another country",
        ),
        pytest.param(
            "playlist_changes",
            "changes_lead_here",
            {"changes": GOOD["playlist_changes"].height, "wrong": 0},
            GOOD["playlist_changes"].with_columns(position=pl.col("position") + 10),
            # A removed song has no position to be wrong.
            {"changes": GOOD["playlist_changes"].height, "wrong": GOOD["playlist_changes"]["position"].count()},
            id="other places of changes",
        ),
        pytest.param(
            "region_links",
            "pairs_agree",
            {"pairs": 2, "wrong": 0},
            GOOD["region_links"].with_columns(median_lead_days=pl.lit(1.0)),
            {"pairs": 2, "wrong": 2},
            id="both sides lead",
        ),
        pytest.param(
            "genre_trends",
            "shares_sum_to_one",
            {"regions": 2},
            GOOD["genre_trends"].with_columns(share=pl.col("share") * (1 + 1e-6)),
            {"regions": 2},
            id="a little too much",
        ),
        pytest.param(
            "genre_trends",
            "not_empty",
            {"rows": GOOD["genre_trends"].height, "songs_on_charts": 6},
            GOOD["genre_trends"].clear(),
            {"rows": 0, "songs_on_charts": 6},
            id="empty",
        ),
    ],
)
def test_figures_say_how_much_is_wrong(
    table: str, check: str, good: dict[str, int], made: pl.DataFrame, bad: dict[str, int]
) -> None:
    assert figures(table, check) == (True, good)
    typed = made.select(pl.col(name).cast(dtype) for name, dtype in GOOD[table].schema.items())
    assert figures(table, check, typed) == (False, bad)


def test_a_day_without_songs_may_have_no_rows() -> None:
    base = base_tables(FIRST_DAY, ChartDay({0: Chart("us", [OTHER])}))
    made = build_insights(FIRST_DAY, base, NOTHING_EARLIER)
    frames = {name: frame.lazy() for name, frame in {**made, "playlist_items": base["playlist_items"]}.items()}
    audit = Audit(FIRST_DAY, frames)
    for table in INSIGHTS.tables:
        assert [finding for finding in audit_table(audit, table, History()) if not finding.passed] == []


@pytest.mark.parametrize("table", [MEMORY, "genre_trends"])
def test_one_song_on_the_charts_wants_rows_and_one_row_is_enough(table: str) -> None:
    base = base_tables(FIRST_DAY, ChartDay({0: Chart("us", [0])}))
    made = build_insights(FIRST_DAY, base, NOTHING_EARLIER)
    assert made["song_trends"].height == made[table].height == 1

    def passes(rows: pl.DataFrame) -> bool:
        frames = {"song_trends": made["song_trends"].lazy(), table: rows.lazy()}
        return not_empty(Audit(FIRST_DAY, frames), INSIGHTS.tables[table], History()).passed

    assert passes(made[table])
    assert not passes(made[table].clear())


def test_a_song_counts_more_days_or_as_many_as_before_and_never_another_first_day() -> None:
    as_many = GOOD[MEMORY].join(
        FIRST[MEMORY].select("playlist_id", "song_id", before="days_on_chart"),
        on=["playlist_id", "song_id"],
        how="left",
    )
    kept = as_many.with_columns(days_on_chart=pl.col("before").fill_null(1)).drop("before")
    assert figures(MEMORY, "remembers_every_song", kept)[0]
    earlier = GOOD[MEMORY].with_columns(first_seen=pl.col("first_seen") - timedelta(days=1))
    assert figures(MEMORY, "remembers_every_song", earlier) == (False, {"remembered": 5, "lost": 5, "silent": 0})


def test_a_song_that_goes_on_under_another_id_is_remembered() -> None:
    relinked = GOOD[MEMORY].with_columns(
        pl.when(pl.col("song_id") == song_id(2)).then(pl.lit(song_id(6))).otherwise("song_id").alias("song_id"),
        pl.when(pl.col("song_id") == song_id(2)).then("song_id").alias("previous_song_id"),
    )
    ended = GOOD[MEMORY].filter(song_id=song_id(2)).with_columns(continued_as=pl.lit(song_id(6)))
    told = pl.concat([relinked, ended])
    assert figures(MEMORY, "remembers_every_song", told) == (True, {"remembered": 5, "lost": 0, "silent": 0})
    without = told.with_columns(previous_song_id=pl.lit(None, pl.String))
    assert figures(MEMORY, "remembers_every_song", without) == (False, {"remembered": 5, "lost": 2, "silent": 0})


def test_which_tables_are_asked_whether_they_are_empty_and_about_as_long_as_before() -> None:
    asked = {name: {check.__name__ for check in checks_of(table)} for name, table in INSIGHTS.tables.items()}
    assert {name for name in asked if "not_empty" in asked[name]} == {MEMORY, "genre_trends"}
    assert {name for name in asked if "volume" in asked[name]} == {"song_trends", "genre_trends"}
    assert {name for name in asked if "genre_coverage" in asked[name]} == {"genre_trends"}


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
        return pl.LazyFrame({"genre": list(points), "points": list(points.values())}).with_columns(
            series=pl.lit("regional-daily"), region=pl.lit("us")
        )

    history = History(previous_rows=None if before is None else trends(before))
    audit = Audit(NEXT, {"genre_trends": trends(genres)})
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
    assert coverage({"pop": 0, "unknown": 0}) == (True, {})
    # Half is enough, a tenth less than before as well, and not a hair more.
    assert coverage({"pop": 5, "unknown": 5})[0]
    assert not coverage({"pop": 499, "unknown": 501})[0]
    assert coverage({"pop": 750, "unknown": 250}, before={"pop": 845, "unknown": 155})[0]
    assert not coverage({"pop": 750, "unknown": 250}, before={"pop": 855, "unknown": 145})[0]
    assert coverage(many, before={})[0]
