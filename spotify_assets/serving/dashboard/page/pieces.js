// A history in pieces: files next to the page, each read when its content is looked at. The single file
// has none. `spotify_assets/serving/dashboard/pieces.py` says what they hold, `folder.py` there which there are.
// Each numbers its songs, names and days for itself; here they get the page's own numbers.

const inPieces = data.pieces ?? null;
// What views look back on, at most, before the first day that is chosen.
const DAYS_BACK = 7;
// Rows in memory, some 15 MB: beyond them goes what was looked at longest ago, and is read again when it is wanted.
const ROWS_KEPT = 300_000;
const SONG_COLUMNS = ["name", "artists", "artists_text", "release", "label", "album"];
const ARTIST_COLUMNS = ["name", "genres", "genre_source", "country"];
const BY_REGION = [
  ...["told", "top_artists", "genre_shares", "label_shares", "domestic", "consistency", "releases", "links", "overlaps"],
];
// Of each name that a piece's columns have, the list that its numbers are places in.
const LISTED_IN = { song: "songs", artist: "artists", genre: "genres", label: "labels", kind: "kinds" };

// Charts of some songs alone, from pieces of songs: of each piece, pairs of a playlist and its columns.
const chartsOfSongs = new Map();
const numbers = {};
// Parts of sections by their unit, before they are joined; what was read; the unit of each fact.
const parts = new Map();
const here = new Map();
const toldIn = { songs: [], artists: [] };

if (inPieces) {
  const columns = (names) => Object.fromEntries(["id", ...names].map((name) => [name, []]));
  Object.assign(data, { songs: columns(SONG_COLUMNS), artists: columns(ARTIST_COLUMNS), chart: [], earlier: [] });
  for (const name of ["albums", "genres", "labels", "kinds", ...BY_REGION]) data[name] = [];
  for (const name of ["songs", "artists", "albums", "genres", "labels", "kinds"]) numbers[name] = new Map();
  numbers.days = new Map(data.days.map((day, place) => [day, place]));
  numbers.playlists = new Map(data.playlists.id.map((id, place) => [id, place]));
  numbers.regions = new Map(data.regions.map((_, region) => [regionKey(data, region), region]));
}

function regionKey(of, region) {
  return `${of.series[of.region_series[region]]}\n${of.regions[region]}`;
}

/** The page's numbers of some values of a list; those that are new are added to it. */
function numbered(name, values, list = data[name]) {
  const known = numbers[name];
  return values.map((value) => {
    if (!known.has(value)) {
      known.set(value, list.length);
      list.push(value);
    }
    return known.get(value);
  });
}

const mapped = (to, value) => {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? value.map((one) => to[one]) : to[value];
};

/**
 * Puts what a piece says into the data of the page; gives how many rows it has, and what takes them out again. `unit`
 * says how late it is, `isOfSongs` that its charts are not complete.
 */
function takeIn(piece, name, unit, isOfSongs) {
  const to = {
    ...Object.fromEntries(["albums", "genres", "labels", "kinds"].map((list) => [list, numbered(list, piece[list])])),
    days: piece.days.map((day) => numbers.days.get(day)),
    playlists: piece.playlists.id.map((id) => numbers.playlists.get(id)),
    regions: piece.regions.map((_, region) => numbers.regions.get(regionKey(piece, region))),
  };
  to.artists = takeInFacts("artists", ARTIST_COLUMNS, piece, unit, { genres: to.genres });
  to.songs = takeInFacts("songs", SONG_COLUMNS, piece, unit, { artists: to.artists, label: to.labels, album: to.albums });
  const rowsIn = (section, groups) =>
    [...(piece[section]?.entries() ?? [])].filter(([, rows]) => rows).map(([of, rows]) => [section, groups[of], renumbered(rows, to)]);
  const charts = rowsIn("chart", to.playlists);
  const all = [...(isOfSongs ? [] : charts), ...BY_REGION.flatMap((section) => rowsIn(section, to.regions))];
  if (isOfSongs) chartsOfSongs.set(name, charts.map(([, playlist, columns]) => [playlist, columns]));
  for (const [section, group, columns] of all) setRows(section, group, unit, columns);
  for (const [, playlist, told] of rowsIn("earlier", to.playlists)) noteEarlier(playlist, told, unit);
  return {
    rows: [...(isOfSongs ? charts : []), ...all].reduce((sum, [, , { ends }]) => sum + ends.at(-1), 0),
    takeOut: () => {
      chartsOfSongs.delete(name);
      for (const [section, group] of all) setRows(section, group, unit, null);
    },
  };
}

/** Facts about songs or artists: of each the latest. */
function takeInFacts(name, columns, piece, unit, to) {
  const [list, told, late] = [data[name], piece[name], toldIn[name]];
  const places = numbered(name, told.id, list.id);
  places.forEach((place, row) => {
    const isLater = unit >= (late[place] ?? -1);
    if (isLater) late[place] = unit;
    for (const column of columns) {
      const value = told[column]?.[row] ?? null;
      const known = list[column][place] ?? null;
      list[column][place] = value !== null && (isLater || known === null) ? (to[column] ? mapped(to[column], value) : value) : known;
    }
  });
  return places;
}

/** Columns of a piece with the page's numbers. */
function renumbered(columns, to) {
  const lists = { days: to.days, other_region: to.regions };
  for (const [column, list] of Object.entries(LISTED_IN)) lists[column] = to[list];
  return Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [
      name,
      values && lists[name] ? values.map((value) => mapped(lists[name], value)) : values,
    ]),
  );
}

