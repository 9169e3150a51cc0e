import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from spotify_assets.schemas.base import BASE
from spotify_assets.transform import audit as checks
from spotify_assets.transform.audit import BLOCKING, are_sound, audit_table, checks_of
from spotify_assets.transform.audited_day import Audit, Check, History, SetAside
from spotify_assets.transform.findings import Finding, counted, part_of
from spotify_assets_tests.support.data.builders import (
    DAY,
    captured,
    captured_profiles,
    entries_of,
    episode,
    local_file,
    playlist,
    profile,
    spotify_id,
    tables_of,
    track,
)

Frames = dict[str, pl.DataFrame]
Change = Callable[[pl.DataFrame], pl.DataFrame]

BEFORE = {DAY - timedelta(days=days): rows for days, rows in ((1, 7), (2, 6), (3, 8))}
each_table = pytest.mark.parametrize("table_name", BASE.tables)


@pytest.fixture(scope="module")
def good_day() -> Frames:
    return tables_of(
        captured(playlist("one", entries_of(track("a"), track("b"), episode("e"), track("c")))),
        captured(playlist("two", entries_of(track("c"), None, local_file("File")))),
        captured(playlist("three")),
        captured_profiles(profile("aArtist"), profile("bArtist")),
    )


def audit_of(frames: Frames, *, quarantined: int = 0) -> Audit:
    return Audit(DAY, {name: frame.lazy() for name, frame in frames.items()}, quarantined)


def found(check: Check, frames: Frames, table: str, history: History | None = None, **changes: Any) -> Finding:
    return check(audit_of(frames, **changes), BASE.tables[table], history or History())


def rejected(table: str, *keys: str, rule: str = "name|nullability") -> pl.DataFrame:
    columns = {"table_name": table, "key": list(keys), "rule": rule, "raw_object": "object", "row_json": "{}"}
    return pl.DataFrame(columns, schema_overrides={"key": pl.String}).select(
        pl.lit(DAY).alias("snapshot_date"), *columns
    )


def with_value(**values: Any) -> Change:
    """The first row changed."""
    return lambda frame: frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in values.items()
    )


def without_rows(column: str, value: object) -> Change:
    return lambda frame: frame.filter(pl.col(column) != value)


@each_table
def test_a_good_day_passes_every_check(good_day: Frames, table_name: str) -> None:
    for finding in audit_table(audit_of(good_day), table_name, History()):
        assert finding.passed, finding


def on(day: date, frames: Frames) -> Frames:
    return {name: frame.with_columns(snapshot_date=pl.lit(day)) for name, frame in frames.items()}


@each_table
def test_what_is_told_of_days_together_is_what_each_tells_alone(good_day: Frames, table_name: str) -> None:
    table, days = BASE.tables[table_name], [DAY - timedelta(days=back) for back in range(3)]
    frames = {day: on(day, good_day)[table_name].lazy() for day in days}

    assert are_sound(table, frames)

    alone = audit_of(good_day)
    assert audit_table(replace(alone, sound=frozenset([table_name])), table_name, History()) == audit_table(
        alone, table_name, History()
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: pl.concat([frame, frame.head(1)]),
        lambda frame: frame.with_columns(position=pl.lit(0, pl.Int64)),
        lambda frame: frame.with_columns(snapshot_date=pl.lit(DAY - timedelta(days=5))),
        lambda frame: frame.with_columns(snapshot_date=pl.lit(None, pl.Date)),
        lambda frame: frame.with_columns(pl.col("position").cast(pl.Int32)),
        lambda frame: frame.drop("entry_type"),
    ],
    ids=["a key twice", "a rule broken", "another day", "no day", "another type", "a column missing"],
)
def test_one_bad_day_among_others_is_seen(good_day: Frames, change: Change) -> None:
    table, items = BASE.tables["playlist_items"], on(DAY, good_day)["playlist_items"]
    before = DAY - timedelta(days=1)
    good = {before: on(before, good_day)["playlist_items"].lazy(), DAY: items.lazy()}

    assert are_sound(table, good)
    assert not are_sound(table, good | {DAY: change(items).lazy()})


