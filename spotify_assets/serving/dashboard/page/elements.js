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

const artistLink = (artist) => spotifyLink("artist", data.artists.id[artist], data.artists.name[artist]);
const songLink = (song) => spotifyLink("track", data.songs.id[song], data.songs.name[song]);

/** A song's title over its artists: links by their ids, or else the text that the chart tells. */
function songCell(song) {
  const text = data.songs.artists_text?.[song];
  const artists = text
    ? element("bdi", {}, text)
    : (data.songs.artists?.[song] ?? []).flatMap((artist, place) => [place ? ", " : null, artistLink(artist)]);
  return [element("span", { class: "title" }, songLink(song)), element("span", { class: "artists" }, artists)];
}

/**
 * A table. Columns have a `title`, a `cell` (row to nodes or text), and may have a `class` and be the `header` of the
 * row. `caption` is what a screen reader says first.
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
  return element(
    "table",
    {},
    element("caption", { class: "unseen" }, caption),
    element("thead", {}, element("tr", {}, head)),
    element("tbody", {}, body),
  );
}

/** A part of a view with a heading of its own. */
function part(title, ...children) {
  return element("div", { class: "part" }, element("h3", {}, title), children);
}

const note = (...sentences) => element("p", { class: "note" }, sentences.filter(Boolean).join(" "));
const nothing = (text) => element("p", { class: "nothing" }, text);

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat("en", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
const dateFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
const dateText = (day) => dateFormat.format(new Date(`${data.days[day]}T00:00:00Z`));
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
