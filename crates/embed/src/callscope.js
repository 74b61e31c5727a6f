// What the package exports.

import { client } from "./client.js";
import { Delivery } from "./delivery.js";
import { failed, guarded, quietly } from "./guard.js";
import * as measuring from "./measuring.js";
import { Session } from "./session.js";
import { Store } from "./store.js";

const PERIOD_MS = 10_000;
const SHORTEST_PERIOD_MS = 1000;
const FLUSH_MS = 30_000;
const SHORTEST_FLUSH_MS = 1000;
const DEBUG_PAGE = "http://localhost:8080/";
// Where the debug page is, for when this page is loaded again.
const DEBUGGING = "callscope.debug";

let running = null;
let loaded = null;

export function start(options) {
  running ??= begin(options ?? {});
  return running;
}

async function begin(options) {
  const { wasm, sampleEveryMs, thresholds, signals, history = true, identity = "plain", salt = "", consent = true, debugPage } = options;
  loaded ??= load(wasm ?? new URL("callscope.wasm", import.meta.url));
  let Measuring = null;
  try {
    Measuring = await loaded;
  } catch (error) {
    // A call that is not measured is a call all the same. The next start tries again.
    loaded = null;
    failed(error);
  }
  const { endpoint = null, flushEveryMs } = options;
  const store = history || endpoint !== null ? new Store(history) : null;
  const delivery = Measuring && endpoint !== null ? (guarded(() => new Delivery(endpoint, options, store)) ?? null) : null;
  return new Scope(Measuring, {
    // A period that is no number is the usual one; past an interval's length intervals would be lost.
    period: Math.min(PERIOD_MS, Math.max(SHORTEST_PERIOD_MS, Number(sampleEveryMs) || PERIOD_MS)),
    thresholds: { packetLossPct: 5, rttMs: 300, minPackets: 100, ...thresholds },
    signals,
    consent,
    debugPage,
    identity,
    identify: (name) => identify(name, identity, salt),
    client: client().catch(failed),
    flushEveryMs: Math.max(SHORTEST_FLUSH_MS, Number(flushEveryMs) || FLUSH_MS),
    keep: store && ((batches, isLeaving) => keep(store, delivery, batches, isLeaving)),
    delivery,
  });
}

// Keeps batches, and sends them if there is where to.
async function keep(store, delivery, batches, isLeaving) {
  const records = batches.map((batch) => store.record(batch, delivery?.endpoint));
  const kept = store.put(records, isLeaving);
  // A page on its way out hears of nothing any more.
  const areOnTheirWay = isLeaving && delivery !== null && records.map((record) => delivery.leave(record)).every(Boolean);
  await kept;
  if (!areOnTheirWay) await delivery?.send();
}

// As the application wants others to know people: by what they are called, by a hash of it, or not at all.
async function identify(name, how, salt) {
  if (name === null || how === "plain") return name;
  // Missing where the page came over plain HTTP: then nobody is named.
  if (how !== "hash" || !crypto.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(salt + name));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
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
  #debug = null;

  constructor(Measuring, options) {
    this.#measuring = Measuring;
    this.#options = options;
    const page = quietly(() => sessionStorage.getItem(DEBUGGING));
    if (page) this.#feed(page);
  }

  get isMeasuring() {
    return this.#measuring !== null;
  }

  attachRoom(room, { roomType = null, sdkVersion = globalThis.Twilio?.Video?.version ?? null } = {}) {
    return this.#attach(room, true, (session) => {
      session.sdk = { name: "twilio-video", version: sdkVersion };
      if (typeof room?.then !== "function") return session.join(room, roomType);
      const join = (connected) => guarded(() => this.#join(session, connected, roomType));
      return room.then(join, () => session.stop());
    });
  }

  attachPeerConnection(connection, { name, room = null, participant = null, sdk = null } = {}) {
    return this.#attach(connection, false, (session) => {
      session.call(room, participant, sdk);
      session.connect(name ?? `pc${++this.#connections}`, connection);
      return session.sample();
    });
  }

  openDebugPage(url) {
    const opened = guarded(() => {
      const page = new URL(url ?? this.#options.debugPage ?? DEBUG_PAGE, location.href).href;
      // At once: browsers let a page open a window only while they handle a click.
      if (window.open(page, "callscope-debug") === null) throw new Error("the browser opens the debug page only from a click");
      quietly(() => sessionStorage.setItem(DEBUGGING, page));
      this.#feed(page);
      return true;
    });
    return opened ?? false;
  }

  async stop() {
    running = null;
    this.#measuring = null;
    quietly(() => sessionStorage.removeItem(DEBUGGING));
    this.#debug?.then((debug) => debug.stop()).catch(failed);
    await Promise.all([...new Set(this.#sessions.values())].map((session) => session.stop()));
    await this.#options.delivery?.stop();
  }

  #feed(page) {
    const before = this.#debug;
    this.#debug = import("./debug.js").then(async ({ Debug }) => {
      (await before)?.stop();
      return new Debug(page, () => this.#sessions.values());
    });
    this.#debug.catch(failed);
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