@each_table
def test_every_finding_has_the_name_of_its_check_its_severity_and_a_sentence(good_day: Frames, table_name: str) -> None:
    findings = audit_table(audit_of(good_day), table_name, History())
    expected = [check.__name__ for check in checks_of(BASE.tables[table_name])]
    assert [finding.check for finding in findings] == expected
    for finding in findings:
        assert finding.blocking == (finding.check in BLOCKING)
        assert finding.sentence.endswith(".")


@each_table
def test_blocking_checks_come_first_and_each_once(table_name: str) -> None:
    names = [check.__name__ for check in checks_of(BASE.tables[table_name])]
    blocking = [name in BLOCKING for name in names]
    assert blocking == sorted(blocking, reverse=True)
    assert len(set(names)) == len(names)
    assert "contract" in names


def test_the_tables_with_references_have_them_checked() -> None:
    checked = {name for name, table in BASE.tables.items() if checks.foreign_keys in checks_of(table)}
    assert checked == {"songs", "song_artists", "playlist_items"}


def test_each_check_is_made_of_the_tables_it_is_about() -> None:
    asked = {name: {check.__name__ for check in checks_of(table)} for name, table in BASE.tables.items()}
    of_all = {"contract"}
    of_data = {"primary_key", "not_empty", "volume", "null_drift"}
    own = {name: checks_asked - of_all - of_data - {"foreign_keys"} for name, checks_asked in asked.items()}
    assert {name: found for name, found in own.items() if found} == {
        "rejected_rows": {"no_rejected_rows"},
        "playlist_items": {"completeness", "every_track_has_a_song", "churn"},
        "song_artists": {"artist_coverage"},
        "playlists": {
            *("usual_playlists", "no_playlist_held_back", "no_doubtful_captures", "no_odd_cells"),
            "no_quarantined_objects",
        },
    }
    assert [name for name in asked if not of_all <= asked[name]] == []
    assert [name for name in asked if not of_data <= asked[name]] == ["rejected_rows"]


@each_table
def test_an_empty_day_is_held_back_by_its_lack_of_playlists_alone(table_name: str) -> None:
    failed = [finding for finding in audit_table(audit_of(tables_of()), table_name, History()) if not finding.passed]
    assert [finding.check for finding in failed] == (["not_empty"] if table_name == "playlists" else [])


