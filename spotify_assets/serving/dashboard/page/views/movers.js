// Who climbed and who fell: since the captured day before, and over the chosen days.

const MOVERS = 5;

view("movers", "Risers and fallers", ({ playlist, first, last }) => {
  const days = daysOf("chart", playlist, first, last);
  if (!days.length) return nothing("This playlist was not captured in this period.");
  const today = rowsOf("chart", playlist, days.at(-1));
  const sinceBefore = today.filter((row) => row.previous_position !== null);
  const before = sinceBefore.map(({ song, position, previous_position: from }) => ({ song, position, from }));
  const atFirst = new Map(rowsOf("chart", playlist, days[0]).map(({ song, position }) => [song, position]));
  const over = today
    .filter(({ song }) => atFirst.has(song))
    .map(({ song, position }) => ({ song, position, from: atFirst.get(song) }));
  return element(
    "div",
    { class: "columns" },
    movers("Since the day before", before),
    movers(`Since ${dateText(days[0])}`, over),
  );
});

function movers(title, rows) {
  const climbs = rows.map((row) => ({ ...row, climb: row.from - row.position })).sort((a, b) => b.climb - a.climb);
  const up = climbs.filter(({ climb }) => climb > 0).slice(0, MOVERS);
  const down = climbs
    .filter(({ climb }) => climb < 0)
    .slice(-MOVERS)
    .reverse();
  const columns = [
    { title: "Move", class: "move", cell: ({ climb }) => change(climb) },
    SONG_COLUMN,
    { title: "From → to", class: "figure", cell: ({ from, position }) => `${from} → ${position}` },
  ];
  if (!up.length && !down.length) return part(title, nothing("Nothing to compare with, or nothing moved."));
  return part(
    title,
    element("h4", {}, "Risers"),
    up.length ? table(`Risers, ${title.toLowerCase()}`, columns, up) : nothing("Nothing climbed."),
    element("h4", {}, "Fallers"),
    down.length ? table(`Fallers, ${title.toLowerCase()}`, columns, down) : nothing("Nothing fell."),
  );
}
