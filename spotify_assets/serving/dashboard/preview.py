"""A picture of the dashboard's first chart, small enough for Dagster's metadata.

A JPEG of 40 kB: every run's event keeps its own, and a PNG of the same picture takes 90 kB.
"""

from datetime import timedelta
from typing import Any

import polars as pl
import vl_convert

from spotify_assets.serving.dashboard.data import DAY

DAYS = 28
SONGS = 10
QUALITY = 85
# Where lines leave the picture, so that there is room for the names of the top ten.
LOWEST_POSITION = 15
# Cut here, in whole characters: Vega's own limit may cut one in two, which the drawing of a picture does not survive.
LONGEST_LABEL = 36
LONGEST_TITLE = 60


def preview_jpeg(trends: pl.DataFrame, title: str) -> bytes:
    """The last four weeks of a playlist's top ten as a JPEG picture.

    Args:
        trends: rows of one playlist from `song_trends`, at least of one day.
        title: what the playlist is called.
    """
    last = trends[DAY].max()
    recent = trends.filter(pl.col(DAY) > pl.lit(last) - timedelta(days=DAYS))
    top = recent.filter(pl.col(DAY) == last).sort("position").head(SONGS)
    rows = recent.filter(pl.col("song_id").is_in(top["song_id"].implode())).sort(DAY, "position")
    labels = top.select(
        "song_id", label=pl.format("{}  {}", "position", pl.col("song_name").str.slice(0, LONGEST_LABEL))
    )
    values = (
        rows.join(labels, on="song_id").select(pl.col(DAY).dt.to_string(), "song_id", "position", "label").to_dicts()
    )
    spec = _spec(values, f"{title[:LONGEST_TITLE] or 'Playlist'}: top ten on {last}")
    return vl_convert.vegalite_to_jpeg(spec, scale=1.0, quality=QUALITY)


def _spec(values: list[dict[str, Any]], title: str) -> dict[str, Any]:
    x = {"field": DAY, "type": "temporal", "title": None, "axis": {"format": "%-d %b", "grid": False, "tickCount": 6}}
    scale = {"domain": [1, LOWEST_POSITION], "reverse": True, "nice": False}
    y = {"field": "position", "type": "quantitative", "title": None, "scale": scale, "axis": {"values": [1, 5, 10, 15]}}
    color = {"field": "song_id", "type": "nominal", "legend": None}
    last = {"sort": [{"field": DAY, "order": "descending"}], "window": [{"op": "row_number", "as": "age"}]}
    return {
        "data": {"values": values},
        "title": {"text": title, "anchor": "start", "fontSize": 14},
        "width": 380,
        "height": 240,
        "encoding": {"x": x, "y": y, "color": color},
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2, "clip": True, "interpolate": "monotone"}},
            {
                "transform": [{**last, "groupby": ["song_id"]}, {"filter": "datum.age == 1"}],
                "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 11},
                "encoding": {"text": {"field": "label"}, "color": {"value": "#222222"}},
            },
        ],
        "config": {"background": "white", "view": {"stroke": None}, "axis": {"gridColor": "#eeeeee"}},
    }
