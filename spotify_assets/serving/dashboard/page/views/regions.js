// What the charts of regions share, and which of them has songs first.

const REGIONS_DRAWN = 16;

view("regions", "Regions compared", ({ region, first, last }) => {
  const day = daysOf("links", region, first, last).at(-1);
  if (day === undefined) return nothing("There is no other region to compare with in this period.");
  const rows = rowsOf("links", region, day)
    .map((row) => ({ ...row, region }))
    .sort((a, b) => b.overlap - a.overlap);
  const columns = [
    { title: "Region", header: true, class: "song", cell: ({ other_region: other }) => regionName(other) },
    { title: "Songs in both", class: "figure", cell: ({ shared_songs: shared }) => number.format(shared) },
    {
      title: "Overlap",
      class: "figure wide",
      cell: ({ overlap }) => (overlap === null ? "–" : percent.format(overlap / 10000)),
    },
    { title: "Who has songs first", class: "song", cell: lead },
    { title: "Compared", class: "figure wide", cell: ({ compared_songs: compared }) => count(compared, "song") },
  ];
  const name = regionName(region);
  const closest = rows[0];
  return element(
    "div",
    { class: "columns" },
    part(
      "Overlap of all regions",
      chart(
        `Overlap of the regions' charts. ${name} shares most with ${regionName(closest.other_region)}: ${count(closest.shared_songs, "song")}.`,
        overlaps(region, day),
      ),
      note(
        `Songs on both charts, of all songs on either, on ${dateText(day)}. Who has songs first is the median over songs that were seen to arrive in both.`,
      ),
    ),
    part(`${name} and the others`, table(`${name} compared with other regions on ${dateText(day)}`, columns, rows)),
  );
});

function lead({ median_lead_days: days, region, other_region: other }) {
  if (days === null) return "not known yet";
  if (days === 0) return "both at once";
  return `${regionName(days > 0 ? region : other)}, by ${count(Math.abs(days), "day")}`;
}

/** A country by its code, so that many fit next to each other. */
const shortName = (region) =>
  /^[a-z]{2}$/i.test(data.regions[region]) ? data.regions[region].toUpperCase() : regionName(region);

// In pieces, those that are drawn are beside each other; the links of a region have all others, and more of them.
const OVERLAPS = inPieces ? "overlaps" : "links";

function overlaps(chosen, day) {
  const regions = regionsBeside(chosen)
    .filter((region) => daysOf(OVERLAPS, region, day, day).length)
    .slice(0, REGIONS_DRAWN);
  const names = regions.map(regionName);
  const values = regions.flatMap((region) =>
    rowsOf(OVERLAPS, region, day)
      .filter(({ other_region: other }) => regions.includes(other))
      .map(({ other_region: other, overlap }) => ({
        region: regionName(region),
        other: regionName(other),
        column: shortName(other),
        overlap: (overlap ?? 0) / 10000,
      })),
  );
  const axis = { title: null, domain: false, ticks: false, labelPadding: 6 };
  const strong = Math.max(...values.map(({ overlap }) => overlap)) / 2;
  const dark = currentTheme() === "dark";
  return {
    data: { values },
    height: names.length * (names.length > 8 ? 26 : 44),
    encoding: {
      x: {
        field: "column",
        type: "nominal",
        sort: regions.map(shortName),
        axis: { ...axis, orient: "top", labelAngle: 0, labelLimit: 60 },
      },
      y: { field: "region", type: "nominal", sort: names, axis },
    },
    layer: [
      {
        mark: { type: "rect", cornerRadius: 3 },
        encoding: {
          color: {
            field: "overlap",
            type: "quantitative",
            legend: null,
            scale: { domainMin: 0, range: dark ? ["#1d2733", "#56b4e9"] : ["#e8f1f8", "#0072b2"] },
          },
          tooltip: [
            { field: "region", title: "Region" },
            { field: "other", title: "Compared with" },
            { field: "overlap", title: "Overlap", format: ".1%" },
          ],
        },
      },
      {
        mark: { type: "text", fontSize: 12 },
        encoding: {
          text: { field: "overlap", format: ".0%" },
          color: {
            condition: { test: `datum.overlap > ${strong}`, value: dark ? "#0b0f14" : "#ffffff" },
            value: dark ? "#e8e8e8" : "#1a1a1a",
          },
        },
      },
    ],
  };
}
