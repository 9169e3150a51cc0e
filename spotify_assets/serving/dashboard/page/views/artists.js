// The ten artists with most points or streams, of the last chosen day and of the seven days up to it.

const EARNED = {
  points: "Every artist credited on a song earns its points: 100 for the top of a chart of 100, 1 for its last place.",
  streams: "Every artist credited on a song earns its streams in full. Changes are since the day and the week before.",
};

view("artists", "Top artists", ({ region, first, last, measure }) => {
  const captured = daysOf("told", region, first, last).at(-1);
  const day = daysOf("top_artists", region, first, last).at(-1);
  const unnamed = withoutIds(region, day ?? captured, measure);
  if (day === undefined) return [nothing("No artists are known for this region in this period."), unnamed && note(unnamed)];
  const rows = rowsOf("top_artists", region, day);
  const missing = measure === "streams" ? withoutStreams(weekUpTo(region, day)) : "";
  return [
    note(EARNED[measure], missing, unnamed),
    element(
      "div",
      { class: "columns" },
      ranking(`Day: ${dateText(day)}`, rows, measure, "day"),
      ranking(`Week up to ${dateText(day)}`, rows, measure, "week"),
    ),
  ];
});

function ranking(title, rows, measure, period) {
  const { rank, total, change: changed } = MEASURES[measure][period];
  const ranked = rows.filter((row) => row[rank] !== null && row[rank] <= data.top).sort((a, b) => a[rank] - b[rank]);
  const place = { title: "#", class: "figure rank", cell: (row) => String(row[rank]) };
  const artist = { title: "Artist", header: true, class: "song", cell: (row) => artistLink(row.artist) };
  const entries = { title: "Songs now", class: "figure wide", cell: (row) => String(row.entries) };
  const earned = { title: capitalized(measure), class: "figure", cell: (row) => number.format(row[total]) };
  const gained = { title: "Change", class: "figure wide", cell: (row) => change(row[changed], "–") };
  const move = { title: "Move", class: "move", cell: (row) => change(row[changed]) };
  // The tables have ranks climbed by points, and streams gained.
  const columns = measure === "points" ? [place, move, artist, entries, earned] : [place, artist, entries, earned, gained];
  return part(title, ranked.length ? table(title, columns, ranked) : nothing("Nobody is ranked."));
}