@pytest.mark.parametrize(
    ("check", "table", "tamper", "sentence"),
    [
        pytest.param(
            checks.contract,
            "songs",
            {"songs": with_value(popularity=101, url=None)},
            "Some of 3 rows of songs break its contract: popularity|max (1), url|nullability (1).",
            id="contract: values",
        ),
        pytest.param(
            checks.contract,
            "playlist_items",
            {"playlist_items": lambda frame: frame.with_columns(pl.col("position").cast(pl.Int32))},
            "Columns differ from the contract: position is Int32.",
            id="contract: a type",
        ),
        pytest.param(
            checks.contract,
            "artists",
            {"artists": lambda frame: frame.drop("genres", "name")},
            "Columns differ from the contract: name is missing; genres is missing.",
            id="contract: missing columns",
        ),
        pytest.param(
            checks.contract,
            "playlists",
            {"playlists": with_value(snapshot_date=DAY - timedelta(days=1))},
            "Some of 3 rows of playlists break its contract: snapshot_date|other day (1).",
            id="contract: another day",
        ),
        pytest.param(
            checks.contract,
            "rejected_rows",
            {"rejected_rows": lambda _: rejected("songs", "key").with_columns(rule=pl.lit(None, pl.String))},
            "Some of 1 row of rejected_rows break its contract: rule|nullability (1).",
            id="contract: a rejected row without rule",
        ),
        pytest.param(
            checks.primary_key,
            "songs",
            {"songs": lambda frame: pl.concat([frame, frame.head(1)])},
            "1 of 4 rows repeats a key (snapshot_date, song_id).",
            id="primary key",
        ),
        pytest.param(
            checks.primary_key,
            "playlist_items",
            {"playlist_items": lambda frame: frame.with_columns(position=pl.lit(1, pl.Int64))},
            "5 of 7 rows repeat a key (snapshot_date, playlist_id, position).",
            id="primary key of several columns",
        ),
        pytest.param(
            checks.foreign_keys,
            "songs",
            {"albums": without_rows("album_id", spotify_id("aAlbum"))},
            "1 of 3 foreign keys is orphaned in songs: album_id_without_albums 1.",
            id="foreign key: album",
        ),
        pytest.param(
            checks.foreign_keys,
            "song_artists",
            {"artists": lambda frame: frame.clear(), "songs": without_rows("song_id", spotify_id("a"))},
            "4 of 6 foreign keys are orphaned in song_artists: song_id_without_songs 1, artist_id_without_artists 3.",
            id="foreign keys: song and artist",
        ),
        pytest.param(
            checks.foreign_keys,
            "playlist_items",
            {"playlists": without_rows("playlist_id", spotify_id("two"))},
            "3 of 11 foreign keys are orphaned in playlist_items: playlist_id_without_playlists 3.",
            id="foreign key: playlist",
        ),
        pytest.param(
            checks.completeness,
            "playlist_items",
            {"playlist_items": without_rows("position", 4)},
            "1 playlist is incomplete; Playlist one states 4 entries, 3 are present.",
            id="completeness: the last entry missing",
        ),
        pytest.param(
            checks.completeness,
            "playlist_items",
            {"playlist_items": lambda frame: frame.with_columns(pl.col("position").replace({3: 9}))},
            "2 playlists are incomplete; Playlist one states 4 entries, 4 are present.",
            id="completeness: a gap",
        ),
        pytest.param(
            checks.completeness,
            "playlist_items",
            {"playlist_items": lambda frame: frame.clear()},
            "2 playlists are incomplete; Playlist one states 4 entries, 0 are present.",
            id="completeness: no entries at all",
        ),
        pytest.param(
            checks.completeness,
            "playlist_items",
            {
                "playlist_items": without_rows("playlist_id", spotify_id("two")),
                "playlists": lambda frame: frame.with_columns(name=pl.lit(None, pl.String)),
            },
            f"1 playlist is incomplete; {spotify_id('two')} states 3 entries, 0 are present.",
            id="completeness: a playlist without name",
        ),
        pytest.param(
            checks.not_empty,
            "playlists",
            {"playlists": lambda frame: frame.clear()},
            "playlists has no rows.",
            id="empty",
        ),
        pytest.param(
            checks.not_empty, "albums", {"albums": lambda frame: frame.clear()}, "albums has no rows.", id="no albums"
        ),
        pytest.param(
            checks.not_empty,
            "playlist_items",
            {"playlist_items": lambda frame: frame.clear()},
            "playlist_items has no rows.",
            id="no items",
        ),
    ],
)
def test_a_tampered_day_is_held_back_with_a_sentence_that_says_why(
    good_day: Frames, check: Check, table: str, tamper: dict[str, Change], sentence: str
) -> None:
    tampered = good_day | {name: change(good_day[name]) for name, change in tamper.items()}
    finding = found(check, tampered, table)
    assert (finding.passed, finding.blocking, finding.sentence) == (False, True, sentence)


def test_figures_say_how_much_is_wrong(good_day: Frames) -> None:
    doubled = good_day | {"songs": pl.concat([good_day["songs"], good_day["songs"]])}
    assert found(checks.primary_key, doubled, "songs").figures == {"rows": 6, "repeated_keys": 3}
    lost = good_day | {"albums": good_day["albums"].clear()}
    assert found(checks.foreign_keys, lost, "songs").figures == {"album_id_without_albums": 3}


def test_a_table_may_be_empty_where_the_playlists_hold_nothing_for_it() -> None:
    spoken = tables_of(captured(playlist("one", entries_of(episode("e"), None))))
    for table in ("songs", "song_artists", "albums", "artists"):
        finding = found(checks.not_empty, spoken, table)
        assert (finding.passed, finding.sentence) == (True, "No playlist holds anything for it.")
    assert found(checks.not_empty, tables_of(captured(playlist("one"))), "playlist_items").passed


