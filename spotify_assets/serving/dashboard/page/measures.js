// Points or streams: what the views count by, and what the charts do not report of either. The two are never added up.

const MEASURES = {
  points: {
    noun: "point",
    share: "share",
    change7: "share_change_7_days",
    change28: "share_change_28_days",
    unnamed: "unnamed_share",
    day: { total: "points", rank: "rank", change: "rank_change" },
    week: { total: "week_points", rank: "week_rank", change: "week_rank_change" },
  },
  streams: {
    noun: "stream",
    share: "streams_share",
    change7: "streams_share_change_7_days",
    change28: "streams_share_change_28_days",
    unnamed: "unnamed_streams_share",
    day: { total: "streams", rank: "streams_rank", change: "streams_change" },
    week: { total: "week_streams", rank: "week_streams_rank", change: "week_streams_change" },
  },
};
const WEEK = 7;

/** Whether any chart of the page has streams. */
const anyStreams = data.tells_streams;

/** Whether a region's charts have streams on the last of some days, which the views are about. */
function tellsStreams({ region, first, last }) {
  const day = daysOf("told", region, first, last).at(-1);
  return day !== undefined && rowsOf("told", region, day)[0].streamed_places > 0;
}

/** What the measure is called in a sentence about charts. */
const chartMeasure = (measure) => (measure === "streams" ? "streams" : "chart points");

/** A sentence about places without reported streams, on some days of regions (pairs of numbers); "" if there are none. */
function withoutStreams(captured) {
  const told = captured.flatMap(([region, day]) => rowsOf("told", region, day));
  const places = told.reduce((sum, row) => sum + row.places, 0);
  const missing = told.reduce((sum, row) => sum + row.places - row.streamed_places, 0);
  if (!missing) return "";
  const days = [...new Set(captured.map(([, day]) => day))].sort((a, b) => a - b);
  const when = days.length > 1 ? `from ${dateText(days[0])} to ${dateText(days.at(-1))}` : `on ${dateText(days[0])}`;
  return `Streams of ${number.format(missing)} of ${count(places, "place")} ${when} are not reported: they are part of no figure here.`;
}

/** The captured days of a region's week up to a day, each with the region, if its charts have streams on any day. */
function weekUpTo(region, day) {
  const end = Date.parse(`${data.days[day]}T00:00:00Z`);
  const isOfWeek = (other) => end - Date.parse(`${data.days[other]}T00:00:00Z`) < WEEK * 86_400_000;
  return daysOf("told", region, 0, day).filter(isOfWeek).map((of) => [region, of]);
}

/** A sentence about songs whose artists have no ids, by their share of the day; "" where there are none. */
function withoutIds(region, day, measure) {
  const share = rowsOf("told", region, day)[0]?.[MEASURES[measure].unnamed];
  if (!share) return "";
  const part = share < 10 ? "Less than 0.1%" : percent.format(share / 10000);
  return `${share === 10000 ? "All" : `${part} of`} ${chartMeasure(measure)} on ${dateText(day)} belong to songs whose artists are named as text only, or not at all: they count for no artist here.`;
}
