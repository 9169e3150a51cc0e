"""Athena's named queries in the template: the saved queries, translated, so that a question is written once.

`python -m spotify_assets_tests.deploy.named_queries` puts them into `deploy/template.yaml`.
"""

import re
import textwrap
from pathlib import Path

from spotify_assets.serving.saved_queries import SavedQuery, saved_queries
from spotify_assets_tests.support.data.dialects import translated

TEMPLATE = Path(__file__).parents[2] / "deploy" / "template.yaml"
# From the first named query to the heading of the section after them.
SECTION = re.compile(r"^  \w+Query:\n    Type: AWS::Athena::NamedQuery\n.*?(?=^  # ----)", re.DOTALL | re.MULTILINE)
HOW_TO = "-- Other values than the defaults go where the names stand, as in 'global' /* region */.\n"


def named_query(query: SavedQuery) -> str:
    """The resource of one saved query as YAML."""
    name = "".join(word.capitalize() for word in query.name.split("_"))
    sql = (HOW_TO if query.parameters else "") + translated(query, "athena")
    description = textwrap.fill(query.description, width=110)
    return (
        f"  {name}Query:\n"
        "    Type: AWS::Athena::NamedQuery\n"
        "    Properties:\n"
        f"      Name: {query.name}\n"
        "      Description: >-\n"
        f"{textwrap.indent(description, ' ' * 8)}\n"
        "      Database: !Ref Database\n"
        "      WorkGroup: !Ref WorkGroup\n"
        "      QueryString: |\n"
        f"{textwrap.indent(sql, ' ' * 8)}\n"
    )


def with_named_queries(template: str) -> str:
    """The template with the named queries of today in place of those it has."""
    section = "\n".join(named_query(query) for query in saved_queries().values()) + "\n"
    return SECTION.sub(lambda _: section, template, count=1)


if __name__ == "__main__":
    TEMPLATE.write_text(with_named_queries(TEMPLATE.read_text(encoding="utf-8")), encoding="utf-8")
