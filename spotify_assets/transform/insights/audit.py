"""Checks of a day's insights before they are published, in addition to those of every table."""

from collections.abc import Iterator

import polars as pl

from spotify_assets.schemas.insight_columns import COUNTRY_REGION, SHARE_TOLERANCE, UNKNOWN_GENRE
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.schemas.table import Table
from spotify_assets.transform.audit import contract, primary_key, volume
from spotify_assets.transform.audit_of_doubt import MOST_SHOWN
from spotify_assets.transform.audited_day import Audit, Check, History
from spotify_assets.transform.examples import examples
from spotify_assets.transform.findings import Example, Finding, counted, part_of
from spotify_assets.transform.insights.charts import PLAYLIST_SONG, SERIES_REGION, period
from spotify_assets.transform.insights.memory import MEMORY, memory_after

# Warn if a smaller share of chart points has a genre, or this much less than on the previous published day.
LEAST_COVERAGE, COVERAGE_TOLERANCE = 0.5, 0.1
# Tables that have rows whenever songs are on a chart; the others depend on what happened.
NEVER_EMPTY = {MEMORY, "genre_trends"}
# Tables with about as many rows every day. A memory only grows.
STEADY = {"song_trends", "genre_trends"}


def not_empty(audit: Audit, table: Table, _: History) -> Finding:
    """The table has rows if the day's charts have songs."""
    rows, songs = audit.rows(table.name), audit.rows("song_trends")
    passed = rows > 0 or songs == 0
    sentence = f"{table.name} has {counted(rows, 'row')}, for {counted(songs, 'song')} on the charts."
    return Finding("not_empty", passed, True, sentence, {"rows": rows, "songs_on_charts": songs})


def one_row_per_song(audit: Audit, _: Table, __: History) -> Finding:
    """Each song of the published playlists has exactly one row, at its best position."""
    on_lists = (
        audit.tables["playlist_items"]
        .drop_nulls("song_id")
        .group_by(PLAYLIST_SONG)
        .agg(pl.col("position").min().cast(pl.Int64))
        .collect()
    )
    told = audit.tables["song_trends"].select(*PLAYLIST_SONG, "position").collect()
    key = [*PLAYLIST_SONG, "position"]
    lacking, strange = on_lists.join(told, on=key, how="anti"), told.join(on_lists, on=key, how="anti")
    repeated = told.filter(told.select(key).is_duplicated())
    missing = lacking.height
    added = strange.height + told.height - told.select(key).n_unique()
    sentence = f"Each of {counted(on_lists.height, 'song')} on the playlists has exactly one row."
    if missing or added:
        sentence = f"{part_of(missing, on_lists.height, 'song')} on the playlists without a row"
        sentence += f"; {counted(added, 'row')} without a song."
    figures = {"songs": on_lists.height, "missing": missing, "without_song": added}
    shown = [
        example
        for rule, rows in (("row_missing", lacking), ("without_song", strange), ("repeated", repeated))
        for example in examples(audit, "song_trends", rows, rule)
    ]
    return Finding("one_row_per_song", not missing and not added, True, sentence, figures, tuple(shown))


