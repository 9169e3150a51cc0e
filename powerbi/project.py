"""The whole project as files: model, report, the shortcut that opens them, and two data sources by themselves."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid5

from powerbi import model, report
from powerbi.pages import PAGES

NAME = "SpotifyCharts"
FOLDER = Path(__file__).parent
FABRIC = "https://developer.microsoft.com/json-schemas/fabric"


def project_files() -> dict[str, str]:
    """Content of every file of the project, by path under `powerbi/`."""
    documents: dict[str, dict[str, Any]] = {
        f"{NAME}.pbip": {
            "$schema": f"{FABRIC}/pbip/pbipProperties/1.0.0/schema.json",
            "version": "1.0",
            "artifacts": [{"report": {"path": f"{NAME}.Report"}}],
            "settings": {"enableAutoRecovery": True},
        },
        f"{NAME}.SemanticModel/.platform": _platform("SemanticModel"),
        f"{NAME}.SemanticModel/definition.pbism": {
            "$schema": f"{FABRIC}/item/semanticModel/definitionProperties/1.0.0/schema.json",
            "version": "4.2",
            "settings": {},
        },
        f"{NAME}.Report/.platform": _platform("Report"),
        f"{NAME}.Report/definition.pbir": {
            "$schema": f"{FABRIC}/item/report/definitionProperties/2.0.0/schema.json",
            "version": "4.0",
            "datasetReference": {"byPath": {"path": f"../{NAME}.SemanticModel"}},
        },
        **{f"{NAME}.Report/definition/{path}": found for path, found in report.definition(PAGES).items()},
        "Snowflake.pbids": _source(
            "snowflake", {"server": "myorg-account1.snowflakecomputing.com", "warehouse": "SPOTIFY_LOADING"}
        ),
        "ExportedTables.pbids": _source("folder", {"path": "C:\\spotify\\exported"}),
    }
    texts = {f"{NAME}.SemanticModel/definition/{path}": text for path, text in model.definition().items()}
    return texts | {path: json.dumps(found, indent=2, ensure_ascii=False) + "\n" for path, found in documents.items()}


def write() -> None:
    """Writes the project beside this module."""
    for path, text in project_files().items():
        target = FOLDER / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _platform(kind: str) -> dict[str, Any]:
    return {
        "$schema": f"{FABRIC}/gitIntegration/platformProperties/2.0.0/schema.json",
        "metadata": {"type": kind, "displayName": NAME},
        "config": {"version": "2.0", "logicalId": str(uuid5(model.NAMESPACE, kind))},
    }


def _source(protocol: str, address: dict[str, str]) -> dict[str, Any]:
    connection = {"details": {"protocol": protocol, "address": address}, "options": {}, "mode": "Import"}
    return {"version": "0.1", "connections": [connection]}
