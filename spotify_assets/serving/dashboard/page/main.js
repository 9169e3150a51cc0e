// Where the reader is, and what follows from it.

const overview = document.getElementById("views");
const subjectView = document.getElementById("subject");

/** Shows what the address of the page says, the overview or a subject; `then` gets the part that was asked for. */
function route(then = () => {}) {
  const place = readAddress(location.hash);
  const section = views.find(({ id }) => id === place?.kind)?.id;
  const isOverview = place !== null && (["", "overview"].includes(place.kind) || section) && choose(place.options);
  if (isOverview) {
    const show = () => {
      layOut(true);
      subjectView.replaceChildren();
      showOverview();
      linkOverview();
      document.title = "Playlist charts";
      then(section ?? place.options.get("part"));
    };
    return withPieces(() => piecesOfOverview(selection()), show, showFailure);
  }
  const isOfOverview = place !== null && (place.kind === "overview" || section);
  const unknown = { kind: "", words: [] };
  const named = isOfOverview ? unknown : place;
  const show = () => {
    layOut(false);
    const name = showSubject(named);
    document.title = `${name} · Playlist charts`;
    say(name);
    then(null);
  };
  withPieces(() => piecesOfSubject(named), show, showFailure);
}

/** Makes room for the overview, or for a subject. */
function layOut(isOverview) {
  document.documentElement.dataset.view = isOverview ? "overview" : "subject";
  overview.hidden = !isOverview;
  subjectView.hidden = isOverview;
  for (const id of ["choices", "contents"]) document.getElementById(id).hidden = !isOverview;
  document.getElementById("back").hidden = isOverview;
}

/** Says in the place of a view why it cannot be shown. */
function showFailure(sentence) {
  layOut(false);
  subjectView.replaceChildren(failureCard(sentence));
  say("");
}

/** Goes where the address leads: to its top when it is new, or where the reader was there before. */
function arrive() {
  route(settle);
}

function settle(part) {
  const isNew = history.state === null;
  history.replaceState({ seen: true }, "");
  if (!isNew) return;
  if (part) document.getElementById(part)?.scrollIntoView();
  else scrollTo(0, 0);
  const isBusy = document.activeElement === field || subjectView.contains(document.activeElement);
  if (!overview.hidden || isBusy) return;
  document.getElementById("subject-name").focus({ preventScroll: true });
}

/** After a choice: the overview of it, and its address. */
function showChosen() {
  const chosen = selection();
  const needed = () => (chosen.first >= 0 && chosen.first <= chosen.last ? piecesOfOverview(chosen) : []);
  withPieces(needed, settleChosen, showFailure);
}

function settleChosen() {
  if (!showOverview()) return;
  const address = addressOfOverview(chosenOptions());
  if (address !== location.hash) history.pushState({ seen: true }, "", address);
  linkOverview();
}

/** Has the links to parts of the overview, and those back to it, name what is chosen. */
function linkOverview() {
  for (const { id } of views) {
    document.querySelector(`#${id}-link a`).href = addressOfOverview({ ...chosenOptions(), part: id });
  }
  document.querySelector("#back a").href = addressOfOverview(chosenOptions());
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
  choices.series.replaceChildren(
    ...data.series.map((_, series) => element("option", { value: series }, seriesName(series))),
  );
  document.getElementById("series-choice").hidden = data.series.length < 2;
  for (const input of [choices.from, choices.to]) [input.min, input.max] = [data.days[0], data.days[lastDay]];
  layOutViews();
  choices.series.addEventListener("change", listRegions);
  choices.region.addEventListener("change", listPlaylists);
  document.getElementById("choices").addEventListener("change", showChosen);
  document.getElementById("choices").addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll("#periods button")) {
    button.hidden = button.dataset.days !== "" && daysAgo(Number(button.dataset.days)) <= data.days[0];
    button.addEventListener("click", () => {
      choosePeriod(Number(button.dataset.days));
      showChosen();
    });
  }
  document.getElementById("measure-choice").hidden = !anyStreams;
  for (const button of document.querySelectorAll("#measure-choice button")) {
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      wanted = button.dataset.measure;
      showChosen();
    });
  }
  const wantsDark = matchMedia("(prefers-color-scheme: dark)");
  useTheme(wantsDark.matches ? "dark" : "light");
  const switchTheme = (theme) => {
    useTheme(theme);
    route();
  };
  wantsDark.addEventListener("change", () => switchTheme(wantsDark.matches ? "dark" : "light"));
  document
    .getElementById("theme")
    .addEventListener("click", () => switchTheme(currentTheme() === "dark" ? "light" : "dark"));
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });
  listenToField();
  addEventListener("popstate", arrive);
  arrive();
}

if (inPieces && location.protocol === "file:") {
  overview.append(
    failureCard(
      "This page reads its data from files next to it, which browsers refuse for a page opened from disk. Open the single " +
        "file instead, dashboard/index.html in the lake, or serve this folder: python3 -m http.server --bind 127.0.0.1 " +
        "--directory FOLDER, and open http://127.0.0.1:8000.",
    ),
  );
} else if (data.days.length) start();
else document.getElementById("views").append(nothing("Nothing is published yet."));
