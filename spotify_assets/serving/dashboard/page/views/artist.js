// An artist, and what is known of it besides its songs.

const TOLD_BY = { spotify: "from Spotify", wikidata: "from Wikidata" };

subject("artist", data.artists.id, data.artists.name, (artist) => {
  const songs = new Set(data.songs.artists?.flatMap((of, song) => (of?.includes(artist) ? [song] : [])) ?? []);
  const genres = data.artists.genres?.[artist] ?? [];
  const country = data.artists.country?.[artist] ?? null;
  const source = TOLD_BY[data.artists.genre_source?.[artist]];
  const places = placesOf(songs);
  const facts = [
    ...portfolioFacts(places),
    ["Genres", genres.length ? [genres.map((genre) => data.genres[genre]).join(", "), source && under(source)] : "Not known"],
    ["Country", country ? [regionNames.of(country), under("from Wikidata")] : "Not known"],
  ];
  const link = outLink("artist", data.artists.id[artist]);
  return [
    nameCard("Artist", data.artists.name[artist], link, facts),
    portfolioCards(places, "Every artist credited on a song earns its points and streams in full."),
  ];
});
