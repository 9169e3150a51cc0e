// Shares of genres over the chosen days, and how they changed.

view("genres", "Genres", (chosen) => {
  const found = sharesOf("genre_shares", "genre", data.genres, chosen);
  if (!found) return nothing("No genres are known for this region in this period.");
  const { named, unknown } = found;
  const { region, measure } = chosen;
  if (!named.length) return nothing("Neither Spotify nor Wikidata has a genre for these artists.");
  const without = unknown ? percent.format(unknown[MEASURES[measure].share] / 10000) : "none";
  const missing = measure === "streams" ? withoutStreams(found.days.map((of) => [region, of])) : "";
  const words = { title: "Genre", counted: "artists", countedTitle: "Artists" };
  return [
    note(
      `Share of ${chartMeasure(measure)}; ${without} go to artists without a genre. Genres come from Spotify, with Wikidata as fallback. Changes are in percentage points.`,
      missing,
    ),
    shareParts("genre_shares", "genre", data.genres, words, chosen, found),
  ];
});
