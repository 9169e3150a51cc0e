"""SQL over the published tables: everything can be read, nothing else can be touched."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from spotify_assets.config import Settings
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.sql import NotAQuery, query
from spotify_assets.schemas.base import BASE
from spotify_assets_tests.conftest import IN_A_FOLDER
from spotify_assets_tests.support.data.builders import captured, entries_of, playlist, spotify_id, track
from spotify_assets_tests.support.data.small_days import DAY, NEXT, audit, capture_profiles, prove, publish, rows, stage


@pytest.fixture(scope="module")
def small_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """One lake for all the tests that only ask."""
    lake = Lake(Settings(lake_url=str(tmp_path_factory.mktemp("small") / "lake"), spotify_source="spotify"))
    publish(lake, DAY, ["A"])
    return lake


def test_every_table_is_known_by_its_name(lake: Lake) -> None:
    publish(lake, DAY, ["A", "B"])
    for name in BASE.tables:
        assert query(lake, f"SELECT count(*) AS n FROM {name}")["n"].item() == rows(lake, name).height
    shown = query(lake, "SHOW TABLES")
    assert set(shown[shown.columns[0]]) == set(BASE.tables)


@IN_A_FOLDER
def test_days_are_joined_and_compared(lake: Lake) -> None:
    prove(lake, DAY, ["A", "B"])
    prove(lake, NEXT, ["B", "A"])
    lake.publish([DAY, NEXT])
    moves = query(
        lake,
        """
        SELECT today.name, before.position - today.position AS rise
        FROM playlist_items AS today
        JOIN playlist_items AS before USING (playlist_id, song_id)
        WHERE today.snapshot_date = DATE '2026-03-02' AND before.snapshot_date = today.snapshot_date - 1
        ORDER BY rise DESC
        """,
    )
    assert moves.rows() == [("Song B", 1), ("Song A", -1)]


@IN_A_FOLDER
def test_values_are_typed(lake: Lake) -> None:
    capture_profiles(lake, DAY, ["AArtist"])
    publish(lake, DAY, ["A"])
    row = query(lake, "SELECT snapshot_date, release_date, total_tracks, release_date + 1 AS later FROM albums").row(0)
    assert row == (DAY, date(2024, 5, 17), 12, date(2024, 5, 18))
    row = query(lake, "SELECT genres, genres[1] AS first, profile_fetched_at FROM artists").row(0)
    assert row == (["dream pop", "shoegaze"], "dream pop", datetime(2026, 3, 1, 7, tzinfo=UTC))
    assert query(lake, "SELECT hour(fetched_at) AS hour FROM playlists")["hour"].item() == 6


ODD_NAMES = [
    "Robert'); DROP TABLE songs;--",
    'quote " and \\',
    "line\nbreak\r\ttab",
    "מוזיקה",
    "\u202eover\u202c",
    "😀" * 50,
    "nul \x00 inside",
    "x" * 10_240,
    "",
    " ",
    "NULL",
]


@IN_A_FOLDER
def test_hostile_names_come_through_unharmed(lake: Lake) -> None:
    songs = [track(f"S{number}", name=name) for number, name in enumerate(ODD_NAMES)]
    document = captured(playlist("Chart", entries_of(*songs)), datetime(2026, 3, 1, 6, tzinfo=UTC))
    lake.raw.land(f"snapshot_date={DAY}/playlist-{spotify_id('Chart')}-20260301T060000Z.json.zst", document)
    assert audit(lake, stage(lake, DAY)) == []
    lake.publish([DAY])
    found = query(lake, "SELECT i.position, s.name FROM songs s JOIN playlist_items i USING (song_id) ORDER BY 1")
    assert found["name"].to_list() == ODD_NAMES


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "  -- nothing but a remark",
        ";",
        "SELECT 1; SELECT 2",
        "SELECT * FROM songs; DROP TABLE songs",
        "DROP TABLE songs",
        "DROP VIEW songs",
        "CREATE TABLE t AS SELECT 1",
        "CREATE VIEW v AS SELECT 1",
        "CREATE SECRET (TYPE s3)",
        "INSERT INTO songs SELECT * FROM songs",
        "UPDATE songs SET name = 'x'",
        "DELETE FROM songs",
        "TRUNCATE songs",
        "ALTER TABLE songs ADD COLUMN x INT",
        "COPY songs TO 'out.csv'",
        "COPY (SELECT 1) TO 'out.parquet'",
        "EXPORT DATABASE 'out'",
        "IMPORT DATABASE 'out'",
        "ATTACH 'other.db' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "SET enable_external_access = true",
        "RESET enable_external_access",
        "PREPARE p AS SELECT 1",
        "BEGIN",
        "CHECKPOINT",
        "VACUUM",
    ],
)
def test_only_one_query_at_a_time_is_taken(small_lake: Lake, sql: str) -> None:
    with pytest.raises(NotAQuery, match="Only one SELECT at a time"):
        query(small_lake, sql)
    assert [path.name for path in Path.cwd().iterdir() if path.name.startswith(("out", "other"))] == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM '{file}'",
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM read_blob('{file}')",
        "SELECT * FROM read_json('{file}')",
        "SELECT * FROM parquet_scan('{file}')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM sniff_csv('{file}')",
        "SELECT * FROM query('SELECT * FROM ''{file}''')",
        "SELECT * FROM duckdb_secrets()",
        "SELECT getenv('AWS_SECRET_ACCESS_KEY')",
        "SELECT * FROM lake",
        "SELECT * FROM tables",
    ],
)
def test_nothing_but_the_tables_can_be_read(small_lake: Lake, tmp_path: Path, sql: str) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises(duckdb.Error):
        query(small_lake, sql.format(file=tmp_path / "secret.csv", folder=tmp_path))


@pytest.mark.parametrize("sql", ["VALUES (1)", "FROM songs", "EXPLAIN SELECT 1", "DESCRIBE songs", "SELECT ';';"])
def test_other_ways_to_ask_are_taken(small_lake: Lake, sql: str) -> None:
    assert query(small_lake, sql).height > 0


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM song", 'song does not exist!\nDid you mean "songs"'),
        ("SELECT nam FROM songs", "nam"),
        ("SELEC 1", "syntax error"),
    ],
)
def test_a_mistake_is_named(small_lake: Lake, sql: str, message: str) -> None:
    with pytest.raises(duckdb.Error) as caught:
        query(small_lake, sql)
    assert message in str(caught.value)


def test_an_empty_lake_says_how_to_fill_it(lake: Lake) -> None:
    with pytest.raises(LakeError, match=r"Nothing is published in .* yet\. Fill it first"):
        query(lake, "SELECT 1")


@IN_A_FOLDER
def test_a_published_file_that_is_gone_is_a_clear_error(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    [file] = lake.catalog.published(BASE.tables["songs"])[DAY].files
    lake.storage.delete([lake.storage.key(file.address) or ""])
    with pytest.raises(LakeError, match=r"Of the 1 files of spotify\.songs, 1 are gone") as caught:
        query(lake, "SELECT name FROM songs")
    assert len(str(caught.value).splitlines()) == 1
    assert query(lake, "SELECT count(*) AS n FROM albums")["n"].item() == 1


def test_the_rows_of_a_day_that_is_written_and_not_published_can_be_asked_for(lake: Lake) -> None:
    prove(lake, NEXT, ["B", "C"])
    asked = "SELECT name FROM playlist_items JOIN playlists USING (playlist_id) ORDER BY position"
    with pytest.raises(LakeError, match=f"Nothing is staged of {DAY}. There are {NEXT}"):
        query(lake, asked, staged=DAY)
    assert query(lake, "SELECT name FROM songs ORDER BY name", staged=NEXT)["name"].to_list() == ["Song B", "Song C"]
    assert query(lake, "SELECT count(*) AS n FROM PLAYLIST_ITEMS", staged=NEXT)["n"].item() == 2
    with pytest.raises(LakeError, match="song_trends is not staged"):
        query(lake, "SELECT * FROM song_trends", staged=NEXT)
    with pytest.raises(NotAQuery):
        query(lake, "DELETE FROM songs", staged=NEXT)


@IN_A_FOLDER
def test_a_lake_in_which_nothing_was_processed_says_so_of_any_day(lake: Lake) -> None:
    with pytest.raises(LakeError, match="No day has been processed here yet"):
        query(lake, "SELECT * FROM songs", staged=DAY)


def test_staged_rows_that_were_changed_since_are_not_shown(lake: Lake) -> None:
    staged = prove(lake, DAY, ["A"])
    lake.storage.write(staged.keys("songs")[0], b"other")
    with pytest.raises(LakeError, match="was changed since it was written"):
        query(lake, "SELECT * FROM songs", staged=DAY)
