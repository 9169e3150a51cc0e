// Subjects: a song, an artist, a label or a playlist, each with a view and an address of its own.

const subjects = new Map();

/**
 * A kind of subject: its `ids` as addresses have them, its `names`, and what `render` gives for a number in these lists
 * and the words that follow in the address: elements, or null where those words mean nothing.
 */
function subject(kind, ids, names, render) {
  subjects.set(kind, { ids, names, render });
}

/** A card of a subject's view. */
function card(title, ...children) {
  return element("section", {}, element("h2", {}, title), children);
}

/** The card that says which subject it is: its name, a line below it, and what is known of it as pairs. */
function nameCard(kind, name, below, facts) {
  return element(
    "section",
    { class: "subject" },
    element("p", { class: "kind" }, kind),
    element("h2", { id: "subject-name", tabindex: "-1" }, element("bdi", {}, name || "Without a name")),
    below && element("p", { class: "below" }, below),
    element("dl", { class: "tiles" }, facts.filter(Boolean).map(([title, ...content]) => tile(title, content))),
  );
}

/** A link out to Spotify; nothing where an id is not one of Spotify's. */
function outLink(kind, id) {
  return SPOTIFY_ID.test(id) ? spotifyLink(kind, id, "Open in Spotify") : null;
}

/** What is shown where an address names nothing on this page. */
function unknownCard(sentence) {
  return element(
    "section",
    { class: "subject" },
    element("h2", { id: "subject-name", tabindex: "-1" }, "Not on this page"),
    element("p", {}, sentence),
    element("p", {}, element("a", { href: "#overview", class: "plain" }, "Go to the overview")),
  );
}

/** What is shown where data of this page cannot be read. */
function failureCard(sentence) {
  return element(
    "section",
    { class: "subject" },
    element("h2", { id: "subject-name", tabindex: "-1" }, "Cannot be read"),
    element("p", { role: "alert" }, sentence),
  );
}

/** The cards of an address: those of its subject, or a sentence about why there is none. */
function cardsOf(place) {
  const readable = "It may be cut short or mistyped.";
  if (!place || !subjects.has(place.kind)) return unknownCard(`This address cannot be read. ${readable}`);
  const { ids, render } = subjects.get(place.kind);
  const [id, ...words] = place.words;
  if (!id) return unknownCard(`This address does not say which ${place.kind} it is about. ${readable}`);
  const found = ids.indexOf(id);
  if (found < 0) {
    return unknownCard(
      `No ${place.kind} with this address is on this page, which holds ${dateText(0)} to ${dateText(data.days.length - 1)}.`,
    );
  }
  return render(found, words) ?? unknownCard(`This address names no day that can be read. ${readable}`);
}

/** Shows what an address names, in the place of the overview. */
function showSubject(place) {
  const shown = document.getElementById("subject");
  const focused = shown.contains(document.activeElement) ? document.activeElement.id : "";
  shown.replaceChildren(...[cardsOf(place)].flat(Infinity).filter(Boolean));
  const name = document.getElementById("subject-name").textContent;
  for (const one of shown.querySelectorAll("section")) offerFiles(one, name);
  // There are few, and they are wanted when the page is printed.
  for (const one of shown.querySelectorAll(".chart")) drawNow(one);
  if (focused) document.getElementById(focused)?.focus();
  forgetCharts();
  return name;
}
