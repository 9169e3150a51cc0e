"""Draws how costs grow, from the committed results: `python -m benchmarks.growth_charts` writes the SVG files."""

from pathlib import Path

import altair
import msgspec
import polars as pl

RESULTS = Path(__file__).parent / "results"
WAYS = ["Polars", "Spark, one process", "Spark, two workers", "json + pandas"]
SIZES = [10_000, 200_000, 2_000_000]
PARTS = ["read base and earlier days", "compute", "stage", "audit", "publish", "look for stale days"]


def spark_chart(results: dict[str, dict[str, dict[str, float]]]) -> altair.HConcatChart:
    """Processor time in seconds and peak memory in MB of each way, by number of items."""
    frame = pl.DataFrame([{"way": way, "items": int(n), **cost} for way in WAYS for n, cost in results[way].items()])
    panels = [
        _lines(frame, "processor_seconds", "Processor time, s"),
        _lines(frame, "peak_megabytes", "Peak memory, MB"),
    ]
    return altair.hconcat(*panels, background="white").configure_view(stroke=None)


def _lines(frame: pl.DataFrame, column: str, title: str) -> altair.Chart:
    logarithmic = altair.Scale(type="log")
    return (
        altair.Chart(frame, title=title, width=280, height=200)
        .mark_line(point=True)
        .encode(
            x=altair.X("items", type="quantitative", title="playlist items", scale=logarithmic).axis(
                values=SIZES, format="~s"
            ),
            y=altair.Y(column, type="quantitative", title=None, scale=logarithmic).axis(tickCount=4, format="~s"),
            color=altair.Color("way", type="nominal", title=None, sort=WAYS),
        )
    )


def insights_chart(history: dict[str, dict[str, float]]) -> altair.Chart:
    """Seconds of each part of a day's insights, by days of history."""
    rows = [
        {"days": f"{int(days):,} days", "part": part, "order": order, "seconds": costs[part]}
        for days, costs in history.items()
        for order, part in enumerate(PARTS)
    ]
    return (
        altair.Chart(pl.DataFrame(rows), title="A day's insights, by days of history", width=400, height=110)
        .mark_bar()
        .encode(
            x=altair.X("seconds", type="quantitative", title="seconds"),
            y=altair.Y("days", type="nominal", title=None, sort=None),
            color=altair.Color("part", type="nominal", title=None, sort=PARTS),
            order=altair.Order("order", type="quantitative"),
        )
        .properties(background="white")
    )


def main() -> None:
    spark = msgspec.json.decode((RESULTS / "spark.json").read_bytes(), type=dict[str, dict[str, dict[str, float]]])
    insights = msgspec.json.decode((RESULTS / "insights.json").read_bytes())
    spark_chart(spark).save(str(RESULTS / "spark.svg"))
    insights_chart(insights["history"]).save(str(RESULTS / "insights.svg"))


if __name__ == "__main__":
    main()
