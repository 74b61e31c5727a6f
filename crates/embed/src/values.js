// Objects from the numbers that the other side gives (numbers.rs), with the words of `callscope replay`'s JSON. What is
// unknown is null.

import { CANDIDATES, ISSUES, KINDS, MEDIA, METRICS, NOTES, SCOPES, SIGNALS, TRANSPORTS } from "./names.js";

const SENT = 1;
const RECEIVED = 2;
// What is read, in the order of session.rs.
const READ = [interval, interval, issue, signal, summary, standing, flag];

let numbers, at, nameOf;

// All that there is, each with what it is; `name` gives the string of a number.
export function decoded(given, name) {
  numbers = given;
  at = 0;
  nameOf = name;
  const all = [];
  while (at < numbers.length) {
    const what = next();
    all.push([what, READ[what]()]);
  }
  return all;
}

function next() {
  return numbers[at++];
}

function number(places) {
  const value = next();
  return Number.isNaN(value) ? null : Math.round(value * 10 ** places) / 10 ** places + 0;
}

function word(words) {
  return words[next()] ?? null;
}

function atom() {
  const value = next();
  return Number.isNaN(value) ? null : nameOf(value);
}

// A name is told from an ssrc by its sign.
function track() {
  const value = next();
  return Number.isNaN(value) ? null : value < 0 ? nameOf(-1 - value) : String(value);
}

function flag() {
  return next() === 1;
}

function list(item) {
  return Array.from({ length: next() }, item);
}

function about() {
  return { pc: atom(), track: track(), kind: word(KINDS) };
}

function judged() {
  return { value: number(4), threshold: number(4) };
}

// The figures of one direction, as far as there are any.
function metrics(sends, read) {
  const values = {};
  for (const [name, places, directions] of METRICS) {
    const value = read(places);
    if (directions & (sends ? SENT : RECEIVED) && value !== undefined) values[name] = value;
  }
  return values;
}

function interval() {
  const scope = word(SCOPES);
  const sends = scope === "track" || scope === "layer";
  const { pc, track, kind } = about();
  const time = { start: number(0), duration_ms: number(0) };
  const codec = atom();
  const screen_share = flag();
  const notes = NOTES.filter(flag);
  const path = pathOf(word(TRANSPORTS), word(CANDIDATES), word(CANDIDATES));
  const layer = { ssrc: number(0), rid: atom(), encoding_index: number(0) };
  const figures = metrics(sends, number);
  const parts = list(interval);
  // The figures are many: copied after others that are copied, or twice, they take three times as long.
  if (scope === "layer") return { ...layer, ...figures, codec, notes };
  if (scope === "received") return { track, kind, ...figures, notes };
  const whole = { scope, direction: sends ? "send" : "receive", pc, ...time };
  if (!sends) return { ...whole, ...figures, path, notes, received: parts };
  // A track on several connections has a part for each, else one for each layer.
  return { ...whole, track, kind, ...figures, codec, screen_share, notes, [pc === null ? "connections" : "layers"]: parts };
}

function pathOf(transport, local, remote) {
  const end = local ?? remote;
  const relayed = end && (local === "relay" || remote === "relay");
  return (transport ?? end) && { transport, local, remote, relayed };
}

function issue() {
  return { type: word(ISSUES), raised: flag(), severity: "high", ...about(), at: number(0), ...judged() };
}

function signal() {
  return { type: word(SIGNALS), ...about(), start: number(0), end: number(0), ...judged() };
}

function summary() {
  const scope = word(SCOPES);
  const sends = scope === "track";
  const named = { scope, ...about() };
  const layers = number(0);
  const time = { start: number(0), end: number(0), duration_ms: number(0) };
  const packets_sent = number(0);
  const packets_received = number(0);
  const lost = { packets_lost: number(0), packet_loss_pct: number(4) };
  const rtt_avg_ms = number(3);
  const codec = atom();
  const screen_share = flag();
  const whole = { ...named, ...time, ...lost, codec, distributions: metrics(sends, distribution) };
  return sends ? { ...whole, layers, packets_sent, rtt_avg_ms, screen_share } : { ...whole, packets_received };
}

function distribution(places) {
  const count = next();
  if (count === 0) return undefined;
  const figure = () => number(places);
  return {
    count,
    // An average of counts is no count.
    avg: number(Math.max(1, places)),
    min: figure(),
    max: figure(),
    p25: figure(),
    p50: figure(),
    p75: figure(),
    p99: figure(),
  };
}

function standing() {
  return { type: word(ISSUES), severity: "high", media: word(MEDIA), ...judged(), tracks: list(track) };
}
