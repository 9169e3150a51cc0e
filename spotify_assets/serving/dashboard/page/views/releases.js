// Songs released within eight weeks: how they began, and where they are now.

view("releases", "New releases", ({ region, playlist, first, last }) => {
  const day = daysOf("releases", region, first, last).at(-1);
  if (day === undefined) return nothing("No new release is known for this region in this period.");
  const rows = rowsOf("releases", region, day);
  const positions = positionsOf(playlist, daysOf("chart", playlist, first, last));
  const columns = [
    { title: "Now", class: "figure rank", cell: ({ position }) => (position === null ? "–" : String(position)) },
    SONG_COLUMN,
    { title: "Age", class: "figure", cell: ({ days_since_release: age }) => count(age, "day") },
    {
      title: "Trend",
      class: "trend wide",
      cell: ({ song }) => (positions.has(song) ? sparkline(positions.get(song)) : "–"),
      exported: [],
    },
    { title: "Debut", class: "figure wide", cell: (row) => (row.maybe_earlier ? "–" : String(row.debut_position)) },
    { title: "Peak", class: "figure", cell: (row) => atBest(row.peak_position, row) },
    { title: "Days to peak", class: "figure wide", cell: (row) => (row.maybe_earlier ? "–" : String(row.days_to_peak)) },
    { title: "Days on chart", class: "figure wide", cell: (row) => atLeast(row.days_on_chart, row) },
  ];
  return [
    note(
      `Released in the 56 days up to ${dateText(day)}, best placed first. Songs of which only the month or year of release is known are left out. If history begins with a song already on the chart, its peak is at least as good as shown (≤ 8), its days at least as many (28+), and its debut is not known.`,
    ),
    table(`New releases on ${dateText(day)}`, columns, rows),
  ];
});
