// A song: its way over time on every chart of the page, and what is known of it.

subject("song", data.songs.id, data.songs.name, (song) => {
  const places = placesOf(new Set([song]));
  const ways = [...groupsBy(places, ({ playlist }) => playlist).values()].map(figuresOf);
  const label = data.songs.label?.[song] ?? null;
  const album = data.songs.album?.[song] ?? null;
  const release = data.songs.release?.[song] ?? null;
  const best = ways.length ? Math.min(...ways.map(({ peak }) => peak)) : null;
  const below = [element("span", {}, artistsOf(song)), outLink("track", data.songs.id[song])];
  const facts = [
    ["Now", nowText(ways)],
    best !== null && ["Best place", placeOfBest(ways, best)],
    album !== null && ["Album", element("bdi", { class: "title" }, data.albums[album])],
    ["Released", release === null ? "Not known" : partialDate(release)],
    label !== null && ["Label", element("span", { class: "title" }, labelLink(label))],
  ];
  const head = nameCard("Song", data.songs.name[song], below, facts);
  if (!ways.length) return [head, card("Charts", nothing("It is on no chart on the days that this page holds."))];
  const ofSeries = [...groupsBy(ways, ({ playlist }) => seriesOf(playlist))];
  return [head, ...ofSeries.map(([series, of]) => wayCard(series, of)), everyDayCard(places)];
});

/** On which charts the song is on their last days. */
function nowText(ways) {
  const there = ways.filter(({ isThere }) => isThere);
  if (!there.length) return "On no chart";
  const [first] = there.sort((a, b) => a.places.at(-1).position - b.places.at(-1).position);
  const rest = there.length > 1 ? ` and on ${count(there.length - 1, "other chart")}` : "";
  return `${first.places.at(-1).position} in ${chartName(first.playlist)}${rest}`;
}

function placeOfBest(ways, best) {
  const at = ways.filter(({ peak }) => peak === best);
  const [first] = at.filter(({ peakDay }) => peakDay).sort((a, b) => (a.peakDay < b.peakDay ? -1 : 1));
  const when = first ? ` in ${chartName(first.playlist)}, ${dateText(first.peakDay)}` : "";
  return `${at.every(({ maybe_earlier: earlier }) => earlier) && best > 1 ? "≤ " : ""}${best}${when}`;
}

/** An ISO date of which the day, or the month as well, may not be known. */
function partialDate(date) {
  if (date.length === 10) return dateText(date);
  if (date.length === 4) return date;
  const format = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
  return format.format(new Date(`${date}-01T00:00:00Z`));
}

/** Arrivals that were seen come by their days; where captures began with the song there, it came no later. */
const byFirst = (a, b) => (a.first === b.first ? b.maybe_earlier - a.maybe_earlier : a.first < b.first ? -1 : 1);

function wayCard(series, ways) {
  const ordered = [...ways].sort(byFirst);
  const drawn = [...ways].sort((a, b) => b.days - a.days).slice(0, LINES_DRAWN).sort(byFirst);
  const names = apart(drawn.map(({ playlist }) => chartName(playlist)));
  const linesFor = (column) =>
    drawn
      .map(({ playlist, places }, place) => ({
        name: names[place],
        captured: capturedOf(playlist),
        points: places.filter((row) => row[column] !== null).map((row) => [row.day, row[column]]),
      }))
      .filter(({ points }) => points.length);
  const streamed = linesFor("streams");
  const title = data.series.length > 1 ? seriesName(series) : "On the charts";
  const left = ways.length - drawn.length;
  return card(
    title,
    note(
      spreadText(ordered),
      "A line has a gap where the song was not on the chart, or no day was captured.",
      left ? `Drawn are the ${drawn.length} charts with most days; the table has all ${ways.length}.` : "",
    ),
    part(
      "Position",
      chart(
        `Positions over time. ${ordered.slice(0, 3).map(wayWords).join("; ")}.`,
        figureLines({ lines: linesFor("position"), title: "Position", isPosition: true }),
      ),
    ),
    streamed.length
      ? part(
          "Streams",
          chart(
            `Streams over time. ${ordered.slice(0, 3).map(streamWords).filter(Boolean).join("; ")}.`,
            figureLines({ lines: streamed, title: "Streams" }),
          ),
        )
      : null,
    part("Chart by chart", table("Chart by chart, in the order in which it appeared", wayColumns(), ordered)),
  );
}

