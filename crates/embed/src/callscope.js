// What the package exports.

import { client } from "../../browser/src/client.js";
import { delivery } from "../../browser/src/delivery.js";
import { forget } from "../../browser/src/forget.js";
import { failed, guarded, quietly } from "../../browser/src/guard.js";
import { opened } from "../../browser/src/store.js";
import { load, wasm as machine } from "./measuring.js";
import { attached } from "./session.js";

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
  const { wasm, endpoint = null, history = true, identity = "plain", salt = "", consent = true } = options;
  loaded ??= load(wasm ?? new URL("callscope.wasm", import.meta.url));
  let isMeasuring = false;
  try {
    await loaded;
    isMeasuring = true;
  } catch (error) {
    // A call that is not measured is a call all the same. The next start tries again.
    loaded = null;
    failed(error);
  }
  const store = history || endpoint !== null ? opened(history) : null;
  // Whether anything may be kept and sent now, or the promise of it.
  const allows = () => guarded(() => (typeof consent === "function" ? consent() : consent));
  const out = isMeasuring && endpoint !== null ? guarded(() => delivery(endpoint, options, store, allows, machine)) : undefined;
  return scope({
    ...options,
    isMeasuring,
    allows,
    identity,
    period: Math.min(PERIOD_MS, atLeast(SHORTEST_PERIOD_MS, options.sampleEveryMs, PERIOD_MS)),
    thresholds: { packetLossPct: 5, rttMs: 300, minPackets: 100, ...options.thresholds },
    identify: (name) => identify(name, identity, salt),
    client: client().catch(failed),
    flushEveryMs: atLeast(SHORTEST_FLUSH_MS, options.flushEveryMs, FLUSH_MS),
    keep: store && ((batches, isLeaving) => keep(store, out, batches, isLeaving)),
    out,
  });
}

// What is no number is the usual one. Past an interval's length intervals would be lost.
function atLeast(shortest, given, usual) {
  return Math.max(shortest, Number(given) || usual);
}

// Keeps batches, and sends them if there is where to.
async function keep(store, out, batches, isLeaving) {
  const records = batches.map((batch) => store.record(batch, out?.endpoint));
  const kept = store.put(records, isLeaving);
  // A page on its way out hears of nothing any more.
  const areOnTheirWay = isLeaving && out && records.map(out.leave).every(Boolean);
  await kept;
  if (!areOnTheirWay) await out?.send();
}

// As the application wants others to know people: by what they are called, by a hash of it, or not at all.
async function identify(name, how, salt) {
  if (name === null || how === "plain") return name;
  // Missing where the page came over plain HTTP: then nobody is named.
  if (how !== "hash" || !crypto.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(salt + name));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function scope(options) {
  // Calls by what they were attached to.
  const calls = new Map();
  let connections = 0;
  let debug = null;

  function feed(page) {
    const before = debug;
    debug = import("./debug.js").then(async ({ Debug }) => {
      (await before)?.stop();
      return new Debug(page, () => calls.values());
    });
    debug.catch(failed);
  }

  function attach(what, isTwilio, begin) {
    const known = calls.get(what);
    if (known) return known.session;
    const call = attached({ ...options, isTwilio }, (ended) => forget(calls, (each) => each === ended));
    calls.set(what, call);
    try {
      begin(call);
    } catch (error) {
      failed(error);
      call.session.stop();
    }
    return call.session;
  }

  // The room may have been attached by itself while its promise was waited for.
  function join(call, room, roomType) {
    if (calls.has(room)) return call.session.stop();
    calls.set(room, call);
    return call.join(room, roomType);
  }

  const page = quietly(() => sessionStorage.getItem(DEBUGGING));
  if (page) feed(page);

  return {
    get isMeasuring() {
      return options.isMeasuring;
    },

    attachRoom: (room, { roomType = null, sdkVersion = globalThis.Twilio?.Video?.version ?? null } = {}) =>
      attach(room, true, (call) => {
        call.sdk = { name: "twilio-video", version: sdkVersion };
        if (typeof room?.then !== "function") return call.join(room, roomType);
        return room.then((connected) => guarded(() => join(call, connected, roomType)), call.session.stop);
      }),

    attachPeerConnection: (connection, { name, room = null, participant = null, sdk = null } = {}) =>
      attach(connection, false, (call) => {
        call.sdk = sdk;
        call.begin(room, participant);
        call.connect(name ?? `pc${++connections}`, connection);
        return call.sample();
      }),

    openDebugPage(url) {
      const opened = guarded(() => {
        const page = new URL(url ?? options.debugPage ?? DEBUG_PAGE, location.href).href;
        // At once: browsers let a page open a window only while they handle a click.
        if (window.open(page, "callscope-debug") === null) throw new Error("the browser opens the debug page only from a click");
        quietly(() => sessionStorage.setItem(DEBUGGING, page));
        feed(page);
        return true;
      });
      return opened ?? false;
    },

    async stop() {
      running = null;
      options.isMeasuring = false;
      quietly(() => sessionStorage.removeItem(DEBUGGING));
      debug?.then((debug) => debug.stop()).catch(failed);
      await Promise.all([...new Set(calls.values())].map(({ session }) => session.stop()));
      await options.out?.stop();
    },
  };
}
