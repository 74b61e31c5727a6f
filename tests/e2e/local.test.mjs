// The worker that answers from this browser's history: what a collector answers that was sent the same.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, withPage } from "./browser.mjs";
import { eventually } from "./call.mjs";
import { startCollector } from "./collector.mjs";
import { keepRecords } from "./history.mjs";
import { APP_FOLDER } from "./serve.mjs";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

let collector;
let browser;

// As long as the module keeps what it measured.
before(async () => {
  [collector, browser] = await Promise.all([startCollector({ args: ["--app", APP_FOLDER, "--keep-dashboard-days", "7"] }), launch()]);
});

after(async () => {
  await browser?.close();
  await collector?.stop();
});

test("real calls are answered as the collector answers that was sent them, byte by byte", { timeout: 120_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    await open(page);
    const room = { sid: "RM1", name: "standup & more", type: "group" };
    await page.evaluate(realCalls, [
      { room, participant: { sid: "PA1", identity: "anna" } },
      { room, participant: { sid: "PA2", identity: "ben" } },
      {},
    ]);
    await page.waitForTimeout(24_000);
    // While they go on, too.
    const { rooms: going } = await answered(page, "/v1/insights/rooms");
    assert.deepEqual(going.map(({ status }) => status), ["in_progress", "in_progress"]);
    await page.evaluate(() => window.stop());
    await eventually(async () => (await kept(page)).waiting === 0);

    const now = Date.now();
    const span = `from=${now - 15_000}&to=${now}`;
    const { rooms } = await answered(page, "/v1/insights/rooms");
    assert.deepEqual(rooms.map(({ participants }) => participants).sort(), [1, 2]);
    const nameless = rooms.find(({ name }) => name === null).sid;
    const day = `to=${new Date(now + HOUR_MS).toISOString()}`;
    const paths = [
      ...["", "page_size=1", "search=RM1", "search=standup%20%26%20more", "issues=without", "issues=with", "type=group", "type=go", "page_size=0", "codec=VP8", `created_after=${now - HOUR_MS}`, `segment=browser&value=Chrome&unknown=true&joined_after=${now - HOUR_MS}`, "segment=sdk&unknown=true&other=true", "segment=sdk"].map((query) => `rooms?${query}`),
      ...["all", "browser", "operating_system", "sdk"].flatMap((segment) => [`dashboard?${day}&segment=${segment}`, `dashboard?${day}&segment=${segment}&issues=with&step=hour`]),
      ...["RM1", nameless, "RM%32"].flatMap((sid) => [`rooms/${sid}`, `rooms/${sid}/timeline`]),
      ...["PA1", "PA2", "PA3", nameless.replace("RM", "PA")].flatMap((sid) => {
        const path = `rooms/${sid.length > 3 ? nameless : "RM1"}/participants/${sid}`;
        return [path, `${path}/events`, `${path}/intervals`, `${path}/intervals?${span}`];
      }),
      "nothing",
    ];
    for (const path of paths) {
      const url = `/v1/insights/${path}`;
      const response = await fetch(`${collector.url}${url}`);
      const { status, body } = await ask(page, { path: url });
      assert.equal(body, await response.text(), url);
      assert.equal(status, response.status, url);
    }
    const { intervals } = await answered(page, "/v1/insights/rooms/RM1/participants/PA1/intervals");
    assert.ok(intervals.length >= 6 && intervals.some(({ bitrate_bps: rate }) => rate > 0), `${intervals.length} intervals`);
  });
});

test("where the module kept nothing the answers are empty, and nothing is made", { timeout: 30_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    await open(page);
    const answer = { previous_page_token: null, next_page_token: null, rooms: [], total: 0 };
    assert.deepEqual(await answered(page, "/v1/insights/rooms"), answer);
    assert.deepEqual(await kept(page), { batches: 0, waiting: 0, characters: 0, first_at: null, last_at: null, damaged: 0 });
    assert.deepEqual(JSON.parse((await ask(page, { clear: "all" })).body), { deleted: 0, left: 0 });
    assert.deepEqual(await page.evaluate(() => indexedDB.databases()), []);
    // The module's comes later, and is found.
    await keepRecords(page, [batch(1, 0)]);
    assert.deepEqual(await sids(page), ["RM1"]);
    // Nor does the worker stand in the way of a newer one.
    await page.evaluate(() => new Promise((resolve, reject) => Object.assign(indexedDB.deleteDatabase("callscope"), { onsuccess: resolve, onblocked: reject })));
    assert.deepEqual(await sids(page), []);
  });
});

test("what is damaged is skipped and counted, and what is over its time is gone", { timeout: 60_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    await open(page);
    // All of it is there and started before the time of the one begins.
    assert.deepEqual(await sids(page), []);
    await keepRecords(page, [batch(1, 0)]);
    const now = Date.now();
    const later = now + DAY_MS;
    await keepRecords(page, [
      batch(1, 1),
      { ...batch(2, 0), text: "{\"schema\":1," },
      { ...batch(3, 0), text: { not: "text" } },
      { ...batch(4, 0), text: batch(4, 0).text.replace(/"started_at":\d+/, "\"started_at\":1") },
      { ...batch(5, 0), expires: now - 1 },
      // One of two.
      { ...batch(6, 0), expires: now + 10_000 },
      { ...batch(6, 1), expires: later },
    ]);
    assert.deepEqual(await sids(page), ["RM1", "RM6"]);
    const { damaged, batches, characters, first_at: first, last_at: last } = await kept(page);
    assert.deepEqual([damaged, batches], [3, 7]);
    assert.ok(characters > 1000 && first <= now && last >= first, `${characters} characters from ${first} to ${last}`);
    const count = async (number) => (await answered(page, `/v1/insights/rooms/RM${number}/participants/PA${number}/intervals`)).intervals.length;
    assert.deepEqual([await count(1), await count(6)], [2, 2]);
    await eventually(async () => (await count(6)) === 1);
    assert.equal(await count(1), 2);
    // The module lets go of the oldest when there is too much.
    await page.evaluate(remove, batch(1, 0).key);
    assert.equal(await count(1), 1);
    await page.evaluate(remove, batch(1, 1).key);
    assert.deepEqual(await sids(page), ["RM6"]);
  });
});

