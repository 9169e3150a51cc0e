// The last chosen day in five figures.

// Songs that arrived or left which are named; the playlist's own view has all of them.
const SONGS_NAMED = 3;

view("glance", "At a glance", ({ region, playlist, first, last, measure }) => {
  const [before, day] = [undefined, ...daysOf("chart", playlist, first, last)].slice(-2);
  if (day === undefined) return nothing("This playlist was not captured in this period.");
  const rows = rowsOf("chart", playlist, day);
  const arrived = rows.filter(({ previous_position: previous }) => previous === null);
  const [climber] = rows.filter((row) => row.previous_position !== null).sort((a, b) => climbOf(b) - climbOf(a));
  const { noun, share, week } = MEASURES[measure];
  const artist = rowsOf("top_artists", region, day).find((row) => row[week.rank] === 1);
  const genre = sharesOf("genre_shares", "genre", data.genres, { region, first: day, last: day, measure })?.named[0];
  return element(
    "dl",
    { class: "tiles" },
    tile("Top of the chart", rows[0].position === 1 ? songCell(rows[0].song) : "No song at number 1"),
    tile(
      "Biggest climb",
      climber && climbOf(climber) > 0 ? [songCell(climber.song), change(climbOf(climber))] : "None",
    ),
    tile("Arrived this day", isFirstCapture(playlist, day) ? "Not known" : someSongs(arrived, playlist, day)),
    before === undefined ? null : tile(`Left since ${dateText(before)}`, someSongs(leftSince(playlist, before, rows), playlist, day, before)),
    tile(
      "Artist of the week",
      artist
        ? [artistLink(artist.artist), element("span", { class: "artists" }, count(artist[week.total], noun))]
        : "Not known",
    ),
    tile(
      "Leading genre",
      genre
        ? [
            element("bdi", { class: "title" }, data.genres[genre.genre]),
            element("span", { class: "artists" }, `${percent.format(genre[share] / 10000)} of ${chartMeasure(measure)}`),
          ]
        : "Not known",
    ),
  );
});

/** Songs of an earlier day that are not among the rows of a later one. */
function leftSince(playlist, before, rows) {
  const here = new Set(rows.map(({ song }) => song));
  return rowsOf("chart", playlist, before).filter(({ song }) => !here.has(song));
}

/** The first songs by name, and a link to what changed if there are more. */
function someSongs(rows, playlist, ...days) {
  if (!rows.length) return "None";
  const named = rows.slice(0, SONGS_NAMED).map(({ song }) => songCell(song));
  if (rows.length === named.length) return named;
  const all = element("a", { href: addressOfPlaylist(playlist, ...days), class: "plain" }, `All ${count(rows.length, "song")}`);
  return [...named, all];
}

const climbOf = ({ previous_position: previous, position }) => previous - position;

function tile(title, ...content) {
  return element("div", {}, element("dt", {}, title), element("dd", {}, content));
}
