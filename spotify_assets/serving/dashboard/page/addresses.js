// Addresses: what the reader looks at, in the part of the page's address after "#", so that it can be shared and kept.
//
//     #overview?series=…&region=…&playlist=…&measure=…&from=…&to=…&part=genres
//     #song/ID   #artist/ID   #label/NAME   #playlist/ID   #playlist/ID/DAY   #playlist/ID/DAY/DAY-BEFORE

const addressOf = (kind, ...words) => `#${[kind, ...words].map(encodeURIComponent).join("/")}`;

const addressOfSong = (song) => addressOf("song", data.songs.id[song]);
const addressOfPlaylist = (playlist, ...days) =>
  addressOf("playlist", data.playlists.id[playlist], ...days.map((day) => data.days[day]));

/** The overview with some choices; those that are undefined are not named. */
function addressOfOverview(chosen = {}) {
  const named = Object.entries(chosen).filter(([, value]) => value !== undefined);
  return named.length ? `#overview?${new URLSearchParams(named)}` : "#overview";
}

/** What an address names: its kind, the words after it, and options; null where it cannot be read. */
function readAddress(hash) {
  const [path, options = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  try {
    const [kind, ...words] = path.split("/").map(decodeURIComponent);
    return { kind, words, options: new URLSearchParams(options) };
  } catch {
    return null;
  }
}
