// Lines over days with gaps where there is nothing, and bars of the time that songs were there.

const LINES_DRAWN = 7;
const BARS_DRAWN = 30;
// Longer ones show the year on the axis.
const DAYS_WITHOUT_YEAR = 300;
const LEGEND = { orient: "bottom", symbolType: "stroke", symbolOpacity: 1 };

/** An axis of days, in UTC like the days themselves. */
function dayAxis(field, days) {
  const span = dayNumbers[Math.max(...days)] - dayNumbers[Math.min(...days)];
  return {
    field,
    type: "temporal",
    title: null,
    scale: { type: "utc" },
    axis: {
      format: span > DAYS_WITHOUT_YEAR ? "%b %Y" : "%-d %b",
      grid: false,
      tickCount: isPhone.matches ? 3 : 6,
      labelOverlap: true,
      labelSeparation: 12,
    },
  };
}

/** Round places of a chart for its axis, the top among them. */
function placeTicks(worst) {
  const step = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000].find((size) => worst / size <= 6) ?? 2500;
  return [1, ...Array.from({ length: Math.floor(worst / step) }, (_, tick) => (tick + 1) * step).filter((tick) => tick > 1)];
}

/**
 * Lines of figures over days. Each of `lines` has a `name`, its `captured` days, and `points`: pairs of a day and a
 * figure, in order. `isPosition` has the top of a chart up. A line is cut where something is missing.
 */
function figureLines({ lines, title, isPosition }) {
  const values = lines.flatMap(({ name, captured, points }) => {
    const figures = new Map(points);
    return linesOf([...figures.keys()], captured).flatMap((run, part) =>
      run.map((day) => ({
        name,
        line: `${name} ${part}`,
        date: data.days[day],
        day: dateText(day),
        figure: figures.get(day),
        alone: run.length === 1 ? 1 : 0,
      })),
    );
  });
  const worst = Math.max(...values.map(({ figure }) => figure), 5);
  const y = isPosition
    ? { scale: { domain: [1, worst], reverse: true, nice: false, zero: false }, axis: { values: placeTicks(worst) } }
    : { scale: { zero: true }, axis: { tickCount: 5, format: worst < 10_000 ? ",.0f" : "~s" } };
  return {
    data: { values },
    height: 300,
    encoding: {
      x: dayAxis("date", lines.flatMap(({ points }) => points.map(([day]) => day))),
      y: { field: "figure", type: "quantitative", title: null, ...y },
      color: {
        field: "name",
        type: "nominal",
        sort: null,
        scale: { domain: lines.map(({ name }) => name) },
        legend: lines.length > 1 ? { ...LEGEND, columns: isPhone.matches ? 1 : 3 } : null,
      },
    },
    layer: [
      { mark: { type: "line", strokeWidth: 2 }, encoding: { detail: { field: "line" } } },
      {
        // Days on their own are dots; the others are where the pointer finds a figure.
        mark: { type: "point", filled: true, size: 36 },
        encoding: {
          opacity: { field: "alone", type: "quantitative", scale: { domain: [0, 1], range: [0, 1] }, legend: null },
          tooltip: [
            { field: "name", title: "Chart" },
            { field: "day", title: "Day" },
            { field: "figure", title, format: "," },
          ],
        },
      },
    ],
  };
}

/** Bars of the days on which songs were there. Each of `bars` has a `name` and `runs`, lists of days in order. */
function spanBars(bars) {
  const names = apart(bars.map(({ name }) => name));
  const values = bars.flatMap(({ runs }, row) =>
    runs.map((run) => ({
      name: names[row],
      from: data.days[run[0]],
      until: new Date((dayNumbers[run.at(-1)] + 1) * DAY_LENGTH).toISOString().slice(0, 10),
      span: run.length > 1 ? `${dateText(run[0])} to ${dateText(run.at(-1))}` : dateText(run[0]),
    })),
  );
  return {
    data: { values },
    height: Math.max(60, bars.length * 22 + 30),
    mark: { type: "bar", height: { band: 0.6 }, cornerRadius: 2 },
    encoding: {
      x: dayAxis("from", bars.flatMap(({ runs }) => runs.flat())),
      x2: { field: "until" },
      y: {
        field: "name",
        type: "nominal",
        title: null,
        scale: { domain: names },
        axis: { labelLimit: isPhone.matches ? 110 : 220, domain: false, ticks: false },
      },
      color: { value: palette()[0] },
      tooltip: [
        { field: "name", title: "Song" },
        { field: "span", title: "On the charts" },
      ],
    },
  };
}
