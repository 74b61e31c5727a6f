// The module by itself: half an hour of a call in simulated time, and what leaves the page.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { serve } from "../../examples/plain/serve.mjs";
import { launch, withPage } from "./browser.mjs";
import { keepMemory, simulateCall } from "./simulated.mjs";

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

test("without history nothing but its own files is asked for, and nothing is kept", { timeout: 30_000 }, async () => {
  await withPage(browser, { beforeLoad: keepMemory }, async (page) => {
    const asked = [];
    page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname} ${request.postData() ?? ""}`.trim()));
    await page.clock.install({ time: "2026-01-05T10:00:00Z" });
    // Any page of the server's: the example's own would have started the module already.
    await page.goto(`${server.origin}/style.css`);
    await page.evaluate(simulateCall, { changes: true, options: { history: false } });
    await page.clock.runFor(5 * MINUTE_MS);
    const { intervals } = await page.evaluate(() => window.simulated());
    assert.ok(intervals.length > 20);
    assert.deepEqual(
      asked.sort(),
      ["GET /callscope/callscope.js", "GET /callscope/callscope.wasm", "GET /style.css"],
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
