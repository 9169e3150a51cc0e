// The way of songs over all charts of the page: where they were on which day, and where they were not.

const DAY_LENGTH = 86_400_000;
// Whole days since 1970, for distances.
const dayNumbers = data.days.map((day) => Date.parse(`${day}T00:00:00Z`) / DAY_LENGTH);
const seriesOf = (playlist) => data.region_series[data.playlists.region[playlist]];

/** The places of some songs (a set of numbers) on all playlists, by playlist and day; each song's in their order. */
function placesOf(songs) {
  const charts = inPieces ? [...chartsOfSongs.values()].flat() : [...data.chart.entries()].filter(([, chart]) => chart);
  return charts
    .flatMap(([playlist, chart]) => placesOn(playlist, chart, songs))
    .sort((a, b) => a.playlist - b.playlist || a.day - b.day || a.position - b.position);
}

const keptLengths = new Map();

/** How many entries a playlist had, by day. */
function lengthsOf(playlist) {
  if (!keptLengths.has(playlist)) {
    const { days, length } = data.lengths[playlist];
    keptLengths.set(playlist, new Map(days.map((day, place) => [day, length[place]])));
  }
  return keptLengths.get(playlist);
}

/** The places on one chart, by day: of some songs, or of all. */
function placesOn(playlist, chart, songs) {
  const found = [];
  const lengths = lengthsOf(playlist);
  let begin = 0;
  chart.days.forEach((day, place) => {
    for (let row = begin; row < chart.ends[place]; row += 1) {
      if (songs && !songs.has(chart.song[row])) continue;
      const position = chart.position[row];
      found.push({
        playlist,
        day,
        song: chart.song[row],
        position,
        points: lengths.get(day) + 1 - position,
        streams: chart.streams?.[row] ?? null,
        previous_position: chart.previous_position?.[row] ?? null,
        peak_position: chart.peak_position[row],
        days_on_chart: chart.days_on_chart[row],
        maybe_earlier: chart.maybe_earlier[row],
      });
    }
    begin = chart.ends[place];
  });
  return found;
}

/** The days on which a playlist was captured. */
const capturedOf = (playlist) => data.lengths[playlist]?.days ?? [];

/** Days in their order, each once. */
const inOrder = (days) => [...new Set(days)].sort((a, b) => a - b);

/** Days on which any of some playlists was captured. */
const capturedDays = (playlists) => inOrder(playlists.flatMap(capturedOf));

// Kept, since thousands of songs of a playlist ask for the same one.
const keptPlaces = new WeakMap();

/** The place of each captured day among them. */
function placesIn(captured) {
  if (!keptPlaces.has(captured)) keptPlaces.set(captured, new Map(captured.map((day, place) => [day, place])));
  return keptPlaces.get(captured);
}

/** Some days cut into those without another captured day in between. */
function runsOf(present, captured) {
  const places = placesIn(captured);
  return cut(present, (before, day) => places.get(day) - places.get(before) > 1);
}

/** The usual number of days from one captured day to the next. */
function usualStep(captured) {
  const steps = captured.slice(1).map((day, place) => dayNumbers[day] - dayNumbers[captured[place]]);
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 1;
}

/** Whether the last of some captured days is as late as can be expected. */
const isCurrent = (captured) => dayNumbers.at(-1) - dayNumbers[captured.at(-1)] <= usualStep(captured);

/** Whether a song had been on the playlist before, but not on its captured day before. */
const isReturn = ({ playlist, day, previous_position: previous, days_on_chart: days }) =>
  previous === null && days > 1 && !isFirstCapture(playlist, day);

/** The same, cut as well where no day was captured for longer than is usual: what a line must not bridge. */
function linesOf(present, captured) {
  const places = placesIn(captured);
  const usual = usualStep(captured);
  return cut(
    present,
    (before, day) => places.get(day) - places.get(before) > 1 || dayNumbers[day] - dayNumbers[before] > usual,
  );
}

function cut(days, isBreak) {
  const runs = [];
  for (const day of days) {
    const before = runs.at(-1)?.at(-1);
    if (before === undefined || isBreak(before, day)) runs.push([day]);
    else runs.at(-1).push(day);
  }
  return runs;
}

/** Rows by a key, in the order in which the keys come. */
function groupsBy(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    const of = key(row);
    if (!groups.has(of)) groups.set(of, []);
    groups.get(of).push(row);
  }
  return groups;
}

const sumOf = (rows, column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0);

/** Days that are not those of a song's own places: from before the page begins, or of another id of the recording. */
function earlierOf(playlist, song) {
  return earlier.get(`${playlist} ${song}`);
}

const earlier = new Map();

/** Notes such days of a playlist; those of a later unit win. */
function noteEarlier(playlist, told, unit) {
  told.song.forEach((song, row) => {
    const key = `${playlist} ${song}`;
    if ((earlier.get(key)?.unit ?? 0) > unit) return;
    earlier.set(key, { unit, first: told.first_seen[row], peak: told.peak_date?.[row] ?? null });
  });
}
data.earlier.forEach((told, playlist) => told && noteEarlier(playlist, told, 0));

/** A song's way on one playlist in figures, of its places there by day; `first`, `peakDay` and `last` are ISO dates. */
function figuresOf(places) {
  const { playlist, song } = places[0];
  const last = places.at(-1);
  const captured = capturedOf(playlist);
  const runs = runsOf(places.map(({ day }) => day), captured);
  const earlier = earlierOf(playlist, song);
  const atPeak = places.find(({ position }) => position === last.peak_position);
  return {
    playlist,
    places,
    maybe_earlier: last.maybe_earlier,
    first: earlier?.first ?? data.days[places[0].day],
    peak: last.peak_position,
    peakDay: earlier?.peak ?? (atPeak ? data.days[atPeak.day] : null),
    days: last.days_on_chart,
    streak: Math.max(...runs.map((run) => run.length)),
    returns: places.filter((row) => isReturn(row)).length,
    isBound: earlier !== undefined && earlier.first < data.days[0],
    last: data.days[last.day],
    isThere: last.day === captured.at(-1) && isCurrent(captured),
  };
}

/** Names, with numbers after equal ones. */
function apart(names) {
  const seen = new Map();
  return names.map((name) => {
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return seen.get(name) > 1 ? `${name} (${seen.get(name)})` : name;
  });
}

const playlistName = (playlist) => data.playlists.name[playlist] || data.playlists.id[playlist];

/** What a playlist is called among charts: its region, with its name where the region has several. */
function chartName(playlist) {
  const region = data.playlists.region[playlist];
  const isOne = data.playlists.region.filter((of) => of === region).length === 1;
  return isOne ? regionName(region) : `${regionName(region)}: ${playlistName(playlist)}`;
}
