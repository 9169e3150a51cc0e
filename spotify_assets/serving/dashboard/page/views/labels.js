// Shares of labels over the chosen days, and how they changed; if charts report labels, as playlists do not.

view("labels", "Labels", (chosen) => {
  const { region, measure } = chosen;
  if (!data.label_shares[region]) return null;
  const found = sharesOf("label_shares", "label", data.labels, chosen);
  if (!found) return nothing("These charts report no labels in this period.");
  const { day, named, unknown } = found;
  if (!named.length) return nothing(`No ${measure} of labels are reported on ${dateText(day)}.`);
  const without = unknown ? percent.format(unknown[MEASURES[measure].share] / 10000) : "none";
  const missing = measure === "streams" ? withoutStreams(found.days.map((of) => [region, of])) : "";
  const words = { title: "Label", counted: "songs", countedTitle: "Songs", link: labelLink };
  return [
    note(
      `Share of ${chartMeasure(measure)}; ${without} go to songs without a reported label. A label is what the chart writes: one that names two (“A / B”) is a label of its own. Changes are in percentage points.`,
      missing,
    ),
    shareParts("label_shares", "label", data.labels, words, chosen, found),
  ];
});
