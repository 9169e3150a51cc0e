"""The charts of growth show every figure of the committed results."""

import msgspec

from benchmarks.growth_charts import PARTS, RESULTS, SIZES, WAYS, insights_chart, spark_chart


def test_the_chart_of_spark_has_a_point_for_each_way_and_size() -> None:
    chart = spark_chart(msgspec.json.decode((RESULTS / "spark.json").read_bytes()))
    (points,) = chart.to_dict()["datasets"].values()
    assert [(point["way"], point["items"]) for point in points] == [(way, size) for way in WAYS for size in SIZES]


def test_the_chart_of_insights_has_every_part_of_a_day() -> None:
    history = msgspec.json.decode((RESULTS / "insights.json").read_bytes())["history"]
    (bars,) = insights_chart(history).to_dict()["datasets"].values()
    assert len(bars) == len(history) * len(PARTS)
    assert abs(sum(bar["seconds"] for bar in bars) - sum(costs["whole"] for costs in history.values())) < 0.01