def test_songs_may_all_lack_their_artists(good_day: Frames) -> None:
    nameless = tables_of(captured(playlist("one", entries_of(track("a", artists=None)))))
    for table in ("artists", "song_artists"):
        assert found(checks.not_empty, nameless, table).passed
    lost = good_day | {"song_artists": good_day["song_artists"].clear()}
    assert not found(checks.not_empty, lost, "song_artists").passed


def test_a_day_of_which_no_playlist_remains_says_why() -> None:
    bad = playlist("bad", entries_of(*(track(f"s{number}", id="malformed") for number in range(3))))
    finding = found(checks.not_empty, tables_of(captured(bad)), "playlists")
    assert not finding.passed
    assert finding.sentence.startswith(
        f"playlists has no rows. All of the day's playlists are held back: Playlist bad ({spotify_id('bad')}): 3 "
        "of 3 tracks have no readable song: position 1 (Song s0)"
    )
    assert "Land a corrected object of the playlist" in finding.sentence


# Warnings.


def test_a_day_of_which_no_object_could_be_read_says_which_and_why(good_day: Frames) -> None:
    nothing = {name: frame.clear().lazy() for name, frame in good_day.items()}
    audit = Audit(DAY, nothing, unreadable={"list.json": "no JSON.", "other.csv": "an unknown CSV"})
    finding = checks.not_empty(audit, BASE.tables["playlists"], History())
    assert not finding.passed
    assert "could be read: list.json: no JSON; other.csv: an unknown CSV." in finding.sentence
    assert [row["raw_object"] for row in finding.rows] == ["list.json", "other.csv"]
    other = checks.not_empty(replace(audit, unreadable={}), BASE.tables["playlists"], History())
    assert other.sentence == "playlists has no rows."


@pytest.mark.parametrize(
    ("rows", "passed"),
    [
        ((7, 6, 8), True),
        ((14, 14, 14), True),
        ((15, 15, 15), False),
        ((4, 4, 5), False),
        ((7, 7, 900), True),
        ((), True),
    ],
)
def test_volume_warns_where_rows_are_far_from_the_median(good_day: Frames, rows: tuple[int, ...], passed: bool) -> None:
    history = History(rows={DAY - timedelta(days=number): count for number, count in enumerate(rows, 1)})
    finding = found(checks.volume, good_day, "playlist_items", history)
    assert (finding.passed, finding.blocking) == (passed, False)


def test_volume_says_what_it_compares(good_day: Frames) -> None:
    finding = found(checks.volume, good_day, "playlist_items", History(rows=BEFORE))
    assert finding.sentence == "7 rows; the median of 3 days before is 7 (limit ±50%)."
    assert finding.figures == {"rows": 7, "median_before": 7.0}
    alone = found(checks.volume, good_day, "playlist_items")
    assert alone.sentence == "7 rows; not evaluated: no earlier day to compare with."


def test_null_drift_warns_where_a_column_has_become_emptier(good_day: Frames) -> None:
    history = History(null_shares={"popularity": 0.0, "isrc": 0.0, "gone": 0.5})
    emptied = good_day | {"songs": good_day["songs"].with_columns(isrc=pl.lit(None, pl.String))}
    finding = found(checks.null_drift, emptied, "songs", history)
    assert (finding.passed, finding.blocking) == (False, False)
    assert finding.sentence == "Share of empty values changed: isrc 0% → 100%."
    assert finding.figures == {"isrc": "0% → 100%"}


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        ({"isrc": 0.2}, "The share of empty values is as before in 1 column."),
        ({}, "Not evaluated: no earlier day to compare with."),
    ],
)
def test_null_drift_passes_a_small_change_or_a_first_day(
    good_day: Frames, shares: dict[str, float], sentence: str
) -> None:
    finding = found(checks.null_drift, good_day, "songs", History(null_shares=shares))
    assert (finding.passed, finding.sentence) == (True, sentence)


def test_tables_are_not_excused_where_the_playlists_hold_something_for_them(good_day: Frames) -> None:
    for table in ("songs", "song_artists", "artists"):
        finding = found(checks.not_empty, good_day | {table: good_day[table].clear()}, table)
        assert (finding.passed, finding.figures) == (False, {"rows": 0}), table
        assert table in finding.sentence


