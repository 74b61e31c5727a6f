// The calls of the page that opened this one, by the module's openDebugPage() there: crates/embed/src/debug.js is the other side. Loaded by
// src/later.js.

const VERSION = 1;
const ASK_MS = 1000;
// So long nothing may come before a port is asked for anew.
const SILENT_MS = 3500;

const WAITING =
  "Waiting for the page that opened this window\u2026 It answers while callscope runs in it, and if this page may be watched from there: " +
  "the meta element callscope-feed of this page says who may.";
const SILENT = "The page that opened this window is not heard of any more. If it is loaded again and joins a call, that is shown here.";

// `take` is given what is to be said while no call is heard of, as [text]; [] when all calls are over; and what is new of a call, as [session, room,
// participant, whose call it is, names, labels, settings, numbers]. The page says who may feed it: `*`, or origins.
export function feed(take) {
  const page = String(crypto.getRandomValues(new Uint32Array(2)));
  const allowed = document.querySelector("meta[name='callscope-feed']")?.content ?? "";
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
    if (!isSilent) take([port === null ? WAITING : SILENT]);
    isSilent = true;
    // It says nothing but that somebody is here, so that anybody may hear it.
    window.opener?.postMessage({ callscope: "hello", page }, "*");
  };
  setInterval(ask, ASK_MS);
  ask();
}

function flat(origin, { type, session, room, participant, names, labels, thresholds, isTwilio, isOver, numbers }) {
  if (type === "over") return [];
  if (type === "idle") return [`${origin} measures no call now. The next one is shown here.`];
  const { packetLossPct, rttMs, minPackets } = thresholds;
  return [
    session,
    room?.name ?? room?.sid,
    participant?.identity ?? participant?.sid,
    `A call of ${origin}, measured here from the reports that it sends to this window.`,
    names,
    labels.flat(),
    [packetLossPct, rttMs, minPackets, isTwilio ? 1 : 0, isOver ? 1 : 0],
    numbers,
  ];
}
