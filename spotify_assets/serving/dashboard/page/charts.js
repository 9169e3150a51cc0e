// Charts by Vega-Lite. Its expressions are interpreted, not compiled, so that the page's policy can forbid eval.

// After Okabe and Ito, distinguishable with any colour vision; lighter or darker if the theme needs contrast.
const PALETTE = {
  light: ["#0072b2", "#d55e00", "#009e73", "#c2569a", "#3d3d3d", "#4aa8e0", "#8a6d00"],
  dark: ["#56b4e9", "#ff8c42", "#2fc99b", "#e69ac4", "#e8e8e8", "#8aa8ff", "#e8c547"],
};

const drawn = new Set();
const waiting = new Set();
// Safari has no idle callbacks.
const whenIdle = globalThis.requestIdleCallback ?? ((then) => setTimeout(then, 100));

const currentTheme = () => document.documentElement.dataset.theme;
const palette = () => PALETTE[currentTheme()];

function chartConfig() {
  const style = getComputedStyle(document.documentElement);
  const [text, muted, line] = ["--text", "--muted", "--line"].map((name) => style.getPropertyValue(name).trim());
  const font = style.fontFamily;
  return {
    background: "transparent",
    font,
    axis: {
      labelColor: muted,
      titleColor: muted,
      gridColor: line,
      domainColor: line,
      tickColor: line,
      labelFontSize: 12,
      titleFontSize: 12,
      titleFontWeight: "normal",
      titlePadding: 8,
    },
    legend: { labelColor: text, labelFontSize: 12, title: null, symbolStrokeWidth: 3, labelLimit: 160 },
    view: { stroke: null },
    text: { color: text },
    range: { category: palette() },
  };
}

/** A figure with a chart, drawn when it comes near the screen or the page is idle. `label` says what it shows. */
function chart(label, spec) {
  const place = element("div", { class: "chart", role: "img", "aria-label": label });
  // As high as it will be, so that nothing below it moves.
  place.style.minHeight = `${spec.height}px`;
  place.draw = async () => {
    const options = {
      ast: true,
      defaultStyle: false,
      actions: false,
      renderer: "svg",
      config: chartConfig(),
      tooltip: showTooltip,
    };
    const autosize = { type: "fit-x", contains: "padding" };
    const { finalize } = await vegaEmbed(place, { width: "container", autosize, ...spec }, options);
    // The label of the place speaks for the picture: Vega would put its own there, and gives parts roles without names.
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", label);
    place.removeAttribute("aria-roledescription");
    place.querySelector("svg").setAttribute("aria-hidden", "true");
    drawn.add({ place, finalize });
  };
  drawLater(place);
  return place;
}

/** Draws a chart when it comes near the screen, or the page has nothing else to do: what is printed has all charts. */
function drawLater(place) {
  nearScreen.observe(place);
  waiting.add(place);
  if (waiting.size === 1) whenIdle(drawNext);
}

/** Draws a chart wherever it is. */
function drawNow(place) {
  nearScreen.unobserve(place);
  waiting.delete(place);
  place.draw();
}

/** Draws one chart that waits, then the next. One that is hidden has no width yet: it waits for the screen alone. */
function drawNext() {
  const [place] = waiting;
  if (place === undefined) return;
  waiting.delete(place);
  if (place.isConnected && place.clientWidth > 0) drawNow(place);
  if (waiting.size) whenIdle(drawNext);
}

addEventListener("beforeprint", () => [...waiting].filter((place) => place.clientWidth > 0).forEach(drawNow));

/** Lets go of the charts that are no longer on the page. */
function forgetCharts() {
  for (const one of drawn) {
    if (one.place.isConnected) continue;
    one.finalize();
    drawn.delete(one);
  }
}

const nearScreen = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) drawNow(target);
    }
  },
  { rootMargin: "300px" },
);

const tooltip = element("div", { id: "tooltip", hidden: true });
document.body.append(tooltip);

