// The views of the page, in the order of their files: each is a section with a heading and what `render` gives for a
// selection: `region` and `playlist` (numbers), `first` and `last`, the chosen days (numbers), and `measure`, points or
// streams. A view that gives null has nothing to do with what is chosen, and is not there.

const views = [];

function view(id, title, render) {
  views.push({ id, title, render });
}

const regionNames = new Intl.DisplayNames("en", { type: "region" });

/** A region in words: countries by their name, others as they are called in playlists.yaml. */
function regionName(region) {
  const code = data.regions[region];
  if (code === "unassigned") return "No region";
  if (/^[a-z]{2}$/i.test(code)) return regionNames.of(code.toUpperCase());
  return capitalized(code);
}

/** A series in words: its chart type and recurrence. */
const seriesName = (series) => (data.series[series] === "playlist" ? "Playlists" : capitalized(data.series[series]));

const capitalized = (name) => name.charAt(0).toUpperCase() + name.slice(1);

function layOutViews() {
  for (const { id, title } of views) {
    const heading = element("h2", { id: `${id}-title` }, title);
    const body = element("div", { id: `${id}-body` });
    document.getElementById("views").append(element("section", { id, "aria-labelledby": heading.id }, heading, body));
    const link = element("li", { id: `${id}-link` }, element("a", {}, title));
    document.getElementById("contents").append(link);
  }
}

function renderViews(selection) {
  for (const { id, title, render } of views) {
    const shown = render(selection);
    for (const part of [id, `${id}-link`]) document.getElementById(part).hidden = shown === null;
    const body = document.getElementById(`${id}-body`);
    body.replaceChildren(...[shown].flat(Infinity).filter(Boolean));
    offerFiles(body, title);
  }
  forgetCharts();
}
