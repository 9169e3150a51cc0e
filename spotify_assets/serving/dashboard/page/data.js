// What the page holds, unpacked. `spotify_assets/serving/dashboard/data.py` says how it is packed.

async function unpack(element) {
  const text = atob(element.textContent);
  const bytes = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place += 1) bytes[place] = text.charCodeAt(place);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

const data = await unpack(document.getElementById("data"));

/** The rows of one day in a section's group (a playlist or a region, by number), as objects; null is what is empty. */
function rowsOf(section, group, day) {
  const found = data[section][group];
  const place = found ? found.days.indexOf(day) : -1;
  if (place < 0) return [];
  const { days, ends, ...columns } = found;
  const rows = [];
  for (let row = place ? ends[place - 1] : 0; row < ends[place]; row += 1) {
    rows.push(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values ? values[row] : null])));
  }
  return rows;
}

/** The regions (as numbers) of a series; a region is listed once for each of its series. */
const regionsOf = (series) => [...data.regions.keys()].filter((region) => data.region_series[region] === series);

/** The regions that a region is compared with, itself included: those of its series. */
const regionsBeside = (region) => regionsOf(data.region_series[region]);

/** Whether a playlist was captured for the first time in its region on a day: where songs were before is not known. */
const isFirstCapture = (playlist, day) => data.playlists.first_captures[playlist].includes(day);

/** Days (as numbers) from `first` to `last` on which a section's group has rows. */
function daysOf(section, group, first, last) {
  return (data[section][group]?.days ?? []).filter((day) => first <= day && day <= last);
}

/** Position of every song on a playlist on each of some days: a map from song to a list with null where absent. */
function positionsOf(playlist, days) {
  const positions = new Map();
  days.forEach((day, place) => {
    for (const { song, position } of rowsOf("chart", playlist, day)) {
      if (!positions.has(song)) positions.set(song, new Array(days.length).fill(null));
      positions.get(song)[place] = position;
    }
  });
  return positions;
}
