// The same calls in a collector and in this browser: every page shows the same of both, the tables behind its charts and their pictures included.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";

import { launch } from "./browser.mjs";
import { eventually } from "./call.mjs";
import { simulate, startCollector } from "./collector.mjs";
import { startEndpoint } from "./endpoint.mjs";
import { keepRecords } from "./history.mjs";
import { everything, open, settled } from "./pages.mjs";
import { APP_FOLDER } from "./serve.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** As long as the module keeps what it measured. */
const KEPT = ["--keep-dashboard-days", "7"];
/** The real call by its whole name: some that are made up are called demo, too. */
const DEMO = "rooms?search=demo%20call";
const NOWHERE = `RM${"0".repeat(32)}`;

let browser;
let collector;
let context;
/** Rooms and participants to look at, as the collector has them. */
let found;

before(async () => {
  [browser, collector] = await Promise.all([launch(), startCollector({ args: ["--app", APP_FOLDER, ...KEPT] })]);
  // What is far off the screen is not painted.
  context = await browser.newContext({ viewport: { width: 1280, height: 8000 }, permissions: ["camera", "microphone"] });
  const page = await context.newPage();
  await page.goto(`${collector.url}/#/live`);
  // Issues are rare: the calls of one seed may have none in a room of several.
  for (let seed = 21; seed === 21 || (await severalWithIssues()).length === 0; seed += 1) await keepRecords(page, await madeUp(seed));
  await realCall(page);
  await page.close();
  found = await find();
});

after(async () => {
  await browser?.close();
  await collector?.stop();
});

/**
 * Sends calls of the last days to the collector, and gives what it took of them as the module keeps it. A kind of room that is kept for two days
 * is refused when it is older, and not kept here either.
 */
async function madeUp(seed) {
  const endpoint = await startEndpoint();
  try {
    const until = new Date(Date.now() - HOUR).toISOString();
    const calls = ["--participants", "200", "--rooms", "70", "--days", "6", "--until", until, "--seed", String(seed), "--intervals", "30", "--batch-seconds", "600"];
    await simulate([...calls, "--rate", "0", "--connections", "1", "--to", endpoint.origin]);
    const records = [];
    for (const { text, batch } of endpoint.received) {
      const answer = await fetch(`${collector.url}/v1/batches`, { method: "POST", headers: { "content-type": "application/json" }, body: text });
      if (answer.status === 422 && batch.room.type === "go") continue;
      assert.equal(answer.status, 201, await answer.text());
      records.push(record(batch));
    }
    return records;
  } finally {
    await endpoint.close();
  }
}

// As it is kept: when it is sent is said when it is.
function record({ sent_at: at, ...batch }) {
  const text = JSON.stringify(batch);
  const days = batch.room.type === "go" ? 2 : 7;
  return { key: [at, batch.seq, batch.batch_id], session: batch.session, at, expires: at + days * DAY, size: text.length, text };
}

/** A call of the page with itself, which the module keeps and sends. */
async function realCall(page) {
  await page.getByTestId("start-call").click();
  await page.getByTestId("stop-call").waitFor();
  await page.waitForFunction(() => JSON.parse(window.callscope?.report?.() ?? "{}").intervals?.some(({ scope }) => scope === "track"), null, { polling: 500 });
  await page.getByTestId("stop-call").click();
  await eventually(async () => (await insights(DEMO)).rooms[0]?.ended_at != null);
}

const insights = (path) => collector.get(`/v1/insights/${path}`);

const severalWithIssues = async () => (await insights("rooms?issues=with&page_size=100")).rooms.filter(({ participants }) => participants > 1);

async function find() {
  const { rooms } = await insights("rooms?issues=with&page_size=100");
  const [demo] = (await insights(DEMO)).rooms;
  const [several] = await severalWithIssues();
  const room = await insights(`rooms/${several.sid}`);
  const tagged = room.participants.find(({ issues }) => issues.length > 0);
  const other = room.participants.find(({ sid }) => sid !== tagged.sid);
  const { participants: [you] } = await insights(`rooms/${demo.sid}`);
  const nameless = (await insights("rooms?page_size=100")).rooms.find(({ name }) => name === null);
  return { room, tagged, other, nameless, demo, you, rooms };
}

