"""The Power BI project as it lies there: made from the schemas, whole in itself, and valid by Microsoft's own schemas.

Power BI itself is not here; see docs/powerbi.md.
"""

import json
import os
import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from powerbi.model import MODEL_TABLES, PARAMETERS, PUBLISHED_TABLE, TYPES, ModelTable, title
from powerbi.pages import PAGES
from powerbi.project import FOLDER, NAME, project_files
from powerbi.report import HEIGHT, WIDTH
from spotify_assets.lake.iceberg_schema import iceberg_schema
from spotify_assets.schemas import INSIGHTS, TABLES
from spotify_assets_tests.powerbi.tmdl import TmdlTable, read_relationships, read_table

MODEL = FOLDER / f"{NAME}.SemanticModel" / "definition"
REPORT = FOLDER / f"{NAME}.Report" / "definition"
READ: dict[str, TmdlTable] = {found.name: found for found in map(read_table, sorted((MODEL / "tables").glob("*.tmdl")))}
MICROSOFT = "https://developer.microsoft.com/json-schemas/"
# Roles of Power BI's own visuals (https://learn.microsoft.com/javascript/api/overview/powerbi/report-authoring-capabilities).
ROLES = {
    "slicer": {"Values"},
    "tableEx": {"Values"},
    "pivotTable": {"Rows", "Columns", "Values"},
    "barChart": {"Category", "Y"},
    "clusteredColumnChart": {"Category", "Y"},
    "lineChart": {"Category", "Y", "Series"},
    "scatterChart": {"Category", "X", "Y"},
}


def schemas_of_microsoft() -> Path | None:
    """A copy of github.com/microsoft/json-schemas: named by FABRIC_SCHEMAS, or beside the checkout."""
    named = os.environ.get("FABRIC_SCHEMAS")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "json-schemas"
    return folder if (folder / "fabric").is_dir() else None


def visuals() -> list[dict[str, Any]]:
    return [
        json.loads(file.read_text(encoding="utf-8")) for file in sorted(REPORT.glob("pages/*/visuals/*/visual.json"))
    ]


