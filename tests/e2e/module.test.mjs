// The module by itself: half an hour of a call in simulated time, and what leaves the page.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { serve } from "../../examples/plain/serve.mjs";
import { launch, withPage } from "./browser.mjs";

const MINUTE_MS = 60_000;

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([serve(), launch()]);
});

after(async () => {
  await browser?.close();
  server?.close();
});

test("half an hour of the same tracks: memory stays what it was", { timeout: 120_000 }, async () => {
  await withCall({ changes: false }, async (page, memories) => {
    assert.equal(memories[29], memories[4], `KiB by the minute: ${memories}`);
    const { intervals } = await page.evaluate(() => window.simulated());
    assert.ok(intervals.length > 500);
  });
});

test("half an hour with tracks coming and going: every interval is right, and a track leaves no more than its summary", { timeout: 120_000 }, async () => {
  await withCall({ changes: true }, async (page, memories) => {
    console.log(`WebAssembly memory after 1, 10, 20 and 30 minutes: ${[0, 9, 19, 29].map((minute) => memories[minute]).join(", ")} KiB`);
    // In twenty minutes as many received tracks, and four screens, have come.
    assert.ok(memories[29] - memories[9] <= 24 * 8, `KiB by the minute: ${memories}`);
    const { intervals, issues, summary } = await page.evaluate(() => window.simulated());

    const of = (track) => intervals.filter((interval) => interval.track === track);
    assert.ok(of("SA1").length >= 178, `${of("SA1").length} intervals of half an hour`);
    for (const interval of of("SA1").slice(1)) {
      assert.ok(Math.abs(interval.duration_ms - 10_000) < 200, `${interval.duration_ms} ms`);
      assert.equal(Math.round(interval.bitrate_bps), 40_000);
      assert.ok(Math.abs(interval.packet_loss_pct - 2) < 0.01, `${interval.packet_loss_pct} %`);
      assert.equal(Math.round(interval.rtt_ms), 80);
    }
    // Every five minutes the screen is shared for two.
    const screens = new Set(intervals.filter(({ screen_share: is }) => is).map(({ track }) => track));
    assert.equal(screens.size, 6);
    assert.deepEqual(issues, [], "2 % and 80 ms are no issue");
    assert.deepEqual(summary.issues, []);
    const audio = summary.tracks.find(({ track }) => track === "SA1");
    assert.ok(Math.abs(audio.packet_loss_pct - 2) < 0.01, `${audio.packet_loss_pct} %`);
  });
});

async function withCall(call, body) {
  await withPage(browser, { beforeLoad: keepMemory }, async (page) => {
    await page.clock.install({ time: "2026-01-05T10:00:00Z" });
    await page.goto(server.origin);
    await page.waitForFunction(() => window.memories.length > 0);
    await page.evaluate(simulateCall, call);
    const memories = [];
    for (let minute = 0; minute < 30; minute += 1) {
      await page.clock.runFor(MINUTE_MS);
      memories.push(await page.evaluate(() => window.memories[0].buffer.byteLength / 1024));
    }
    await body(page, memories);
  });
}

test("nothing but its own files is asked for, and nothing is kept", { timeout: 30_000 }, async () => {
  await withPage(browser, { beforeLoad: keepMemory }, async (page) => {
    const asked = [];
    page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname} ${request.postData() ?? ""}`.trim()));
    await page.clock.install({ time: "2026-01-05T10:00:00Z" });
    await page.goto(server.origin);
    await page.waitForFunction(() => window.memories.length > 0);
    await page.evaluate(simulateCall, { changes: true });
    await page.clock.runFor(5 * MINUTE_MS);
    const { intervals } = await page.evaluate(() => window.simulated());
    assert.ok(intervals.length > 20);
    assert.deepEqual(
      asked.sort(),
      ["GET /", "GET /call.js", "GET /callscope/callscope.js", "GET /callscope/callscope.wasm", "GET /main.js", "GET /style.css"],
    );
    const kept = await page.evaluate(async () => [
      ...Object.keys(localStorage),
      ...Object.keys(sessionStorage),
      ...(await indexedDB.databases()).map(({ name }) => name),
      document.cookie,
    ]);
    assert.deepEqual(kept, [""]);
    // Addresses and labels are in the reports, and in nothing that is handed out.
    const text = JSON.stringify(intervals);
    for (const secret of ["192.168.7.7", "Built-in microphone", "ufrag"]) assert.ok(!text.includes(secret), secret);
  });
});

// What follows runs in the page.

function keepMemory() {
  window.memories = [];
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (...given) => {
    const loaded = await instantiateStreaming(...given);
    window.memories.push(loaded.instance.exports.memory);
    return loaded;
  };
}

// A connection whose reports count on with the page's clock: a microphone, a camera of three layers, now and then a screen, and ten
// received tracks of which another one changes every minute.
async function simulateCall({ changes }) {
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
  const getStats = async () => {
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
  const session = (await start()).attachPeerConnection(connection, { name: "simulated" });
  const [intervals, issues] = [[], []];
  session.on("interval", (interval) => intervals.push(interval));
  session.on("issue", (issue) => issues.push(issue));
  window.simulated = () => ({ intervals, issues, summary: session.summary() });
}