test("history is cleared, and what waits to be sent is only if that is said", { timeout: 30_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    await open(page);
    await keepRecords(page, [batch(1, 0), batch(2, 0), { ...batch(3, 0), to: "https://collector.example/v1/batches" }]);
    assert.deepEqual((await sids(page)).length, 3);
    assert.equal((await kept(page)).waiting, 1);
    assert.deepEqual(JSON.parse((await ask(page, { clear: "history" })).body), { deleted: 2, left: 1 });
    assert.deepEqual(await sids(page), ["RM3"]);
    assert.deepEqual(JSON.parse((await ask(page, { clear: "all" })).body), { deleted: 1, left: 0 });
    assert.deepEqual(await sids(page), []);
  });
});

test("thousands of batches are read once", { timeout: 60_000 }, async (context) => {
  await withPage(browser, {}, async (page) => {
    await open(page);
    const records = [];
    for (let number = 1; number <= 100; number += 1) for (let seq = 0; seq < 40; seq += 1) records.push(batch(number, seq));
    await keepRecords(page, records);
    const timed = () => page.evaluate(async () => {
      const begun = performance.now();
      const { body } = await window.ask({ path: "/v1/insights/rooms?page_size=10" });
      return [performance.now() - begun, JSON.parse(body).rooms.length];
    });
    const [first, rooms] = await timed();
    const again = [];
    for (let time = 0; time < 9; time += 1) again.push((await timed())[0]);
    again.sort((a, b) => a - b);
    context.diagnostic(`${records.length} batches: ${first.toFixed(0)} ms to read and answer, then ${again[4].toFixed(1)} ms`);
    assert.equal(rooms, 10);
    assert.ok(again[4] < first / 4, `${again[4]} ms`);
  });
});

/** A page of the collector's origin, with the worker. */
async function open(page) {
  // Which the picture has not.
  await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
  await page.goto(`${collector.url}/icon.svg`);
  await page.evaluate(() => {
    const worker = new Worker("/local.js");
    const waiting = new Map();
    let last = 0;
    worker.onmessage = ({ data: { id, ...answer } }) => waiting.get(id)(answer);
    window.ask = (message) => new Promise((resolve) => {
      waiting.set(++last, resolve);
      worker.postMessage({ id: last, ...message });
    });
  });
}

function ask(page, message) {
  return page.evaluate((asked) => window.ask(asked), message);
}

async function answered(page, path) {
  const { status, body } = await ask(page, { path });
  assert.equal(status, 200, body);
  return JSON.parse(body);
}

async function kept(page) {
  return JSON.parse((await ask(page, { kept: true })).body);
}

async function sids(page) {
  return (await answered(page, "/v1/insights/rooms?page_size=1000")).rooms.map(({ sid }) => sid).sort();
}

const started = Date.now() - HOUR_MS;

/** A record as the module keeps it: ten seconds of a participant who is alone. */
function batch(number, seq) {
  const uuid = (kind) => `${String(number).padStart(8, "0")}-0000-4000-8000-${kind}${String(seq).padStart(8, "0")}`;
  const session = uuid("1000").replace(/\d{8}$/, "00000000");
  const start = started + 10_000 * seq;
  const at = start + 11_000;
  const interval = { scope: "track", direction: "send", track: `MT${number}`, pc: "pc", kind: "audio", start, duration_ms: 10_000, bitrate_bps: 40_000, packets_sent: 500, packets_lost: 5, packet_loss_pct: 0.9901, rtt_ms: 80.5 };
  const text = JSON.stringify({
    schema: 1,
    batch_id: uuid("2000"),
    seq,
    session,
    started_at: started,
    room: { sid: `RM${number}`, name: null, type: "group" },
    participant: { sid: `PA${number}`, identity: null },
    client: {},
    intervals: [interval],
    events: [],
  });
  return { key: [at, seq, uuid("2000")], session, at, expires: at + 7 * DAY_MS, size: text.length, text };
}

// It runs in the page.
async function remove(key) {
  const database = await new Promise((resolve) => (indexedDB.open("callscope").onsuccess = ({ target }) => resolve(target.result)));
  const transaction = database.transaction("batches", "readwrite");
  transaction.objectStore("batches").delete(key);
  await new Promise((resolve) => (transaction.oncomplete = resolve));
  database.close();
}

// Calls of a page with itself, measured, kept and sent. It runs in the page.
async function realCalls(abouts) {
  const { start } = await import("/module/callscope.js");
  const scope = await start({ endpoint: "/v1/batches", flushEveryMs: 3000 });
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 180 } });
  const connect = async () => {
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
    near.onicecandidate = ({ candidate }) => far.addIceCandidate(candidate);
    far.onicecandidate = ({ candidate }) => near.addIceCandidate(candidate);
    for (const track of media.getTracks()) near.addTrack(track, media);
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription);
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription);
    return near;
  };
  const sessions = [];
  for (const about of abouts) sessions.push(scope.attachPeerConnection(await connect(), about));
  window.stop = async () => {
    for (const session of sessions) await session.stop();
    await scope.stop();
  };
}