@pytest.mark.parametrize("table", ["playlist_items", "songs", "albums", "song_artists", "artists"])
def test_one_song_is_enough_to_want_a_row_and_one_row_is_enough(table: str) -> None:
    single = tables_of(captured(playlist("one", entries_of(track("a")))))
    assert single[table].height == 1
    assert found(checks.not_empty, single, table).passed
    assert not found(checks.not_empty, single | {table: single[table].clear()}, table).passed


def test_albums_are_excused_where_tracks_have_none_and_songs_are_not() -> None:
    bare = tables_of(captured(playlist("one", entries_of(track("a", album=None), track("b", album=None)))))
    assert bare["albums"].is_empty()
    assert found(checks.not_empty, bare, "albums").passed
    assert not found(checks.not_empty, bare | {"songs": bare["songs"].clear()}, "songs").passed
    one_has_one = tables_of(captured(playlist("one", entries_of(track("a", album=None), track("b")))))
    assert not found(checks.not_empty, one_has_one | {"albums": one_has_one["albums"].clear()}, "albums").passed


def test_items_are_excused_where_no_playlist_says_that_it_has_entries(good_day: Frames) -> None:
    nothing = tables_of(captured(playlist("one")), captured(playlist("two")))
    assert found(checks.not_empty, nothing, "playlist_items").passed
    one = tables_of(captured(playlist("one")), captured(playlist("two", entries_of(track("a")))))
    assert not found(checks.not_empty, one | {"playlist_items": one["playlist_items"].clear()}, "playlist_items").passed


@pytest.mark.parametrize(("share", "passed"), [(0.8, True), (0.79, False)])
def test_null_drift_of_a_fifth_is_the_most_that_passes_also_where_a_column_fills(
    good_day: Frames, share: float, passed: bool
) -> None:
    emptied = good_day | {"songs": good_day["songs"].with_columns(isrc=pl.lit(None, pl.String))}
    assert found(checks.null_drift, emptied, "songs", History(null_shares={"isrc": share})).passed is passed
    filled = History(null_shares={"isrc": 1 - share})
    assert found(checks.null_drift, good_day, "songs", filled).passed is passed


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 playlists are"), (1, "1 playlist is"), (2, "2 playlists are"), (1000, "1,000 playlists are")],
)
def test_sentences_count_as_english_does(number: int, text: str) -> None:
    assert counted(number, "playlist", "is", "are") == text
    assert counted(number, "playlist") == text.rpartition(" ")[0]


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 1, "1 of 1 day passes"),
        (1, 3, "1 of 3 days passes"),
        (0, 1, "0 of 1 day pass"),
        (28, 28, "28 of 28 days pass"),
    ],
)
def test_of_how_many_the_noun_is_that_of_all_and_the_verb_that_of_the_part(part: int, whole: int, text: str) -> None:
    assert part_of(part, whole, "day", "passes", "pass") == text
    assert part_of(part, whole, "day") == text.rpartition(" ")[0]


def test_a_plural_of_its_own_is_told() -> None:
    assert [counted(number, "country", "has", "have", plural="countries") for number in (1, 3)] == [
        "1 country has",
        "3 countries have",
    ]


def test_any_rejected_row_is_a_warning(good_day: Frames) -> None:
    frames = good_day | {"rejected_rows": pl.concat([rejected("songs", "x", "y"), rejected("albums", "z")])}
    finding = found(checks.no_rejected_rows, frames, "rejected_rows")
    assert (finding.passed, finding.blocking) == (False, False)
    assert finding.sentence == "Rejected: albums: name|nullability (1), songs: name|nullability (2)."
    assert finding.figures == {"albums: name|nullability": 1, "songs: name|nullability": 2}


def test_any_quarantined_object_is_a_warning_that_names_it_with_its_reason(good_day: Frames) -> None:
    notes = [SetAside(f"page-{number}.json", "It is a web page.", f"raw/quarantine/{number}") for number in range(6)]
    audit = replace(audit_of(good_day, quarantined=7), set_aside=notes)
    finding = checks.no_quarantined_objects(audit, BASE.tables["playlists"], History())
    assert (finding.passed, finding.blocking) == (False, False)
    assert finding.sentence.startswith("7 raw objects are in quarantine: page-0.json: It is a web page; page-1.json: ")
    assert finding.sentence.endswith("page-4.json: It is a web page; and 2 more.")
    assert finding.figures == {"quarantined_objects": 7}
    assert finding.rows[0] == {
        "rule": "unreadable",
        "raw_object": "page-0.json",
        "reason": "It is a web page.",
        "key_in_raw": "raw/quarantine/0",
    }


