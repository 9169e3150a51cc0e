// What the reader chooses for the overview, and the address that says so.

const choices = Object.fromEntries(["series", "region", "playlist", "from", "to"].map((id) => [id, document.getElementById(id)]));
const lastDay = data.days.length - 1;
const DAYS_AT_FIRST = 28;

// What the reader wants to count by; if the charts shown have no streams, points are counted.
let wanted = "points";

function selection() {
  const region = Number(choices.region.value);
  const playlist = Number(choices.playlist.value);
  const first = data.days.findIndex((day) => day >= choices.from.value);
  const last = data.days.findLastIndex((day) => day <= choices.to.value);
  const streams = tellsStreams({ region, first, last });
  return { region, playlist, first, last, streams, measure: streams ? wanted : "points" };
}

/** The chosen charts, days and measure as an address has them. */
function chosenOptions() {
  const region = Number(choices.region.value);
  return {
    series: data.series[data.region_series[region]],
    region: data.regions[region],
    playlist: data.playlists.id[choices.playlist.value],
    measure: anyStreams ? wanted : undefined,
    from: choices.from.value,
    to: choices.to.value,
  };
}

/** Chooses what the options of an address say, and what the page begins with for all else; whether it is there. */
function choose(options) {
  beginAnew();
  const told = (name) => options.get(name);
  const series = told("series") === null ? Number(choices.series.value) : data.series.indexOf(told("series"));
  if (series < 0) return false;
  choices.series.value = String(series);
  listRegions();
  const isTold = (of) => data.regions[of] === told("region");
  const region = told("region") === null ? Number(choices.region.value) : regionsOf(series).find(isTold);
  const isDay = (day) => day === null || isIsoDay(day);
  if (region === undefined || !isDay(told("from")) || !isDay(told("to"))) return false;
  choices.region.value = String(region);
  listPlaylists();
  if (told("playlist") !== null) {
    const playlist = data.playlists.id.indexOf(told("playlist"));
    if (data.playlists.region[playlist] !== region) return false;
    choices.playlist.value = String(playlist);
  }
  if (told("measure") !== null && !Object.hasOwn(MEASURES, told("measure"))) return false;
  wanted = told("measure") ?? wanted;
  choices.from.value = told("from") ?? choices.from.value;
  choices.to.value = told("to") ?? choices.to.value;
  const { first, last } = selection();
  return first >= 0 && first <= last;
}

/** Whether a text is a day that exists. */
function isIsoDay(text) {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return time !== null && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}

/** The choices that the page begins with. */
function beginAnew() {
  const region = data.playlists.region[data.start];
  choices.series.value = String(data.region_series[region]);
  listRegions();
  choices.region.value = String(region);
  listPlaylists();
  choices.playlist.value = String(data.start);
  wanted = "points";
  choosePeriod(DAYS_AT_FIRST);
}

/** Shows the overview of what is chosen; whether that is a period with captured days. */
function showOverview() {
  const chosen = selection();
  const valid = chosen.first >= 0 && chosen.first <= chosen.last;
  choices.from.setAttribute("aria-invalid", String(!valid));
  choices.to.setAttribute("aria-invalid", String(!valid));
  if (!valid) {
    say(
      `No day was captured in this period. Choose one between ${dateText(0)} and ${dateText(lastDay)}, beginning before its end.`,
    );
    return false;
  }
  markPeriod();
  markMeasure(chosen);
  renderViews(chosen);
  const period = `${dateText(chosen.first)} to ${dateText(chosen.last)}`;
  const series = data.series.length > 1 ? `${seriesName(data.region_series[chosen.region])}, ` : "";
  say(`${series}${regionName(chosen.region)}, ${period}: ${count(chosen.last - chosen.first + 1, "captured day")}.${measureWords(chosen)}`);
  return true;
}

function markMeasure({ measure, streams }) {
  document.documentElement.dataset.measure = measure;
  for (const button of document.querySelectorAll("#measure-choice button")) {
    button.setAttribute("aria-pressed", String(button.dataset.measure === measure));
    button.setAttribute("aria-disabled", String(button.dataset.measure === "streams" && !streams));
  }
}

/** A sentence about what is counted; "" if no chart of the page has streams. */
function measureWords({ measure, streams }) {
  if (!anyStreams) return "";
  if (streams) return ` Counted in ${measure}.`;
  return " Counted in points: these charts report no streams for the last day of this period.";
}

/** The first of the last `days` days, up to the last captured one. */
function daysAgo(days) {
  const end = Date.parse(`${data.days[lastDay]}T00:00:00Z`);
  return new Date(end - (days - 1) * 86_400_000).toISOString().slice(0, 10);
}

/** The last `days` days; all of them for 0. */
function choosePeriod(days) {
  const start = days ? daysAgo(days) : data.days[0];
  choices.from.value = start > data.days[0] ? start : data.days[0];
  choices.to.value = data.days[lastDay];
}

function markPeriod() {
  for (const button of document.querySelectorAll("#periods button")) {
    const start = button.dataset.days ? daysAgo(Number(button.dataset.days)) : data.days[0];
    const chosen = choices.from.value === start && choices.to.value === data.days[lastDay];
    button.setAttribute("aria-pressed", String(chosen));
  }
}

/** Lists the regions of the chosen series; the same one stays chosen where it is there, else the global one is. */
function listRegions() {
  const found = regionsOf(Number(choices.series.value));
  const before = data.regions[Number(choices.region.value)];
  choices.region.replaceChildren(...found.map((region) => element("option", { value: region }, regionName(region))));
  const named = (name) => found.find((region) => data.regions[region] === name);
  choices.region.value = String(named(before) ?? named("global") ?? found[0]);
  listPlaylists();
}

function listPlaylists() {
  const region = Number(choices.region.value);
  const found = data.playlists.name
    .map((name, playlist) => ({ name, playlist }))
    .filter(({ playlist }) => data.playlists.region[playlist] === region);
  choices.playlist.replaceChildren(
    ...found.map(({ name, playlist }) => element("option", { value: playlist }, name || data.playlists.id[playlist])),
  );
  document.getElementById("playlist-choice").hidden = found.length < 2;
}
