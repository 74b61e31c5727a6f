// Intervals of the read API as one flat list of numbers, so that they cross into WebAssembly at once: rows.rs has the columns.

const SCOPES = ["track", "layer", "connection", "received"];
const NOTES = ["open", "baseline", "counter_fell", "cut_short", "unreported", "carried"];
const KINDS = ["audio", "video"];
const TRANSPORTS = ["udp", "tcp", "tls"];
const CANDIDATES = ["host", "srflx", "prflx", "relay"];

// Gives [Float64Array, names]; `metrics` are the names of the figures, in the order of their columns.
export function rows(intervals, metrics) {
  const numbers = [];
  const names = [];
  const places = new Map();
  const name = (text) => {
    if (typeof text !== "string") return NaN;
    if (!places.has(text)) places.set(text, names.push(text) - 1);
    return places.get(text);
  };
  const word = (words, it) => {
    const place = words.indexOf(it);
    return place < 0 ? NaN : place;
  };
  const number = (it) => (typeof it === "number" ? it : NaN);
  const list = (it) => (Array.isArray(it) ? it : []);
  const add = (scope, row, of) => {
    const path = row.path ?? {};
    const parts = [
      ...list(row.layers).map((it) => ["layer", it]),
      ...list(row.connections).map((it) => ["track", it]),
      ...list(row.received).map((it) => ["received", it]),
    ];
    // A part is of what its whole is of, where it does not say.
    const about = {
      start: row.start ?? of.start,
      duration_ms: row.duration_ms ?? of.duration_ms,
      track: row.track ?? of.track,
      pc: row.pc ?? of.pc,
      kind: row.kind ?? of.kind,
      screen_share: row.screen_share ?? of.screen_share,
    };
    numbers.push(
      word(SCOPES, scope),
      number(about.start),
      number(about.duration_ms),
      name(about.track),
      name(about.pc),
      word(KINDS, about.kind),
      name(row.codec),
      about.screen_share ? 1 : 0,
      NOTES.reduce((bits, note, place) => bits + (list(row.notes).includes(note) ? 2 ** place : 0), 0),
      number(row.ssrc),
      name(row.rid),
      number(row.encoding_index),
      row.path ? 1 : 0,
      word(TRANSPORTS, path.transport),
      word(CANDIDATES, path.local),
      word(CANDIDATES, path.remote),
      parts.length,
    );
    for (const metric of metrics) numbers.push(number(row[metric]));
    for (const [scope, part] of parts) add(scope, part, about);
  };
  for (const interval of list(intervals)) add(interval.scope, interval, {});
  return [new Float64Array(numbers), names];
}

// What was asked again lately: oneself, and who is compared.
const MOST_HELD = 2;
const held = new Map();

// What is sent each half minute, a minute of it: as a rule nothing comes later. What does is told by the number of those that are earlier.
const OVERLAP_MS = 60_000;

// The intervals of a participant, of which only those are asked for that are not here yet. What is stored does not change while a call goes on: as long
// as there are as many before a time as are here, they are the same, and else one of them came late and all are asked for.
export async function grown(path, source, ask) {
  const name = `${source} ${path}`;
  const before = held.get(name) ?? [];
  const from = (before.at(-1)?.start ?? 0) - OVERLAP_MS;
  const early = before.filter(({ start }) => start < from);
  let [status, body] = await ask(early.length > 0 ? `${path}?from=${from}` : path);
  if (status < 400 && early.length > 0) {
    if (body.earlier === early.length) body = { earlier: 0, intervals: early.concat(body.intervals) };
    else [status, body] = await ask(path);
  }
  held.delete(name);
  if (status < 400) held.set(name, body.intervals);
  if (held.size > MOST_HELD) held.delete(held.keys().next().value);
  return [status, body];
}
