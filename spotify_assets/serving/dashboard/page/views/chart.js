// The chart of the last chosen day, with movement and the way of each song over the chosen days.

// Places without a song are shown as ranges, such as 1–30, up to this number.
const RANGES_TOLD = 12;

view("chart", "Chart", ({ playlist, first, last, measure }) => {
  const days = daysOf("chart", playlist, first, last);
  const day = days.at(-1);
  if (day === undefined) return nothing("This playlist was not captured in this period.");
  const rows = rowsOf("chart", playlist, day);
  const positions = positionsOf(playlist, days);
  const streamed = measure === "streams" ? rows.filter(({ streams }) => streams !== null).length : 0;
  const columns = [
    { title: "#", class: "figure rank", cell: ({ position }) => String(position) },
    { title: "Move", class: "move", cell: (row) => movement(row, isFirstCapture(playlist, day)) },
    SONG_COLUMN,
    {
      title: "Trend",
      class: streamed ? "trend wide" : "trend",
      cell: ({ song }) => sparkline(positions.get(song)),
      exported: [],
    },
    { title: "Before", class: "figure wide", cell: ({ previous_position: previous }) => String(previous ?? "–") },
    { title: "Peak", class: "figure wide", cell: (row) => atBest(row.peak_position, row) },
    { title: "Days", class: "figure wide", cell: (row) => atLeast(row.days_on_chart, row) },
    ...(streamed ? [{ title: "Streams", class: "figure", cell: streamsCell }] : []),
  ];
  const name = data.playlists.name[playlist] || "Playlist";
  const heading = element(
    "p",
    { class: "note" },
    nameLink(addressOfPlaylist(playlist, day), name),
    ` on ${dateText(day)}`,
  );
  const missing = placesWithoutSong(playlist, day, rows);
  if (missing) heading.append(`. ${missing}`);
  if (measure === "streams" && streamed < rows.length) {
    heading.append(`${missing ? " " : ". "}Streams of ${number.format(rows.length - streamed)} of ${count(rows.length, "song")} are not reported.`);
  }
  return [heading, longTable(`${name} on ${dateText(day)}`, columns, rows, "song")];
});

const streamsCell = ({ streams }) => (streams === null ? [seen("–"), unseen("not reported")] : number.format(streams));

/** A sentence about the places of a playlist that no song of their own holds; nothing where there are none. */
function placesWithoutSong(playlist, day, rows) {
  const [{ length }] = rowsOf("lengths", playlist, day);
  const held = new Set(rows.map(({ position }) => position));
  const ranges = [];
  for (let place = 1; place <= length; place += 1) {
    if (held.has(place)) continue;
    if (ranges.at(-1)?.[1] === place - 1) ranges.at(-1)[1] = place;
    else ranges.push([place, place]);
  }
  if (ranges.length === 0) return "";
  const told = ranges.slice(0, RANGES_TOLD).map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  if (ranges.length > RANGES_TOLD) told.push("…");
  return `No song at ${told.join(", ")}: these hold episodes, local files, songs that Spotify does not offer or that could not be read, or a song that is listed twice.`;
}

/** Places climbed since the playlist's captured day before; a song that was not there is new or back. */
function movement({ position, previous_position: previous, days_on_chart: days }, isFirst) {
  if (isFirst) return change(null, "first capture");
  if (previous === null) return change(null, days === 1 ? "new" : "back");
  return change(previous - position);
}