/** Vega's tooltips, as text. */
function showTooltip(handler, event, item, value) {
  tooltip.hidden = value === null || value === undefined || value === "";
  if (tooltip.hidden) return;
  const lines = typeof value === "object" ? Object.entries(value) : [["", value]];
  tooltip.replaceChildren(
    ...lines.map(([name, shown]) => element("div", {}, name ? `${name}: ` : null, element("bdi", {}, String(shown)))),
  );
  const { width, height } = tooltip.getBoundingClientRect();
  tooltip.style.left = `${Math.max(8, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
  tooltip.style.top = `${Math.max(8, Math.min(event.clientY + 14, innerHeight - height - 8))}px`;
}

const SPARKLINE = {
  width: 96,
  height: 22,
  padding: 3,
  autosize: "none",
  data: [{ name: "points", values: [{ day: 0, position: 0, present: true, last: 0 }] }],
  scales: [
    { name: "x", type: "linear", domain: { data: "points", field: "day" }, range: "width", zero: false },
    {
      name: "y",
      type: "linear",
      domain: { data: "points", field: "position" },
      range: [0, { signal: "height" }],
      zero: false,
    },
  ],
  marks: [
    {
      type: "line",
      from: { data: "points" },
      encode: {
        update: {
          x: { scale: "x", field: "day" },
          y: { scale: "y", field: "position" },
          defined: { field: "present" },
          stroke: { value: "currentColor" },
          strokeWidth: { value: 1.5 },
          strokeJoin: { value: "round" },
        },
      },
    },
    {
      type: "symbol",
      from: { data: "points" },
      encode: {
        update: {
          x: { scale: "x", field: "day" },
          y: { scale: "y", field: "position" },
          size: { value: 14 },
          opacity: { field: "last" },
          fill: { value: "currentColor" },
        },
      },
    },
  ],
};

// One view draws all sparklines, one after the other: a view for each of a hundred rows would take seconds.
let sparklineView = null;
let sparklineTurn = Promise.resolve();

/** A song's way over some days as a small line, the top of the chart up; `positions` has null where it was absent. */
function sparkline(positions) {
  const present = positions.filter((position) => position !== null);
  if (!present.length) return nothing("");
  const words = `${count(present.length, "day")}, from ${present[0]} to ${present.at(-1)}, best ${Math.min(...present)}`;
  const place = element("span", { class: "sparkline", role: "img", "aria-label": words });
  place.draw = () => {
    sparklineTurn = sparklineTurn.then(() => drawSparkline(place, positions));
  };
  drawLater(place);
  return place;
}

async function drawSparkline(place, positions) {
  const options = {
    mode: "vega",
    ast: true,
    defaultStyle: false,
    actions: false,
    renderer: "svg",
    config: { aria: false },
    tooltip: false,
  };
  sparklineView ??= vegaEmbed(element("div"), SPARKLINE, options);
  const { view } = await sparklineView;
  const worst = Math.max(...positions);
  const last = positions.findLastIndex((position) => position !== null);
  const points = positions.map((position, day) => ({
    day,
    position: position ?? worst,
    present: position !== null,
    last: day === last ? 1 : 0,
  }));
  const svg = await view.data("points", points).toSVG();
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  parsed.setAttribute("aria-hidden", "true");
  place.replaceChildren(document.importNode(parsed, true));
}

// Where two names would not fit next to each other; the style sheet has the same width.
const isPhone = matchMedia("(max-width: 40rem)");

/** Lines of shares over days, a colour for each `field`; `values` have a date, the field and a share (of 1). */
function shareLines({ values, height, isOneDay, field, title, shareTitle }) {
  return {
    data: { values },
    height,
    mark: { type: "line", point: isOneDay, strokeWidth: 2, interpolate: "monotone" },
    encoding: {
      x: {
        field: "date",
        type: "temporal",
        title: null,
        scale: { type: "utc" },
        axis: { format: "%-d %b", grid: false, tickCount: 6, labelOverlap: true },
      },
      y: { field: "share", type: "quantitative", title: null, axis: { format: ".0%", tickCount: 5 } },
      color: { field, type: "nominal", sort: null, legend: { orient: "bottom", columns: isPhone.matches ? 1 : 2 } },
      tooltip: [
        { field, title },
        { field: "date", type: "temporal", title: "Day", format: "%-d %b %Y" },
        { field: "share", title: shareTitle, format: ".1%" },
      ],
    },
  };
}
