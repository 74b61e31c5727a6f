// Feeds the debug page with what it needs to measure the calls itself: reports as numbers, and what they are of. Loaded when
// such a page is opened.
//
// The page asks whoever opened it, again and again, until it has a port; it is answered only if it is of the origin that
// the application opened. So it goes on when either side is loaded again.

import { Reader } from "../../browser/src/pack.js";
import { ICE_STATES } from "../../browser/src/sampler.js";

const VERSION = 1;
const PERIOD_MS = 1000;
// A connection that does not answer is left out this time.
const PATIENCE_MS = 800;
const FIRST_ROOM = 4096;
// What the numbers are of, as crates/recording/src/handover.rs has it.
const [REPORT, CLOSED, STATE, PUBLISHED, UNPUBLISHED] = [0, 1, 2, 3, 4];

export class Debug {
  #origin;
  #sessions;
  #feeds = new Map();

  // `sessions` gives those that are measured now.
  constructor(href, sessions) {
    this.#origin = new URL(href).origin;
    this.#sessions = sessions;
    addEventListener("message", this.#hear);
  }

  stop() {
    removeEventListener("message", this.#hear);
    for (const feed of this.#feeds.values()) feed.stop();
  }

  #hear = ({ data, origin, source }) => {
    if (origin !== this.#origin || data?.callscope !== "hello" || this.#feeds.has(data.page)) return;
    const { port1, port2 } = new MessageChannel();
    source.postMessage({ callscope: "port", version: VERSION, page: data.page }, origin, [port2]);
    this.#feeds.set(data.page, new Feed(port1, source, this.#sessions, () => this.#feeds.delete(data.page)));
  };
}

class Feed {
  #port;
  #page;
  #sessions;
  #onEnd;
  #timer;
  #calls = new Map();
  #isBusy = false;

  constructor(port, page, sessions, onEnd) {
    this.#port = port;
    this.#page = page;
    this.#sessions = sessions;
    this.#onEnd = onEnd;
    port.onmessage = () => this.stop();
    this.#timer = setInterval(() => this.#tick(), PERIOD_MS);
    this.#tick();
  }

  stop() {
    clearInterval(this.#timer);
    this.#port.postMessage({ type: "over" });
    this.#port.close();
    this.#onEnd();
  }

  async #tick() {
    if (this.#page.closed) return this.stop();
    if (this.#isBusy) return;
    this.#isBusy = true;
    const sessions = new Set(this.#sessions());
    for (const session of sessions) {
      if (!this.#calls.has(session)) this.#calls.set(session, new Call(session));
    }
    // Says that there is somebody even where there is no call.
    if (this.#calls.size === 0) this.#port.postMessage({ type: "idle" });
    for (const [session, call] of this.#calls) {
      const numbers = await call.numbers();
      this.#port.postMessage({ type: "call", ...call.about(), isOver: !sessions.has(session), numbers }, [numbers.buffer]);
      if (!sessions.has(session)) this.#calls.delete(session);
    }
    this.#isBusy = false;
  }
}

// One session as the page knows it so far.
class Call {
  #session;
  #reader = new Reader();
  #room = new Float64Array(FIRST_ROOM);
  #namesTold = 0;
  #states = new Map();
  #published = new Map();

  constructor(session) {
    this.#session = session;
  }

  about() {
    const { id, room, participant, isTwilio, thresholds, labels } = this.#session.told();
    const names = this.#reader.names.slice(this.#namesTold);
    this.#namesTold += names.length;
    return { session: id, room, participant, isTwilio, thresholds, labels, names };
  }

  // What has changed since the last time, and a report of each connection.
  async numbers() {
    const { connections, published } = this.#session.told();
    const numbers = [];
    for (const name of this.#states.keys()) {
      if (connections.has(name)) continue;
      numbers.push(CLOSED, this.#atom(name));
      this.#states.delete(name);
    }
    for (const [key, { name, ssrc, sid }] of published) {
      if (this.#published.get(key) !== sid) numbers.push(PUBLISHED, this.#atom(name), ssrc, this.#atom(sid));
    }
    const going = new Set(Array.from(published.values(), ({ sid }) => sid));
    for (const sid of new Set(this.#published.values())) if (!going.has(sid)) numbers.push(UNPUBLISHED, this.#atom(sid));
    this.#published = new Map(Array.from(published, ([key, { sid }]) => [key, sid]));
    const reports = await Promise.all(Array.from(connections, ([name, connection]) => this.#report(name, connection)));
    return Float64Array.from(numbers.concat(...reports));
  }

  async #report(name, connection) {
    const pc = this.#atom(name);
    const numbers = [];
    const state = ICE_STATES.indexOf(connection.iceConnectionState);
    const isNews = this.#states.get(name) !== state;
    this.#states.set(name, state);
    const report = await Promise.race([connection.getStats(), pause(PATIENCE_MS)]).catch(() => undefined);
    // A report that tells by itself may be older than what it would take back.
    let tells = false;
    report?.forEach(({ type, iceState }) => (tells ||= type === "transport" && iceState !== undefined));
    if (isNews && !tells) numbers.push(STATE, pc, state, performance.timeOrigin + performance.now());
    if (report === undefined) return numbers;
    let length = this.#reader.pack(report, this.#room);
    if (length > this.#room.length) {
      this.#room = new Float64Array(2 * length);
      length = this.#reader.pack(report, this.#room);
    }
    return [...numbers, REPORT, pc, length, ...this.#room.subarray(0, length)];
  }

  #atom(name) {
    return this.#reader.intern(name);
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