def test_the_files_are_those_that_python_m_powerbi_writes() -> None:
    written = {
        path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8")
        for path in FOLDER.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert written == project_files()


@pytest.mark.parametrize("table", MODEL_TABLES, ids=[table.name for table in MODEL_TABLES])
def test_columns_are_those_of_the_schema_with_its_types(table: ModelTable) -> None:
    types = {found.name: str(found.field_type) for found in iceberg_schema(TABLES[table.source]).fields}
    found = READ[table.name]
    assert [column["sourceColumn"] for column in found.columns.values()] == table.taken
    for name, column in found.columns.items():
        kind, in_query, _ = TYPES[types[column["sourceColumn"]]]
        assert (name, column["dataType"]) == (title(column["sourceColumn"]), kind)
        assert f'{{"{column["sourceColumn"]}", {in_query}}}' in found.query
    assert f'PublishedTable("{table.source}", ' in found.query


def test_every_insight_table_is_there_whole() -> None:
    whole = {table.source for table in MODEL_TABLES if not table.columns}
    assert whole == set(INSIGHTS.tables)


def test_names_are_unique_as_power_bi_wants_them() -> None:
    measures = Counter(name.lower() for table in READ.values() for name in table.measures)
    assert [name for name, times in measures.items() if times > 1] == []
    for table in READ.values():
        assert not {name.lower() for name in table.columns} & {name.lower() for name in table.measures}


def test_dax_names_only_what_there_is() -> None:
    measures = {name for table in READ.values() for name in table.measures}
    for table in READ.values():
        for name, dax in table.measures.items():
            for owner, column in re.findall(r"'([^']+)'\[([^\]]+)\]", dax):
                assert column in READ[owner].columns, (name, owner, column)
            for owner in re.findall(r"'([^']+)'", dax):
                assert owner in READ
            for measure in re.findall(r"(?<!')\[([^\]]+)\]", re.sub(r"'[^']+'\[[^\]]+\]", "", dax)):
                assert measure in measures, (name, measure)
            assert dax.count("(") == dax.count(")")


def test_relationships_join_equal_types_to_a_key() -> None:
    joined = read_relationships(MODEL / "relationships.tmdl")
    assert len(joined) == sum(len(table.joins) for table in MODEL_TABLES)
    for (fact, column), (dimension, key) in joined:
        assert READ[fact].columns[column]["dataType"] == READ[dimension].columns[key]["dataType"]
        assert "isKey" in READ[dimension].columns[key]
    assert max(Counter((fact, dimension) for (fact, _), (dimension, _) in joined).values()) == 1


def test_the_model_lists_its_tables_and_queries_use_known_parameters() -> None:
    model = (MODEL / "model.tmdl").read_text(encoding="utf-8")
    assert {name.strip("'") for name in re.findall(r"^ref table (.+)$", model, re.MULTILINE)} == set(READ)
    expressions = (MODEL / "expressions.tmdl").read_text(encoding="utf-8")
    for name, *_ in PARAMETERS:
        assert re.search(rf"^expression {name} = .+ meta \[IsParameterQuery=true", expressions, re.MULTILINE)
        assert name in PUBLISHED_TABLE
    for table in READ.values():
        assert table.query.startswith("let\n")
        assert table.query.count("{") == table.query.count("}")
        assert table.query.count("(") == table.query.count(")")


def test_every_field_of_the_report_is_one_of_the_model() -> None:
    assert len(visuals()) > 2 * len(PAGES)
    for container in visuals():
        query = container["visual"]["query"]
        shown = [projection["field"] for role in query["queryState"].values() for projection in role["projections"]]
        sorted_by = [found["field"] for found in query.get("sortDefinition", {}).get("sort", [])]
        for found in [*shown, *sorted_by]:
            (kind, named), *_ = found.items()
            table = READ[named["Expression"]["SourceRef"]["Entity"]]
            assert named["Property"] in (table.measures if kind == "Measure" else table.columns)
        assert all(found in shown for found in sorted_by)


def test_visuals_have_the_roles_of_their_type_and_words_for_a_screen_reader() -> None:
    for container in visuals():
        visual = container["visual"]
        assert set(visual["query"]["queryState"]) == ROLES[visual["visualType"]]
        words = visual["visualContainerObjects"]["general"][0]["properties"]["altText"]["expr"]["Literal"]["Value"]
        assert re.fullmatch(r"'[^']+'", words)


def test_visuals_fit_their_page_and_do_not_cover_each_other() -> None:
    for page in PAGES:
        places = [
            json.loads(file.read_text(encoding="utf-8"))["position"]
            for file in (REPORT / "pages" / page.name / "visuals").glob("*/visual.json")
        ]
        assert len({place["tabOrder"] for place in places}) == len(places) == len(page.slicers) + len(page.visuals)
        for place in places:
            assert place["x"] + place["width"] <= WIDTH
            assert place["y"] + place["height"] <= HEIGHT
        for one, other in combinations(places, 2):
            apart = (
                one["x"] + one["width"] <= other["x"]
                or other["x"] + other["width"] <= one["x"]
                or one["y"] + one["height"] <= other["y"]
                or other["y"] + other["height"] <= one["y"]
            )
            assert apart


def test_every_json_file_is_valid_by_the_schema_it_names() -> None:
    folder = schemas_of_microsoft()
    if folder is None:
        pytest.skip("no copy of Microsoft's schemas: FABRIC_SCHEMAS=<clone of github.com/microsoft/json-schemas>")

    def retrieve(uri: str) -> Resource[Any]:
        return Resource.from_contents(
            json.loads((folder / uri.removeprefix(MICROSOFT)).read_text(encoding="utf-8-sig"))
        )

    registry: Registry[Any] = Registry(retrieve=retrieve)  # pyright: ignore[reportCallIssue]  its attrs hide the constructor
    validated: Counter[str] = Counter()
    for path, text in project_files().items():
        if path.endswith((".tmdl", ".pbids")):
            continue
        document = json.loads(text)
        schema = registry.get_or_retrieve(document["$schema"]).value.contents
        errors = [
            f"{path}: {error.json_path}: {error.message}"
            for error in jsonschema.Draft7Validator(schema, registry=registry).iter_errors(document)
        ]
        assert errors == []
        validated[document["$schema"].removeprefix(MICROSOFT)] += 1
    assert len(validated) == 9


@pytest.mark.parametrize("name", ["Snowflake", "ExportedTables"])
def test_a_data_source_file_names_one_source_and_no_credential(name: str) -> None:
    document = json.loads((FOLDER / f"{name}.pbids").read_text(encoding="utf-8"))
    assert document["version"] == "0.1"
    (connection,) = document["connections"]
    assert set(connection) == {"details", "options", "mode"}
    assert set(connection["details"]) == {"protocol", "address"}
