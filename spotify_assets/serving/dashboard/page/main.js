// Choices of the reader, and what follows from them.

const choices = Object.fromEntries(["series", "region", "playlist", "from", "to"].map((id) => [id, document.getElementById(id)]));
const lastDay = data.days.length - 1;

function say(text) {
  document.getElementById("status").textContent = text;
}

// What the reader wants to count by; where the charts shown tell no streams, points are counted meanwhile.
let wanted = "points";

function selection() {
  const region = Number(choices.region.value);
  const playlist = Number(choices.playlist.value);
  const first = data.days.findIndex((day) => day >= choices.from.value);
  const last = data.days.findLastIndex((day) => day <= choices.to.value);
  const streams = tellsStreams({ region, first, last });
  return { region, playlist, first, last, streams, measure: streams ? wanted : "points" };
}

function show() {
  const chosen = selection();
  const valid = chosen.first >= 0 && chosen.first <= chosen.last;
  choices.from.setAttribute("aria-invalid", String(!valid));
  choices.to.setAttribute("aria-invalid", String(!valid));
  if (!valid) {
    say(
      `No day was captured in this period. Choose one between ${dateText(0)} and ${dateText(lastDay)}, beginning before its end.`,
    );
    return;
  }
  markPeriod();
  markMeasure(chosen);
  renderViews(chosen);
  const period = `${dateText(chosen.first)} to ${dateText(chosen.last)}`;
  const series = data.series.length > 1 ? `${seriesName(data.region_series[chosen.region])}, ` : "";
  say(`${series}${regionName(chosen.region)}, ${period}: ${count(chosen.last - chosen.first + 1, "captured day")}.${measureWords(chosen)}`);
}

function markMeasure({ measure, streams }) {
  document.documentElement.dataset.measure = measure;
  for (const button of document.querySelectorAll("#measure-choice button")) {
    button.setAttribute("aria-pressed", String(button.dataset.measure === measure));
    button.setAttribute("aria-disabled", String(button.dataset.measure === "streams" && !streams));
  }
}

/** A sentence about what is counted; "" where no chart of the page tells streams. */
function measureWords({ measure, streams }) {
  if (!anyStreams) return "";
  if (streams) return ` Counted in ${measure}.`;
  return " Counted in points: of these charts no streams are told for the last day of this period.";
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

function useTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.getElementById("theme").textContent = theme === "dark" ? "Light theme" : "Dark theme";
}

function start() {
  const simulated = data.source.includes("sample");
  const captured = `${count(data.days.length, "captured day")}, ${dateText(0)} to ${dateText(lastDay)}`;
  document.getElementById("about").textContent = simulated
    ? `${captured}. Simulated charts: songs and artists are invented.`
    : captured;
  const region = data.playlists.region[data.start];
  choices.series.replaceChildren(
    ...data.series.map((_, series) => element("option", { value: series }, seriesName(series))),
  );
  choices.series.value = String(data.region_series[region]);
  document.getElementById("series-choice").hidden = data.series.length < 2;
  listRegions();
  choices.region.value = String(region);
  listPlaylists();
  choices.playlist.value = String(data.start);
  for (const input of [choices.from, choices.to]) [input.min, input.max] = [data.days[0], data.days[lastDay]];
  choosePeriod(28);
  layOutViews();
  choices.series.addEventListener("change", listRegions);
  choices.region.addEventListener("change", listPlaylists);
  document.getElementById("choices").addEventListener("change", show);
  document.getElementById("choices").addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll("#periods button")) {
    button.hidden = button.dataset.days !== "" && daysAgo(Number(button.dataset.days)) <= data.days[0];
    button.addEventListener("click", () => {
      choosePeriod(Number(button.dataset.days));
      show();
    });
  }
  document.getElementById("measure-choice").hidden = !anyStreams;
  for (const button of document.querySelectorAll("#measure-choice button")) {
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      wanted = button.dataset.measure;
      show();
    });
  }
  const wantsDark = matchMedia("(prefers-color-scheme: dark)");
  useTheme(wantsDark.matches ? "dark" : "light");
  const switchTheme = (theme) => {
    useTheme(theme);
    show();
  };
  wantsDark.addEventListener("change", () => switchTheme(wantsDark.matches ? "dark" : "light"));
  document
    .getElementById("theme")
    .addEventListener("click", () => switchTheme(currentTheme() === "dark" ? "light" : "dark"));
  show();
}

if (data.days.length) start();
else document.getElementById("views").append(nothing("Nothing is published yet."));
