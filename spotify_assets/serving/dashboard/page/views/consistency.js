// Who lasts and who flares up: days on the charts against the steepest climb, over 28 days.

const LABELS = {
  steady: "there most days, without a great climb or trend",
  rising: "the last week clearly better than the three before",
  viral: "climbed half a chart or more within three days",
  fading: "the last week clearly worse than the three before",
  occasional: "there on fewer than half of the days",
};
const SHAPES = {
  steady: "circle",
  rising: "triangle-up",
  viral: "diamond",
  fading: "triangle-down",
  occasional: "cross",
};
const LISTED = 3;

view("consistency", "Consistency against virality", ({ region, last }) => {
  // Labels cover four weeks and are shown for every seventh day, so the last of them counts wherever the period begins.
  const day = daysOf("consistency", region, 0, last).at(-1);
  if (day === undefined) return nothing("No artist of this region has a label up to this day.");
  const rows = rowsOf("consistency", region, day).map((row) => ({ ...row, label: data.kinds[row.kind] }));
  const labels = Object.keys(LABELS).filter((label) => rows.some((row) => row.label === label));
  const listed = labels.flatMap((label) => rows.filter((row) => row.label === label).slice(0, LISTED));
  const columns = [
    { title: "Label", cell: ({ label }) => label },
    { title: "Artist", header: true, class: "song", cell: ({ artist }) => artistLink(artist) },
    { title: "Days", class: "figure", cell: ({ days_present: days, days_captured: of }) => `${days} of ${of}` },
    { title: "Mean", class: "figure wide", cell: ({ mean_position: mean }) => number.format(mean) },
    { title: "Climb", class: "figure", cell: ({ steepest_climb: climb }) => String(climb) },
  ];
  const tally = labels.map((label) => `${rows.filter((row) => row.label === label).length} ${label}`).join(", ");
  return [
    note(`The 28 days up to ${dateText(day)}, by the best position of each artist: ${tally}.`),
    element(
      "div",
      { class: "columns" },
      part(
        "Days on the charts, steepest climb",
        chart(
          `${count(rows.length, "artist")} by days on the charts and steepest climb within three days: ${tally}.`,
          scatter(rows, labels),
        ),
      ),
      part("Best placed of each kind", table("Best placed artists of each kind", columns, listed), meanings(labels)),
    ),
  ];
});

function meanings(labels) {
  return element(
    "dl",
    {},
    labels.flatMap((label) => [element("dt", {}, label), element("dd", {}, LABELS[label])]),
  );
}

function scatter(rows, labels) {
  const values = rows.map(({ artist, label, ...row }) => ({ ...row, label, artist: data.artists.name[artist] }));
  return {
    data: { values },
    height: 460,
    mark: { type: "point", filled: true, size: 55, opacity: 0.75 },
    encoding: {
      x: {
        field: "days_present",
        type: "quantitative",
        title: "Days on the charts",
        scale: { domainMin: 0 },
        axis: { values: [7, 14, 21, 28], grid: false },
      },
      y: {
        field: "steepest_climb",
        type: "quantitative",
        title: "Places climbed within 3 days",
        axis: { tickCount: 5 },
      },
      color: {
        field: "label",
        type: "nominal",
        scale: { domain: labels, range: palette().slice(0, labels.length) },
        legend: { orient: "bottom", columns: 3 },
      },
      shape: {
        field: "label",
        type: "nominal",
        scale: { domain: labels, range: labels.map((label) => SHAPES[label]) },
      },
      tooltip: [
        { field: "artist", title: "Artist" },
        { field: "label", title: "Label" },
        { field: "days_present", title: "Days on the charts" },
        { field: "steepest_climb", title: "Steepest climb" },
        { field: "mean_position", title: "Mean of best positions" },
      ],
    },
  };
}
