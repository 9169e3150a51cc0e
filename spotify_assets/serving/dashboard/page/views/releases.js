// Songs released within eight weeks: how they began, and where they stand.

view("releases", "New releases", ({ region, playlist, first, last }) => {
  const day = daysOf("releases", region, first, last).at(-1);
  if (day === undefined) return nothing("No new release is known for this region in this period.");
  const rows = rowsOf("releases", region, day);
  const positions = positionsOf(playlist, daysOf("chart", playlist, first, last));
  const columns = [
    { title: "Now", class: "figure rank", cell: ({ position }) => (position === null ? "–" : String(position)) },
    { title: "Song", header: true, class: "song", cell: ({ song }) => songCell(song) },
    { title: "Age", class: "figure", cell: ({ days_since_release: age }) => count(age, "day") },
    {
      title: "Trend",
      class: "trend wide",
      cell: ({ song }) => (positions.has(song) ? sparkline(positions.get(song)) : "–"),
    },
    { title: "Debut", class: "figure wide", cell: ({ debut_position: debut }) => String(debut) },
    { title: "Peak", class: "figure", cell: ({ peak_position: peak }) => String(peak) },
    { title: "Days to peak", class: "figure wide", cell: ({ days_to_peak: days }) => String(days) },
    { title: "Days on chart", class: "figure wide", cell: ({ days_on_chart: days }) => String(days) },
  ];
  return [
    note(
      `Released in the 56 days up to ${dateText(day)}, best placed first. Songs of which only the month or year of release is known are left out.`,
    ),
    table(`New releases on ${dateText(day)}`, columns, rows),
  ];
});
