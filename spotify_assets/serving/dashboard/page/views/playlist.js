// A playlist: as it was on a captured day, what changed since another one, and every song ever on it.

subject("playlist", data.playlists.id, data.playlists.name, (playlist, words) => {
  if (words.length > 2 || !words.every(isIsoDay)) return null;
  const days = capturedOf(playlist);
  const [told, toldBefore] = words;
  const link = outLink("playlist", data.playlists.id[playlist]);
  const name = playlistName(playlist);
  const facts = [
    ["Charts", seriesName(seriesOf(playlist))],
    ["Region", regionName(data.playlists.region[playlist])],
    ["Captured days", number.format(days.length), under(`${dateText(days[0])} to ${dateText(days.at(-1))}`)],
  ];
  const head = nameCard("Playlist", name, link, facts);
  const day = told === undefined ? days.at(-1) : days.find((of) => data.days[of] === told);
  const before =
    toldBefore === undefined ? days[days.indexOf(day) - 1] : days.find((of) => data.days[of] === toldBefore);
  const missing = [day === undefined && told, before === undefined && toldBefore].filter(Boolean);
  if (missing.length) return [head, notCaptured(playlist, missing[0]), everSongs(playlist)];
  head.append(dayChoice(playlist, day, before));
  return [head, asItWas(playlist, day), changes(playlist, day, before), everSongs(playlist), copyCard(playlist, day)];
});

/** That a playlist was not captured on a day (an ISO date), with the nearest captured days. */
function notCaptured(playlist, told) {
  const days = capturedOf(playlist);
  const near = [days.findLast((of) => data.days[of] < told), days.find((of) => data.days[of] > told)];
  const links = near
    .filter((of) => of !== undefined)
    .map((of) => element("li", {}, element("a", { href: addressOfPlaylist(playlist, of), class: "plain" }, dateText(of))));
  return card(
    `Not captured on ${dateText(told)}`,
    element("p", {}, "Its songs on that day are not known. The nearest captured days:"),
    element("ul", {}, links),
  );
}

/** Which day is shown, and which one it is compared with. */
function dayChoice(playlist, day, before) {
  const days = capturedOf(playlist);
  const options = (of, chosen) =>
    of.toReversed().map((one) => element("option", { value: one, selected: one === chosen }, dateText(one)));
  const shown = element("select", { id: "subject-day" }, options(days, day));
  const compared = element("select", { id: "subject-before" }, options(days.filter((of) => of !== day), before));
  const go = (...chosen) => {
    location.hash = addressOfPlaylist(playlist, ...chosen);
  };
  shown.addEventListener("change", () => go(Number(shown.value)));
  compared.addEventListener("change", () => go(day, Number(compared.value)));
  if (before === undefined) compared.prepend(element("option", { selected: true, disabled: true }, "None"));
  const choice = (label, select) =>
    element("div", { class: "choice" }, element("label", { for: select.id }, label), select);
  const comparison = days.length > 1 ? choice("Compared with", compared) : null;
  return element("div", { class: "days" }, choice("As it was on", shown), comparison);
}

function asItWas(playlist, day) {
  const rows = rowsOf("chart", playlist, day);
  const streamed = rows.some(({ streams }) => streams !== null);
  const columns = [
    { title: "#", class: "figure rank", cell: ({ position }) => String(position) },
    { title: "Move", class: "move", cell: (row) => movement(row, isFirstCapture(playlist, day)) },
    SONG_COLUMN,
    { title: "Peak", class: "figure wide", cell: (row) => atBest(row.peak_position, row) },
    { title: "Days", class: "figure wide", cell: (row) => atLeast(row.days_on_chart, row) },
    ...(streamed ? [{ title: "Streams", class: "figure", cell: streamsCell }] : []),
  ];
  const title = `As it was on ${dateText(day)}`;
  const missing = placesWithoutSong(playlist, day, rows);
  return card(title, missing ? note(missing) : null, longTable(title, columns, rows, "song"));
}

