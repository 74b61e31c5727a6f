// The calls of the page that opened this one, by the module's openDebugPage() there: crates/embed/src/debug.js is the other side.

const WINDOW = "callscope-debug";
const VERSION = 1;
const ASK_MS = 1000;
// So long nothing may come before a port is asked for anew.
const SILENT_MS = 3500;

export class Feed {
  // Whether this window is there to watch the calls of another page.
  static isWanted() {
    return window.opener !== null && window.name === WINDOW;
  }

  // `take` is given what comes as [origin, type, session, room, participant, names, labels, settings, numbers], and [] when the other
  // side has been silent for too long. `allowed` is `*` or origins that may feed this page.
  constructor(allowed, take) {
    const page = String(crypto.getRandomValues(new Uint32Array(2)));
    const origins = allowed.split(/\s+/);
    let port = null;
    let heard = 0;
    let isSilent = false;
    addEventListener("message", ({ source, origin, data, ports }) => {
      const isMine = source === window.opener && data?.callscope === "port" && data.version === VERSION && data.page === page;
      if (!isMine || !(origins.includes("*") || origins.includes(origin))) return;
      port?.close();
      port = ports[0];
      port.onmessage = (event) => {
        heard = performance.now();
        isSilent = false;
        take(flat(origin, event.data));
      };
    });
    addEventListener("pagehide", () => port?.postMessage("bye"));
    const ask = () => {
      if (performance.now() - heard < SILENT_MS && port !== null) return;
      if (!isSilent) take([]);
      isSilent = true;
      // It says nothing but that somebody is here, so that anybody may hear it.
      window.opener?.postMessage({ callscope: "hello", page }, "*");
    };
    setInterval(ask, ASK_MS);
    ask();
  }
}

function flat(origin, { type, session, room, participant, names, labels, thresholds, isTwilio, isOver, numbers }) {
  if (type !== "call") return [origin, type];
  const { packetLossPct, rttMs, minPackets } = thresholds;
  return [
    origin,
    type,
    session,
    room?.name ?? room?.sid,
    participant?.identity ?? participant?.sid,
    names,
    labels.flat(),
    [packetLossPct, rttMs, minPackets, isTwilio ? 1 : 0, isOver ? 1 : 0],
    numbers,
  ];
}
