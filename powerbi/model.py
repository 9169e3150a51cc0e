"""The semantic model as TMDL: a star of the published tables, each column typed and described by its schema.

https://learn.microsoft.com/analysis-services/tmdl/tmdl-overview
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from powerbi.measures import MEASURES, Measure
from spotify_assets.lake.iceberg_schema import iceberg_schema
from spotify_assets.schemas import TABLES

# Tags that Power BI knows objects by; they only have to stay the same.
NAMESPACE = UUID("5b8f7c1e-62f1-4f0c-9d5e-0a4f9f6f2c11")
# Iceberg's type to that of the model, that of Power Query, and a format.
TYPES: Mapping[str, tuple[str, str, str | None]] = {
    "string": ("string", "type text", None),
    "long": ("int64", "Int64.Type", "0"),
    "double": ("double", "type number", "0.00"),
    "boolean": ("boolean", "type logical", None),
    "date": ("dateTime", "type date", "yyyy-mm-dd"),
    "timestamptz": ("dateTime", "type datetimezone", "yyyy-mm-dd hh:nn"),
}

# Rows that a dimension is made of: the last known of each key, which needs a buffer to be kept in order.
LAST_KNOWN = """Sorted = Table.Buffer(Table.Sort(Rows, {{{{"snapshot_date", Order.Descending}}}})),
    Last = Table.Distinct(Sorted, {{"{key}"}})"""
# Every song that was ever on a playlist: its last row there, but for ids that go on under another one.
REMEMBERED = """Sorted = Table.Buffer(Table.Sort(Rows, {{"snapshot_date", Order.Descending}})),
    LastRows = Table.Distinct(Sorted, {"playlist_id", "song_id"}),
    Last = Table.SelectRows(LastRows, each [continued_as] = null)"""


@dataclass(frozen=True)
class ModelTable:
    """A table of the model: its name there, the published table it reads, and the columns it takes (all if none).

    `steps` is Power Query that ends in `Last`; without any, all rows within HistoryDays are taken.
    """

    name: str
    source: str
    columns: tuple[str, ...] = ()
    steps: str = ""
    joins: Mapping[str, str] = field(default_factory=dict)

    @property
    def taken(self) -> list[str]:
        """Columns of the published table that the model has."""
        return list(self.columns or TABLES[self.source].schema.column_names())


TO_DATE = {"snapshot_date": "Date"}
TO_REGION = {"series": "Series", "region": "Region"}
TO_PLAYLIST = {"playlist_id": "Playlist"}
TO_SONG = {"song_id": "Song"}
TO_ARTIST = {"artist_id": "Artist"}

DIMENSIONS = (
    # Of a memory the last day is enough.
    ModelTable(
        "Song",
        "playlist_songs",
        ("song_id", "song_name", "artist_names"),
        LAST_KNOWN.format(key="song_id"),
    ),
    ModelTable("Artist", "artist_trends", ("artist_id", "artist_name"), LAST_KNOWN.format(key="artist_id")),
    ModelTable("Playlist", "playlists", ("playlist_id", "name", "owner_name"), LAST_KNOWN.format(key="playlist_id")),
    # Genres, unlike artists, are told of all charts, if only as unknown.
    ModelTable("Series", "genre_trends", ("series",), LAST_KNOWN.format(key="series")),
    ModelTable("Region", "genre_trends", ("region",), LAST_KNOWN.format(key="region")),
)
FACTS = (
    ModelTable("Song trends", "song_trends", joins=TO_DATE | TO_REGION | TO_PLAYLIST | TO_SONG),
    ModelTable("Artist trends", "artist_trends", joins=TO_DATE | TO_REGION | TO_ARTIST),
    ModelTable("Genre trends", "genre_trends", joins=TO_DATE | TO_REGION),
    ModelTable("Label trends", "label_trends", joins=TO_DATE | TO_REGION),
    ModelTable("Domestic share", "domestic_share", joins=TO_DATE | TO_REGION),
    ModelTable("Artist consistency", "artist_consistency", joins=TO_DATE | TO_REGION | TO_ARTIST),
    ModelTable("Release performance", "release_performance", joins=TO_DATE | TO_REGION | TO_SONG),
    ModelTable("Region links", "region_links", joins=TO_DATE | TO_REGION),
    ModelTable("Playlist changes", "playlist_changes", joins=TO_DATE | TO_REGION | TO_PLAYLIST | TO_SONG),
    ModelTable("Playlist songs", "playlist_songs", steps=REMEMBERED, joins=TO_PLAYLIST | TO_SONG),
)
MODEL_TABLES = (*DIMENSIONS, *FACTS)
KEYS = {
    "Song": "song_id",
    "Artist": "artist_id",
    "Playlist": "playlist_id",
    "Series": "series",
    "Region": "region",
    "Date": "date",
}

PARAMETERS: tuple[tuple[str, str, str, str], ...] = (
    ("Warehouse", '"Athena"', "Text", "Where the tables are read from: Athena or Snowflake"),
    ("AthenaDataSourceName", '"Spotify"', "Text", "ODBC data source of Amazon Athena on this computer or gateway"),
    ("AthenaDatabase", '"spotify"', "Text", "GLUE_DATABASE of the lake"),
    ("SnowflakeServer", '"myorg-account1.snowflakecomputing.com"', "Text", "Address of the Snowflake account"),
    ("SnowflakeWarehouse", '"SPOTIFY_LOADING"', "Text", "Warehouse that answers"),
    ("SnowflakeDatabase", '"MUSIC"', "Text", "SNOWFLAKE_DATABASE"),
    ("SnowflakeSchema", '"SPOTIFY"', "Text", "SNOWFLAKE_SCHEMA"),
    ("HistoryDays", "365", "Number", "Days of history to read"),
)
PUBLISHED_TABLE = """\
(name as text, columns as list) as table =>
let
    Rows = if Warehouse = "Snowflake" then
            Snowflake.Databases(SnowflakeServer, SnowflakeWarehouse)
                {[Name = SnowflakeDatabase, Kind = "Database"]}[Data]
                {[Name = SnowflakeSchema, Kind = "Schema"]}[Data]
                {[Name = Text.Upper(name), Kind = "Table"]}[Data]
        else
            AmazonAthena.Databases(AthenaDataSourceName, null, [])
                {[Name = "AwsDataCatalog", Kind = "Database"]}[Data]
                {[Name = AthenaDatabase, Kind = "Schema"]}[Data]
                {[Name = name, Kind = "Table"]}[Data],
    Named = Table.TransformColumnNames(Rows, Text.Lower),
    Chosen = Table.SelectColumns(Named, List.Transform(columns, each _{0})),
    First = Date.AddDays(Date.From(DateTimeZone.UtcNow()), -HistoryDays),
    Recent = Table.SelectRows(Chosen, each [snapshot_date] >= First),
    Typed = Table.TransformColumnTypes(Recent, columns, "en-US")
