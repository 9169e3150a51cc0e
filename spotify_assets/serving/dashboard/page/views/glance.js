// The last chosen day in five figures.

view("glance", "At a glance", ({ region, playlist, first, last }) => {
  const day = daysOf("chart", playlist, first, last).at(-1);
  if (day === undefined) return nothing("This playlist was not captured in this period.");
  const rows = rowsOf("chart", playlist, day);
  const arrived = rows.filter(({ previous_position: previous }) => previous === null);
  const [climber] = rows.filter((row) => row.previous_position !== null).sort((a, b) => climbOf(b) - climbOf(a));
  const artist = rowsOf("top_artists", region, day).find(({ week_rank: rank }) => rank === 1);
  const genre = rowsOf("genre_shares", region, day).find((row) => data.genres[row.genre] !== "unknown");
  return element(
    "dl",
    { class: "tiles" },
    tile("Top of the chart", rows[0].position === 1 ? songCell(rows[0].song) : "No song at number 1"),
    tile(
      "Biggest climb",
      climber && climbOf(climber) > 0 ? [songCell(climber.song), change(climbOf(climber))] : "None",
    ),
    tile("Arrived this day", isFirstCapture(playlist, day) ? "Not known" : count(arrived.length, "song")),
    tile(
      "Artist of the week",
      artist
        ? [artistLink(artist.artist), element("span", { class: "artists" }, count(artist.week_points, "point"))]
        : "Not known",
    ),
    tile(
      "Leading genre",
      genre
        ? [
            element("bdi", { class: "title" }, data.genres[genre.genre]),
            element("span", { class: "artists" }, `${percent.format(genre.share / 10000)} of chart points`),
          ]
        : "Not known",
    ),
  );
});

const climbOf = ({ previous_position: previous, position }) => previous - position;

function tile(title, ...content) {
  return element("div", {}, element("dt", {}, title), element("dd", {}, content));
}
