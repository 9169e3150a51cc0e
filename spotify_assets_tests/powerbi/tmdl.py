"""As much of TMDL as the tests need: the tables of a model with columns, measures and queries, read from files."""

import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class TmdlTable:
    """A table as its file says: columns with their properties, measures with their DAX, and the query of its rows."""

    name: str
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)
    query: str = ""


def read_table(file: Path) -> TmdlTable:
    """The table of a file; every line must be of a form that is known here."""
    table, item, kind = TmdlTable(""), "", ""
    for line in file.read_text(encoding="utf-8").splitlines():
        text, depth = line.strip(), len(line) - len(line.lstrip("\t"))
        name = text.partition(" ")[2].partition(" =")[0].strip("'")
        if not text or text.startswith("///"):
            continue
        if depth == 0:
            assert text.startswith("table "), line
            table.name = name
        elif depth == 1:
            kind, item = text.partition(" ")[0].rstrip(":"), name
            assert kind in {"lineageTag", "dataCategory", "measure", "column", "partition"}, line
            if kind == "column":
                table.columns[item] = {}
            elif kind == "measure":
                assert text.endswith(" ="), line
                table.measures[item] = ""
        elif depth == 2 and kind == "column":
            property_name, _, value = text.partition(": ")
            table.columns[item][property_name] = value
        elif depth == 2:
            assert re.match(r"(formatString|lineageTag|mode): .+|source =$", text), line
        elif kind == "measure":
            table.measures[item] += f"{text}\n"
        else:
            assert kind == "partition", line
            table.query += f"{text}\n"
    return table


def read_relationships(file: Path) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Each relationship as (table, column) it goes from and to."""
    ends = re.findall(
        r"(?:from|to)Column: ('[^']+'|\w+)\.('[^']+'|\w+)$", file.read_text(encoding="utf-8"), re.MULTILINE
    )
    named = [(table.strip("'"), column.strip("'")) for table, column in ends]
    return list(zip(named[::2], named[1::2], strict=True))
