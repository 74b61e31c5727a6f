// A call without a browser's call behind it, for simulated time. These functions run in the page.

/** Notes the memory of every WebAssembly module that the page loads in `window.memories`. */
export function keepMemory() {
  window.memories = [];
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (...given) => {
    const loaded = await instantiateStreaming(...given);
    window.memories.push(loaded.instance.exports.memory);
    return loaded;
  };
}

/**
 * Measures a connection whose reports count on with the page's clock: a microphone, a camera of three layers, now and then a screen, and
 * ten received tracks of which another one changes every minute. `window.simulated()` gives what was told of it.
 *
 * @param {{changes: boolean, options?: object, about?: object}} call `options` are of `start`, `about` of `attachPeerConnection`; a `consent`
 *   that is a string names a function of the window
 */
export async function simulateCall({ changes, options = {}, about = {} }) {
  const begun = Date.now();
  const seconds = () => (Date.now() - begun) / 1000;
  const outbound = (ssrc, kind, source, bytesPerSecond, since, more) => {
    const passed = seconds() - since;
    const packetsSent = Math.round(49 * passed);
    const local = { id: `O${ssrc}`, type: "outbound-rtp", ssrc, kind, mediaSourceId: source, bytesSent: Math.round(bytesPerSecond * passed), packetsSent, ...more };
    const reports = Math.floor(passed);
    const remote = {
      id: `R${ssrc}`,
      type: "remote-inbound-rtp",
      ssrc,
      kind,
      localId: local.id,
      packetsLost: Math.round(passed),
      roundTripTimeMeasurements: reports,
      totalRoundTripTime: 0.08 * reports,
      roundTripTime: 0.08,
    };
    return [local, remote];
  };
  window.asked = 0;
  const getStats = async () => {
    window.asked += 1;
    const now = seconds();
    const minute = Math.floor(now / 60);
    const entries = [
      ...outbound(1, "audio", "SA1", 5000, 0),
      ...[0, 1, 2].flatMap((layer) => outbound(10 + layer, "video", "SV2", 20_000 * (layer + 1), 0, { encodingIndex: layer, frameWidth: 320 << layer, frameHeight: 180 << layer })),
      { id: "SA1", type: "media-source", kind: "audio", trackIdentifier: "Built-in microphone", audioLevel: 0.1, totalAudioEnergy: 0.01 * now, totalSamplesDuration: now },
      { id: "T", type: "transport", iceState: "connected", iceLocalUsernameFragment: "ufrag", selectedCandidatePairId: "P" },
      { id: "P", type: "candidate-pair", localCandidateId: "L", state: "succeeded", nominated: true, currentRoundTripTime: 0.07 },
      { id: "L", type: "local-candidate", candidateType: "host", address: "192.168.7.7", protocol: "udp" },
    ];
    if (changes && minute % 5 < 2) {
      const share = Math.floor(minute / 5);
      entries.push(...outbound(100 + share, "video", `SV${100 + share}`, 60_000, 300 * share, { contentType: "screenshare" }));
    }
    for (let place = 0; place < 10; place += 1) {
      const turn = changes ? Math.floor((minute + place) / 10) : 0;
      entries.push({
        id: `I${place}-${turn}`,
        type: "inbound-rtp",
        ssrc: 1000 + 100 * place + turn,
        kind: place % 2 === 0 ? "audio" : "video",
        trackIdentifier: `track-${place}-${turn}`,
        bytesReceived: Math.round(10_000 * now),
        packetsReceived: Math.round(50 * now),
        packetsLost: 0,
      });
    }
    const timestamp = Date.now();
    return new Map(entries.map((entry) => [entry.id, { timestamp, ...entry }]));
  };
  const connection = Object.assign(new EventTarget(), { getStats, iceConnectionState: "connected", connectionState: "connected", signalingState: "stable" });
  const { start } = await import("/callscope/callscope.js");
  for (const name of ["consent", "token"]) options[name] = window[options[name]] ?? options[name];
  const scope = await start(options);
  const session = scope.attachPeerConnection(connection, { name: "simulated", ...about });
  const [intervals, issues] = [[], []];
  session.on("interval", (interval) => intervals.push(interval));
  session.on("issue", (issue) => issues.push(issue));
  window.measured = { scope, session };
  window.simulated = () => ({ intervals, issues, summary: session.summary() });
}
