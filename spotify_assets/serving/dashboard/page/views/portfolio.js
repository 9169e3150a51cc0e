// The songs of an artist or a label on the charts: when they were there, and what they earned in each region.

const BEST_DAYS = 10;
const allPlaylists = [...data.playlists.id.keys()];

function portfolioFacts(places) {
  const charted = new Set(places.map(({ song }) => song));
  const best = places.length ? Math.min(...places.map((row) => row.peak_position)) : null;
  const atBestPlace = places.filter((row) => row.peak_position === best);
  return [
    ["Songs on charts", number.format(charted.size)],
    best !== null && ["Best place", atBest(best, { maybe_earlier: atBestPlace.every((row) => row.maybe_earlier) })],
    ["Days with a song", number.format(new Set(places.map(({ day }) => day)).size)],
  ];
}

function portfolioCards(places, rule) {
  if (!places.length) {
    return card("Charts", nothing("None of its songs is on a chart on the days that this page holds."));
  }
  const ofSeries = [...groupsBy(places, ({ playlist }) => seriesOf(playlist))];
  return ofSeries.map(([series, rows]) => portfolioCard(series, rows, rule));
}

function portfolioCard(series, rows, rule) {
  const captured = capturedDays(allPlaylists.filter((playlist) => seriesOf(playlist) === series));
  const spans = [...groupsBy(rows, ({ song }) => song)].map(([song, of]) => spanOf(song, of, captured));
  spans.sort((a, b) => a.first - b.first || b.days - a.days);
  const streamed = rows.some(({ streams }) => streams !== null);
  return card(
    data.series.length > 1 ? seriesName(series) : "On the charts",
    note(rule, "Figures are those of the page's days."),
    timelinePart(spans),
    element(
      "div",
      { class: "columns" },
      earnedPart(rows, "points"),
      streamed ? earnedPart(rows, "streams") : null,
      bestDaysPart(rows, streamed),
    ),
    part("Songs", longTable("Songs, the earliest first", spanColumns(streamed), spans, "song")),
  );
}

/** When a song was on any chart of a series, and what it earned there. */
function spanOf(song, rows, captured) {
  const days = inOrder(rows.map(({ day }) => day));
  return {
    song,
    first: days[0],
    last: days.at(-1),
    days: days.length,
    runs: linesOf(days, captured),
    peak: Math.min(...rows.map((row) => row.peak_position)),
    maybe_earlier: rows.some((row) => row.maybe_earlier) ? 1 : 0,
    points: sumOf(rows, "points"),
    streams: rows.some(({ streams }) => streams !== null) ? sumOf(rows, "streams") : null,
  };
}

function timelinePart(spans) {
  const drawn = [...spans].sort((a, b) => b.days - a.days).slice(0, BARS_DRAWN).sort((a, b) => a.first - b.first);
  const left = spans.length - drawn.length;
  const [first, last] = [Math.min(...spans.map((span) => span.first)), Math.max(...spans.map((span) => span.last))];
  const words = `Songs over time. ${count(spans.length, "song")}, from ${dateText(first)} to ${dateText(last)}.`;
  const bars = drawn.map(({ song, runs }) => ({ name: data.songs.name[song] || "Without a name", runs }));
  return part(
    "Songs over time",
    chart(words, spanBars(bars)),
    left ? note(`Drawn are the ${drawn.length} songs with most days; the table has all ${number.format(spans.length)}.`) : null,
  );
}

/** Points or streams by region and day, of the regions with most of them. */
function earnedPart(rows, measure) {
  const told = rows.filter((row) => row[measure] !== null);
  const regions = [...groupsBy(told, ({ playlist }) => data.playlists.region[playlist])]
    .map(([region, of]) => ({ region, of, total: sumOf(of, measure) }))
    .sort((a, b) => b.total - a.total);
  const lines = regions.slice(0, LINES_DRAWN).map(({ region, of }) => ({
    name: regionName(region),
    captured: capturedDays(allPlaylists.filter((playlist) => data.playlists.region[playlist] === region)),
    points: [...groupsBy(of, ({ day }) => day)]
      .map(([day, ofDay]) => [day, sumOf(ofDay, measure)])
      .sort((a, b) => a[0] - b[0]),
  }));
  const title = `${capitalized(measure)} by region`;
  const leading = regions.slice(0, 3).map(({ region, total }) => `${regionName(region)}: ${number.format(total)} in all`);
  const words = `${title} over time. ${leading.join("; ")}.`;
  return part(title, chart(words, figureLines({ lines, title: capitalized(measure) })));
}

function spanColumns(streamed) {
  return [
    SONG_COLUMN,
    {
      title: "First",
      class: "day",
      cell: (row) => [dateText(row.first), row.maybe_earlier ? under("or before") : null],
      exported: [["First", ({ first }) => data.days[first]]],
    },
    {
      title: "Last",
      class: "day wide",
      cell: ({ last }) => dateText(last),
      exported: [["Last", ({ last }) => data.days[last]]],
    },
    { title: "Days", class: "figure", cell: ({ days }) => number.format(days) },
    { title: "Peak", class: "figure", cell: (row) => atBest(row.peak, row), exported: [["Peak", ({ peak }) => peak]] },
    { title: "Points", class: "figure wide", cell: ({ points }) => number.format(points) },
    ...(streamed ? [{ title: "Streams", class: "figure wide", cell: streamsCell }] : []),
  ];
}

function bestDaysPart(rows, streamed) {
  const days = [...groupsBy(rows, ({ playlist, day }) => `${data.playlists.region[playlist]} ${day}`).values()]
    .map((of) => ({
      day: of[0].day,
      region: data.playlists.region[of[0].playlist],
      songs: new Set(of.map(({ song }) => song)).size,
      points: sumOf(of, "points"),
      streams: of.some(({ streams }) => streams !== null) ? sumOf(of, "streams") : null,
    }))
    .sort((a, b) => b.points - a.points || a.day - b.day)
    .slice(0, BEST_DAYS);
  const columns = [
    { title: "Day", class: "day", cell: ({ day }) => dateText(day), exported: [["Day", ({ day }) => data.days[day]]] },
    { title: "Region", header: true, class: "song", cell: ({ region }) => regionName(region) },
    { title: "Songs", class: "figure", cell: ({ songs }) => number.format(songs) },
    { title: "Points", class: "figure", cell: ({ points }) => number.format(points) },
    ...(streamed ? [{ title: "Streams", class: "figure wide", cell: streamsCell }] : []),
  ];
  return part("Best days", table("Days with most points, by region", columns, days));
}
