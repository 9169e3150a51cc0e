// Everything that is shown is built here, from text nodes: no name is ever read as HTML.

const SPOTIFY_ID = /^[0-9A-Za-z]{22}$/;

/** An element with attributes and children (nodes or text). */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

/** A name that links to Spotify; plain text where the id is not one of Spotify's. */
function spotifyLink(kind, id, name) {
  const text = element("bdi", {}, name || "Without a name");
  if (!SPOTIFY_ID.test(id)) return text;
  return element(
    "a",
    { href: `https://open.spotify.com/${kind}/${id}`, target: "_blank", rel: "noopener noreferrer" },
    text,
  );
}

/** A name that leads to its own view on this page. */
function nameLink(address, name) {
  return element("a", { href: address }, element("bdi", {}, name || "Without a name"));
}

const artistLink = (artist) => nameLink(addressOf("artist", data.artists.id[artist]), data.artists.name[artist]);
const songLink = (song) => nameLink(addressOfSong(song), data.songs.name[song]);
const labelLink = (label) => nameLink(addressOf("label", data.labels[label]), data.labels[label]);

/** The artists of a song: links by their ids, or else the chart's text. */
function artistsOf(song) {
  const text = data.songs.artists_text?.[song];
  if (text) return element("bdi", {}, text);
  const artists = [...new Set(data.songs.artists?.[song] ?? [])];
  return artists.flatMap((artist, place) => [place ? ", " : null, artistLink(artist)]);
}

/** The same as plain text. */
const artistsText = (song) =>
  data.songs.artists_text?.[song] ??
  [...new Set(data.songs.artists?.[song] ?? [])].map((artist) => data.artists.name[artist]).join(", ");

/** A song's title over its artists. */
function songCell(song) {
  return [element("span", { class: "title" }, songLink(song)), element("span", { class: "artists" }, artistsOf(song))];
}

const songAddress = (song) =>
  SPOTIFY_ID.test(data.songs.id[song]) ? `https://open.spotify.com/track/${data.songs.id[song]}` : "";

const SONG_COLUMN = {
  title: "Song",
  header: true,
  class: "song",
  cell: ({ song }) => songCell(song),
  exported: [
    ["Song", ({ song }) => data.songs.name[song]],
    ["Artists", ({ song }) => artistsText(song)],
    ["Address", ({ song }) => songAddress(song)],
  ],
};

/**
 * A table. Columns have a `title`, a `cell` (row to nodes or text), and may have a `class`, be the `header` of the row,
 * and say how they are `exported`. `caption` is what a screen reader says first.
 */
function table(caption, columns, rows) {
  const head = columns.map((column) => element("th", { scope: "col", class: column.class }, column.title));
  const body = rows.map((row) =>
    element(
      "tr",
      {},
      columns.map((column) => {
        const kind = column.header ? "th" : "td";
        return element(kind, { class: column.class, scope: column.header ? "row" : undefined }, column.cell(row));
      }),
    ),
  );
  const made = element(
    "table",
    {},
    element("caption", { class: "unseen" }, caption),
    element("thead", {}, element("tr", {}, head)),
    element("tbody", {}, body),
  );
  made.exported = () => csvOf(columns, rows);
  return made;
}

const ROWS_AT_FIRST = 25;
const MOST_ROWS_MORE = 500;

/** A table of which the first rows are shown, and more when they are asked for; its export has all of them. */
function longTable(caption, columns, rows, things = "row") {
  const shown = table(caption, columns, rows.slice(0, ROWS_AT_FIRST));
  shown.exported = () => csvOf(columns, rows);
  if (rows.length <= ROWS_AT_FIRST) return shown;
  const more = element("button", { type: "button", class: "more" });
  const words = () => {
    const left = rows.length - shown.tBodies[0].rows.length;
    const next = left > MOST_ROWS_MORE ? `${MOST_ROWS_MORE} more of` : "all";
    more.textContent = `Show ${next} ${number.format(rows.length)}`;
  };
  more.addEventListener("click", () => {
    const begin = shown.tBodies[0].rows.length;
    const added = [...table("", columns, rows.slice(begin, begin + MOST_ROWS_MORE)).tBodies[0].rows];
    shown.tBodies[0].append(...added);
    const isAll = begin + added.length === rows.length;
    if (isAll) {
      more.remove();
      added[0].querySelector("a")?.focus();
    } else words();
    const of = count(rows.length, things);
    say(isAll ? `All ${of} are shown.` : `${number.format(begin + added.length)} of ${of} are shown.`);
  });
  words();
  return [shown, more];
}

/** Small words below others. */
const under = (text) => element("span", { class: "artists" }, text);

/** A part of a view with a heading of its own. */
function part(title, ...children) {
  return element("div", { class: "part" }, element("h3", {}, title), children);
}

const note = (...sentences) => element("p", { class: "note" }, sentences.filter(Boolean).join(" "));
const nothing = (text) => element("p", { class: "nothing" }, text);

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const say = (text) => {
  document.getElementById("status").textContent = text;
};

const percent = new Intl.NumberFormat("en", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
const dateFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
/** A day, an ISO date or the number of one of the page's days, in words. */
const dateText = (day) => dateFormat.format(new Date(`${typeof day === "number" ? data.days[day] : day}T00:00:00Z`));
const count = (many, noun) => `${number.format(many)} ${noun}${many === 1 ? "" : "s"}`;

const seen = (text) => element("span", { "aria-hidden": "true" }, text);
const unseen = (text) => element("span", { class: "unseen" }, text);

/** A change as an arrow and a figure, in words for a screen reader; `none` is what an empty change means. */
function change(value, none = "new", format = number.format) {
  if (value === null || value === undefined) return element("span", { class: "change new" }, none);
  if (value === 0) return element("span", { class: "change same" }, seen("="), unseen("unchanged"));
  const [kind, arrow, word] = value > 0 ? ["up", "▲", "up\u00a0"] : ["down", "▼", "down\u00a0"];
  return element("span", { class: `change ${kind}` }, seen(`${arrow} `), unseen(word), format(Math.abs(value)));
}

/** A best position: a bound where history begins with the song there already, and a better one could have been. */
function atBest(position, { maybe_earlier: earlier }) {
  return `${earlier && position > 1 ? "≤ " : ""}${position}`;
}

/** A number of days: a bound where history begins with the song there already. */
function atLeast(days, { maybe_earlier: earlier }) {
  return `${number.format(days)}${earlier ? "+" : ""}`;
}
