// The whole of it: a call in a browser, the module, the network, a collector and its store.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { eventually, keyOf, realCall, storedIn } from "./call.mjs";
import { launch, withPage } from "./browser.mjs";
import { startCollector } from "./collector.mjs";
import { startEndpoint } from "./endpoint.mjs";
import { keptBatches } from "./history.mjs";
import { APP_FOLDER } from "./serve.mjs";

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

test("the demo call of the page that a collector serves is stored, and outlives it", { timeout: 150_000 }, async () => {
  const collector = await startCollector({ args: ["--app", APP_FOLDER] });
  try {
    let told;
    let kept;
    await withPage(browser, {}, async (page) => {
      await page.goto(collector.url);
      await page.getByTestId("start-call").click();
      await page.getByTestId("stop-call").waitFor();
      await page.waitForTimeout(33_000);
      await page.getByTestId("stop-call").click();
      told = JSON.parse(await page.evaluate(() => window.callscope.report()));
      await eventually(async () => (await collector.get("/v1/insights/rooms")).rooms.some((room) => room.ended_at !== null));
      kept = (await page.evaluate(keptBatches)).flatMap(({ intervals }) => intervals);
    });
    await collector.end();
    await collector.restart();
    const { rooms } = await collector.get("/v1/Video/Rooms");
    assert.deepEqual(rooms.map(({ room_name: name }) => name), ["demo call"]);
    const [{ room_sid: room }] = rooms;
    const { participants } = await collector.get(`/v1/Video/Rooms/${room}/Participants`);
    assert.deepEqual(participants.map(({ participant_identity: identity }) => identity), ["you"]);
    const [{ participant_sid: participant }] = participants;
    const { intervals } = await collector.get(`/v1/insights/rooms/${room}/participants/${participant}/intervals`);
    // What the browser kept is what was sent, figure by figure.
    assert.ok(kept.length >= 6, `${kept.length} intervals`);
    assert.deepEqual(intervals.map(known).sort(byStart), kept.map(known).sort(byStart));
    // The page and the module look at the same call at different moments; a camera's rate climbs between them.
    const whole = (list) => list.filter(({ scope, notes = [] }) => scope === "track" && notes.length === 0);
    const both = whole(told.intervals).filter(({ start, kind }) => kind === "audio" && whole(intervals).some((each) => each.start === start && each.kind === kind));
    assert.ok(both.length >= 1, `${both.length} intervals in both`);
    for (const { start, kind, bitrate_bps: rate } of both) {
      const stored = intervals.find((each) => each.start === start && each.kind === kind).bitrate_bps;
      assert.ok(Math.abs(stored - rate) < 0.25 * rate, `${kind}: ${stored} and ${rate} bit/s`);
    }
  } finally {
    await collector.stop();
  }
});

test("every interval is stored once, whatever happens to the network, the collector, the tab and the token", { timeout: 240_000 }, async () => {
  const [collector, host] = await Promise.all([startCollector({ args: ["--cors-origins", "*"], keys: true }), startEndpoint()]);
  const context = await browser.newContext({ permissions: ["camera", "microphone"] });
  // What the module told its application, by participant.
  const told = new Map();
  let tokens = 0;
  try {
    await context.exposeFunction("tell", (who, interval) => told.set(who, [...(told.get(who) ?? []), keyOf(who, interval)]));
    // The first is over already.
    await context.exposeFunction("newToken", () => (++tokens === 1 ? "SKover" : collector.keys.ingest));
    const join = async () => {
      const page = await context.newPage();
      await page.goto(host.origin);
      await page.evaluate(realCall, { endpoint: `${collector.url}/v1/batches`, identity: "anna", flushEveryMs: 2000 });
      return page;
    };
    const [first, second] = await Promise.all([join(), join()]);
    await first.waitForTimeout(12_000);

    await context.setOffline(true);
    await first.waitForTimeout(12_000);
    await context.setOffline(false);

    await collector.kill();
    await first.waitForTimeout(6000);
    await collector.restart();
    await first.waitForTimeout(6000);

    // A tab is loaded again and joins again; the other is closed.
    await first.reload();
    await first.evaluate(realCall, { endpoint: `${collector.url}/v1/batches`, identity: "anna", flushEveryMs: 2000 });
    await second.close({ runBeforeUnload: true });
    await first.waitForTimeout(22_000);
    await first.evaluate(async () => {
      await window.session.stop();
      await window.scope.stop();
    });

    const stored = async () => (await storedIn(collector)).map(([participant, interval]) => keyOf(participant, interval));
    const expected = [...told.values()].flat();
    assert.equal(told.size, 3, "three sessions");
    assert.ok(expected.length > 20, `${expected.length} intervals`);
    const isAll = async () => {
      const there = new Set(await stored());
      return expected.every((interval) => there.has(interval));
    };
    await eventually(isAll);
    const keys = await stored();
    assert.equal(new Set(keys).size, keys.length, "none is there twice");
    assert.ok(tokens >= 2, "the token was asked for again");
  } finally {
    await context.close();
    await Promise.all([collector.stop(), host.close()]);
  }
});

// What is null, false or empty may be left out. It goes through all parts of an interval.
function known(value) {
  if (Array.isArray(value)) return value.map(known);
  if (value === null || typeof value !== "object") return value;
  const isSaid = ([, each]) => each !== null && each !== false && !(Array.isArray(each) && each.length === 0);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, known(each)]).filter(isSaid).sort());
}

const byStart = (a, b) => a.start - b.start || String(a.scope + a.track).localeCompare(String(b.scope + b.track));
