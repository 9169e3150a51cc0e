// The chart of the last chosen day, with movement and the way of each song over the chosen days.

const ROWS_AT_FIRST = 25;

view("chart", "Chart", ({ playlist, first, last }) => {
  const days = daysOf("chart", playlist, first, last);
  const day = days.at(-1);
  if (day === undefined) return nothing("This playlist was not captured in this period.");
  const rows = rowsOf("chart", playlist, day);
  const positions = positionsOf(playlist, days);
  const columns = [
    { title: "#", class: "figure rank", cell: ({ position }) => String(position) },
    { title: "Move", class: "move", cell: (row) => movement(row, isFirstCapture(playlist, day)) },
    { title: "Song", header: true, class: "song", cell: ({ song }) => songCell(song) },
    { title: "Trend", class: "trend", cell: ({ song }) => sparkline(positions.get(song)) },
    { title: "Peak", class: "figure wide", cell: (row) => atBest(row.peak_position, row) },
    { title: "Days", class: "figure wide", cell: (row) => atLeast(row.days_on_chart, row) },
  ];
  const name = data.playlists.name[playlist] || "Playlist";
  const shown = table(`${name} on ${dateText(day)}`, columns, rows.slice(0, ROWS_AT_FIRST));
  const heading = element(
    "p",
    { class: "note" },
    spotifyLink("playlist", data.playlists.id[playlist], name),
    ` on ${dateText(day)}`,
  );
  if (rows.length <= ROWS_AT_FIRST) return [heading, shown];
  const more = element("button", { type: "button", class: "more" }, `Show all ${number.format(rows.length)}`);
  more.addEventListener("click", () => {
    const rest = table("", columns, rows.slice(ROWS_AT_FIRST)).tBodies[0].rows;
    const next = rest[0].querySelector("a");
    shown.tBodies[0].append(...rest);
    more.remove();
    next?.focus();
    say(`All ${count(rows.length, "song")} are shown.`);
  });
  return [heading, shown, more];
});

/** Places climbed since the playlist's captured day before; a song that was not there is new or back. */
function movement({ position, previous_position: previous, days_on_chart: days }, isFirst) {
  if (isFirst) return change(null, "first capture");
  if (previous === null) return change(null, days === 1 ? "new" : "back");
  return change(previous - position);
}
