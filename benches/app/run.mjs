// How fast the app is: what a page loads until it can be used, an 8-hour call panned and zoomed, and lists over 100,000 rooms. See ../README.md.
//
//   cargo xtask run     builds all of it; then
//   node benches/app/run.mjs [--rooms 100000] [--rounds 5]
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { launch } from "../../tests/e2e/browser.mjs";

const { values: options } = parseArgs({ options: { rooms: { type: "string", default: "100000" }, rounds: { type: "string", default: "5" } } });
const [ROOMS, ROUNDS] = [Number(options.rooms), Number(options.rounds)];
const ROOT = join(import.meta.dirname, "../..");
const BINARY = join(ROOT, "target/release/callscope");
const HOURS = 8;
const FRAMES = 180;

if (!existsSync(BINARY) || !existsSync(join(ROOT, "dist/index.html"))) {
  console.error("The app or the collector is not built for release: `cargo xtask run` does both.");
  process.exit(1);
}

const log = (...words) => console.error(new Date().toISOString().slice(11, 19), ...words);
const sid = (prefix, n) => prefix + String(n).padStart(32, "0");
const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];

/** A collector over a store of its own, with rooms made up. */
async function collector(folder) {
  const store = `sqlite:${join(folder, "callscope.db")}`;
  log(`making up ${ROOMS} rooms`);
  // A few intervals of each track: lists and roll-ups are the same, and the database is a tenth.
  const calls = ["--participants", ROOMS * 2, "--rooms", ROOMS, "--days", 7, "--intervals", 3, "--seed", 1].map(String);
  const begun = Date.now();
  execFileSync(BINARY, ["simulate", ...calls, "--store", store], { stdio: ["ignore", "ignore", "inherit"] });
  log(`made up in ${Math.round((Date.now() - begun) / 1000)} s, ${Math.round(statSync(join(folder, "callscope.db")).size / 2 ** 20)} MiB`);
  const child = spawn(BINARY, ["serve", "--listen", "127.0.0.1:0", "--store", store, "--app", join(ROOT, "dist")], { stdio: ["ignore", "ignore", "pipe"] });
  const url = await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the collector ended with ${code}`)));
    createInterface(child.stderr).on("line", (line) => {
      const found = /listening at (http:\/\/[\d.:]+)/.exec(line);
      if (found) resolve(found[1]);
    });
  });
  return { url, child };
}

/** A call of four tracks that lasted the working day: a batch of half a minute after the other. */
async function longCall(url) {
  const start = Math.floor((Date.now() - HOURS * 3_600_000) / 10_000) * 10_000;
  const tracks = ["audio", "video", "video", "audio"].map((kind, place) => ({ kind, track: sid("MT", place + 1), pc: "pc1", scope: "track", direction: "send" }));
  for (let seq = 0; seq < HOURS * 120; seq += 1) {
    const intervals = [0, 1, 2].flatMap((third) => {
      const n = seq * 3 + third;
      return tracks.map((track, place) => {
        const bitrate = Math.round((track.kind === "audio" ? 32e3 : 1.5e6 / place) * (1 + 0.2 * Math.sin(n / 40 + place)));
        const lost = n % 97 === place ? 60 : n % 3;
        const figures = { bitrate_bps: bitrate, packets_sent: 1000, packets_lost: lost, packet_loss_pct: (100 * lost) / (1000 + lost), rtt_ms: 80 + 40 * Math.sin(n / 25) };
        return { ...track, ...figures, start: start + n * 10_000, duration_ms: 10_000 };
      });
    });
    const batch = {
      schema: 1,
      batch_id: `00000000-0000-4000-8000-${String(seq).padStart(12, "0")}`,
      session: "00000000-0000-4000-8000-00000000abcd",
      seq,
      started_at: start,
      sent_at: Date.now(),
      room: { sid: sid("RM", 1), name: "eight hours", type: "group" },
      participant: { sid: sid("PA", 1), identity: "somebody" },
      client: { os: {}, browser: {}, device: {}, sdk: {}, module: "0.1.0" },
      intervals,
      events: [],
    };
    const response = await fetch(`${url}/v1/batches`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(batch) });
    if (!response.ok) throw new Error(`a batch was refused: ${response.status} ${await response.text()}`);
  }
  return `#/rooms/${sid("RM", 1)}/participants/${sid("PA", 1)}`;
}

/** Opens a page in a browser that knows nothing of it; until what `ready` names is there and the page has time for a click. */
async function firstLoad(browser, url, hash, ready) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  let bytes = 0;
  cdp.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.addInitScript((selector) => {
    const look = () => (document.querySelector(selector) ? setTimeout(() => (window.usableAt = performance.now())) : requestAnimationFrame(look));
    requestAnimationFrame(look);
  }, ready);
  await page.goto(`${url}/${hash}`);
  await page.waitForFunction(() => window.usableAt, undefined, { timeout: 60_000 });
  const usable = await page.evaluate(() => window.usableAt);
  return { context, page, usable, bytes };
}

