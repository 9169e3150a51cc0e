import re

import dataframely as dy
import pytest

from spotify_assets.schemas import BASE, INSIGHTS, TABLES
from spotify_assets.schemas.base import FOREIGN_KEYS
from spotify_assets.schemas.insight_columns import SHARE_TOLERANCE
from spotify_assets.schemas.table import ForeignKey, Table
from spotify_assets.spotify.payloads import ID

each_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
each_base_table = pytest.mark.parametrize("table", BASE.tables.values(), ids=BASE.tables.keys())
each_key = pytest.mark.parametrize("key", FOREIGN_KEYS, ids=lambda key: f"{key.table}.{key.column}")


@each_key
def test_a_foreign_key_joins_columns_that_exist_and_have_one_type(key: ForeignKey) -> None:
    column = BASE.tables[key.table].schema.columns()[key.column]
    parent_column = BASE.tables[key.parent].schema.columns()[key.parent_column]
    assert column.dtype == parent_column.dtype


@each_key
def test_a_foreign_key_leads_to_the_key_of_its_parent(key: ForeignKey) -> None:
    assert BASE.tables[key.parent].key == ["snapshot_date", key.parent_column]


@each_key
def test_parents_are_published_before_their_children(key: ForeignKey) -> None:
    wave_of = {name: number for number, wave in enumerate(BASE.waves()) for name in wave}
    assert wave_of.keys() == BASE.tables.keys()
    assert wave_of[key.parent] < wave_of[key.table]


@each_base_table
def test_every_id_column_of_another_table_is_a_foreign_key(table: Table) -> None:
    parents = {"album_id": "albums", "song_id": "songs", "artist_id": "artists", "playlist_id": "playlists"}
    pointing = {name for name in table.schema.column_names() if parents.get(name, table.name) != table.name}
    assert pointing == {key.column for key in FOREIGN_KEYS if key.table == table.name}


def test_no_table_is_in_two_groups() -> None:
    assert len(TABLES) == len(BASE.tables) + len(INSIGHTS.tables)


@each_table
def test_every_column_is_described(table: Table) -> None:
    assert [name for name, column in table.schema.columns().items() if not column.description] == []


@each_table
def test_every_table_says_what_a_row_is_and_has_its_folder(table: Table) -> None:
    assert table.summary.endswith(".")
    assert table.folder == f"{table.name}_data"
    assert TABLES[table.name] is table


@each_table
def test_every_table_starts_with_its_partition_which_is_never_null(table: Table) -> None:
    name, column = next(iter(table.schema.columns().items()))
    assert name == "snapshot_date"
    assert isinstance(column, dy.Date)
    assert not column.nullable


@each_table
def test_rows_are_ordered_by_their_key_or_by_all_columns(table: Table) -> None:
    assert table.order[0] == "snapshot_date"
    assert table.order == (table.key or table.schema.column_names())


@each_table
def test_types_are_those_that_iceberg_has(table: Table) -> None:
    kinds = {type(column) for column in table.schema.columns().values()}
    assert kinds <= {dy.Date, dy.String, dy.Int64, dy.Float64, dy.Bool, dy.Datetime, dy.List}


@pytest.mark.parametrize(
    ("text", "fits"),
    [("37i9dQZEVXbMDoHDwVN2tF", True), ("37i9dQZEVXbMDoHDwVN2t", False), ("../../../etc/passwd...", False)],
)
def test_an_id_is_twenty_two_letters_and_digits(text: str, fits: bool) -> None:
    assert bool(re.fullmatch(ID, text)) == fits


@each_table
def test_every_share_is_compared_with_one_in_the_same_way(table: Table) -> None:
    shares = {name: column for name, column in table.schema.columns().items() if re.search("share|overlap", name)}
    bounds = {name: (column.min, column.max) for name, column in shares.items() if isinstance(column, dy.Float64)}
    assert bounds == {
        name: (-1 - SHARE_TOLERANCE if "change" in name else 0, 1 + SHARE_TOLERANCE)
        for name in shares
        if table.schema.columns()[name].dtype.is_float()
    }