/** What was added, removed and moved between two captured days. */
function changes(playlist, day, before) {
  if (before === undefined) return card("What changed", nothing("No day before it was captured to compare it with."));
  const [early, late] = [before, day].sort((a, b) => a - b);
  const then = new Map(rowsOf("chart", playlist, early).map(({ song, position }) => [song, position]));
  const now = new Map(rowsOf("chart", playlist, late).map(({ song, position }) => [song, position]));
  const songs = [...new Set([...now.keys(), ...then.keys()])];
  const rows = songs.map((song) => ({ song, from: then.get(song), to: now.get(song) }));
  const added = rows.filter(({ from }) => from === undefined);
  const removed = rows.filter(({ to }) => to === undefined);
  const moved = rows.filter(({ from, to }) => from !== undefined && to !== undefined && from !== to);
  moved.sort((a, b) => Math.abs(b.from - b.to) - Math.abs(a.from - a.to));
  const place = (title, of) => ({ title, class: "figure", cell: (row) => String(row[of]) });
  const climb = {
    title: "Move",
    class: "move",
    cell: ({ from, to }) => change(from - to),
    exported: [["Climb", ({ from, to }) => from - to]],
  };
  const days = `between ${dateText(early)} and ${dateText(late)}`;
  const list = (title, shown, columns) =>
    part(
      `${title}: ${number.format(shown.length)}`,
      shown.length ? longTable(`${title} ${days}`, columns, shown, "song") : nothing("None."),
    );
  return card(
    `What changed from ${dateText(early)} to ${dateText(late)}`,
    note("By song: a recording that continues under another id counts as removed and added."),
    element(
      "div",
      { class: "columns" },
      list("Added", added, [place("At", "to"), SONG_COLUMN]),
      list("Removed", removed, [place("Was at", "from"), SONG_COLUMN]),
    ),
    list("Moved", moved, [climb, SONG_COLUMN, place("From", "from"), place("To", "to")]),
  );
}

/** Every song that was on it on the days that the page holds. */
function everSongs(playlist) {
  const chart = data.chart[playlist];
  const found = groupsBy(placesOn(playlist, chart), ({ song }) => song);
  const rows = [...found.values()].map(figuresOf).map((figures) => ({ ...figures, song: figures.places[0].song }));
  rows.sort((a, b) => b.days - a.days || a.peak - b.peak);
  const columns = [SONG_COLUMN, ...wayColumns().slice(1)];
  const days = `${dateText(chart.days[0])} to ${dateText(chart.days.at(-1))}`;
  return card(
    "Every song on it",
    note(`${count(rows.length, "song")} on the days that this page holds, ${days}; those with most days first.`),
    longTable(`Every song on it from ${days}`, columns, rows, "song"),
  );
}

/** Addresses of its songs, to be pasted into a new playlist in Spotify. */
function copyCard(playlist, day) {
  const addresses = rowsOf("chart", playlist, day).map(({ song }) => songAddress(song)).filter(Boolean);
  if (!addresses.length) return null;
  const text = element("textarea", { id: "addresses", readonly: true, rows: 4, "aria-label": "Addresses of its songs" });
  text.value = addresses.join("\n");
  const done = element("span", { role: "status" });
  const words = addresses.length > 1 ? `Copy ${number.format(addresses.length)} addresses` : "Copy the address";
  const button = element("button", { type: "button", id: "copy" }, words);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.value);
      done.textContent = "Copied.";
    } catch {
      text.focus();
      text.select();
      done.textContent = "This browser does not let the page copy: the addresses are selected, press Ctrl+C.";
    }
  });
  return element(
    "section",
    { class: "screen" },
    element("h2", {}, "Addresses to copy"),
    note(`The songs of ${dateText(day)} in order. Paste them into a playlist in Spotify's app to add them.`),
    text,
    element("p", { class: "copy" }, button, done),
  );
}