def agrees_with_the_chart(audit: Audit, _: Table, __: History) -> Finding:
    """Previous positions match those the chart reports, if its previous edition was captured, and no peak is better."""
    told = audit.tables["playlist_items"].select(
        *PLAYLIST_SONG, "position", "previous_rank", "was_on_previous_chart", "peak_rank", "periods_on_chart"
    )
    rows = (
        audit.tables["song_trends"]
        .join(told, on=[*PLAYLIST_SONG, "position"])
        .with_columns(
            is_next=(pl.col("snapshot_date") - pl.col("previous_capture") == period()).fill_null(value=False),
            is_beyond=(
                (pl.col("peak_position") < pl.col("peak_rank")) | (pl.col("days_on_chart") > pl.col("periods_on_chart"))
            ).fill_null(value=False),
        )
        .collect()
    )
    compared = rows.filter(pl.col("is_next") & pl.col("was_on_previous_chart").is_not_null())
    wrong = compared.filter(pl.col("previous_position").ne_missing(pl.col("previous_rank"))).sort(PLAYLIST_SONG)
    beyond = rows.filter("is_beyond").sort(PLAYLIST_SONG)
    agree = compared.height - wrong.height
    sentence = f"{agree:,} of {counted(compared.height, 'previous position')} match the chart's own."
    if not wrong.is_empty():
        first = wrong.row(0, named=True)
        sentence += (
            f" The first that differs: {first['song_name']} on {first['playlist_id']}, here "
            f"{first['previous_position'] or 'not there'}, on the chart {first['previous_rank'] or 'not there'}."
        )
    if not beyond.is_empty():
        first = beyond.row(0, named=True)
        sentence += (
            f" {counted(beyond.height, 'song', 'has', 'have')} a better peak or more days here than the chart reports; "
            f"the first is {first['song_name']} on {first['playlist_id']}."
        )
    figures = {"compared": compared.height, "agree": agree, "beyond_the_chart": beyond.height}
    shown = [
        example
        for rule, odd in (("previous_position", wrong), ("beyond_the_chart", beyond))
        for example in examples(audit, "song_trends", odd, rule)
    ]
    return Finding("agrees_with_the_chart", not shown, False, sentence, figures, tuple(shown))


def remembers_every_song(audit: Audit, _: Table, history: History) -> Finding:
    """Each song on the day's playlists, now or before, has its row, and none is lost or counts fewer days."""
    rows, here = audit.tables[MEMORY].collect(), audit.tables["song_trends"].select(PLAYLIST_SONG).collect()
    before = rows.clear() if history.previous_rows is None else history.previous_rows.collect()
    was_here = before.filter(pl.col("last_seen") == pl.col("last_capture")).join(here, on="playlist_id", how="semi")
    unsaid = pl.concat([here, was_here.select(PLAYLIST_SONG)]).unique().join(rows, on=PLAYLIST_SONG, how="anti")
    forgotten = _lost(before, memory_after(before, rows))
    lost, silent = forgotten.height, unsaid.height
    songs = counted(before.height, "song")
    sentence = f"All {songs} remembered before are still known, with their first day."
    if lost:
        sentence = f"{part_of(lost, before.height, 'song')} remembered before lost, or with fewer days."
    if silent:
        sentence += f" No row for {counted(silent, 'song')} on the playlists, now or before."
    figures = {"remembered": before.height, "lost": lost, "silent": silent}
    shown = (*examples(audit, MEMORY, forgotten, "lost"), *examples(audit, MEMORY, unsaid, "silent"))
    return Finding("remembers_every_song", not lost and not silent, True, sentence, figures, shown)


