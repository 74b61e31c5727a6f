// What the package exports.

import { failed, guarded } from "./guard.js";
import * as measuring from "./measuring.js";
import { Session } from "./session.js";

const PERIOD_MS = 10_000;
const SHORTEST_PERIOD_MS = 1000;

let running = null;
let loaded = null;

export function start(options) {
  running ??= begin(options ?? {});
  return running;
}

async function begin({ wasm, sampleEveryMs, thresholds, signals }) {
  loaded ??= load(wasm ?? new URL("callscope.wasm", import.meta.url));
  let Measuring = null;
  try {
    Measuring = await loaded;
  } catch (error) {
    // A call that is not measured is a call all the same. The next start tries again.
    loaded = null;
    failed(error);
  }
  // A period that is no number is the usual one; past an interval's length intervals would be lost.
  const period = Math.min(PERIOD_MS, Math.max(SHORTEST_PERIOD_MS, Number(sampleEveryMs) || PERIOD_MS));
  return new Scope(Measuring, { period, thresholds: thresholds ?? {}, signals });
}

async function load(url) {
  measuring.load(await instantiate(url));
  return measuring.Measuring;
}

async function instantiate(url) {
  if (WebAssembly.instantiateStreaming) {
    // Refused where the server does not say that it is application/wasm.
    const streamed = await WebAssembly.instantiateStreaming(fetch(url)).catch(() => null);
    if (streamed !== null) return streamed.instance.exports;
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} was answered with status ${response.status}`);
  const { instance } = await WebAssembly.instantiate(await response.arrayBuffer());
  return instance.exports;
}

class Scope {
  #measuring;
  #options;
  #connections = 0;
  // Sessions by what they were attached to.
  #sessions = new Map();

  constructor(Measuring, options) {
    this.#measuring = Measuring;
    this.#options = options;
  }

  get isMeasuring() {
    return this.#measuring !== null;
  }

  attachRoom(room, { roomType = null } = {}) {
    return this.#attach(room, true, (session) => {
      if (typeof room?.then !== "function") return session.join(room, roomType);
      const join = (connected) => guarded(() => this.#join(session, connected, roomType));
      return room.then(join, () => session.stop());
    });
  }

  attachPeerConnection(connection, { name, room = null, participant = null } = {}) {
    return this.#attach(connection, false, (session) => {
      Object.assign(session, { room, participant });
      session.connect(name ?? `pc${++this.#connections}`, connection);
      return session.sample();
    });
  }

  async stop() {
    running = null;
    this.#measuring = null;
    await Promise.all([...new Set(this.#sessions.values())].map((session) => session.stop()));
  }

  #attach(what, isTwilio, begin) {
    const known = this.#sessions.get(what);
    if (known !== undefined) return known;
    const session = new Session(this.#measuring, { ...this.#options, isTwilio }, (ended) => this.#forget(ended));
    this.#sessions.set(what, session);
    try {
      begin(session);
    } catch (error) {
      failed(error);
      session.stop();
    }
    return session;
  }

  // The room may have been attached by itself while its promise was waited for.
  #join(session, room, roomType) {
    if (this.#sessions.has(room)) return session.stop();
    this.#sessions.set(room, session);
    return session.join(room, roomType);
  }

  #forget(session) {
    for (const [what, each] of this.#sessions) if (each === session) this.#sessions.delete(what);
  }
}
