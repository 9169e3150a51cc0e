"""One playlist is meant, by id, link or its latest name; else the candidates are named."""

from datetime import date

import duckdb
import polars as pl
import pytest

from spotify_assets.serving.playlist_names import NAMES_SQL, CalledSo, Unresolved, resolve
from spotify_assets.serving.saved_queries import saved_query
from spotify_assets_tests.support.data.builders import spotify_id

MINE, OTHER, THIRD = spotify_id("Mine"), spotify_id("Other"), spotify_id("Third")
FIRST, SECOND = date(2026, 3, 1), date(2026, 3, 2)
NAMES = [
    CalledSo(MINE, "Old Name", FIRST),
    CalledSo(MINE, "Straße", SECOND),
    CalledSo(OTHER, "Twins", SECOND),
    CalledSo(THIRD, "twins", SECOND),
]


@pytest.mark.parametrize(
    "text", ["Straße", "STRASSE", " straße ", MINE, f"https://open.spotify.com/intl-pt-BR/playlist/{MINE}?si=1"]
)
def test_a_playlist_is_known_by_id_link_or_latest_name(text: str) -> None:
    assert resolve(text, NAMES) == MINE


def test_two_of_one_name_are_listed_and_an_id_decides() -> None:
    with pytest.raises(Unresolved, match="2 playlists are called 'Twins'") as raised:
        resolve("Twins", NAMES)
    assert OTHER in str(raised.value)
    assert THIRD in str(raised.value)
    assert resolve(THIRD, NAMES) == THIRD


def test_a_former_name_tells_what_it_is_called_now() -> None:
    with pytest.raises(Unresolved, match=f"since 2026-03-01. It is now called Straße .{MINE}."):
        resolve("old name", NAMES)


def test_none_tells_those_near_it_or_those_there_are() -> None:
    with pytest.raises(Unresolved, match=rf"No playlist is called 'Strase'\. Near it are Straße \({MINE}\)\."):
        resolve("Strase", NAMES)
    with pytest.raises(Unresolved, match=r"There are Straße .*, Twins .*, twins"):
        resolve("?", NAMES[1:])
    with pytest.raises(Unresolved, match=r"and 5 more\.$"):
        resolve("?", [CalledSo(spotify_id(f"P{number}"), f"Name {number:02}", FIRST) for number in range(15)])


@pytest.mark.parametrize(("number", "more"), [(10, ""), (11, " and 1 more")])
def test_ten_are_listed_in_order_of_their_names(number: int, more: str) -> None:
    names = [CalledSo(spotify_id(f"P{at}"), f"Name {at:02}", FIRST) for at in range(number)]
    listed = ", ".join(f"{called.name} ({called.playlist_id})" for called in names[:10])
    with pytest.raises(Unresolved) as raised:
        resolve("?", names[::-1])
    assert str(raised.value) == f"No playlist is called '?'. There are {listed}{more}."


def test_the_latest_name_counts_whatever_the_order_in_which_names_are_told() -> None:
    assert resolve("Straße", NAMES[::-1]) == MINE
    with pytest.raises(Unresolved, match="It is now called Straße"):
        resolve(" old name ", NAMES[::-1])


def test_a_former_name_of_several_ended_with_the_last_of_them() -> None:
    names = [*NAMES, CalledSo(OTHER, "old name", date(2026, 2, 1)), CalledSo(THIRD, "Else", FIRST)]
    with pytest.raises(Unresolved) as raised:
        resolve("Old Name", names)
    told = f"since {FIRST}. It is now called Twins ({OTHER}); Straße ({MINE})."
    assert str(raised.value) == f"No playlist is called 'Old Name' {told}"


def test_of_many_that_had_a_name_the_last_ten_are_told() -> None:
    days = [date(2026, 1, 1 + at) for at in range(11)]
    names = [
        called
        for at, day in enumerate(days)
        for called in (CalledSo(spotify_id(f"P{at}"), "Old", day), CalledSo(spotify_id(f"P{at}"), f"N{at}", SECOND))
    ]
    with pytest.raises(Unresolved) as raised:
        resolve("old", names)
    assert str(raised.value).endswith(
        "called " + "; ".join(f"N{at} ({spotify_id(f'P{at}')})" for at in range(1, 11)) + "."
    )


def test_a_well_formed_id_of_no_known_playlist_names_none() -> None:
    with pytest.raises(Unresolved, match="There are"):
        resolve(spotify_id("Unknown"), NAMES)


def test_all_names_of_a_playlist_are_known_with_their_last_days() -> None:
    playlists = pl.DataFrame(
        {
            "playlist_id": [MINE, MINE, MINE, OTHER],
            "name": ["A", "A", "B", None],
            "snapshot_date": [FIRST, SECOND, date(2026, 3, 3), FIRST],
        }
    )
    with duckdb.connect() as connection:
        connection.register("playlists", playlists)
        found = [CalledSo(*row) for row in connection.execute(NAMES_SQL).fetchall()]
    # One that a bare list brought has no name.
    assert set(found) == {
        CalledSo(MINE, "A", SECOND),
        CalledSo(MINE, "B", date(2026, 3, 3)),
        CalledSo(OTHER, OTHER, FIRST),
    }
    assert resolve("b", found) == MINE


@pytest.mark.parametrize(("named", "expected"), [("New", SECOND), (MINE, SECOND), ("old", None)])
def test_a_renamed_playlist_answers_with_the_day_asked_for(named: str, expected: date | None) -> None:
    playlists = pl.DataFrame({"playlist_id": [MINE] * 2, "name": ["Old", "new"], "snapshot_date": [FIRST, SECOND]})
    items = pl.DataFrame(
        {
            "playlist_id": [MINE] * 2,
            "snapshot_date": [FIRST, SECOND],
            "position": [1, 1],
            "name": ["Song"] * 2,
            "entry_type": ["track"] * 2,
            "added_at": [None] * 2,
            "uri": ["spotify:track:x"] * 2,
        }
    )
    asked = saved_query("playlist_on_day")
    with duckdb.connect() as connection:
        connection.register("playlists", playlists)
        connection.register("playlist_items", items)
        rows = connection.execute(asked.sql, asked.values({"playlist": named, "day": "2026-03-02"})).fetchall()
    # The second column.
    assert [row[1] for row in rows] == ([] if expected is None else [expected])
