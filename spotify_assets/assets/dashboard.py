"""The dashboard asset: one HTML file about the latest days."""

import base64

import dagster as dg
import polars as pl

from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.insights import published_insights
from spotify_assets.assets.versions import code_version
from spotify_assets.config import settings
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import PageMark, page_version
from spotify_assets.serving.dashboard.data import page_data
from spotify_assets.serving.dashboard.inputs import read_dashboard_rows
from spotify_assets.serving.dashboard.library import charting_library
from spotify_assets.serving.dashboard.page import page_html, sources_version
from spotify_assets.serving.dashboard.preview import preview_jpeg
from spotify_assets.transform.findings import counted

PAGE = "dashboard/index.html"


@dg.asset(
    group_name="serving",
    deps=[*published_insights.keys],
    kinds={"html", "vega"},
    code_version=f"{code_version(page_html.__module__, page_data.__module__)}-{sources_version()}",
    description="The page for analysts: charts with movement, risers and fallers, top artists, genres, labels, "
    "consistency and virality, new releases and regions compared, over the latest year. One HTML file that needs no "
    "network: open it, or send it to somebody. It is rewritten after each publish, and has no partitions, since it "
    "always covers the latest days.",
    metadata={"dagster/uri": Lake(settings()).storage.address(PAGE)},
)
@clear_failures
def dashboard(lake: dg.ResourceParam[Lake]) -> dg.MaterializeResult:
    """Writes the page, and shows its first chart."""
    lake.claim()
    # Before anything is read: what is published meanwhile then makes the page again.
    version = page_version(lake.published_insights())
    shown = read_dashboard_rows(lake)
    data = page_data(shown.tables)
    html = page_html(data, charting_library(lake.storage)).encode()
    lake.storage.write(PAGE, html, "text/html; charset=utf-8")
    PageMark(lake.storage).write(version)
    link = lake.storage.link(PAGE)
    metadata: dict[str, dg.MetadataValue] = {
        "page": dg.MetadataValue.url(link) if lake.storage.is_s3 else dg.MetadataValue.path(link),
        "bytes": dg.MetadataValue.int(len(html)),
        "first_day": dg.MetadataValue.text(str(shown.first)),
        "last_day": dg.MetadataValue.text(str(shown.last)),
        "days": dg.MetadataValue.text(counted(len(data["days"]), "day")),
        "chart_rows": dg.MetadataValue.int(shown.tables["song_trends"].height),
    }
    if (start := data["start"]) is not None:
        playlist_id, name = data["playlists"]["id"][start], data["playlists"]["name"][start]
        picture = preview_jpeg(shown.tables["song_trends"].filter(pl.col("playlist_id") == playlist_id), name)
        encoded = base64.b64encode(picture).decode()
        metadata["preview"] = dg.MetadataValue.md(f"![Top ten of the first chart](data:image/jpeg;base64,{encoded})")
    return dg.MaterializeResult(metadata=metadata)
