// How much of each country's charts falls to artists from there.

const COUNTRIES_DRAWN = 7;

view("domestic", "Artists at home", ({ region, first, last }) => {
  const countries = regionsBeside(region).filter((country) => daysOf("domestic", country, first, last).length);
  if (!countries.length) return nothing("No region is a country in this period, so no artist is at home here.");
  const rows = countries
    .map((country) => {
      const day = daysOf("domestic", country, first, last).at(-1);
      return { ...rowsOf("domestic", country, day)[0], country, day };
    })
    .sort((a, b) => b.share - a.share);
  // The chosen country is drawn in any case.
  const drawn = [...rows.filter(({ country }) => country === region), ...rows.filter(({ country }) => country !== region)]
    .slice(0, COUNTRIES_DRAWN)
    .map(({ country }) => country);
  const values = domesticShares(drawn, first, last);
  if (!values.length) return nothing("Of no artist on these charts is a country known in this period.");
  const columns = [
    { title: "Charts of", header: true, class: "song", cell: ({ country }) => regionName(country) },
    { title: "Own artists", class: "figure", cell: ({ share }) => shareText(share) },
    {
      title: "From elsewhere",
      class: "figure",
      cell: ({ share, known_share: known }) => shareText(share === null ? null : known - share),
    },
    { title: "Not known", class: "figure wide", cell: ({ known_share: known }) => percent.format(1 - known / 10000) },
    {
      title: "Artists",
      class: "figure wide",
      cell: ({ artists, domestic_artists: own }) => `${number.format(own)} of ${number.format(artists)}`,
    },
  ];
  const day = Math.max(...rows.map((row) => row.day));
  const label = `Share of own artists in ${count(drawn.length, "chart region")} to ${dateText(day)}. ${rows
    .slice(0, 3)
    .map(({ country, share }) => `${regionName(country)} ends at ${share === null ? "no known share" : shareText(share)}`)
    .join(", ")}.`;
  return [
    note(
      "Share of chart points that fall to artists from the country itself. Where an artist is from is told by Wikidata; points of artists of whom it knows no single country count as not known.",
    ),
    element(
      "div",
      { class: "columns" },
      part("Own artists over time", chart(label, domesticLines(values, first === last))),
      part(`Countries on ${dateText(day)}`, table(`Artists at home on ${dateText(day)}`, columns, rows)),
    ),
  ];
});

/** A share in words; a dash where the country of no artist is known. */
const shareText = (parts) => (parts === null ? "–" : percent.format(parts / 10000));

function domesticShares(countries, first, last) {
  return countries.flatMap((country) =>
    daysOf("domestic", country, first, last)
      .map((day) => ({ day, share: rowsOf("domestic", country, day)[0].share }))
      .filter(({ share }) => share !== null)
      .map(({ day, share }) => ({ date: data.days[day], country: regionName(country), share: share / 10000 })),
  );
}

function domesticLines(values, isOneDay) {
  return shareLines({ values, height: 300, isOneDay, field: "country", title: "Charts of", shareTitle: "Own artists" });
}
