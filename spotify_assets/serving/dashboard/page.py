"""The page as one HTML file: data, charting library and the page's own code, under a policy that allows nothing else.

Nothing in the file can load, send or run anything: its Content-Security-Policy names the two scripts and the style by
their hashes and forbids everything else (https://www.w3.org/TR/CSP3/). Names are inside the data only, which is packed
and so consists of letters, digits, `+`, `/` and `=`; the page's code shows them as text.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

import vl_convert

SOURCES = files("spotify_assets.serving.dashboard") / "page"
# One module to the browser: each file may use what the ones before it declare.
SCRIPTS = [
    *(
        "data.js",
        "pieces.js",
        "addresses.js",
        "elements.js",
        "exports.js",
        "charts.js",
        "views.js",
        "measures.js",
        "shares.js",
    ),
    *("ways.js", "lines.js", "subjects.js"),
]
VIEWS = ["glance", "chart", "movers", "artists", "genres", "labels", "domestic", "consistency", "releases", "regions"]
# What has a view and an address of its own, and what comes after the views.
SUBJECTS = ["song", "artist", "label", "playlist"]
LAST_SCRIPTS = ["find.js", "choices.js", "main.js"]


def page_html(data: Mapping[str, Any], library: str, *, in_pieces: bool = False) -> str:
    """The page with the data that `page_data` gives, and the charting library that `bundle_library` makes.

    A page in pieces may ask the place that it came from for more, and no other.
    """
    library, script, style = _as_script(library), _script(), _source("page.css")
    policy = (
        f"default-src 'none'; script-src {_hash(library)} {_hash(script)}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    if in_pieces:
        policy += "; connect-src 'self'"
    return Template(_source("page.html")).substitute(
        policy=policy, style=style, data=_packed(data), library=library, script=script
    )


def sources_version() -> str:
    """16 hex digits over the page's HTML, CSS and JavaScript: they change with what it looks like."""
    names = ["page.html", "page.css"]
    return hashlib.sha256("\n".join([*map(_source, names), _script()]).encode()).hexdigest()[:16]


def _packed(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=6, mtime=0)).decode()


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


@cache
def bundle_library() -> str:
    """Vega-Embed with Vega-Lite and Vega, from the package that draws the preview as well; takes more than a second."""
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")


@cache
def _script() -> str:
    views = [f"views/{name}.js" for name in [*VIEWS, "portfolio", *SUBJECTS]]
    return _as_script("\n".join(map(_source, [*SCRIPTS, *views, *LAST_SCRIPTS])))


def _source(name: str) -> str:
    return SOURCES.joinpath(name).read_text(encoding="utf-8")


def _as_script(code: str) -> str:
    """The code, if a script element can contain it as it is.

    Raises:
        ValueError: it has a text that HTML takes for the element's end or for a comment.
    """
    if any(ending in code.lower() for ending in ("</script", "<script", "<!--")):
        raise ValueError("A script of the page holds text that would end it.")
    return code
