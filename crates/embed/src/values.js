// Objects from the numbers that the other side gives (numbers.rs), with the words of `callscope replay`'s JSON. What is
// unknown is null.

import { CANDIDATES, ISSUES, KINDS, MEDIA, METRICS, NOTES, SCOPES, SIGNALS, TRANSPORTS } from "./names.js";

const RELAY = CANDIDATES.indexOf("relay");
const PERCENTILES = ["p25", "p50", "p75", "p99"];
const SENT = 1;
const RECEIVED = 2;

let numbers, at, nameOf;

// One object after the other is read; `name` gives the string of a number.
function reading(read) {
  return (from, name) => {
    numbers = from;
    at = 0;
    nameOf = name;
    return read();
  };
}

const next = () => numbers[at++];
const rounded = (value, places) => (Number.isNaN(value) ? null : Math.round(value * 10 ** places) / 10 ** places + 0);
const number = (places) => rounded(next(), places);
const word = (words) => words[next()] ?? null;
const atom = () => {
  const value = next();
  return Number.isNaN(value) ? null : nameOf(value);
};
// A name is told from an ssrc by its sign.
const track = () => {
  const value = next();
  return Number.isNaN(value) ? null : value < 0 ? nameOf(-1 - value) : String(value);
};
const flag = () => next() === 1;
const list = (item) => Array.from({ length: next() }, item);

function eachMetric(direction, read) {
  const values = {};
  for (const [name, places, directions] of METRICS) {
    const value = read(places);
    if (directions & direction) values[name] = value;
  }
  return values;
}

function anyInterval() {
  const scope = word(SCOPES);
  const [pc, id, kind, start, duration, codec, isScreen] = [atom(), track(), word(KINDS), number(0), number(0), atom(), flag()];
  const notes = NOTES.filter(flag);
  const path = [next(), next(), next()];
  const layer = { ssrc: number(0), rid: atom(), encoding_index: number(0) };
  const sends = scope === "track" || scope === "layer";
  const metrics = eachMetric(sends ? SENT : RECEIVED, number);
  const parts = list(anyInterval);
  const whole = { scope, direction: sends ? "send" : "receive", pc, start, duration_ms: duration };
  if (scope === "layer") return { ...layer, ...metrics, codec, notes };
  if (scope === "received") return { track: id, kind, ...metrics, notes };
  if (scope === "connection") return { ...whole, ...metrics, path: pathOf(path), notes, received: parts };
  // A track on several connections has a part for each, else one for each layer.
  const named = { ...whole, track: id, kind, ...metrics, codec, screen_share: isScreen, notes };
  return pc === null ? { ...named, connections: parts } : { ...named, layers: parts };
}

function pathOf([transport, local, remote]) {
  if ([transport, local, remote].every(Number.isNaN)) return null;
  const relayed = local === RELAY || remote === RELAY ? true : Number.isNaN(local) && Number.isNaN(remote) ? null : false;
  const words = { transport: TRANSPORTS[transport], local: CANDIDATES[local], remote: CANDIDATES[remote] };
  for (const key in words) words[key] ??= null;
  return { ...words, relayed };
}

export const interval = reading(anyInterval);

export const issue = reading(() => ({
  type: word(ISSUES),
  raised: flag(),
  severity: "high",
  pc: atom(),
  track: track(),
  kind: word(KINDS),
  at: number(0),
  value: number(4),
  threshold: number(4),
}));

export const signal = reading(() => ({
  type: word(SIGNALS),
  pc: atom(),
  track: track(),
  kind: word(KINDS),
  start: number(0),
  end: number(0),
  value: number(4),
  threshold: number(4),
}));

export const summary = reading(() => {
  const scope = word(SCOPES);
  const about = { scope, pc: atom(), track: track(), kind: word(KINDS) };
  const layers = number(0);
  const time = { start: number(0), end: number(0), duration_ms: number(0) };
  const [sent, received] = [number(0), number(0)];
  const lost = { packets_lost: number(0), packet_loss_pct: number(4) };
  const [rtt, codec, isScreen] = [number(3), atom(), flag()];
  const sends = scope === "track";
  const distributions = eachMetric(sends ? SENT : RECEIVED, distribution);
  for (const name in distributions) if (distributions[name] === null) delete distributions[name];
  return sends
    ? { ...about, layers, ...time, packets_sent: sent, ...lost, rtt_avg_ms: rtt, codec, screen_share: isScreen, distributions }
    : { ...about, ...time, packets_received: received, ...lost, codec, distributions };
});

function distribution(places) {
  const count = next();
  if (count === 0) return null;
  // An average of counts is no count.
  const values = { count, avg: number(Math.max(1, places)), min: number(places), max: number(places) };
  for (const percentile of PERCENTILES) values[percentile] = number(places);
  return values;
}

export const standing = reading(() => ({
  type: word(ISSUES),
  severity: "high",
  media: word(MEDIA),
  value: number(4),
  threshold: number(4),
  tracks: list(track),
}));
