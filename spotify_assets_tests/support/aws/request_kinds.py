"""Requests to S3 and Glue by kind, as a bill and a clock count them, and by what of a lake they are about."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

# What a key is about, the first that matches.
PLACES = {
    "marker": r"lake\.json$",
    "raw zone": r"raw/",
    "stage": r"staging/.*/stage\.json$",
    "receipt": r"staging/.*/audit-",
    "kept rows": r"\.kept$",
    "mark": r"published/",
    "memory": r"_data/memory",
    "data file": r"data/snapshot_date=[^/]*/[^/]*\.parquet$",
    "table metadata": r"metadata/.*\.metadata\.json$",
    "manifest list": r"metadata/snap-[^/]*\.avro$",
    "manifest": r"metadata/[^/]*\.avro$",
    "page": r"dashboard/",
}


def kind_of(request: str) -> str:
    """The kind of a `METHOD target`, of which the target is a path with its query, or an operation of Glue."""
    method, _, target = request.partition(" ")
    if not target.startswith("/"):
        return target.rpartition(".")[2]
    parts = urlsplit(target)
    has_key = bool(parts.path.strip("/").partition("/")[2])
    if method == "POST" and "delete" in parse_qs(parts.query, keep_blank_values=True):
        return "DELETE"
    return "LIST" if method == "GET" and not has_key else method


def place_of(request: str) -> str:
    """What of a lake a request is about."""
    method, _, target = request.partition(" ")
    if not target.startswith("/"):
        return "catalog"
    parts = urlsplit(target)
    key = parts.path.strip("/").partition("/")[2]
    if not key:
        key = next(iter(parse_qs(parts.query).get("prefix", [])), "")
    found = (place for place, pattern in PLACES.items() if re.search(pattern, unquote(key)))
    return next(found, "several") if method == "POST" else next(found, "something else")