BROKEN: dict[str, tuple[Check, str, Change]] = {
    "contract": (checks.contract, "songs", with_value(url=None)),
    "columns": (checks.contract, "songs", lambda frame: frame.drop("url")),
    "other day": (checks.contract, "songs", with_value(snapshot_date=DAY + timedelta(days=1))),
    "primary_key": (checks.primary_key, "songs", lambda frame: pl.concat([frame, frame.head(1)])),
    "foreign_keys": (checks.foreign_keys, "playlist_items", with_value(song_id=spotify_id("nowhere"))),
    "completeness": (checks.completeness, "playlists", with_value(entries=99)),
    "not_empty": (checks.not_empty, "songs", lambda frame: frame.clear()),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_check_that_fails_lists_the_rows_with_their_rule(good_day: Frames, name: str) -> None:
    check, table, change = BROKEN[name]
    frames = good_day | {table: change(good_day[table]), "rejected_rows": rejected("songs", "x")}
    finding = found(check, frames, table)
    assert not finding.passed
    assert finding.rows
    assert {frozenset(row) for row in finding.rows} == {frozenset(finding.rows[0])}
    assert all(row["rule"] for row in finding.rows)


def test_an_example_names_the_playlist_that_its_row_is_on_and_the_row_itself(good_day: Frames) -> None:
    broken = good_day | {"songs": good_day["songs"].with_columns(url=pl.lit(None, pl.String))}
    rows = found(checks.contract, broken, "songs").rows
    assert [row["rule"] for row in rows] == ["url|nullability"] * 3
    first = rows[0]
    assert first["playlist_id"] in set(good_day["playlists"]["playlist_id"])
    assert first["playlist"] in set(good_day["playlists"]["name"])
    assert first["key"] in set(good_day["songs"]["song_id"])
    assert json.loads(str(first["row"]))["song_id"] == first["key"]


def test_rejected_rows_are_shown_three_a_rule_with_their_raw_object(good_day: Frames) -> None:
    frames = good_day | {"rejected_rows": pl.concat([rejected("songs", *"abcd"), rejected("albums", "z")])}
    rows = found(checks.no_rejected_rows, frames, "rejected_rows").rows
    assert [(row["table"], row["key"]) for row in rows] == [
        ("albums", "z"),
        ("songs", "a"),
        ("songs", "b"),
        ("songs", "c"),
    ]
    assert {row["raw_object"] for row in rows} == {"object"}


def test_a_volume_that_is_odd_lists_the_days_that_it_is_compared_with(good_day: Frames) -> None:
    before = {DAY - timedelta(days=number): 70 for number in range(1, 20)}
    rows = found(checks.volume, good_day, "playlist_items", History(rows=before)).rows
    assert [row["day"] for row in rows] == [str(DAY - timedelta(days=number)) for number in range(8)]
    assert [row["rows"] for row in rows] == [7, *[70] * 7]


def test_a_day_that_is_looked_at_in_parts_is_judged_as_a_whole(
    good_day: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "ROWS_AT_A_TIME", 2)
    items = good_day["playlist_items"]
    bad = items.with_columns(position=pl.when(pl.col("position") == 3).then(-1).otherwise("position"))
    twice = pl.concat([items, items.head(1)])
    assert found(checks.contract, good_day, "playlist_items").figures == {"rows": items.height}
    assert found(checks.contract, good_day | {"playlist_items": bad}, "playlist_items").figures == {
        "rows": items.height,
        "position|min": 2,
    }
    assert found(checks.primary_key, good_day, "playlist_items").passed
    assert found(checks.primary_key, good_day | {"playlist_items": twice}, "playlist_items").figures == {
        "rows": items.height + 1,
        "repeated_keys": 1,
    }
