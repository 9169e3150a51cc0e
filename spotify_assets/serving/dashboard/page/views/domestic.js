// How much of each country's charts falls to artists from there.

const COUNTRIES_DRAWN = 7;
const ELSEWHERE = [
  {
    title: "From elsewhere",
    class: "figure",
    cell: ({ share, known_share: known }) => shareText(share === null ? null : known - share),
  },
  { title: "Not known", class: "figure wide", cell: ({ known_share: known }) => percent.format(1 - known / 10000) },
];

view("domestic", "Domestic artists", ({ region, first, last, measure }) => {
  const countries = regionsBeside(region).filter((country) => daysOf("domestic", country, first, last).length);
  if (!countries.length) return nothing("No region is a country in this period, so no artist is domestic.");
  const rows = countries
    .map((country) => {
      const day = daysOf("domestic", country, first, last).at(-1);
      return { ...rowsOf("domestic", country, day)[0], country, day };
    })
    .map((row) => ({ ...row, own: row[MEASURES[measure].share] }))
    .sort((a, b) => b.own - a.own);
  // The chosen country is drawn in any case.
  const drawn = [...rows.filter(({ country }) => country === region), ...rows.filter(({ country }) => country !== region)]
    .slice(0, COUNTRIES_DRAWN)
    .map(({ country }) => country);
  const values = domesticShares(drawn, first, last, MEASURES[measure].share);
  if (!values.length) return nothing("Of no artist on these charts is a country known in this period.");
  const columns = [
    { title: "Charts of", header: true, class: "song", cell: ({ country }) => regionName(country) },
    { title: "Own artists", class: "figure", cell: ({ own }) => shareText(own) },
    // The table has these for points only.
    ...(measure === "points" ? ELSEWHERE : []),
    {
      title: "Artists",
      class: "figure wide",
      cell: ({ artists, domestic_artists: own }) => `${number.format(own)} of ${number.format(artists)}`,
    },
  ];
  const day = Math.max(...rows.map((row) => row.day));
  const told = rows
    .filter(({ own }) => own !== null)
    .flatMap(({ country }) => daysOf("domestic", country, first, last).map((of) => [country, of]));
  const missing = measure === "streams" ? withoutStreams(told) : "";
  const label = `Share of own artists in ${count(drawn.length, "chart region")} to ${dateText(day)}. ${rows
    .slice(0, 3)
    .map(({ country, own }) => `${regionName(country)} ends at ${own === null ? "no known share" : shareText(own)}`)
    .join(", ")}.`;
  return [
    note(
      `Share of ${chartMeasure(measure)} that go to artists from the country itself. Wikidata says where artists are from; ${measure} of artists for whom it has no single country ${measure === "points" ? "count as not known" : "are not its own"}.`,
      missing,
    ),
    element(
      "div",
      { class: "columns" },
      part("Own artists over time", chart(label, domesticLines(values, first === last))),
      part(`Countries on ${dateText(day)}`, table(`Domestic artists on ${dateText(day)}`, columns, rows)),
    ),
  ];
});

/** A share in words; a dash where the country of no artist is known. */
const shareText = (parts) => (parts === null ? "–" : percent.format(parts / 10000));

function domesticShares(countries, first, last, share) {
  return countries.flatMap((country) =>
    daysOf("domestic", country, first, last)
      .map((day) => ({ day, own: rowsOf("domestic", country, day)[0][share] }))
      .filter(({ own }) => own !== null)
      .map(({ day, own }) => ({ date: data.days[day], country: regionName(country), share: own / 10000 })),
  );
}

function domesticLines(values, isOneDay) {
  return shareLines({ values, height: 300, isOneDay, field: "country", title: "Charts of", shareTitle: "Own artists" });
}
