"""The report as PBIR: a page for each question, every field one of the model.

https://learn.microsoft.com/power-bi/developer/projects/projects-report
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from powerbi.measures import MEASURES

SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric/item/report/definition"
VERSIONS = {"report": "3.0.0", "page": "2.0.0", "visualContainer": "2.4.0", "pagesMetadata": "1.0.0"}
WIDTH, HEIGHT, MARGIN = 1280, 720, 20
SLICERS, LEFT = 200, 240

Json = dict[str, Any]


@dataclass(frozen=True)
class Visual:
    """A visual of a page: its type, title, and the fields of each of its roles, as `Table[Field]`."""

    kind: str
    title: str
    roles: Mapping[str, tuple[str, ...]]
    sort: tuple[str, str] | None = None


@dataclass(frozen=True)
class Page:
    """A page: the question it answers, what can be chosen beside it, and its visuals from left to right."""

    name: str
    question: str
    slicers: tuple[str, ...]
    visuals: tuple[Visual, ...]


def definition(pages: tuple[Page, ...]) -> dict[str, Json]:
    """The files under `definition/`, by path."""
    files: dict[str, Json] = {
        "version.json": {"$schema": f"{SCHEMAS}/versionMetadata/1.0.0/schema.json", "version": "2.0.0"},
        "report.json": _report(),
        "pages/pages.json": {
            **_schema("pagesMetadata"),
            "pageOrder": [page.name for page in pages],
            "activePageName": pages[0].name,
        },
    }
    for page in pages:
        files[f"pages/{page.name}/page.json"] = {
            **_schema("page"),
            "name": page.name,
            "displayName": page.question,
            "displayOption": "FitToPage",
            "height": HEIGHT,
            "width": WIDTH,
        }
        for container in _containers(page):
            files[f"pages/{page.name}/visuals/{container['name']}/visual.json"] = container
    return files


def _schema(kind: str) -> Json:
    return {"$schema": f"{SCHEMAS}/{kind}/{VERSIONS[kind]}/schema.json"}


def _report() -> Json:
    versions = {"visual": VERSIONS["visualContainer"], "report": VERSIONS["report"], "page": VERSIONS["page"]}
    theme = {"name": "CY24SU10", "reportVersionAtImport": versions, "type": "SharedResources"}
    return {**_schema("report"), "themeCollection": {"baseTheme": theme}}


def _containers(page: Page) -> list[Json]:
    slicer_height = (HEIGHT - 2 * MARGIN) // max(len(page.slicers), 1)
    containers = [
        _container(
            f"{page.name}_slicer_{number}",
            Visual("slicer", field.split("[")[1].rstrip("]"), {"Values": (field,)}),
            (MARGIN, MARGIN + (number - 1) * slicer_height, SLICERS, slicer_height - MARGIN),
            number,
        )
        for number, field in enumerate(page.slicers, 1)
    ]
    width = (WIDTH - LEFT - MARGIN) // len(page.visuals)
    for number, visual in enumerate(page.visuals, 1):
        place = (LEFT + (number - 1) * width, MARGIN, width - MARGIN, HEIGHT - 2 * MARGIN)
        containers.append(_container(f"{page.name}_{number}", visual, place, len(page.slicers) + number))
    return containers


def _container(name: str, visual: Visual, place: tuple[int, int, int, int], order: int) -> Json:
    x, y, width, height = place
    query: Json = {
        "queryState": {
            role: {"projections": [_projection(field) for field in fields]} for role, fields in visual.roles.items()
        }
    }
    if visual.sort is not None:
        field, direction = visual.sort
        query["sortDefinition"] = {"sort": [{"field": _field(field), "direction": direction}]}
    # Read aloud by screen readers; the tab order is that of reading.
    words = {
        "title": [_properties(show="true", text=f"'{visual.title}'")],
        "general": [_properties(altText=f"'{visual.title}'")],
    }
    return {
        **_schema("visualContainer"),
        "name": name,
        "position": {"x": x, "y": y, "z": order, "width": width, "height": height, "tabOrder": order},
        "visual": {
            "visualType": visual.kind,
            "query": query,
            "visualContainerObjects": words,
            "drillFilterOtherVisuals": True,
        },
    }


def _properties(**values: str) -> Json:
    return {"properties": {name: {"expr": {"Literal": {"Value": value}}} for name, value in values.items()}}


def _projection(field: str) -> Json:
    table, name = parts(field)
    return {"field": _field(field), "queryRef": f"{table}.{name}", "nativeQueryRef": name}


def _field(field: str) -> Json:
    table, name = parts(field)
    kind = "Measure" if name in {measure.name for measure in MEASURES.get(table, ())} else "Column"
    return {kind: {"Expression": {"SourceRef": {"Entity": table}}, "Property": name}}


def parts(field: str) -> tuple[str, str]:
    """Table and name of a field: `Song trends[Position now]`."""
    table, _, name = field.rstrip("]").partition("[")
    return table, name
