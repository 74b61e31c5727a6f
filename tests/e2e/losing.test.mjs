// What a page that ends may lose, with a real call and a real collector: npm/README.md says how much, and this holds it to that.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { launch, launchIn } from "./browser.mjs";
import { eventually, keyOf, realCall, storedIn } from "./call.mjs";
import { startCollector } from "./collector.mjs";
import { startEndpoint } from "./endpoint.mjs";

// As npm/README.md says: of a page that is closed, and of one whose process is killed.
const CLOSED_S = 10;
const KILLED_S = 40;
// The clock of this process is compared with the browser's samples.
const SLACK_S = 1.5;
// Just before the second batch is made, which is when the most is in memory.
const CALL_MS = 57_500;

let browser;
let host;

before(async () => {
  [browser, host] = await Promise.all([launch(), startEndpoint()]);
});

after(async () => {
  await Promise.all([browser?.close(), host?.close()]);
});

test("a page that ends loses no more than is said", { timeout: 240_000 }, async (t) => {
  const collector = await startCollector({ args: ["--cors-origins", "*"], keys: true });
  const folder = mkdtempSync(join(tmpdir(), "callscope-profile-"));
  const told = new Map();
  try {
    const own = await launchIn(folder);
    const contexts = await Promise.all([1, 2, 3].map(() => browser.newContext()));
    const [closed, navigated, crashed] = await Promise.all(contexts.map((context) => attend(context, collector, told)));
    const killed = await attend(own, collector, told);
    await new Promise((resolve) => setTimeout(resolve, CALL_MS));

    const ends = [
      ["closed", CLOSED_S, closed, () => closed.page.close({ runBeforeUnload: true })],
      ["navigated away", CLOSED_S, navigated, () => navigated.page.goto("about:blank")],
      ["renderer killed", KILLED_S, crashed, () => crash(crashed.page)],
      ["browser killed", KILLED_S, killed, () => process.kill(browserOf(folder), "SIGKILL")],
    ];
    const endedAt = new Map();
    for (const [how, , , end] of ends) {
      endedAt.set(how, Date.now());
      await end();
    }
    // Nobody else may have its folder open.
    await eventually(() => browserOf(folder) === null);
    // What was written down is sent by the next page of the origin: only the killed need one.
    await Promise.all([next(await contexts[2].newPage(), collector), launchIn(folder).then(async (again) => next(await again.newPage(), collector))]);

    for (const [how, mostS, { participant }] of ends) {
      const lost = await settled(collector, participant, endedAt.get(how), mostS + SLACK_S);
      const there = new Set((await storedIn(collector)).map(([who, interval]) => keyOf(who, interval)));
      const intervals = told.get(participant).map((interval) => keyOf(participant, interval));
      const missing = intervals.filter((key) => !there.has(key)).length;
      t.diagnostic(`${how}: ${lost.toFixed(1)} s of the call lost, ${missing} of ${intervals.length} intervals that the page was told of`);
      assert.ok(intervals.length >= 12, `${how}: ${intervals.length} intervals`);
      assert.ok(lost <= mostS + SLACK_S, `${how}: ${lost} s`);
      if (mostS === CLOSED_S) assert.equal(missing, 0, how);
    }
  } finally {
    await collector.stop();
    const left = browserOf(folder);
    if (left !== null) process.kill(left, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 500));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});

// A call of a page in a context, of which this process is told.
async function attend(context, collector, told) {
  await context.grantPermissions(["camera", "microphone"]);
  await context.exposeFunction("tell", (who, interval) => told.set(who, [...(told.get(who) ?? []), interval]));
  await context.exposeFunction("newToken", () => collector.keys.ingest);
  const page = await context.newPage();
  await page.goto(host.origin);
  const participant = await page.evaluate(realCall, { endpoint: `${collector.url}/v1/batches`, identity: "anna" });
  return { page, participant };
}

// A page of the same origin, later.
async function next(page, collector) {
  await page.goto(host.origin);
  const options = { endpoint: `${collector.url}/v1/batches`, token: collector.keys.ingest };
  await page.evaluate(async (given) => (await import("/callscope/callscope.js")).start(given), options);
}

async function crash(page) {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  session.send("Page.crash").catch(() => {});
  await crashed;
}

// The process of the browser that has its profile in a folder; null if there is none.
function browserOf(folder) {
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    let said;
    try {
      said = readFileSync(`/proc/${id}/cmdline`).toString().split("\0");
    } catch {
      continue;
    }
    if (said.includes(`--user-data-dir=${folder}`) && !said.some((each) => each.startsWith("--type="))) return Number(id);
  }
  return null;
}

// How many seconds before its end a participant's track is stored up to, of the track of which that is the least; as soon as it is few enough,
// or it does not come to more.
async function settled(collector, participant, end, mostS) {
  let lost = Infinity;
  await eventually(async () => {
    const ends = new Map();
    for (const [who, { scope, track, pc, start, duration_ms: duration }] of await storedIn(collector)) {
      if (who !== participant) continue;
      const name = [scope, track, pc].join(" ");
      ends.set(name, Math.max(ends.get(name) ?? 0, start + duration));
    }
    // Sound, picture and the connection.
    if (ends.size >= 3) lost = (end - Math.min(...ends.values())) / 1000;
    return lost <= mostS;
  }).catch(() => {});
  return lost;
}