async function memory(page) {
  return page.evaluate(() => window.memories.reduce((sum, each) => sum + each.buffer.byteLength, 0));
}

/** Time between frames while something moves, as the browser shows them. */
async function frames(page, move) {
  await page.evaluate(() => {
    window.frames_ = [];
    let last;
    const next = (now) => {
      if (last !== undefined) window.frames_.push(now - last);
      last = now;
      window.ticking = requestAnimationFrame(next);
    };
    window.ticking = requestAnimationFrame(next);
  });
  await move();
  return page.evaluate(() => (cancelAnimationFrame(window.ticking), window.frames_));
}

const folder = mkdtempSync(join(tmpdir(), "callscope-app-"));
const browser = await launch({ ordinary: true });
let server;
try {
  server = await collector(folder);
  const day = await longCall(server.url);
  const rows = [];
  const pages = [
    ["live", "#/live", "[data-testid=start-call]"],
    ["dashboard", "#/dashboard", "#overview .answer:not([aria-busy]) canvas"],
    [`rooms, first of ${ROOMS.toLocaleString("en")}`, "#/rooms", "[data-testid=rooms] tbody tr"],
    [`a participant of ${HOURS} hours`, day, "#room .chart-card canvas"],
  ];
  for (const [name, hash, ready] of pages) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { context, usable, bytes } = await firstLoad(browser, server.url, hash, ready);
      rounds.push({ usable, bytes });
      await context.close();
    }
    rows.push([`first load until usable: ${name}`, `${Math.round(percentile(rounds.map(({ usable }) => usable), 0.5))} ms`, `${Math.round(rounds.at(-1).bytes / 1000)} KB over the network`]);
  }

  const { context, page } = await firstLoad(browser, server.url, "#/rooms", "[data-testid=rooms] tbody tr");
  for (const [name, hash] of [["next filter, issues", "#/rooms?issues=with"], ["sorted by duration", "#/rooms?sort=duration"], ["by what a name begins with", "#/rooms?search=standup-1"]]) {
    const times = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await page.evaluate(() => (location.hash = "#/rooms"));
      await page.waitForTimeout(300);
      times.push(
        await page.evaluate(async (to) => {
          const begun = performance.now();
          location.hash = to;
          await new Promise((resolve) => setTimeout(resolve));
          while (document.querySelector("#overview .answer[aria-busy]")) await new Promise(requestAnimationFrame);
          return performance.now() - begun;
        }, hash),
      );
    }
    rows.push([`rooms of ${ROOMS.toLocaleString("en")}: ${name}`, `${Math.round(percentile(times, 0.5))} ms`, ""]);
  }
  await context.close();

  const long = await browser.newContext({ viewport: { width: 1280, height: 1400 } });
  const chart = await long.newPage();
  await chart.addInitScript(() => {
    window.memories = [];
    const { instantiateStreaming } = WebAssembly;
    WebAssembly.instantiateStreaming = async (...given) => {
      const loaded = await instantiateStreaming(...given);
      window.memories.push(loaded.instance.exports.memory);
      return loaded;
    };
  });
  await chart.goto(`${server.url}/${day}`);
  const plot = chart.locator("#room .chart-card canvas").first();
  await plot.waitFor();
  await plot.scrollIntoViewIfNeeded();
  await chart.waitForTimeout(1500);
  const { x, y, width, height } = await plot.boundingBox();
  const [left, middle] = [x + 90, y + height / 2];
  await chart.mouse.move(x + width / 2, middle);
  const told = async (name, move) => {
    const all = await frames(chart, move);
    rows.push([`${HOURS} hours × 4 tracks, three charts: ${name}`, `p50 ${percentile(all, 0.5).toFixed(1)}, p99 ${percentile(all, 0.99).toFixed(1)} ms a frame`, `${all.length} frames`]);
  };
  await told("hover", async () => {
    for (let n = 0; n < FRAMES; n += 1) await chart.mouse.move(left + ((width - 120) * n) / FRAMES, middle);
  });
  await told("zoom with the wheel", async () => {
    for (let n = 0; n < 40; n += 1) await chart.mouse.wheel(0, n < 20 ? -60 : 60);
  });
  for (let n = 0; n < 6; n += 1) await chart.mouse.wheel(0, -120);
  await chart.waitForTimeout(500);
  await told("pan", async () => {
    await chart.mouse.move(left + width / 2, middle);
    await chart.mouse.down();
    for (let n = 0; n < FRAMES; n += 1) await chart.mouse.move(left + width / 2 - 2 * n, middle);
    await chart.mouse.up();
  });
  rows.push(["the memory of its WebAssembly with that call", `${((await memory(chart)) / 2 ** 20).toFixed(1)} MiB`, ""]);
  await long.close();

  console.log(`${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, Chromium ${browser.version()}\n`);
  for (const [what, figure, more] of rows) console.log(`| ${what} | ${figure} | ${more} |`);
} finally {
  await browser.close();
  server?.child.kill();
  rmSync(folder, { recursive: true, force: true });
}
