"""Tables are documented: those there are, and no others."""

import re

from spotify_assets.schemas import TABLES
from spotify_assets.serving.reference import reference
from spotify_assets_tests.docs.markdown import ROOT, Document

REFERENCE = Document(ROOT / "docs" / "reference.md")
README = Document(ROOT / "README.md")


def test_the_reference_is_that_of_the_schemas() -> None:
    assert REFERENCE.text == reference(), "make reference"


def test_the_reference_has_every_table_and_column() -> None:
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^#|\Z)", REFERENCE.text, re.DOTALL | re.MULTILINE))
    columns = {name: re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) for name, section in sections.items()}
    assert columns == {name: table.schema.column_names() for name, table in TABLES.items()}


def test_a_row_has_as_many_cells_as_its_header() -> None:
    assert {line.count("|") for line in REFERENCE.text.splitlines() if line.startswith("|")} == {5}


def test_the_readme_lists_every_table() -> None:
    (listed,) = re.findall(r"^\| table \| one row per \|\n\|---\|---\|\n((?:\|.*\n)+)", README.text, re.MULTILINE)
    names = [name for row in listed.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(names) == sorted(TABLES)
