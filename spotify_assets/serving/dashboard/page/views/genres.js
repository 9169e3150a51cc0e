// Shares of genres over the chosen days, and how they changed.

const GENRES_DRAWN = 7;
const GENRES_LISTED = 12;

view("genres", "Genres", ({ region, first, last }) => {
  const days = daysOf("genre_shares", region, first, last);
  const day = days.at(-1);
  if (day === undefined) return nothing("No genres are known for this region in this period.");
  const rows = rowsOf("genre_shares", region, day);
  const named = rows.filter(({ genre }) => data.genres[genre] !== "unknown");
  const unknown = rows.find(({ genre }) => data.genres[genre] === "unknown");
  if (!named.length) return nothing("Neither Spotify nor Wikidata tells a genre of these artists.");
  const leading = named.slice(0, GENRES_DRAWN).map(({ genre }) => genre);
  const columns = [
    { title: "Genre", header: true, class: "song", cell: ({ genre }) => element("bdi", {}, data.genres[genre]) },
    { title: "Share", class: "figure", cell: ({ share }) => percent.format(share / 10000) },
    { title: "7 days", class: "figure", cell: (row) => shareChange(row.share_change_7_days) },
    { title: "28 days", class: "figure", cell: (row) => shareChange(row.share_change_28_days) },
    { title: "Artists", class: "figure wide", cell: ({ artists }) => number.format(artists) },
  ];
  const label = `Shares of the ${leading.length} leading genres from ${dateText(days[0])} to ${dateText(day)}. ${named
    .slice(0, 3)
    .map(({ genre, share }) => `${data.genres[genre]} ends at ${percent.format(share / 10000)}`)
    .join(", ")}.`;
  return [
    note(
      `Share of chart points; ${unknown ? percent.format(unknown.share / 10000) : "none"} fall to artists without a genre. Genres are told by Spotify, or else by Wikidata. Changes are in percentage points.`,
    ),
    element(
      "div",
      { class: "columns" },
      part("Leading genres over time", chart(label, genreLines(region, days, leading))),
      part(`Shares on ${dateText(day)}`, table(`Genres on ${dateText(day)}`, columns, named.slice(0, GENRES_LISTED))),
    ),
  ];
});

const shareChange = (parts) => change(parts === null ? null : parts / 100, "–", number.format);

function genreLines(region, days, genres) {
  const values = days.flatMap((day) => {
    const shares = new Map(rowsOf("genre_shares", region, day).map(({ genre, share }) => [genre, share]));
    return genres.map((genre) => ({
      date: data.days[day],
      genre: data.genres[genre],
      share: (shares.get(genre) ?? 0) / 10000,
    }));
  });
  const isOneDay = days.length === 1;
  return shareLines({ values, height: 380, isOneDay, field: "genre", title: "Genre", shareTitle: "Share" });
}
