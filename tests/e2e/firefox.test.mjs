// The app and the module in Firefox, which reports less than Chromium and other things: what it does not say must be unknown, the rest right.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import puppeteer from "puppeteer-core";

import { serve as servePlain } from "../../examples/plain/serve.mjs";
import { APP_FOLDER, serve } from "./serve.mjs";

const TIMEOUT_MS = 120_000;

let server;
let browser;

before(async () => {
  server = await serve(APP_FOLDER);
  browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox: { "media.navigator.streams.fake": true, "media.navigator.permission.disabled": true },
  });
});

after(async () => {
  await browser?.close();
  await server?.close();
});

describe("in Firefox", { timeout: TIMEOUT_MS }, () => {
  test("a call is measured as the browser's own counters tell", async () => {
    await withPage("#/live", async (page) => {
      await page.click("[data-testid=start-call]");
      await page.waitForFunction(connected, { timeout: 30_000 });
      await settled(page, ({ tracks }) => tracks.length === 2 && tracks.every(({ rtt_avg_ms: rtt, packets_sent: packets }) => rtt !== null && packets > 250));
      const [report, sent] = await page.evaluate(reportAndCounters);
      for (const { kind, packetsSent } of sent) {
        const track = report.tracks.find((candidate) => candidate.kind === kind);
        // What was sent before the first report counts for nothing; a second may lie between the last one and the counters.
        assert.ok(track.packets_sent > 0.5 * packetsSent && track.packets_sent <= packetsSent, `${kind}: ${track.packets_sent} of ${packetsSent}`);
        assert.ok(track.rtt_avg_ms >= 0 && track.rtt_avg_ms < 300, `${kind}: ${track.rtt_avg_ms} ms`);
        assert.equal(track.packet_loss_pct, 0, kind);
      }
      // The first may have begun with its only sample.
      const received = report.intervals.findLast(({ scope }) => scope === "connection");
      assert.ok(received.bitrate_bps > 0);
      assert.ok(!("available_outgoing_bitrate_bps" in received), "Firefox does not tell");
      assert.deepEqual(report.oddities, {});
    });
  });

  test("three layers are one track", async () => {
    await withPage("#/live", async (page) => {
      await page.click("[data-testid=option-simulcast]");
      await page.click("[data-testid=start-call]");
      await page.waitForFunction(connected, { timeout: 30_000 });
      await settled(page, ({ tracks }) => tracks.some(({ layers, packets_sent: packets }) => layers === 3 && packets > 100));
      const { tracks } = JSON.parse(await page.evaluate(() => window.callscope.report()));
      assert.deepEqual(tracks.map(({ kind }) => kind).sort(), ["audio", "video"]);
    });
  });

  test("a recording is read", async () => {
    await withPage("#/replay", async (page) => {
      const input = await page.waitForSelector("[data-testid=recording-file]");
      await input.uploadFile(fileURLToPath(new URL("../fixtures/chromium156-loss8-delay150.jsonl.gz", import.meta.url)));
      await page.waitForSelector("[data-testid=recording]", { timeout: 30_000 });
      const found = await page.$eval("[data-testid=findings]", (element) => element.innerText);
      assert.match(found, /High packet loss/);
    });
  });
});

test("the module measures a call in Firefox", { timeout: TIMEOUT_MS }, async () => {
  const plain = await servePlain();
  const page = await browser.newPage();
  try {
    await page.goto(plain.origin);
    await page.evaluate(callWithModule);
    // The other side reports every few seconds, so the first interval may be without a round trip time.
    const isReported = ({ notes, rtt_ms: rtt }) => !notes.includes("open") && rtt !== null;
    await page.waitForFunction(`window.heard?.filter(({ scope }) => scope === "track").some(${isReported})`, { timeout: 60_000 });
    const { tracks, received } = await page.evaluate(() => window.session.summary());
    assert.deepEqual(tracks.map(({ kind, packets_lost: lost }) => [kind, lost]), [["audio", 0]]);
    assert.ok(tracks[0].packets_sent > 100 && tracks[0].rtt_avg_ms >= 0, JSON.stringify(tracks));
    assert.deepEqual(received, [], "nothing comes back");
    const available = await page.evaluate(() => window.heard.find(({ scope }) => scope === "connection").available_outgoing_bitrate_bps);
    assert.equal(available, null, "Firefox does not tell, and that is not 0");
  } finally {
    await page.close();
    plain.close();
  }
});

async function withPage(hash, body) {
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(`threw ${error.stack ?? error}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`logged ${message.text()}`);
  });
  await page.evaluateOnNewDocument(keepConnections);
  await page.goto(`${server.origin}/index.html${hash}`);
  // That of an unknown page is there, and hidden, from the first.
  await page.waitForSelector("main > :not([hidden]) h1");
  try {
    await body(page);
  } finally {
    await page.close();
  }
  assert.deepEqual(problems, [], "nothing went wrong in the page");
}

async function settled(page, holds) {
  const deadline = performance.now() + 40_000;
  for (;;) {
    const report = JSON.parse(await page.evaluate(() => window.callscope.report()));
    if (holds(report)) return;
    assert.ok(performance.now() < deadline, `not within 40 s: ${JSON.stringify(report.tracks)}`);
    await new Promise((wake) => setTimeout(wake, 500));
  }
}

// What follows runs in the page.

function keepConnections() {
  window.connections = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...options) {
      super(...options);
      window.connections.push(this);
    }
  };
}

function connected() {
  return (
    window.connections.length === 2 &&
    window.connections.every(({ connectionState }) => connectionState === "connected") &&
    typeof window.callscope?.report === "function"
  );
}

async function reportAndCounters() {
  const report = JSON.parse(window.callscope.report());
  const stats = [...(await window.connections[0].getStats()).values()];
  const sent = stats.filter(({ type }) => type === "outbound-rtp");
  return [report, sent.map(({ kind, packetsSent }) => ({ kind, packetsSent }))];
}

// Sound one way.
async function callWithModule() {
  const { start } = await import("/callscope/callscope.js");
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  near.onicecandidate = ({ candidate }) => far.addIceCandidate(candidate);
  far.onicecandidate = ({ candidate }) => near.addIceCandidate(candidate);
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  near.addTrack(stream.getTracks()[0], stream);
  const session = (await start()).attachPeerConnection(near);
  const heard = [];
  session.on("interval", (interval) => heard.push(interval), { live: true });
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
  Object.assign(window, { heard, session, near, far });
}