// Every page, in every way that differs in what is asked for.
function addresses() {
  const { room, tagged, other, nameless, demo, you, rooms } = found;
  const participant = `rooms/${room.sid}/participants/${tagged.sid}`;
  const [from, to] = [Date.now() - 4 * DAY, Date.now() - 2 * DAY];
  const name = rooms.find(({ name }) => name !== null).name;
  return [
    ...["", "?period=24h", "?period=24h&segment=sdk&issues=without&usage=rooms"].map((query) => `dashboard${query}`),
    ...["operating_system", "device_manufacturer", "sdk", "all"].map((segment) => `dashboard?segment=${segment}&issues=with&usage=recording`),
    ...["", "?issues=with", "?issues=without&type=group", "?issues=packet_loss", "?issues=round_trip_time"].map((query) => `rooms${query}`),
    ...["type=peer_to_peer", "type=go", `search=${name.slice(0, 4)}`, `search=${room.sid}`, `from=${from}&to=${to}`].map((query) => `rooms?${query}`),
    ...["sort=participants", "sort=duration&order=asc", "sort=participants_with_issues"].map((query) => `rooms?${query}`),
    ...[room, nameless, demo].filter(Boolean).map(({ sid }) => `rooms/${sid}`),
    `rooms/${room.sid}?sort=duration&order=desc`,
    ...["", "?apart=yes", "?tab=receive", "?tab=receive&apart=yes"].map((query) => participant + query),
    ...["", "&tab=receive"].map((query) => `${participant}?compare=${other.sid}${query}`),
    ...["", "?tab=receive"].map((query) => `rooms/${demo.sid}/participants/${you.sid}${query}`),
    `rooms/${NOWHERE}`,
  ];
}

/** All that the page shows. Pictures may be painted once more, on a busy machine later than others: then there is something to expect. */
async function shown(page, expected) {
  let it = await everything(page);
  for (let tries = 0; expected && !isDeepStrictEqual(it, expected) && tries < 5; tries += 1) it = await everything(page);
  return it;
}

test("two weeks are the same over both sources, and half of them not kept", { timeout: 120_000 }, async () => {
  const page = await context.newPage();
  const now = Date.now();
  await page.clock.setFixedTime(now);
  await page.goto(`${collector.url}/#/dashboard?period=14d`);
  const hour = () => Math.floor(Date.now() / HOUR);
  const over = async (source, expected) => {
    await page.evaluate((it) => localStorage.setItem("callscope.source", it), source);
    await page.reload();
    await settled(page);
    return shown(page, expected);
  };
  // What is kept is by the hour: both are looked at in the same one.
  for (let begun = null; begun !== hour(); ) {
    begun = hour();
    const there = await over("");
    const here = await over("browser", there);
    if (begun === hour()) assert.deepEqual(here, there);
    assert.ok(there.text.some((line) => line.includes(", not kept")), "the first days are gone");
  }
  await page.evaluate(() => localStorage.removeItem("callscope.source"));
  await page.close();
});

test("every page shows the same over both sources", { timeout: 240_000 }, async () => {
  const page = await context.newPage();
  // Both are looked at in the same moment: it is said on the dashboard, and periods end with it.
  await page.clock.setFixedTime(Date.now());
  const all = addresses();
  const look = async (expected) => {
    const seen = new Map();
    for (const address of all) {
      await open(page, `${collector.url}/#/${address}`);
      seen.set(address, await shown(page, expected?.get(address)));
    }
    return seen;
  };
  const there = await look();
  assert.equal(await page.locator("#source").innerText(), new URL(collector.url).host);
  await open(page, `${collector.url}/#/settings`);
  await page.getByTestId("source-browser").check();
  await page.getByTestId("save-source").click();
  await page.getByTestId("source-ok").getByText("Calls are read from this browser.").waitFor();
  const here = await look(there);
  assert.equal(await page.locator("#source").innerText(), "this browser");
  for (const [address, expected] of there) {
    assert.deepEqual(here.get(address), expected, address);
    // Nor is it only what went wrong that is the same.
    const isThere = !address.endsWith(NOWHERE);
    assert.equal(expected.said.some((line) => line.includes("- alert")), !isThere, address);
    if (/^dashboard|participants\//.test(address)) assert.ok(expected.pictures.length > 0, address);
  }
});