const wayWords = (way) =>
  `${chartName(way.playlist)}: best ${atBest(way.peak, way)}, ${atLeast(way.days, way)} ${way.days === 1 ? "day" : "days"}`;

function streamWords({ playlist, places }) {
  const told = places.map(({ streams }) => streams).filter((streams) => streams !== null);
  return told.length ? `${chartName(playlist)}: ${number.format(Math.max(...told))} at most` : "";
}

/** Where the song came first, and in which order it spread, as far as that was seen. */
function spreadText(ordered) {
  const bound = ordered.filter(({ maybe_earlier: earlier }) => earlier);
  const seen = ordered.filter(({ maybe_earlier: earlier }) => !earlier);
  const there = bound.length
    ? `It was already there when captures began in ${listed(bound.map(({ playlist }) => chartName(playlist)))}.`
    : "";
  if (!seen.length) return there;
  const start = Date.parse(seen[0].first);
  const steps = seen.slice(1).map(({ playlist, first }) => {
    const later = (Date.parse(first) - start) / DAY_LENGTH;
    return `${chartName(playlist)} (${later ? `${count(later, "day")} later` : "the same day"})`;
  });
  const came = bound.length ? "It appeared later" : "It first appeared";
  const first = `${came} on ${dateText(seen[0].first)} in ${chartName(seen[0].playlist)}`;
  return `${there} ${first}${steps.length ? `, then ${listed(steps)}` : ""}.`.trim();
}

/** Some words in a row, and no more than a reader takes in. */
function listed(words) {
  const left = words.length - LINES_DRAWN;
  if (left > 0) return `${words.slice(0, LINES_DRAWN).join(", ")} and ${left} more`;
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words[0];
}

/** A number; a bound where the days before the page could have more. */
const orMore = (many, isBound) => `${number.format(many)}${isBound ? "+" : ""}`;

function wayColumns() {
  return [
    {
      title: "Chart",
      header: true,
      class: "song",
      cell: ({ playlist, places }) => nameLink(addressOfPlaylist(playlist, places.at(-1).day), chartName(playlist)),
    },
    {
      title: "First seen",
      cell: ({ first, maybe_earlier: earlier }) => [dateText(first), earlier ? under("or before") : null],
      exported: [
        ["First seen", ({ first }) => first],
        ["First seen is known", ({ maybe_earlier: earlier }) => (earlier ? "no" : "yes")],
      ],
    },
    {
      title: "Peak",
      cell: (row) => [atBest(row.peak, row), row.peakDay ? under(dateText(row.peakDay)) : null],
      exported: [
        ["Peak", ({ peak }) => peak],
        ["Peak day", ({ peakDay }) => peakDay],
      ],
    },
    { title: "Days", class: "figure", cell: (row) => atLeast(row.days, row), exported: [["Days", ({ days }) => days]] },
    { title: "Longest streak", class: "figure wide", cell: ({ streak, isBound }) => orMore(streak, isBound) },
    { title: "Re-entries", class: "figure wide", cell: ({ returns, isBound }) => orMore(returns, isBound) },
    {
      title: "Last seen",
      class: "wide",
      cell: ({ last, isThere }) => [dateText(last), isThere ? under("still there") : null],
      exported: [["Last seen", ({ last }) => last]],
    },
  ];
}

function everyDayCard(places) {
  const rows = [...places].sort((a, b) => b.day - a.day || a.position - b.position);
  const streamed = rows.some(({ streams }) => streams !== null);
  const columns = [
    { title: "Day", class: "day", cell: ({ day }) => dateText(day), exported: [["Day", ({ day }) => data.days[day]]] },
    {
      title: "Chart",
      header: true,
      class: "song",
      cell: ({ playlist, day }) => nameLink(addressOfPlaylist(playlist, day), chartName(playlist)),
      exported: [
        ["Chart", ({ playlist }) => chartName(playlist)],
        ["Charts", ({ playlist }) => seriesName(seriesOf(playlist))],
      ],
    },
    { title: "#", class: "figure rank", cell: ({ position }) => String(position) },
    { title: "Move", class: "move", cell: (row) => movement(row, isFirstCapture(row.playlist, row.day)) },
    { title: "Points", class: "figure wide", cell: ({ points }) => number.format(points) },
    ...(streamed ? [{ title: "Streams", class: "figure", cell: streamsCell }] : []),
  ];
  return card("Every day", longTable("Every day on every chart, the latest first", columns, rows));
}
