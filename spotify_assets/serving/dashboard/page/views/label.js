// A label, as charts write it: the songs that last reported it.

subject("label", data.labels, data.labels, (label) => {
  const songs = new Set(data.songs.label?.flatMap((of, song) => (of === label ? [song] : [])) ?? []);
  const places = placesOf(songs);
  const artists = inOrder([...songs].flatMap((song) => data.songs.artists?.[song] ?? []));
  const facts = [...portfolioFacts(places), ["Artists", number.format(artists.length)]];
  return [
    nameCard("Label", data.labels[label], null, facts),
    portfolioCards(places, "On all of its days, a song counts for the label that charts last reported."),
  ];
});