in
    Typed"""
DATES = """\
let
    Today = Date.From(DateTimeZone.UtcNow()),
    Days = List.Dates(Date.AddDays(Today, -HistoryDays), HistoryDays + 1, #duration(1, 0, 0, 0)),
    Rows = Table.FromColumns({Days, List.Transform(Days, Date.StartOfWeek), List.Transform(Days, Date.StartOfMonth)},
        type table [date = date, week = date, month = date])
in
    Rows"""
DATE_COLUMNS = {"date": "UTC day", "week": "First day of its week", "month": "First day of its month"}


def title(column: str) -> str:
    """What a column of a published table is called in the model: `song_name` is `Song name`."""
    return column.replace("_", " ").capitalize()


def definition() -> dict[str, str]:
    """The files under `definition/`, by path."""
    files = {f"tables/{table.name}.tmdl": _table(table) for table in MODEL_TABLES}
    return {
        "database.tmdl": "database\n\tcompatibilityLevel: 1600\n",
        "model.tmdl": _model(),
        "expressions.tmdl": _expressions(),
        "relationships.tmdl": "\n".join(_relationships()),
        "tables/Date.tmdl": _dates(),
        **files,
    }


def _model() -> str:
    names = ["Date", *(table.name for table in MODEL_TABLES)]
    return "\n".join(
        [
            "/// The published tables: a star around days, series, regions, playlists, songs and artists.",
            "model Model",
            "\tculture: en-US",
            "\tdefaultPowerBIDataSourceVersion: powerBI_V3",
            "\tsourceQueryCulture: en-US",
            "\tdataAccessOptions",
            "\t\tlegacyRedirects",
            "\t\treturnErrorValuesAsNull",
            "",
            "\tannotation __PBI_TimeIntelligenceEnabled = 0",
            "",
            *(f"ref table {_quoted(name)}" for name in names),
            "",
        ]
    )


def _expressions() -> str:
    blocks: list[str] = []
    for name, default, kind, meaning in PARAMETERS:
        choices = ', List={"Athena", "Snowflake"}, DefaultValue="Athena"' if name == "Warehouse" else ""
        meta = f'meta [IsParameterQuery=true{choices}, Type="{kind}", IsParameterQueryRequired=true]'
        blocks.append(f"/// {meaning}\nexpression {name} = {default} {meta}\n\tlineageTag: {_tag(name)}\n")
    blocks.append(
        "/// Rows of a published table within HistoryDays, wherever it is read from\n"
        f"expression PublishedTable =\n{_indented(PUBLISHED_TABLE, 2)}\n\tlineageTag: {_tag('PublishedTable')}\n"
    )
    return "\n".join(blocks)


def _relationships() -> Iterable[str]:
    for table in FACTS:
        for column, dimension in table.joins.items():
            yield (
                f"relationship {_tag(table.name, column)}\n"
                f"\tfromColumn: {_quoted(table.name)}.{_quoted(title(column))}\n"
                f"\ttoColumn: {dimension}.{_quoted(title(KEYS[dimension]))}\n"
            )


def _table(table: ModelTable) -> str:
    published = TABLES[table.source]
    fields = {found.name: found for found in iceberg_schema(published).fields}
    types = ", ".join(
        f'{{"{name}", {TYPES[str(fields[name].field_type)][1]}}}'
        for name in dict.fromkeys(["snapshot_date", *table.taken])
    )
    chosen = "{" + ", ".join(f'"{name}"' for name in table.taken) + "}"
    steps = f"{table.steps},\n    Chosen = Table.SelectColumns(Last, {chosen})" if table.steps else "Chosen = Rows"
    query = f'let\n    Rows = PublishedTable("{table.source}", {{{types}}}),\n    {steps}\nin\n    Chosen'
    dimension_key = KEYS.get(table.name)
    blocks = [f"/// {published.summary}\ntable {_quoted(table.name)}\n\tlineageTag: {_tag(table.name)}\n"]
    blocks += [_measure(table.name, measure) for measure in MEASURES.get(table.name, ())]
    for name in table.taken:
        found = fields[name]
        kind, _, form = TYPES[str(found.field_type)]
        hidden = name in table.joins or name.endswith("_id")
        blocks.append(_column(table.name, name, (kind, form), found.doc or "", name == dimension_key, hidden=hidden))
    blocks.append(_partition(table.name, query))
    return "\n".join(blocks)


def _dates() -> str:
    blocks = [f"/// The days that are read\ntable Date\n\tdataCategory: Time\n\tlineageTag: {_tag('Date')}\n"]
    for name, meaning in DATE_COLUMNS.items():
        blocks.append(_column("Date", name, ("dateTime", "yyyy-mm-dd"), meaning, name == "date", hidden=False))
    return "\n".join([*blocks, _partition("Date", DATES)])


def _measure(table: str, measure: Measure) -> str:
    return (
        f"\t/// {measure.meaning}\n\tmeasure {_quoted(measure.name)} =\n{_indented(measure.dax, 3)}\n"
        f"\t\tformatString: {measure.form}\n\t\tlineageTag: {_tag(table, measure.name)}\n"
    )


def _column(table: str, name: str, typed: tuple[str, str | None], meaning: str, is_key: bool, *, hidden: bool) -> str:
    kind, form = typed
    lines = [
        f"\t/// {meaning}",
        f"\tcolumn {_quoted(title(name))}",
        f"\t\tdataType: {kind}",
        *(["\t\tisKey"] if is_key else []),
        *(["\t\tisHidden"] if hidden else []),
        *([f"\t\tformatString: {form}"] if form else []),
        f"\t\tlineageTag: {_tag(table, name)}",
        # Positions and ranks must not be added up by accident; measures say what is meant.
        "\t\tsummarizeBy: none",
        f"\t\tsourceColumn: {name}",
        "",
    ]
    return "\n".join(lines)


def _partition(table: str, query: str) -> str:
    return f"\tpartition {_quoted(table)} = m\n\t\tmode: import\n\t\tsource =\n{_indented(query, 4)}\n"


def _indented(text: str, tabs: int) -> str:
    return "\n".join("\t" * tabs + line for line in text.splitlines())


def _quoted(name: str) -> str:
    return f"'{name}'" if " " in name else name


def _tag(*parts: str) -> str:
    return str(uuid5(NAMESPACE, "/".join(parts)))
