"""Published days in Snowflake, by the asset and by the loader alone, over fakesnow: `make test-snowflake`."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from spotify_assets.assets.insights import published_insights
from spotify_assets.assets.published_tables import published_tables
from spotify_assets.assets.snowflake import snowflake
from spotify_assets.cli.doctor import run_doctor
from spotify_assets.config import Settings
from spotify_assets.lake.catalog import Catalog
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.published_day import PublishedDay, PublishedFile
from spotify_assets.lake.sql import query
from spotify_assets.schemas import TABLES, Table
from spotify_assets.serving.saved_queries import saved_queries
from spotify_assets.serving.snowflake.connection import SnowflakeAccount
from spotify_assets.serving.snowflake.load import Loader, SnowflakeError
from spotify_assets.serving.snowflake.pipes import snowpipe_sql
from spotify_assets.serving.snowflake.tables import create_table
from spotify_assets_tests.conftest import IN_A_FOLDER
from spotify_assets_tests.support.data.builders import isrc
from spotify_assets_tests.support.data.dialects import translated
from spotify_assets_tests.support.data.small_days import DAY, NEXT, capture_profiles, prove, publish
from spotify_assets_tests.support.data.two_charts import CHARTS, publish_insights, publish_two_charts

fakesnow: Any = pytest.importorskip("fakesnow", reason="needs an environment of its own: make test-snowflake")

pytestmark = [
    IN_A_FOLDER,
    pytest.mark.filterwarnings("default:Arrow output on a DB-API result:UserWarning:fakesnow"),
    pytest.mark.filterwarnings("default::pydantic.warnings.PydanticDeprecatedSince20"),
]


@pytest.fixture
def account(lake_settings: Settings, tmp_path: Path) -> Iterator[SnowflakeAccount]:
    """The account that is loaded; its databases are gone after the test."""
    configured = lake_settings.model_copy(
        update={
            "snowflake_account": "myorg-account1",
            "snowflake_user": "LOADER",
            "snowflake_private_key_path": private_key(tmp_path / "key.p8", b"open sesame"),
            "snowflake_private_key_passphrase": "open sesame",
            "snowflake_warehouse": "LOADING",
            "snowflake_database": "MUSIC",
        }
    )
    with fakesnow.patch():
        yield SnowflakeAccount(Settings(**configured.model_dump()))


def private_key(path: Path, passphrase: bytes) -> Path:
    pem = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase),
    )
    path.write_bytes(pem)
    return path


def answer(account: SnowflakeAccount, sql: str) -> list[tuple[Any, ...]]:
    with account.connect() as connection:
        cursor = connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall()


def load(lake: Lake, account: SnowflakeAccount, *, instance: dg.DagsterInstance | None = None) -> Any:
    """Materializes the asset for both days in one run."""
    tags = {"dagster/asset_partition_range_start": f"{DAY}", "dagster/asset_partition_range_end": f"{NEXT}"}
    return dg.materialize(
        [published_tables, published_insights, snowflake],
        selection=dg.AssetSelection.assets(*snowflake.keys),
        instance=instance,
        tags=tags,
        raise_on_error=False,
        resources={"lake": lake, "snowflake_account": account},
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )


def test_snowflake_holds_exactly_what_is_published(lake: Lake, account: SnowflakeAccount) -> None:
    capture_profiles(lake, DAY, ["AArtist"])
    publish(lake, DAY, ["A", "B"])
    publish(lake, NEXT, ["B", "C", "A"])
    publish_insights(lake, [DAY, NEXT])
    assert load(lake, account).success
    for name, table in TABLES.items():
        columns = ", ".join(table.schema.column_names())
        found = answer(account, f"SELECT {columns} FROM {name} ORDER BY {', '.join(table.order)}")
        expected = lake.catalog.scan(table).sort(table.order).collect()
        lists = [place for place, dtype in enumerate(expected.dtypes) if dtype.is_nested()]
        assert [plain(row, lists) for row in found] == expected.rows()


def plain(row: tuple[Any, ...], lists: list[int]) -> tuple[Any, ...]:
    """A row with what Snowflake gives as JSON text as the lists that they are."""
    return tuple(json.loads(value) if place in lists and value else value for place, value in enumerate(row))


def test_times_are_the_same_instant(lake: Lake, account: SnowflakeAccount) -> None:
    publish(lake, DAY, ["A"])
    publish(lake, NEXT, ["A"])
    load(lake, account)
    found = answer(account, "SELECT fetched_at FROM playlists ORDER BY snapshot_date")[0][0]
    assert found.astimezone(UTC) == datetime(DAY.year, DAY.month, DAY.day, 6, tzinfo=UTC)


def test_a_second_load_changes_nothing_and_a_later_publish_replaces_the_day(
    lake: Lake, account: SnowflakeAccount
) -> None:
    publish(lake, DAY, ["A", "B"])
    publish(lake, NEXT, ["A"])
    items = "SELECT snapshot_date, position, name FROM playlist_items ORDER BY 1, 2"
    load(lake, account)
    first = answer(account, items)
    load(lake, account)
    assert answer(account, items) == first
    publish(lake, DAY, ["C"], minute=1)
    load(lake, account)
    assert answer(account, items) == [(DAY, 1, "Song C"), (NEXT, 1, "Song A")]
    ledger = dict(answer(account, f"SELECT table_name, files FROM loaded_days WHERE snapshot_date = '{DAY}'"))
    assert ledger == {name: address(lake, name) for name in TABLES}


def address(lake: Lake, table_name: str) -> str | None:
    published = lake.catalog.published(TABLES[table_name]).get(DAY)
    return published.files[0].address if published else None


def test_what_is_staged_but_not_published_never_arrives(lake: Lake, account: SnowflakeAccount) -> None:
    publish(lake, DAY, ["A"])
    publish(lake, NEXT, ["A"])
    prove(lake, DAY, ["A", "B"], minute=1)
    load(lake, account)
    assert answer(account, "SELECT count(*) FROM playlist_items") == [(2,)]


def test_a_day_that_is_not_published_is_refused_before_anything_is_loaded(
    lake: Lake, account: SnowflakeAccount
) -> None:
    publish(lake, DAY, ["A"])
    result = load(lake, account)
    assert not result.success
    failure = result.failure_data_for_node("snowflake")
    assert failure.user_failure_data.description.startswith(f"Nothing is published of {NEXT}:")
    assert answer(account, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'SPOTIFY'") == []


class TornCatalog(Catalog):
    """A catalog that counts a row more than the file has."""

    def published(self, table: Table, days: Any = None) -> dict[Any, PublishedDay]:
        found = super().published(table, days)
        return {
            day: PublishedDay(day, tuple(replace(file, rows=file.rows + 1) for file in it.files))
            for day, it in found.items()
        }


def test_a_load_that_fails_half_way_leaves_the_day_as_it_was(lake: Lake, account: SnowflakeAccount) -> None:
    publish(lake, DAY, ["A", "B"])
    songs = TABLES["songs"]
    with account.connect() as connection:
        loader = Loader(connection, lake.catalog, "spotify")
        loader.prepare([songs])
        loader.load(songs, DAY)
    publish(lake, DAY, ["C"], minute=1)
    torn = TornCatalog(lake.storage, lake.settings.glue_database)
    with (
        pytest.raises(SnowflakeError, match="songs of 2026-03-01: 1 rows arrived of 2"),
        account.connect() as connection,
    ):
        Loader(connection, torn, "spotify").load(songs, DAY)
    assert answer(account, "SELECT name FROM songs ORDER BY 1") == [("Song A",), ("Song B",)]
    assert answer(account, "SELECT row_count FROM loaded_days WHERE table_name = 'songs'") == [(2,)]


def test_on_a_connection_that_stays_open_a_failed_load_leaves_no_half_day(
    lake: Lake, account: SnowflakeAccount
) -> None:
    publish(lake, DAY, ["A", "B"])
    songs = TABLES["songs"]
    names = "SELECT name FROM songs ORDER BY 1"
    with account.connect() as connection:
        loader = Loader(connection, lake.catalog, "spotify")
        loader.prepare([songs])
        loader.load(songs, DAY)
        publish(lake, DAY, ["C"], minute=1)
        with pytest.raises(SnowflakeError):
            Loader(connection, TornCatalog(lake.storage, lake.settings.glue_database), "spotify").load(songs, DAY)
        cursor = connection.cursor()
        cursor.execute(names)
        assert cursor.fetchall() == [("Song A",), ("Song B",)]
        # Nothing is left open either, in which the next load would end.
        assert loader.load(songs, DAY).rows == 1
    assert answer(account, names) == [("Song C",)]


class MovingCatalog(Catalog):
    """A catalog in which another run publishes while a day is being loaded."""

    meanwhile: Any = None

    def content(self, file: PublishedFile) -> bytes:
        data = super().content(file)
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile, None
            act()
        return data


def test_a_publish_during_the_load_is_loaded_as_well(lake: Lake, account: SnowflakeAccount) -> None:
    publish(lake, DAY, ["A"])
    moving = MovingCatalog(lake.storage, lake.settings.glue_database)
    moving.meanwhile = lambda: publish(lake, DAY, ["B", "C"], minute=1)
    with account.connect() as connection:
        loader = Loader(connection, moving, "spotify")
        loader.prepare([TABLES["songs"]])
        assert loader.load(TABLES["songs"], DAY).rows == 2
    assert answer(account, "SELECT name FROM songs ORDER BY 1") == [("Song B",), ("Song C",)]


def test_sample_data_never_reaches_a_schema_of_spotify_data(
    lake: Lake, account: SnowflakeAccount, tmp_path: Path
) -> None:
    publish(lake, DAY, ["A"])
    publish(lake, NEXT, ["A"])
    load(lake, account)
    sample = Lake(Settings(lake_url=str(tmp_path / "sample"), spotify_source="sample"))
    publish(sample, DAY, ["X"])
    publish(sample, NEXT, ["X"])
    result = load(sample, account)
    failure = result.failure_data_for_node("snowflake")
    assert "holds spotify data, and the lake sample data" in failure.user_failure_data.description
    assert answer(account, "SELECT DISTINCT name FROM songs") == [("Song A",)]


def test_a_table_of_an_earlier_version_gets_its_new_columns(lake: Lake, account: SnowflakeAccount) -> None:
    publish(lake, DAY, ["A"])
    with account.connect() as connection:
        cursor = connection.cursor()
        cursor.execute(create_table(TABLES["songs"]))
        cursor.execute("ALTER TABLE songs DROP COLUMN isrc")
        loader = Loader(connection, lake.catalog, "spotify")
        loader.prepare([TABLES["songs"]])
        loader.load(TABLES["songs"], DAY)
    assert answer(account, "SELECT isrc FROM songs") == [(isrc("A"),)]


def test_the_asset_shows_rows_and_files_of_each_day_and_no_secret(lake: Lake, account: SnowflakeAccount) -> None:
    publish(lake, DAY, ["A"])
    publish(lake, NEXT, ["A", "B"])
    with dg.DagsterInstance.ephemeral() as instance:
        result = load(lake, account, instance=instance)
        shown = [event.step_materialization_data.materialization for event in result.get_asset_materialization_events()]
        log = "\n".join(f"{entry.user_message} {entry.dagster_event}" for entry in instance.all_logs(result.run_id))
    counts = {found.partition: found.metadata["dagster/partition_row_count"].value for found in shown}
    published = [lake.catalog.published(table) for table in TABLES.values()]
    assert counts == {str(day): sum(files[day].rows for files in published if day in files) for day in (DAY, NEXT)}
    assert "open sesame" not in log
    assert "PRIVATE KEY" not in log


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"snowflake_private_key_path": Path("nowhere.p8")}, "SNOWFLAKE_PRIVATE_KEY_PATH=nowhere.p8: the private key"),
        ({"snowflake_private_key_passphrase": None}, "the private key cannot be read"),
        ({"snowflake_private_key_passphrase": "wrong word"}, "the private key cannot be read"),
    ],
)
def test_a_key_that_cannot_be_read_is_one_clear_message(
    lake: Lake, account: SnowflakeAccount, changes: dict[str, Any], message: str
) -> None:
    broken = SnowflakeAccount(Settings(**{**account._settings.model_dump(), **changes}))
    with pytest.raises(SnowflakeError, match=message) as caught, broken.connect():
        pass
    assert "wrong word" not in str(caught.value)


def test_what_snowflake_refuses_is_one_clear_message(account: SnowflakeAccount) -> None:
    with pytest.raises(SnowflakeError, match=r"Snowflake refused \(LOADER at myorg-account1, MUSIC\.SPOTIFY\)"):
        answer(account, "SELECT * FROM no_such_table")


def test_saved_queries_answer_in_snowflake_as_they_do_in_duckdb(lake: Lake, account: SnowflakeAccount) -> None:
    publish_two_charts(lake)
    with account.connect() as connection:
        loader = Loader(connection, lake.catalog, "spotify")
        loader.prepare(list(TABLES.values()))
        for day in CHARTS:
            for table in TABLES.values():
                loader.load(table, day)
        for found in saved_queries().values():
            cursor = connection.cursor()
            cursor.execute(translated(found, "snowflake"))
            expected = query(lake, found.sql, found.values({})).rows()
            assert expected
            assert [tuple(row) for row in cursor.fetchall()] == expected, found.name


def test_the_doctor_signs_in(
    account: SnowflakeAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = account._settings.model_dump(include={name for name in Settings.model_fields if "snowflake" in name})
    secret = known.pop("snowflake_private_key_passphrase").get_secret_value()
    for name, value in {**known, "snowflake_private_key_passphrase": secret}.items():
        monkeypatch.setenv(name.upper(), "" if value is None else str(value))
    run_doctor()
    assert "Snowflake: signed in; MUSIC.SPOTIFY has 0 tables" in capsys.readouterr().out


def test_of_what_snowpipe_loaded_the_view_shows_the_latest_run_of_each_day(account: SnowflakeAccount) -> None:
    script = snowpipe_sql([TABLES["song_artists"]])
    made = [statement for statement in script.split(";\n") if "CREATE TABLE" in statement or "CREATE VIEW" in statement]
    folder = "song_artists_data/data/snapshot_date=2026-03-01"
    loaded = [
        (DAY, "a", 1, "x", f"{folder}/c0ffee-first-run.parquet", "2026-03-01 07:00:00"),
        (DAY, "b", 1, "x", f"{folder}/c0ffee-first-run.parquet", "2026-03-01 07:00:00"),
        # Of several files that a cluster made.
        (DAY, "a", 1, "y", f"{folder}/decade-second-run.parquet", "2026-03-01 08:00:00"),
        (DAY, "c", 1, "y", f"{folder}/facade-second-run.parquet", "2026-03-01 08:00:07"),
        (
            NEXT,
            "a",
            1,
            "x",
            "song_artists_data/data/snapshot_date=2026-03-02/c0ffee-a-run.parquet",
            "2026-03-02 07:00:00",
        ),
    ]
    with account.connect() as connection:
        cursor = connection.cursor()
        for statement in ["CREATE SCHEMA SPOTIFY_LANDING", "CREATE SCHEMA SPOTIFY_PIPED", *made]:
            cursor.execute(statement)
        for row in loaded:
            cursor.execute("INSERT INTO SPOTIFY_LANDING.song_artists VALUES (%s, %s, %s, %s, %s, %s)", row)
        cursor.execute("SELECT * FROM SPOTIFY_PIPED.song_artists ORDER BY 1, 2")
        assert cursor.fetchall() == [(DAY, "a", 1, "y"), (DAY, "c", 1, "y"), (NEXT, "a", 1, "x")]
