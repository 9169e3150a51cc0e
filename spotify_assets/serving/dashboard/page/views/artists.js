// The ten artists with most points, of the last chosen day and of the seven days up to it.

view("artists", "Top artists", ({ region, first, last }) => {
  const day = daysOf("top_artists", region, first, last).at(-1);
  if (day === undefined) return nothing("No artists are known for this region in this period.");
  const rows = rowsOf("top_artists", region, day);
  return [
    note("Every artist credited on a song earns its points: 100 for the top of a chart of 100, 1 for its last place."),
    element(
      "div",
      { class: "columns" },
      ranking(`Day: ${dateText(day)}`, rows, "rank", "rank_change", "points"),
      ranking(`Week up to ${dateText(day)}`, rows, "week_rank", "week_rank_change", "week_points"),
    ),
  ];
});

function ranking(title, rows, rank, rankChange, points) {
  const ranked = rows.filter((row) => row[rank] !== null && row[rank] <= data.top).sort((a, b) => a[rank] - b[rank]);
  const columns = [
    { title: "#", class: "figure rank", cell: (row) => String(row[rank]) },
    { title: "Move", class: "move", cell: (row) => change(row[rankChange]) },
    { title: "Artist", header: true, class: "song", cell: ({ artist }) => artistLink(artist) },
    { title: "Songs now", class: "figure wide", cell: ({ entries }) => String(entries) },
    { title: "Points", class: "figure", cell: (row) => number.format(row[points]) },
  ];
  return part(title, ranked.length ? table(title, columns, ranked) : nothing("Nobody is ranked."));
}
