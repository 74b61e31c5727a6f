// Stored calls to take away: as a file that the replay page opens again, as rows for a spreadsheet, as words for a ticket. Loaded by src/stored/keep.js,
// which gives what asks, or says, where they are read from (src/stored/source.js).

// How long a browser may take to begin a download.
const DOWNLOAD_MS = 60_000;

// What is before the figures of a row.
const COLUMNS = ["start", "duration_ms", "scope", "direction", "track", "pc", "kind", "codec", "screen_share", "notes"];

async function answer(ask, path) {
  const [status, body] = await ask(path);
  if (status >= 400) throw new Error(body?.message ?? `It was refused with ${status}.`);
  return body;
}

function save(parts, name, type) {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const anchor = Object.assign(document.createElement("a"), { href: url, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_MS);
}

// The answers of the read API, by their paths. Of a room with one participant alone, nobody else is in it.
export async function saveExport(ask, prefix, room, participants, isWhole, name, tell) {
  const about = { callscope_export: 1, kind: isWhole ? "room" : "participant", room, participant: isWhole ? null : participants[0], exported_at: Date.now() };
  const parts = [JSON.stringify(about).slice(0, -1), ',"answers":{'];
  let separator = "";
  const add = async (path, only = (body) => body) => {
    const body = only(await answer(ask, prefix + path));
    parts.push(`${separator}${JSON.stringify(path)}:${JSON.stringify(body)}`);
    separator = ",\n";
  };
  const isKept = (sid) => isWhole || participants.includes(sid);
  const base = `/v1/insights/rooms/${encodeURIComponent(room)}`;
  await add(base, (body) => ({
    ...body,
    participants: body.participants.filter(({ sid }) => isKept(sid)),
    detected_issues: { details: body.detected_issues.details.filter(({ properties }) => isKept(properties.participant_sid)) },
  }));
  await add(`${base}/timeline`, ({ timeline }) => ({ timeline: timeline.filter(({ participant_sid }) => isKept(participant_sid)) }));
  for (const [place, sid] of participants.entries()) {
    tell(place);
    const one = `${base}/participants/${encodeURIComponent(sid)}`;
    for (const path of [one, `${one}/intervals`, `${one}/events`]) await add(path);
  }
  parts.push("}}\n");
  save(parts, name, "application/json");
}

// An apostrophe before what a spreadsheet would run as a formula: names come from outside.
function cell(value) {
  const said = Array.isArray(value) ? value.join(" ") : String(value ?? "");
  const text = typeof value !== "number" && /^[=+\-@\t\r]/.test(said) ? `'${said}` : said;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// A row for each interval of a published track or a connection; what is unknown is empty.
export async function saveRows(ask, prefix, room, participants, metrics, name, tell) {
  const parts = [["room", "participant", "identity", ...COLUMNS, ...metrics].join(","), "\r\n"];
  for (const [place, sid] of participants.entries()) {
    tell(place);
    const path = `${prefix}/v1/insights/rooms/${encodeURIComponent(room)}/participants/${encodeURIComponent(sid)}`;
    const { identity } = await answer(ask, path);
    const { intervals } = await answer(ask, `${path}/intervals`);
    for (const interval of intervals) {
      const row = { ...interval, start: new Date(interval.start).toISOString() };
      parts.push([room, sid, identity, ...[...COLUMNS, ...metrics].map((column) => row[column])].map(cell).join(","), "\r\n");
    }
  }
  save(parts, name, "text/csv;charset=utf-8");
}

// Copies words about a page, and where it is if others can open it: nobody else has a file, or what this browser keeps. Without a secure connection
// browsers have only the old way.
export async function copy(current, words, prefix) {
  const isForOthers = prefix === "" && !["browser", "made-up"].includes(await current());
  const text = isForOthers ? `${words}\n${location.href}` : words;
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("The browser did not allow it.");
}
