// One call that is measured by the WebAssembly: takes samples into it, and hands out what comes of them.
//
// Names are numbers on the other side (session.rs). Its memory may grow with every call, so a view of it lasts until the next.

import { Reader } from "../../browser/src/pack.js";
import { sampler } from "../../browser/src/sampler.js";
import { failed, guarded } from "../../browser/src/guard.js";
import { SIGNALS } from "./names.js";
import { decoded } from "./values.js";

// Room for the report of a small call; it grows when one does not fit.
const FIRST_ROOM = 1024;
// A report that takes more numbers (8 MiB, some fifty thousand entries) is not read: no call has one.
const MOST_NUMBERS = 1 << 20;

// The exports of the WebAssembly: there before anything is measured.
export let wasm;

export async function load(url) {
  // Refused where the server does not say that it is application/wasm.
  const streamed = await WebAssembly.instantiateStreaming?.(fetch(url)).catch(() => null);
  wasm = (streamed ?? (await instantiated(url))).instance.exports;
}

async function instantiated(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} was answered with status ${response.status}`);
  return WebAssembly.instantiate(await response.arrayBuffer());
}

// `hear` has a function for each that is given, in the order of session.rs; `nameOf` says what is called by a name that the browser has. With
// `publishedOnly`, only what is published is a track.
export function measure(hear, nameOf, { packetLossPct, rttMs, minPackets }, signals, publishedOnly) {
  const isWanted = (name) => signals !== false && signals?.[name] !== false;
  const set = SIGNALS.reduce((bits, name, place) => bits | (isWanted(name) << place), 0);
  const engine = wasm.open(packetLossPct, rttMs, minPackets, set, publishedOnly);
  const reader = new Reader();
  const atom = (name) => reader.intern(name);
  const name = (number) => nameOf(reader.names[number]);
  let isWatched = false;
  let room = FIRST_ROOM;

  // Making room may make the memory another one.
  function numbers(count) {
    const start = wasm.room(engine, count);
    return new Float64Array(wasm.memory.buffer, start, count);
  }

  // Whoever hears of it may come back here, so all is read first.
  function give(length) {
    for (const [what, value] of decoded(numbers(length), name)) guarded(() => hear[what](value));
    return length > 0;
  }

  const samples = sampler({
    sample(pc, report) {
      let length = reader.pack(report, numbers(room));
      if (length > room && length <= MOST_NUMBERS) {
        room = length;
        length = reader.pack(report, numbers(room));
      }
      // Nothing, if it grew between the two walks.
      if (length <= room) wasm.sample(engine, pc, length);
    },
    failed: (pc) => failed(`${name(pc)} gave no report; it is asked again`),
    woke: (passed) => wasm.woke(engine, passed),
    state: (pc, state, at) => wasm.state(engine, pc, state, at),
    closed: (pc) => wasm.closed(engine, pc),
    give: (isFirst) => give(wasm.take(engine, isFirst, isWatched)),
  });

  return {
    attach: (name, connection) => samples.attach(atom(name), connection),
    detach: (name) => samples.detach(atom(name)),
    publish: (name, ssrc, sid) => wasm.publish(engine, atom(name), ssrc, atom(sid)),
    unpublish: (sid) => wasm.unpublish(engine, atom(sid)),
    // Samples now and then at every multiple of the period; gives running intervals, too, if they are watched.
    start(period, isLive) {
      isWatched = isLive;
      samples.start(period);
    },
    // Samples now, and calls back when what came of it has been given; tells that it will.
    sample(done) {
      samples.sample(done);
      return true;
    },
    // Gives the summary so far, track by track, then the issues that stand.
    summarize: () => give(wasm.summarize(engine)),
    // The call is over: what is open is given.
    finish() {
      samples.finish();
      wasm.finish(engine);
      samples.give();
    },
    free() {
      samples.close();
      wasm.close(engine);
    },
  };
}