/** Has the rows of a unit among those of a section's group, by day; null takes them out. */
function setRows(section, group, unit, columns) {
  const key = `${section} ${group}`;
  if (!parts.has(key)) parts.set(key, new Map());
  const units = parts.get(key).set(unit, columns);
  const ordered = [...units].filter(([, of]) => of).sort((a, b) => a[0] - b[0]).map(([, of]) => of);
  data[section][group] = ordered.length > 1 ? together(ordered) : ordered[0];
}

function together(all) {
  const lengths = all.map(({ ends }) => ends.at(-1));
  const begins = lengths.map((_, place) => lengths.slice(0, place).reduce((sum, length) => sum + length, 0));
  const joined = { days: all.flatMap(({ days }) => days), ends: all.flatMap(({ ends }, of) => ends.map((end) => end + begins[of])) };
  for (const name of Object.keys(all[0]).filter((column) => !(column in joined))) {
    const isEmpty = all.every((columns) => !columns[name]);
    joined[name] = isEmpty ? null : all.flatMap((columns, of) => columns[name] ?? new Array(lengths[of]).fill(null));
  }
  return joined;
}

/** A piece's content, read once; one that could not be read is asked for again the next time. */
function bring({ name, use }) {
  if (!here.has(name)) {
    here.set(name, { isRead: false });
    here.get(name).reading = fetchPiece(name).then(
      (content) => {
        Object.assign(here.get(name), { isRead: true, ...use(content) });
      },
      (error) => {
        here.delete(name);
        throw error;
      },
    );
  }
  return here.get(name).reading;
}

async function fetchPiece(name) {
  const file = `pieces/${name}.piece`;
  try {
    // The signature of a signed address is good for its pieces, too.
    const answer = await fetch(`${file}${location.search}`);
    if (!answer.ok) throw new Error(`answered with ${answer.status}`);
    return await new Response(answer.body.pipeThrough(new DecompressionStream("gzip"))).json();
  } catch (error) {
    throw new Error(
      `${file}, a part of this page's data, cannot be read (${error.message}). Reload the page, since it may have been ` +
        "rewritten in the meantime; if that does not help, write the folder again with spotify-assets page, and serve all of it.",
    );
  }
}

/** Those of some pieces that were not read yet. */
const missingOf = (needed) => needed.filter(({ name }) => !here.get(name)?.isRead);

const piece = (name, unit, isOfSongs = false) => ({ name, use: (content) => takeIn(content, name, unit, isOfSongs) });
const existing = (all) => all.filter(({ name }) => name);

/** The pieces that an overview shows. */
function piecesOfOverview({ region, playlist, first, last }) {
  if (!inPieces) return [];
  const since = new Date(Date.parse(`${data.days[first]}T00:00:00Z`) - DAYS_BACK * 86_400_000).toISOString().slice(0, 10);
  const series = data.region_series[region];
  const units = [...inPieces.units.entries()].filter(([, of]) => of.first <= last && data.days[of.last] >= since);
  const names = units.flatMap(([unit, of]) => [
    piece(of.charts[playlist], unit),
    piece(of.regions[region], unit),
    piece(of.series[series], unit),
  ]);
  return existing(names);
}

// Where the songs of subjects are, as far as it was read: by kind, from an id to numbers of pieces.
const placesOfSubjects = { song: new Map(), artist: new Map(), label: new Map() };

/** The pieces that a subject's view shows; until they are known, the one that lists them. */
function piecesOfSubject(place) {
  const [id] = place?.words ?? [];
  if (!inPieces || !id) return [];
  if (place.kind === "playlist") {
    const playlist = numbers.playlists.get(id);
    return existing([...inPieces.units.entries()].map(([unit, of]) => piece(of.charts[playlist], unit)));
  }
  const found = placesOfSubjects[place.kind];
  if (!found) return [];
  const telling = { name: inPieces.places[bucketOf(id)], use: noteSubjects };
  if (missingOf([telling]).length) return [telling];
  const all = inPieces.units.flatMap((of, unit) => of.songs.map((name) => piece(name, unit, true)));
  return (found.get(id) ?? []).map((which) => all[which]);
}

function bucketOf(id) {
  let sum = 0;
  for (const letter of id) sum += letter.codePointAt(0);
  return sum % inPieces.places.length;
}

function noteSubjects(told) {
  for (const [kind, found] of Object.entries(placesOfSubjects)) {
    told[kind].id.forEach((id, row) => found.set(id, told[kind].pieces[row]));
  }
}

let turn = 0;

/**
 * Does something once all pieces that it needs are read: at once where they are. `needed` gives them, and is asked again
 * as long as it names others. What is wanted later comes instead; `fail` gets the sentence about one that cannot be read.
 */
function withPieces(needed, then, fail) {
  turn += 1;
  const mine = turn;
  const all = needed();
  const missing = missingOf(all);
  if (!missing.length) {
    letGo(all);
    return then();
  }
  say("Reading …");
  Promise.all(missing.map(bring)).then(
    () => mine === turn && withPieces(needed, then, fail),
    (error) => mine === turn && fail(error.message),
  );
}

/** Takes out pieces that were not looked at for longest, as long as there are too many rows; those needed now stay. */
function letGo(needed) {
  for (const { name } of needed) {
    const known = here.get(name);
    here.delete(name);
    here.set(name, known);
  }
  const names = new Set(needed.map(({ name }) => name));
  let kept = [...here.values()].reduce((sum, { rows = 0 }) => sum + rows, 0);
  for (const [name, { rows, takeOut }] of here) {
    if (kept <= ROWS_KEPT) return;
    if (!takeOut || names.has(name)) continue;
    takeOut();
    here.delete(name);
    kept -= rows;
  }
}

/** All names that can be found, in pieces: by what is most on the charts. Null until they are read. */
let foundNames = null;
const piecesOfNames = () => (inPieces?.names ? [{ name: inPieces.names, use: (told) => void (foundNames = told) }] : []);