def _lost(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Songs of one memory that the next one lacks, or has with another first day or fewer days."""
    told = {"first_now": pl.col("first_seen"), "days_now": pl.col("days_on_chart")}
    known = after.select(*PLAYLIST_SONG, **told)
    # A recording that continues under another id is found by its previous one.
    relinked = after.select("playlist_id", song_id="previous_song_id", **told).drop_nulls("song_id")
    now = pl.concat([known, relinked.join(known, on=PLAYLIST_SONG, how="anti")]).unique(PLAYLIST_SONG)
    kept = (pl.col("first_now") == pl.col("first_seen")) & (pl.col("days_now") >= pl.col("days_on_chart"))
    return before.join(now, on=PLAYLIST_SONG, how="left").filter(~kept.fill_null(value=False))


def shares_sum_to_one(audit: Audit, table: Table, _: History) -> Finding:
    """The shares of each region and series sum to 1, including the unknown."""
    sums = audit.tables[table.name].group_by(SERIES_REGION).agg(pl.col("share").sum()).sort(SERIES_REGION).collect()
    wrong = sums.filter((pl.col("share") - 1).abs() > SHARE_TOLERANCE)
    sentence = f"The shares of each of {counted(sums.height, 'region')} sum to 1."
    if not wrong.is_empty():
        sums_told = ", ".join(f"{region} ({series}) {share:.6f}" for series, region, share in wrong.iter_rows())
        sentence = f"Shares do not sum to 1: {sums_told}."
    shown = tuple(
        {"rule": "shares_sum_to_one", "series": series, "region": region, "sum_of_shares": share}
        for region, series, share in wrong.head(MOST_SHOWN).select("region", "series", "share").iter_rows()
    )
    return Finding("shares_sum_to_one", wrong.is_empty(), True, sentence, {"regions": sums.height}, shown)


def genre_coverage(audit: Audit, _: Table, history: History) -> Finding:
    """Most chart points belong to artists with a known genre, and not much less than on the previous day."""
    known = _coverage(audit.tables["genre_trends"])
    if known is None:
        return Finding("genre_coverage", True, False, "There are no chart points.")
    before = None if history.previous_rows is None else _coverage(history.previous_rows)
    lost = 0.0 if before is None else before - known
    passed = known >= LEAST_COVERAGE and lost <= COVERAGE_TOLERANCE
    sentence = f"{known:.0%} of all chart points have a genre (at least {LEAST_COVERAGE:.0%} expected)"
    sentence += "." if before is None else f"; {before:.0%} on the previous published day."
    if not passed:
        sentence += " Check raw_artist_facts, which says what is missing and why, and WIKIDATA_CONTACT."
    figures = {"share_with_genre": known} | ({} if before is None else {"share_with_genre_before": before})
    shown = () if passed else tuple(_least_covered(audit.tables["genre_trends"]))
    return Finding("genre_coverage", passed, False, sentence, figures, shown)


def _coverage(trends: pl.LazyFrame) -> float | None:
    """Share of all points that have a genre; None without points."""
    return trends.select(_share_with_genre()).collect().item()


def _share_with_genre() -> pl.Expr:
    points = pl.col("points")
    named = points.filter(pl.col("genre") != UNKNOWN_GENRE).sum()
    return pl.when(points.sum() > 0).then(named / points.sum())


def _least_covered(trends: pl.LazyFrame) -> Iterator[Example]:
    """The share of each region's points that have a genre, smallest first."""
    by_region = trends.group_by(SERIES_REGION).agg(share=_share_with_genre()).drop_nulls("share")
    first = by_region.sort("share", *SERIES_REGION).head(MOST_SHOWN).select("series", "region", "share").collect()
    for series, region, share in first.iter_rows():
        yield {"rule": "genre_coverage", "series": series, "region": region, "share_with_genre": f"{share:.1%}"}


def every_country_has_its_row(audit: Audit, _: Table, __: History) -> Finding:
    """Each region of the day that is a country has exactly one row per series, and no other region has one."""
    of_countries = audit.tables["song_trends"].filter(pl.col("region").str.contains(COUNTRY_REGION))
    countries = {*of_countries.select(SERIES_REGION).collect().iter_rows()}
    told = {*audit.tables["domestic_share"].select(SERIES_REGION).collect().iter_rows()}
    wrong = sorted(countries ^ told)
    sentence = f"Each of {counted(len(countries), 'country', plural='countries')} has its row."
    if wrong:
        sentence = f"Not exactly one row per country: {', '.join(f'{region} ({series})' for series, region in wrong)}."
    figures = {"countries": len(countries), "wrong": len(wrong)}
    shown = tuple(
        {"rule": "row_missing" if key in countries else "no_country", **dict(zip(SERIES_REGION, key, strict=True))}
        for key in wrong[:MOST_SHOWN]
    )
    return Finding("every_country_has_its_row", not wrong, True, sentence, figures, shown)


def ranks_follow_points(audit: Audit, _: Table, __: History) -> Finding:
    """An artist's rank is one more than the number of artists with more points there, for the day and the week."""
    rows = audit.tables["artist_trends"].collect()
    wrong, shown = 0, list[Example]()
    for points, rank in (("points", "rank"), ("week_points", "week_rank")):
        ranked = rows.filter(pl.col(points) > 0)
        by_points = ranked.group_by(*SERIES_REGION, points).agg(pl.len()).sort(points, descending=True)
        above = by_points.with_columns(above=(pl.col("len").cum_sum() - pl.col("len")).over(SERIES_REGION))
        checked = ranked.join(above, on=[*SERIES_REGION, points])
        off = checked.filter(pl.col(rank).ne_missing(pl.col("above").cast(pl.Int64) + 1))
        wrong += off.height
        shown.extend(examples(audit, "artist_trends", off.select(rows.columns), rank))
    sentence = f"The ranks of {counted(rows.height, 'artist')} follow their points."
    if wrong:
        sentence = f"{counted(wrong, 'rank', 'does', 'do')} not follow points."
    figures = {"artists": rows.height, "wrong_ranks": wrong}
    return Finding("ranks_follow_points", wrong == 0, True, sentence, figures, tuple(shown))


def changes_lead_here(audit: Audit, table: Table, __: History) -> Finding:
    """Every added or moved song is at its position of the day, and no removed song is still there."""
    changes = audit.tables["playlist_changes"].select(*PLAYLIST_SONG, "change", "position").collect()
    here = audit.tables["song_trends"].select(*PLAYLIST_SONG, position_now="position").collect()
    compared = changes.join(here, on=PLAYLIST_SONG, how="left")
    elsewhere = compared.filter(pl.col("position").ne_missing(pl.col("position_now")))
    wrong = elsewhere.height
    sentence = f"All {counted(changes.height, 'change')} match the playlists."
    if wrong:
        sentence = f"{part_of(wrong, changes.height, 'change', 'does', 'do')} not match the playlists."
    figures, shown = {"changes": changes.height, "wrong": wrong}, examples(audit, table.name, elsewhere, "position")
    return Finding("changes_lead_here", wrong == 0, True, sentence, figures, shown)


def pairs_agree(audit: Audit, table: Table, __: History) -> Finding:
    """Both rows of each pair of regions of a series agree."""
    rows = audit.tables["region_links"].collect()
    mirrored = rows.select(
        series="series",
        region="other_region",
        other_region="region",
        shared_songs="shared_songs",
        overlap="overlap",
        compared_songs="compared_songs",
        # 0 - 0, since -0.0 is not 0.0 to a join.
        median_lead_days=0 - pl.col("median_lead_days"),
        leader="leader",
    )
    alone = rows.join(mirrored, on=mirrored.columns, how="anti", nulls_equal=True)
    wrong = alone.height
    sentence = f"All {counted(rows.height, 'pair')} of regions agree from both sides."
    if wrong:
        sentence = f"{part_of(wrong, rows.height, 'pair')} of regions disagree from both sides."
    figures, shown = {"pairs": rows.height, "wrong": wrong}, examples(audit, table.name, alone, "pairs_agree")
    return Finding("pairs_agree", wrong == 0, True, sentence, figures, shown)


OWN_CHECKS: dict[str, tuple[Check, ...]] = {
    MEMORY: (remembers_every_song,),
    "playlist_changes": (changes_lead_here,),
    "song_trends": (one_row_per_song,),
    "artist_trends": (ranks_follow_points,),
    "genre_trends": (shares_sum_to_one,),
    "label_trends": (shares_sum_to_one,),
    "domestic_share": (every_country_has_its_row,),
    "region_links": (pairs_agree,),
}


def checks_of(table: Table) -> tuple[Check, ...]:
    """The checks of an insight table, blocking ones first."""
    emptiness = (not_empty,) if table.name in NEVER_EMPTY else ()
    coverage = (genre_coverage,) if table.name == "genre_trends" else ()
    told = (agrees_with_the_chart,) if table.name == "song_trends" else ()
    warning = (*((volume,) if table.name in STEADY else ()), *coverage, *told)
    return (contract, primary_key, *emptiness, *OWN_CHECKS.get(table.name, ()), *warning)


BLOCKING = frozenset(
    check.__name__
    for check in (contract, primary_key, not_empty, *(own for owns in OWN_CHECKS.values() for own in owns))
)


def audit_table(audit: Audit, table_name: str, history: History) -> list[Finding]:
    """Findings of all checks of one insight table; `playlist_items` are those of the published day."""
    table = INSIGHTS.tables[table_name]
    return [check(audit, table, history) for check in checks_of(table)]
