// Runs in the page: a call that it makes with itself, and who watches one side of it. Driven by run.mjs through window.bench.
import { startCall } from "../../tests/e2e/loopback.mjs";

let asked = 0;
let heard = 0;
let memory = null;
const hear = () => (heard += 1);

/** Each attaches itself as its own documentation says, with its defaults. */
const WATCHERS = {
  async none() {},
  callscope: (connection) => callscope(connection, {}),
  "callscope, live": (connection) => callscope(connection, { live: true }),
  async observertc(connection) {
    const { ClientMonitor } = await import("/library/observertc.js");
    const monitor = new ClientMonitor({ clientId: "client", callId: "call" });
    monitor.on("sample-created", hear);
    monitor.addSource(connection);
    const [watched] = monitor.peerConnections;
    const ends = [...connection.getSenders(), ...connection.getReceivers()];
    for (const { track } of ends) if (track) watched.addMediaStreamTrack(track);
    window.watcher = monitor;
  },
};

async function callscope(connection, options) {
  const { start } = await import("/module/callscope.js");
  const scope = await start();
  if (!scope.isMeasuring) throw new Error("the module could not be loaded");
  window.watcher = scope.attachPeerConnection(connection).on("interval", hear, options);
}

// WebAssembly's memory is not in the JavaScript heap.
const { instantiateStreaming } = WebAssembly;
WebAssembly.instantiateStreaming = async (...args) => {
  const made = await instantiateStreaming.apply(WebAssembly, args);
  ({ memory } = made.instance.exports);
  return made;
};

window.bench = {
  names: Object.keys(WATCHERS),
  async call() {
    await startCall({ width: 640, height: 360 });
    const { near } = window.call;
    near.getStats = (...args) => {
      asked += 1;
      return RTCPeerConnection.prototype.getStats.apply(near, args);
    };
  },
  watch: (name) => WATCHERS[name](window.call.near),
  counts: () => ({ asked, heard, memory: memory === null ? 0 : memory.buffer.byteLength, state: window.call.near.connectionState }),
};
window.benchReady = true;
