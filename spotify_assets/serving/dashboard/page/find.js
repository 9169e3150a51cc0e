// One field that finds songs, artists, labels and playlists by their names, by keyboard as well as by pointer.
// It is a combobox with a list, after https://www.w3.org/WAI/ARIA/apg/patterns/combobox/.

const MOST_FOUND = 12;
// Letters that Unicode does not take apart into a plain one and its accent.
const PLAIN_LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

/** Text without accents, capitals and other forms of the same letters. */
function fold(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
  return plain.replace(/[ßæœøłđðþı]/g, (letter) => PLAIN_LETTERS[letter]);
}

/** All that can be found, what is most on the charts first; made when it is wanted for the first time. */
let findable = null;

function everything() {
  const playlists = data.playlists.name.map((_, which) => ["playlist", data.playlists.id[which], playlistName(which), chartKind(which)]);
  const told = inPieces
    ? (foundNames?.kind ?? []).map((kind, row) => [kind, ...["id", "name", "detail"].map((column) => foundNames[column][row])])
    : namesOnPage();
  return [...playlists, ...told].map(([kind, id, name, detail]) => {
    const words = fold(name);
    return { kind, id, name, detail, words, all: detail ? `${words} ${fold(detail)}` : words };
  });
}

/** Artists, songs and labels of a page that is one file, what is most on the charts first. */
function namesOnPage() {
  const onCharts = new Map();
  for (const chart of data.chart) {
    for (const song of chart?.song ?? []) onCharts.set(song, (onCharts.get(song) ?? 0) + 1);
  }
  const weights = { artist: new Map(), label: new Map() };
  const add = (kind, which, weight) => weights[kind].set(which, (weights[kind].get(which) ?? 0) + weight);
  for (const [song, weight] of onCharts) {
    for (const artist of new Set(data.songs.artists?.[song] ?? [])) add("artist", artist, weight);
    const label = data.songs.label?.[song] ?? null;
    if (label !== null) add("label", label, weight);
  }
  const { artists, songs, labels } = data;
  const all = [
    ...artists.name.map((name, which) => ["artist", artists.id[which], name, "", weights.artist.get(which) ?? 0]),
    ...songs.name.map((name, which) => ["song", songs.id[which], name, artistsText(which), onCharts.get(which) ?? 0]),
    ...[...weights.label].map(([which, weight]) => ["label", labels[which], labels[which], "", weight]),
  ];
  return all.sort((a, b) => b[4] - a[4]);
}

/** The series and region of a playlist in words. */
const chartKind = (playlist) => `${seriesName(seriesOf(playlist))}, ${regionName(data.playlists.region[playlist])}`;

/** What a text finds: complete names first, then by their beginning, by a word's beginning, by any part, by artists. */
function search(text) {
  const wanted = fold(text).trim();
  const words = wanted.split(/\s+/);
  if (!wanted) return { found: [], many: 0 };
  findable ??= everything();
  const ranks = [[], [], [], [], []];
  let many = 0;
  for (const one of findable) {
    if (!words.every((word) => one.all.includes(word))) continue;
    many += 1;
    const place = one.words.indexOf(wanted);
    let rank = 4;
    if (one.words === wanted) rank = 0;
    else if (place === 0) rank = 1;
    else if (place > 0) rank = one.words.includes(` ${wanted}`) ? 2 : 3;
    if (ranks[rank].length < MOST_FOUND) ranks[rank].push(one);
  }
  return { found: ranks.flat().slice(0, MOST_FOUND), many };
}

const field = document.getElementById("find");
const list = document.getElementById("found");
const foundStatus = document.getElementById("found-status");
let active = -1;

/** Does something with all names, once they are read. */
function withNames(then) {
  const missing = missingOf(piecesOfNames());
  if (!missing.length) return then();
  foundStatus.textContent = "Reading the names …";
  Promise.all(missing.map(bring)).then(
    () => {
      foundStatus.textContent = "";
      then();
    },
    (error) => (foundStatus.textContent = error.message),
  );
}

function showFound() {
  const { found, many } = search(field.value);
  list.replaceChildren(
    ...found.map(({ kind, id, name, detail }, place) =>
      element(
        "li",
        {
          role: "option",
          id: `found-${place}`,
          "aria-selected": "false",
          "data-address": addressOf(kind, id),
        },
        element("bdi", { class: "title" }, name || "Without a name"),
        element("span", { class: "artists" }, capitalized(kind), detail ? [" · ", element("bdi", {}, detail)] : null),
      ),
    ),
  );
  open(found.length > 0);
  markActive(-1);
  const words = many > found.length ? `${found.length} of ${number.format(many)} found` : `${many} found`;
  foundStatus.textContent = field.value.trim() ? (many ? `${words}.` : "Nothing on this page has this name.") : "";
}

function open(isOpen) {
  list.hidden = !isOpen;
  field.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) markActive(-1);
}

function markActive(place) {
  active = place;
  [...list.children].forEach((option, of) => option.setAttribute("aria-selected", String(of === place)));
  if (place < 0) return field.removeAttribute("aria-activedescendant");
  field.setAttribute("aria-activedescendant", `found-${place}`);
  list.children[place].scrollIntoView({ block: "nearest" });
}

function goToFound(option) {
  if (!option) return;
  field.value = "";
  foundStatus.textContent = "";
  // Whoever stays in the field goes on typing; a view does not take the focus from them (main.js, `settle`).
  field.blur();
  location.hash = option.dataset.address;
}

const KEYS = {
  ArrowDown: () => (list.hidden ? withNames(showFound) : markActive((active + 1) % list.children.length)),
  ArrowUp: () => !list.hidden && markActive((active < 1 ? list.children.length : active) - 1),
  Enter: () => !list.hidden && goToFound(list.children[Math.max(active, 0)]),
  Escape: () => {
    if (list.hidden) field.value = "";
    if (!field.value) foundStatus.textContent = "";
    open(false);
  },
};

function listenToField() {
  field.addEventListener("input", () => withNames(showFound));
  field.addEventListener("focus", () =>
    withNames(() => {
      findable ??= everything();
      if (field.value) showFound();
    }),
  );
  field.addEventListener("blur", () => open(false));
  field.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.isComposing) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  // Before the field loses its focus, which would close the list.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => goToFound(event.target.closest("[role=option]")));
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, select, textarea");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
