"""Published tables: what a reader finds, when a publish changes something, and what a catalog may hold beside."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import dataframely as dy
import polars as pl
import pytest
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.typedef import Record
from pyiceberg.types import DateType, ListType, StringType, TimestamptzType

from spotify_assets.config import Settings
from spotify_assets.lake import catalog as catalog_module
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.iceberg_schema import iceberg_schema
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.parquet import encode
from spotify_assets.lake.sql import query
from spotify_assets.lake.staged_file import FileWriter
from spotify_assets.schemas.base import BASE, Songs
from spotify_assets.schemas.table import Table
from spotify_assets_tests.conftest import IN_A_FOLDER, ON_S3, OpenLake, aws_client
from spotify_assets_tests.support.data.small_days import (
    DAY,
    NEXT,
    audit,
    capture,
    capture_profiles,
    frames_of,
    prove,
    publish,
    rows,
    snapshots,
    stage,
    titles,
)


def glue_of(lake: Lake) -> Any:
    return aws_client("glue", lake.settings.aws_endpoint_url or "")


def test_a_day_goes_from_raw_to_published(lake: Lake) -> None:
    capture_profiles(lake, DAY, ["AArtist"])
    capture(lake, DAY, ["A", "B"])
    expected = frames_of(lake, DAY)
    audit(lake, stage(lake, DAY))
    changed = lake.publish([DAY]).changed
    assert changed == {name: [DAY] if frame.height else [] for name, frame in expected.items()}
    for name, frame in expected.items():
        assert rows(lake, name).equals(frame), name
        assert query(lake, f"SELECT * FROM {name}").sort(BASE.tables[name].order).equals(frame), name
    assert list(lake.raw.waiting()) == []


@IN_A_FOLDER
def test_a_published_table_names_its_files_and_figures(lake: Lake) -> None:
    prove(lake, DAY, ["A", "B"])
    prove(lake, NEXT, ["A", "B", "C"])
    lake.publish([DAY, NEXT])
    files = lake.catalog.published(BASE.tables["songs"])
    assert {day: file.rows for day, file in files.items()} == {DAY: 2, NEXT: 3}
    assert lake.catalog.published(BASE.tables["songs"], [DAY]) == {DAY: files[DAY]}
    assert lake.catalog.published(BASE.tables["songs"], []) == {}
    assert files[DAY].nulls["popularity"] == 0
    assert lake.catalog.published(BASE.tables["playlists"])[DAY].nulls["region"] == 0
    key = lake.storage.key(files[DAY].files[0].address)
    assert key is not None
    assert key.startswith("songs_data/data/snapshot_date=2026-03-01/")
    assert len(lake.storage.read(key)) == files[DAY].size


def test_a_new_lake_has_no_tables_and_no_rows(lake: Lake) -> None:
    assert lake.catalog.tables() == []
    assert lake.catalog.published(BASE.tables["songs"]) == {}
    assert rows(lake, "songs").schema == Songs.create_empty().schema


GLUE_TYPES = {
    pl.String(): "string",
    pl.Int64(): "bigint",
    pl.Boolean(): "boolean",
    pl.Date(): "date",
    pl.Datetime("us", "UTC"): "timestamp",
    pl.List(pl.String()): "array<string>",
}


@ON_S3
def test_glue_shows_what_athena_needs(lake: Lake) -> None:
    glue, database = glue_of(lake), lake.settings.glue_database
    # What else is in the database does no harm.
    glue.create_database(DatabaseInput={"Name": database})
    glue.create_table(DatabaseName=database, TableInput={"Name": "crawled", "Parameters": {"classification": "csv"}})
    publish(lake, DAY, ["A"])
    assert [table.name for table in lake.catalog.tables()] == list(BASE.tables)
    for name, table in BASE.tables.items():
        shown = glue.get_table(DatabaseName=database, Name=name)["Table"]
        assert shown["TableType"] == "EXTERNAL_TABLE"
        assert shown["Parameters"]["table_type"] == "ICEBERG"
        assert shown["Parameters"]["metadata_location"].startswith(lake.storage.address(f"{name}_data/metadata/"))
        assert shown["StorageDescriptor"]["Location"] == lake.storage.address(f"{name}_data")
        columns, wanted = shown["StorageDescriptor"]["Columns"], table.schema.columns()
        assert {column["Name"]: column["Type"] for column in columns} == {
            column: GLUE_TYPES[definition.dtype] for column, definition in wanted.items()
        }
        assert {column["Name"]: column["Comment"] for column in columns} == {
            column: definition.description for column, definition in wanted.items()
        }


def test_iceberg_tables_are_typed_and_partitioned_by_day(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    for name, table in BASE.tables.items():
        found = lake.catalog.load(table)
        assert found is not None
        (field,) = found.spec().fields
        assert (field.name, str(field.transform)) == ("snapshot_date", "identity")
        assert found.format_version == 2
        assert found.location() == lake.storage.address(table.folder)
        keys = {found.schema().find_field(number).name for number in found.schema().identifier_field_ids}
        assert keys == set(table.key), name
        types = {column.name: column.field_type for column in found.schema().fields}
        assert types["snapshot_date"] == DateType()
    albums, artists, playlists = (lake.catalog.load(BASE.tables[name]) for name in ("albums", "artists", "playlists"))
    assert albums is not None
    assert artists is not None
    assert playlists is not None
    assert albums.schema().find_type("release_date") == DateType()
    genres = artists.schema().find_type("genres")
    assert isinstance(genres, ListType)
    assert genres.element_type == StringType()
    assert playlists.schema().find_type("fetched_at") == TimestamptzType()


def test_every_column_type_has_a_counterpart() -> None:
    for table in BASE.tables.values():
        assert [field.name for field in iceberg_schema(table).fields] == table.schema.column_names()


def test_a_type_that_iceberg_lacks_is_refused() -> None:
    class Counts(dy.Schema):
        """Counts."""

        snapshot_date = dy.Date(primary_key=True)
        count = dy.UInt32()

    with pytest.raises(TypeError, match="UInt32 has no counterpart in Iceberg"):
        iceberg_schema(Table("counts", Counts))


def test_the_same_content_published_twice_makes_no_new_snapshot(lake: Lake) -> None:
    publish(lake, DAY, ["A", "B"])
    before = snapshots(lake)
    assert audit(lake, stage(lake, DAY)) == []
    assert set(map(tuple, lake.publish([DAY]).changed.values())) == {()}
    assert set(map(tuple, lake.publish([DAY]).changed.values())) == {()}
    assert snapshots(lake) == before


def test_a_day_of_two_files_of_which_one_is_harmed_is_replaced_by_equal_ones(lake: Lake) -> None:
    capture(lake, DAY, ["A", "B"])
    table, frame = BASE.tables["songs"], frames_of(lake, DAY)["songs"]

    def written(run: str) -> list[str]:
        writer, schema = FileWriter(lake.storage, DAY, run), lake.staging.arrow_schema("songs")
        files = [file for row in (0, 1) for file in writer.write(table, frame[row], schema)]
        return [lake.storage.address(file.key) for file in files]

    first, second = written("first"), written("second")
    assert lake.catalog.publish(table, {DAY: first}) == [DAY]
    assert lake.catalog.publish(table, {DAY: second}) == []
    lake.storage.write(lake.storage.key(first[1]) or "", b"harmed")
    assert lake.catalog.publish(table, {DAY: second}) == [DAY]
    assert rows(lake, "songs", DAY)["name"].to_list() == ["Song A", "Song B"]


def test_changed_content_replaces_the_day_and_no_other(lake: Lake) -> None:
    for day in (DAY, NEXT):
        prove(lake, day, ["A", "B"])
    lake.publish([DAY, NEXT])
    changed = publish(lake, DAY, ["B", "C"], minute=1)
    assert changed["songs"] == [DAY]
    assert titles(lake, DAY) == ["B", "C"]
    assert titles(lake, NEXT) == ["A", "B"]


@IN_A_FOLDER
def test_a_table_that_did_not_change_is_left_alone(lake: Lake) -> None:
    publish(lake, DAY, ["A", "B"])
    changed = publish(lake, DAY, ["B", "A"], minute=1)
    assert {name for name, days in changed.items() if days} == {"playlists", "playlist_items"}


@IN_A_FOLDER
def test_old_content_comes_back(lake: Lake) -> None:
    for minute, songs in enumerate((["A"], ["B"], ["A"])):
        publish(lake, DAY, songs, minute)
        assert titles(lake, DAY) == songs


@IN_A_FOLDER
def test_a_day_that_becomes_empty_for_a_table_has_no_rows_there(lake: Lake) -> None:
    for day in (DAY, NEXT):
        prove(lake, day, ["A"])
    lake.publish([DAY, NEXT])
    publish(lake, DAY, [], minute=1)
    assert rows(lake, "songs")["snapshot_date"].to_list() == [NEXT]
    assert rows(lake, "playlists")["snapshot_date"].to_list() == [DAY, NEXT]
    publish(lake, DAY, ["B"], minute=2)
    assert titles(lake, DAY) == ["B"]


@IN_A_FOLDER
def test_many_days_are_published_at_once(lake: Lake) -> None:
    days = [DAY + timedelta(days=number) for number in range(5)]
    for day in days:
        prove(lake, day, ["A"])
    lake.publish(days)
    assert set(snapshots(lake).values()) == {0, 1}
    for day in days[1:]:
        prove(lake, day, ["B"], minute=1)
    lake.publish(days)
    assert {day: titles(lake, day) for day in days} == {day: ["A"] if day == DAY else ["B"] for day in days}


@IN_A_FOLDER
def test_more_days_than_a_list_in_a_filter_is_looked_at_for(lake: Lake) -> None:
    """Beyond 200 values PyIceberg stops comparing; a year must still be replaced as a whole."""
    table = BASE.tables["song_artists"]
    days = [DAY + timedelta(days=number) for number in range(230)]

    def files(letter: str) -> dict[date, list[str]]:
        addresses: dict[date, list[str]] = {}
        for day in days:
            song, artist = "s" * 22, letter * 22
            frame = pl.DataFrame(
                {"snapshot_date": [day], "song_id": [song], "artist_position": [1], "artist_id": [artist]}
            )
            staged = lake.staging.write(day, {table.name: frame}, [], letter)
            addresses[day] = [lake.storage.address(key) for key in staged.keys(table.name)]
        return addresses

    assert lake.catalog.publish(table, files("a")) == days
    assert lake.catalog.publish(table, files("b")) == days
    assert rows(lake, table.name).select("snapshot_date", "artist_id").rows() == [(day, "b" * 22) for day in days]


def test_a_reader_sees_the_old_day_or_the_new_one(lake: Lake, open_lake: OpenLake) -> None:
    """Never a mixture of both, never none, while the day is replaced again and again."""
    versions = [["A", "B"], ["C", "D", "E"]]
    publish(lake, DAY, versions[0])
    seen: list[list[str]] = []
    failed: list[BaseException] = []
    finished = threading.Event()

    def read_on() -> None:
        reader = open_lake()
        try:
            while not finished.is_set():
                seen.append(titles(reader, DAY))
        except BaseException as error:
            failed.append(error)

    reading = threading.Thread(target=read_on)
    reading.start()
    try:
        for minute in range(1, 3 if lake.storage.is_s3 else 6):
            publish(lake, DAY, versions[minute % 2], minute)
    finally:
        finished.set()
        reading.join()
    assert failed == []
    assert seen
    assert all(found in versions for found in seen)


@IN_A_FOLDER
def test_a_reader_that_began_before_a_publish_ends_after_it(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    begun = lake.catalog.scan(BASE.tables["songs"])
    publish(lake, DAY, ["B"], minute=1)
    assert begun.collect()["name"].to_list() in (["Song A"], ["Song B"])


class OldSongs(dy.Schema):
    """Songs as they were before some columns came to be."""

    snapshot_date = dy.Date(primary_key=True)
    song_id = dy.String(primary_key=True)
    name = dy.String()


def with_old_songs(lake: Lake) -> None:
    """A published day of a table that lacks most columns."""
    table = Table("songs", OldSongs)
    lake.catalog.ensure(table)
    frame = pl.DataFrame({"snapshot_date": [DAY], "song_id": ["0" * 22], "name": ["An old song"]})
    buffer = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    found = lake.catalog.load(table)
    assert found is not None
    found.append(buffer.cast(found.schema().as_arrow()))


def test_a_table_is_given_the_columns_it_lacks(lake: Lake) -> None:
    with_old_songs(lake)
    found = lake.catalog.ensure(BASE.tables["songs"])
    assert [field.name for field in found.schema().fields] == Songs.column_names()
    publish(lake, NEXT, ["A"])
    songs = rows(lake, "songs")
    assert songs["name"].to_list() == ["An old song", "Song A"]
    assert songs["duration_ms"].to_list() == [None, 201_000]
    assert songs.schema == Songs.create_empty().schema
    assert query(lake, "SELECT url IS NULL AS old FROM songs ORDER BY snapshot_date")["old"].to_list() == [True, False]
    before = lake.catalog.load(BASE.tables["songs"])
    after = lake.catalog.ensure(BASE.tables["songs"])
    assert before is not None
    assert after.metadata_location == before.metadata_location


class Points(dy.Schema):
    """Points by region, before they were told by series."""

    snapshot_date = dy.Date(primary_key=True)
    region = dy.String(primary_key=True)
    points = dy.Int64(nullable=True)


class PointsBySeries(dy.Schema):
    """The same by series."""

    snapshot_date = dy.Date(primary_key=True)
    series = dy.String(primary_key=True)
    region = dy.String(primary_key=True)
    points = dy.Int64(nullable=True)


class PointsWithRanks(PointsBySeries):
    """The same with one more column."""

    rank = dy.Int64(nullable=True)


@pytest.mark.parametrize("versions", [(Points, PointsBySeries), (Points, PointsBySeries, PointsWithRanks)])
def test_a_table_whose_key_grew_takes_new_rows_beside_old_ones_and_names_no_identifier(
    lake: Lake, versions: tuple[type[dy.Schema], ...]
) -> None:
    """Old files lack a column of the key, which can thus not be required, as identifier fields must be."""
    old = lake.catalog.ensure(Table("points", versions[0]))
    rows_then = pl.DataFrame({"snapshot_date": [DAY], "region": ["gb"], "points": [1]})
    old.append(rows_then.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(old.schema().as_arrow()))
    for schema in versions[1:]:
        lake.catalog.ensure(Table("points", schema))
    table = Table("points", versions[-1])
    frame = pl.DataFrame(
        {"snapshot_date": NEXT, "series": ["playlist", "viral-daily"], "region": "gb", "points": [2, 3], "rank": 1}
    )
    key = f"{table.folder}/data/snapshot_date={NEXT}/0a1b-run.parquet"
    lake.storage.write(key, encode(frame, schema_to_pyarrow(lake.catalog.ensure(table).schema())))
    lake.catalog.publish(table, {NEXT: [lake.storage.address(key)]})
    found = lake.catalog.load(table)
    assert found is not None
    assert not found.schema().find_field("series").required
    assert found.schema().find_field("region").required
    assert found.schema().identifier_field_ids == []
    assert lake.catalog.scan(table).sort("points").select("series", "points").collect().rows() == [
        (None, 1),
        ("playlist", 2),
        ("viral-daily", 3),
    ]
    # A table that is made now has its whole key.
    keys = {iceberg_schema(table).find_field(number).name for number in iceberg_schema(table).identifier_field_ids}
    assert keys == {"snapshot_date", "series", "region"}


@IN_A_FOLDER
def test_an_old_day_of_a_table_that_gained_columns_can_be_replaced(lake: Lake) -> None:
    with_old_songs(lake)
    publish(lake, DAY, ["A"])
    assert rows(lake, "songs")["name"].to_list() == ["Song A"]


def manifests_of(lake: Lake, name: str) -> int:
    found = lake.catalog.load(BASE.tables[name])
    assert found is not None
    snapshot = found.current_snapshot()
    assert snapshot is not None
    return len(snapshot.manifests(found.io))


@IN_A_FOLDER
def test_days_published_one_by_one_come_to_share_manifests(lake: Lake) -> None:
    days = [DAY + timedelta(days=ahead) for ahead in range(20)]
    for day in days:
        publish(lake, day, ["A"])
    assert manifests_of(lake, "songs") < 8
    assert sorted(lake.catalog.published(BASE.tables["songs"])) == days
    assert rows(lake, "songs")["snapshot_date"].to_list() == days
    # A day in the midst of a merged manifest is replaced, and its neighbours keep their files.
    before = lake.catalog.published(BASE.tables["songs"])
    publish(lake, days[3], ["A", "B"])
    after = lake.catalog.published(BASE.tables["songs"])
    assert [day for day in days if after[day] != before[day]] == [days[3]]
    assert titles(lake, days[3]) == ["A", "B"]


@IN_A_FOLDER
def test_what_another_writer_says_of_deleted_rows_is_no_published_file(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    before = lake.catalog.published(BASE.tables["songs"])
    found = lake.catalog.load(BASE.tables["songs"])
    assert found is not None
    deleted = DataFile.from_args(
        content=DataFileContent.POSITION_DELETES,
        file_path=f"{found.location()}/data/deleted-rows.parquet",
        file_format=FileFormat.PARQUET,
        partition=Record((DAY - date(1970, 1, 1)).days),
        record_count=1,
        file_size_in_bytes=100,
    )
    deleted.spec_id = found.spec().spec_id
    with found.transaction() as transaction, transaction.update_snapshot().fast_append() as append:
        append.append_data_file(deleted)
    assert lake.catalog.published(BASE.tables["songs"]) == before


@IN_A_FOLDER
def test_a_table_of_an_older_version_is_given_its_properties_and_keeps_those_its_owner_set(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    found = lake.catalog.load(BASE.tables["songs"])
    assert found is not None
    with found.transaction() as transaction:
        transaction.remove_properties("commit.manifest-merge.enabled")
        transaction.set_properties({"commit.manifest.min-count-to-merge": "3"})
    publish(lake, NEXT, ["A"])
    properties = lake.catalog.ensure(BASE.tables["songs"]).properties
    assert properties["commit.manifest-merge.enabled"] == "true"
    assert properties["commit.manifest.min-count-to-merge"] == "3"


@IN_A_FOLDER
def test_a_table_of_an_older_version_merges_its_manifests_as_those_of_this_one(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    with lake.catalog.ensure(BASE.tables["songs"]).transaction() as transaction:
        transaction.set_properties({"commit.manifest.min-count-to-merge": "8"})
    publish(lake, NEXT, ["A"])
    assert lake.catalog.ensure(BASE.tables["songs"]).properties["commit.manifest.min-count-to-merge"] == "2"
    assert manifests_of(lake, "songs") == 1


@ON_S3
def test_tables_of_another_lake_in_the_same_database_are_refused(lake: Lake, open_lake: OpenLake) -> None:
    publish(lake, DAY, ["A"])
    other = open_lake(lake_url=f"s3://{lake.storage.bucket}/another/prefix")
    prefix = lake.storage.address("")
    message = f"{prefix}artists_data/.* is outside the lake .* Set GLUE_DATABASE"
    with pytest.raises(LakeError, match=message):
        other.catalog.tables()
    capture(other, DAY, ["B"])
    with pytest.raises(LakeError, match=message):
        stage(other, DAY)
    assert titles(lake, DAY) == ["A"]


@ON_S3
def test_two_lakes_in_two_databases_do_not_meet(lake: Lake, open_lake: OpenLake) -> None:
    other = open_lake(
        lake_url=f"s3://{lake.storage.bucket}/another/prefix", glue_database=f"{lake.settings.glue_database}_2"
    )
    publish(lake, DAY, ["A"])
    publish(other, DAY, ["B"])
    assert (titles(lake, DAY), titles(other, DAY)) == (["A"], ["B"])


@ON_S3
@pytest.mark.parametrize(
    "parameters",
    [
        {"classification": "csv", "CrawlerSchemaSerializerVersion": "1.0"},
        {"table_type": "DELTA"},
        {"table_type": "ICEBERG"},
        {},
    ],
    ids=["crawled", "delta", "without metadata", "bare"],
)
def test_a_table_that_is_not_iceberg_is_refused_and_left_alone(lake: Lake, parameters: dict[str, str]) -> None:
    glue, database = glue_of(lake), lake.settings.glue_database
    glue.create_database(DatabaseInput={"Name": database})
    glue.create_table(DatabaseName=database, TableInput={"Name": "songs", "Parameters": parameters})
    for use in (lake.catalog.tables, lambda: lake.catalog.ensure(BASE.tables["songs"])):
        with pytest.raises(LakeError, match=r"songs cannot be read as an Iceberg table .* set GLUE_DATABASE"):
            use()
    assert glue.get_table(DatabaseName=database, Name="songs")["Table"]["Parameters"] == parameters


@IN_A_FOLDER
def test_a_folder_that_was_moved_says_how_its_tables_are_made_again(lake: Lake, lake_settings: Settings) -> None:
    publish(lake, DAY, ["A"])
    moved = lake.storage.folder.with_name("moved")
    lake.storage.folder.rename(moved)
    with pytest.raises(LakeError, match=r"outside the lake .* spotify-assets rebuild"):
        Lake(lake_settings.model_copy(update={"lake_url": str(moved)})).catalog.tables()


@IN_A_FOLDER
@pytest.mark.parametrize("name", ["my lake", "Plattenkiste é 音 😀", "la'ke", "a+b&c=d"])
def test_a_folder_of_any_usual_name_holds_a_lake(lake_settings: Settings, name: str) -> None:
    folder = f"{lake_settings.lake_url}/{name}"
    lake = Lake(lake_settings.model_copy(update={"lake_url": folder}))
    publish(lake, DAY, ["A"])
    assert titles(lake, DAY) == ["A"]
    assert query(lake, "SELECT name FROM songs")["name"].to_list() == ["Song A"]


@IN_A_FOLDER
def test_metadata_that_is_gone_is_a_clear_error(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    found = lake.catalog.load(BASE.tables["artists"])
    assert found is not None
    lake.storage.delete([lake.storage.key(found.metadata_location) or ""])
    with pytest.raises(LakeError, match=r"Cannot open table .*: a file of the table is gone .* must be restored"):
        lake.catalog.tables()


@IN_A_FOLDER
def test_a_catalog_that_keeps_changing_is_given_up_on(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog_module, "COMMIT_ATTEMPTS", 2)
    prove(lake, DAY, ["A"])

    def conflict(*_: object) -> None:
        raise catalog_module.CommitFailedException("somebody else was faster")

    monkeypatch.setattr(lake.catalog, "_replace_days", conflict)
    with pytest.raises(LakeError, match="other publishers changed it 2 times in a row; run again"):
        lake.publish([DAY])
    assert len(list(lake.raw.waiting())) == 1


def test_times_and_odd_text_come_back_as_they_were(lake: Lake) -> None:
    names = ["plain", "quote ' \" ; --", "line\nbreak\ttab", "שלום", "😀", "nul \x00 inside", "x" * 10_240]
    artists = pl.DataFrame(
        {
            "snapshot_date": [DAY] * len(names),
            "artist_id": [f"{number:022d}" for number in range(len(names))],
            "name": names,
            "genres": [[name] for name in names[:-1]] + [None],
            "followers": [2**63 - 1] * len(names),
            "popularity": [None] * len(names),
            "image_url": [None] * len(names),
            "profile_fetched_at": [datetime(2026, 3, 1, 23, 59, 59, 999_999, tzinfo=UTC)] * len(names),
            "profile_age_days": [-1] * len(names),
            "genre_source": ["none"] * len(names),
            "country": [None] * len(names),
            "active_since": [1999] * len(names),
            "wikidata_id": [None] * len(names),
            "musicbrainz_id": [None] * len(names),
            "url": ["url"] * len(names),
        },
        schema=BASE.tables["artists"].schema.create_empty().schema,
    )
    staged = lake.staging.write(DAY, {"artists": artists}, [], "run")
    lake.catalog.publish(BASE.tables["artists"], {DAY: [lake.storage.address(key) for key in staged.keys("artists")]})
    assert rows(lake, "artists").equals(artists)
    assert query(lake, "SELECT * FROM artists ORDER BY artist_id").equals(artists)
