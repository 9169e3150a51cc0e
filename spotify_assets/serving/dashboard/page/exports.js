// What is shown, as files to keep: tables as CSV, charts as SVG. Made in the page; nothing is asked of the network.

// What a spreadsheet would take for the beginning of a formula, full-width forms included.
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const BYTE_ORDER_MARK = "\ufeff";

/** A cell of a CSV file: numbers as they are, text that could be a formula after an apostrophe. */
function csvCell(value) {
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value ?? "") ? `'${value}` : String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table as CSV: each column as its `exported` says (pairs of a title and a value by row), else as its cell reads. */
function csvOf(columns, rows) {
  const exported = columns.flatMap((column) => column.exported ?? [[column.title, (row) => readCell(column.cell(row))]]);
  const lines = [exported.map(([title]) => title), ...rows.map((row) => exported.map(([, value]) => value(row)))];
  return `${BYTE_ORDER_MARK}${lines.map((line) => `${line.map(csvCell).join(",")}\r\n`).join("")}`;
}

/** What a cell says: a number where it is one, else its text, as a screen reader would read it. */
function readCell(cell) {
  const shown = element("div", {}, cell);
  for (const hidden of shown.querySelectorAll("[aria-hidden]")) hidden.remove();
  const text = [...shown.childNodes].map((part) => part.textContent).join(" ").trim();
  return /^\d[\d,]*(\.\d+)?$/.test(text) ? Number(text.replaceAll(",", "")) : text;
}

/** A drawn chart as a file of its own, with its words and the colour behind it. */
async function svgOf(place) {
  if (!place.querySelector("svg")) await place.draw();
  const svg = place.querySelector("svg").cloneNode(true);
  const make = (tag, attributes, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  };
  const behind = getComputedStyle(document.documentElement).getPropertyValue("--card").trim();
  svg.removeAttribute("aria-hidden");
  svg.prepend(
    make("title", {}, place.getAttribute("aria-label")),
    make("rect", { width: "100%", height: "100%", fill: behind }),
  );
  return new XMLSerializer().serializeToString(svg);
}

function save(text, name, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  say(`${name} is saved.`);
}

/** A name for a file, of letters and digits that every system takes. */
const fileName = (title, ending) =>
  `${fold(title).replace(/[^a-z0-9]+/g, "-").slice(0, 80).replace(/^-+|-+$/g, "") || "page"}.${ending}`;

function saveButton(what, title, onclick) {
  const button = element("button", { type: "button", "aria-label": `Save as ${what}: ${title}` }, what);
  button.addEventListener("click", onclick);
  return element("p", { class: "tools" }, button);
}

/** Puts a button below each table and chart of some part of the page. */
function offerFiles(part, heading) {
  for (const shown of part.querySelectorAll("table")) {
    const title = shown.caption.textContent;
    shown.after(
      saveButton("CSV", title, () => save(shown.exported(), fileName(`${heading} ${title}`, "csv"), "text/csv")),
    );
  }
  for (const shown of part.querySelectorAll(".chart")) {
    const title = shown.getAttribute("aria-label").split(/[.:]/)[0];
    shown.after(
      saveButton("SVG", title, async () => save(await svgOf(shown), fileName(`${heading} ${title}`, "svg"), "image/svg+xml")),
    );
  }
}
