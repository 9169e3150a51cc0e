// Genres or labels of a region's charts by their share: lines over the chosen days, and a table of the last of them.

const PARTS_DRAWN = 7;
const PARTS_LISTED = 12;

/** The parts of a region's charts on the last chosen day with rows, by their share of the measure; null without one. */
function sharesOf(section, field, names, { region, first, last, measure }) {
  const days = daysOf(section, region, first, last);
  if (!days.length) return null;
  const { share } = MEASURES[measure];
  const rows = rowsOf(section, region, days.at(-1))
    .filter((row) => row[share] !== null)
    .sort((a, b) => b[share] - a[share]);
  const isUnknown = (row) => names[row[field]] === "unknown";
  return { days, day: days.at(-1), named: rows.filter((row) => !isUnknown(row)), unknown: rows.find(isUnknown) };
}

/** The two parts of a view of shares; `counted` is the column that says how many artists or songs a part has. */
function shareParts(section, field, names, { title, counted, countedTitle, link }, { region, measure }, { days, day, named }) {
  const { share, change7, change28 } = MEASURES[measure];
  const name = (row) => names[row[field]];
  const columns = [
    { title, header: true, class: "song", cell: (row) => link?.(row[field]) ?? element("bdi", {}, name(row)) },
    { title: "Share", class: "figure", cell: (row) => percent.format(row[share] / 10000) },
    { title: "7 days", class: "figure", cell: (row) => shareChange(row[change7]) },
    { title: "28 days", class: "figure", cell: (row) => shareChange(row[change28]) },
    { title: countedTitle, class: "figure wide", cell: (row) => number.format(row[counted]) },
  ];
  const leading = named.slice(0, PARTS_DRAWN).map((row) => row[field]);
  const many = `${title.toLowerCase()}s`;
  const label = `Shares of ${chartMeasure(measure)} of the ${leading.length} leading ${many} from ${dateText(days[0])} to ${dateText(day)}. ${named
    .slice(0, 3)
    .map((row) => `${name(row)} ends at ${percent.format(row[share] / 10000)}`)
    .join(", ")}.`;
  const values = days.flatMap((of) => sharesOn(rowsOf(section, region, of), field, leading, share).map((part) => ({
    ...part,
    date: data.days[of],
    name: names[part.part],
  })));
  const lines = { values, height: 380, isOneDay: days.length === 1, field: "name", title, shareTitle: "Share" };
  return element(
    "div",
    { class: "columns" },
    part(`Leading ${many} over time`, chart(label, shareLines(lines))),
    part(`Shares on ${dateText(day)}`, table(`${title}s on ${dateText(day)}`, columns, named.slice(0, PARTS_LISTED))),
  );
}

/** The shares of some parts on a day: none for a missing one, a gap if the day has nothing of the measure. */
function sharesOn(rows, field, parts, share) {
  const isTold = rows.some((row) => row[share] !== null);
  const shares = new Map(rows.map((row) => [row[field], row[share]]));
  return parts.map((part) => ({ part, share: isTold ? (shares.get(part) ?? 0) / 10000 : null }));
}

/** A change in percentage points, to one place: less is no change. */
const shareChange = (parts) => change(parts === null ? null : Math.round(parts / 10) / 10, "–", number.format);
