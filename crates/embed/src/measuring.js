// One call that is measured by the WebAssembly: takes samples into it, and gives what comes of them, as numbers, to its host.
//
// Names are numbers on the other side (session.rs). Its memory may grow with every call, so a view of it lasts until the next.

import { Reader } from "../../browser/src/pack.js";
import { Sampler } from "../../browser/src/sampler.js";

// What is given beside what session.rs gives: that an awaited sample is over, and that a connection gave no report.
const DONE = 7;
const FAILED = 8;
// Room for the report of a small call; it grows when one does not fit.
const FIRST_ROOM = 1024;
// A report that takes more numbers (8 MiB, some fifty thousand entries) is not read: no call has one.
const MOST_NUMBERS = 1 << 20;

let wasm;

// The exports of the WebAssembly: before anything is measured.
export function load(exports) {
  wasm = exports;
}

// What becomes of batches: delivery.rs.
export const answer = (...given) => wasm.answer(...given);
export const dropped = (...given) => wasm.dropped(...given);

export class Measuring {
  #host;
  #engine;
  #reader = new Reader();
  #sampler;
  #isWatched = false;
  #room = FIRST_ROOM;

  // The thresholds are percent, milliseconds and packets; of `signals` each bit stands for a signal. With `publishedOnly`, only
  // what is published is a track.
  constructor(host, lossPct, rttMs, minPackets, signals, publishedOnly) {
    this.#host = host;
    this.#engine = wasm.open(lossPct, rttMs, minPackets, signals, publishedOnly);
    this.#sampler = new Sampler({
      sample: (pc, report) => this.#sample(pc, report),
      failed: (pc) => host.take(FAILED, [pc]),
      woke: (passed) => wasm.woke(this.#engine, passed),
      state: (pc, state, at) => wasm.state(this.#engine, pc, state, at),
      closed: (pc) => wasm.closed(this.#engine, pc),
      give: (isFirst) => this.#give(wasm.take(this.#engine, isFirst, this.#isWatched)),
    });
  }

  // The object that keeps the strings: `intern(name)`, `name(number)`.
  names() {
    return this.#reader;
  }

  attach(connection, name) {
    this.#sampler.attach(name, connection);
  }

  detach(name) {
    this.#sampler.detach(name);
  }

  publish(connection, ssrc, sid) {
    wasm.publish(this.#engine, connection, ssrc, sid);
  }

  unpublish(sid) {
    wasm.unpublish(this.#engine, sid);
  }

  // Samples now and then at every multiple of the period; gives running intervals, too, if they are watched.
  start(period, isWatched) {
    this.#isWatched = isWatched;
    this.#sampler.start(period);
  }

  // Samples now; `DONE` with that number says when what came of it has been given.
  sample(number) {
    this.#sampler.sample(() => this.#host.take(DONE, [number]));
  }

  // The call is over: what is open is given.
  finish() {
    this.#sampler.finish();
    wasm.finish(this.#engine);
    this.#sampler.give();
  }

  // Gives the summary so far, track by track, then the issues that stand.
  summarize() {
    this.#give(wasm.summarize(this.#engine));
  }

  free() {
    this.#sampler.close();
    wasm.close(this.#engine);
  }

  #sample(pc, report) {
    let length = this.#reader.pack(report, this.#numbers(this.#room));
    if (length > this.#room && length <= MOST_NUMBERS) {
      this.#room = length;
      length = this.#reader.pack(report, this.#numbers(length));
    }
    // Nothing, if it grew between the two walks.
    if (length <= this.#room) wasm.sample(this.#engine, pc, length);
  }

  #numbers(count) {
    // Making room may make the memory another one.
    const start = wasm.room(this.#engine, count);
    return new Float64Array(wasm.memory.buffer, start, count);
  }

  // Each is what it is, how many numbers it takes, and those. A copy, for whoever hears of it may come back here.
  #give(length) {
    const numbers = this.#numbers(length).slice();
    for (let at = 0; at < length; ) {
      const [what, size] = numbers.subarray(at);
      at += 2 + size;
      this.#host.take(what, numbers.subarray(at - size, at));
    }
    return length > 0;
  }
}
