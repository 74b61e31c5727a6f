// What the module sends: once, in order, and whatever happens to the page, the network or the server.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";

import { python } from "../python.mjs";
import { launch } from "./browser.mjs";
import { startEndpoint } from "./endpoint.mjs";
import { simulateCall } from "./simulated.mjs";

const ROOM = { sid: "RM1", name: "standup", type: "group" };
const ANNA = { sid: "PA1", identity: "anna@example.com" };
const TAKEN = new Set([200, 201]);

/** The token of a page whose requests are never answered: its last may come after the next page's first. */
const FORMER = "of the former page";

let endpoint;
let browser;

before(async () => {
  [endpoint, browser] = await Promise.all([startEndpoint(), launch()]);
});

beforeEach(() => {
  endpoint.received.length = 0;
  endpoint.answer = () => 201;
});

after(async () => {
  await browser?.close();
  await endpoint?.close();
});

test("what is told arrives, once, in order, packed, with the token", { timeout: 60_000 }, async () => {
  await withPage(async (page) => {
    await call(page, { token: "secret" });
    // A try may take half a minute, also of this clock.
    for (const count of [1, 2, 3]) {
      await page.clock.runFor(30_200);
      await arrived(count);
    }
    await page.evaluate(() => window.measured.session.stop());
    const { intervals, summary } = await page.evaluate(() => window.simulated());
    const { tracks } = summary;
    assert.ok(intervals.length > 20);
    assert.deepEqual(taken().flatMap((batch) => batch.intervals), intervals);
    assert.deepEqual(taken().map(({ seq }) => seq), taken().map((_, place) => place));
    assert.deepEqual(taken().at(-1).final.summary.tracks, tracks);
    for (const { headers, packed, batch } of endpoint.received) {
      assert.equal(headers.authorization, "Bearer secret");
      assert.equal(headers["content-type"], "application/json");
      assert.ok(packed);
      assert.ok(batch.sent_at > 1.7e12);
      assert.equal(batch.dropped, undefined);
    }
    // It is kept still, and waits no more.
    const records = await kept(page);
    assert.equal(records.length, taken().length);
    assert.deepEqual(records.filter(({ to }) => to !== undefined), []);
  });
});

test("a server that is down, slow or overloaded is asked again, and gets all of it", { timeout: 60_000 }, async () => {
  const answers = [503, null, { status: 429, headers: { "retry-after": "7" } }, 500];
  endpoint.answer = () => (answers.length > 0 ? answers.shift() : 201);
  await withPage(async (page) => {
    await call(page, {});
    await page.clock.runFor(35_000);
    await arrived(1);
    await passes(page, () => taken().length > 0);
    const { received } = endpoint;
    const place = received.findIndex(({ status }) => status === 429);
    const [asked, again] = received.slice(place);
    assert.ok(received.every(({ batch }) => batch.batch_id === asked.batch.batch_id), "the same batch");
    assert.ok(again.batch.sent_at - asked.batch.sent_at >= 7000, "Retry-After");
    assert.deepEqual(answers, []);
    await page.evaluate(() => window.measured.session.stop());
    const { intervals } = await page.evaluate(() => window.simulated());
    assert.deepEqual(taken().flatMap((batch) => batch.intervals), intervals);
  });
});

test("what one page could not send the next one does", { timeout: 60_000 }, async () => {
  endpoint.answer = refusesFormer;
  await withPage(async (page) => {
    await call(page, { token: FORMER });
    await page.clock.runFor(65_000);
    await leave(page);
    const before = new Set(endpoint.received.map(({ batch }) => batch.session));
    assert.equal(before.size, 1);
    await page.goto(endpoint.origin);
    await page.evaluate(async (url) => {
      const { start } = await import("/callscope/callscope.js");
      await start({ endpoint: url });
    }, `${endpoint.origin}/v1/batches`);
    await passes(page, () => ofLater().length >= 3);
    assert.deepEqual(taken().map(({ seq }) => seq), [0, 1, 2]);
    assert.ok(before.has(taken()[0].session));
    assert.ok(taken()[2].final);
  });
});

test("last words that the browser did not write down are found by the next page", { timeout: 60_000 }, async () => {
  endpoint.answer = refusesFormer;
  await withPage(async (page) => {
    await call(page, { token: FORMER });
    await page.clock.runFor(25_000);
    // What a browser does with a transaction of a page that is gone, now and then.
    await page.evaluate(() => (IDBTransaction.prototype.commit = IDBTransaction.prototype.abort));
    await leave(page);
    await page.goto(endpoint.origin);
    await page.evaluate(async (url) => {
      const { start } = await import("/callscope/callscope.js");
      await start({ endpoint: url });
    }, `${endpoint.origin}/v1/batches`);
    await passes(page, () => taken().length > 0);
    assert.deepEqual(taken().map(({ seq, final }) => [seq, final.summary.tracks.length]), [[0, 2]]);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
  });
});

test("what an earlier page was allowed to send waits for the consent of the one that sends it", { timeout: 60_000 }, async () => {
  endpoint.answer = refusesFormer;
  await withPage(async (page) => {
    await call(page, { token: FORMER });
    await page.clock.runFor(35_000);
    await leave(page);
    await page.goto(endpoint.origin);
    await page.evaluate(async (url) => {
      const { start } = await import("/callscope/callscope.js");
      window.scope = await start({ endpoint: url, consent: () => window.hasConsented === true });
    }, `${endpoint.origin}/v1/batches`);
    for (let seconds = 0; seconds < 10; seconds += 1) {
      await page.clock.runFor(1000);
      await page.waitForTimeout(30);
    }
    assert.equal(ofLater().length, 0);
    await page.evaluate(() => {
      window.hasConsented = true;
      return window.scope.stop();
    });
    await passes(page, () => taken().length >= 2);
    assert.ok(taken().at(-1).final);
  });
});

test("a page that is left says its last words", { timeout: 30_000 }, async () => {
  await withPage(async (page) => {
    await call(page, {});
    await page.clock.runFor(25_000);
    await leave(page);
    await arrived(1);
    const [{ batch, packed }] = endpoint.received;
    assert.equal(packed, false, "there is no time to pack");
    assert.equal(batch.final.summary.tracks.length, 2);
    assert.ok(batch.intervals.length >= 4);
  });
});

test("what is said on the way out fits into what browsers take", { timeout: 30_000 }, async () => {
  await withPage(async (page) => {
    await call(page, { flushEveryMs: 600_000 });
    await page.clock.runFor(95_000);
    await leave(page);
    await page.waitForTimeout(1000);
    const sizes = endpoint.received.map(({ text }) => Buffer.byteLength(text));
    assert.ok(sizes.length > 0 && sizes.reduce((a, b) => a + b, 0) <= 64 * 1024, `${sizes} bytes`);
    // The rest waits, and comes with the next page.
    await page.goto(endpoint.origin);
    await page.evaluate(async (url) => {
      const { start } = await import("/callscope/callscope.js");
      await start({ endpoint: url });
    }, `${endpoint.origin}/v1/batches`);
    const isWhole = () => taken().some(({ final }) => final) && new Set(taken().map(({ seq }) => seq)).size === Math.max(...taken().map(({ seq }) => seq)) + 1;
    await passes(page, isWhole);
    assert.ok(isWhole(), `${taken().map(({ seq, final }) => [seq, final !== undefined])}, ${sizes}`);
    const each = new Map(taken().map((batch) => [batch.seq, batch]));
    const intervals = [...each.keys()].sort((a, b) => a - b).flatMap((seq) => each.get(seq).intervals);
    const ends = intervals.filter(({ track }) => track === "SA1").map(({ start }) => start);
    assert.ok(ends.length >= 9);
    assert.deepEqual(ends, [...new Set(ends)].sort());
  });
});

test("a token that is over is asked for anew, once a try", { timeout: 30_000 }, async () => {
  endpoint.answer = ({ headers }) => (headers.authorization === "Bearer token 2" ? 201 : 401);
  await withPage(async (page) => {
    await page.addInitScript(() => {
      let given = 0;
      window.newToken = async () => `token ${++given}`;
    });
    await call(page, { token: "newToken" });
    await page.clock.runFor(31_000);
    await arrived(2);
    assert.deepEqual(endpoint.received.map(({ headers, status }) => [headers.authorization, status]), [["Bearer token 1", 401], ["Bearer token 2", 201]]);
  });
});

test("a batch that is refused is given up, told once, and counted", { timeout: 30_000 }, async () => {
  endpoint.answer = () => ({ status: 400, body: "no such room" });
  await withPage(
    async (page, told) => {
      await call(page, {});
      await page.clock.runFor(31_000);
      await arrived(1);
      await page.clock.runFor(30_000);
      await arrived(2);
      endpoint.answer = () => 201;
      await page.clock.runFor(30_000);
      await arrived(3);
      const [first, second, third] = endpoint.received.map(({ batch }) => batch);
      assert.equal(new Set([first.batch_id, second.batch_id, third.batch_id]).size, 3);
      assert.deepEqual([first.dropped, second.dropped, third.dropped], [undefined, { refused: 1 }, { refused: 2 }]);
      await page.clock.runFor(30_000);
      await arrived(4);
      assert.equal(endpoint.received[3].batch.dropped, undefined, "told once");
      const ours = told.filter((line) => line.includes("callscope"));
      assert.equal(ours.length, 1, told.join("\n"));
      assert.match(ours[0], /refused a batch: status 400, no such room/);
    },
    { mayTell: true },
  );
});

test("what waits is bounded: the oldest goes first, and is counted", { timeout: 30_000 }, async () => {
  endpoint.answer = () => null;
  await withPage(async (page) => {
    await call(page, { outboxBytes: 50_000 });
    for (let minute = 0; minute < 5; minute += 1) {
      await page.clock.runFor(60_000);
      await page.waitForTimeout(150);
    }
    endpoint.received.length = 0;
    endpoint.answer = () => 201;
    await page.evaluate(() => window.measured.session.stop());
    await page.evaluate(() => window.measured.scope.stop());
    const seqs = taken().map(({ seq }) => seq);
    const all = Math.max(...seqs) + 1;
    assert.ok(seqs.length < all && seqs.length > 1, `${seqs}`);
    assert.deepEqual(seqs, Array.from(seqs, (_, place) => all - seqs.length + place), "the youngest");
    assert.deepEqual(taken()[0].dropped, { full: all - seqs.length });
  });
});

test("what waited for too long is given up", { timeout: 30_000 }, async () => {
  endpoint.answer = () => null;
  await withPage(async (page) => {
    await call(page, { outboxMs: 45_000 });
    for (let half = 0; half < 4; half += 1) {
      await page.clock.runFor(30_000);
      await page.waitForTimeout(150);
    }
    endpoint.received.length = 0;
    endpoint.answer = () => 201;
    await page.evaluate(() => window.measured.session.stop());
    assert.ok(taken()[0].dropped.expired >= 2, JSON.stringify(taken()[0].dropped));
  });
});

test("two tabs send one after the other, and nothing twice", { timeout: 60_000 }, async () => {
  const context = await browser.newContext();
  try {
    const pages = await Promise.all([context.newPage(), context.newPage()]);
    for (const page of pages) {
      await page.goto(endpoint.origin);
      await page.evaluate(simulateCall, { changes: false, options: { endpoint: `${endpoint.origin}/v1/batches`, flushEveryMs: 1000, sampleEveryMs: 1000 }, about: { room: ROOM } });
    }
    await pages[0].waitForTimeout(24_000);
    await Promise.all(pages.map((page) => page.evaluate(() => window.measured.scope.stop())));
    for (let tries = 0; tries < 80 && new Set(taken().filter(({ final }) => final).map(({ session }) => session)).size < 2; tries += 1) await pages[0].waitForTimeout(100);
    const ids = taken().map(({ batch_id: id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const sessions = Map.groupBy?.(taken(), ({ session }) => session) ?? new Map();
    for (const page of pages) {
      const { intervals } = await page.evaluate(() => window.simulated());
      const { id } = await page.evaluate(() => ({ id: window.measured.session.id }));
      const mine = taken().filter(({ session }) => session === id).sort((a, b) => a.seq - b.seq);
      assert.deepEqual(mine.flatMap((batch) => batch.intervals), intervals);
    }
    assert.ok(sessions.size === 0 || sessions.size === 2);
  } finally {
    await context.close();
  }
});

test("without IndexedDB it is sent all the same", { timeout: 30_000 }, async () => {
  await withPage(
    async (page) => {
      await page.addInitScript(() => {
        IDBFactory.prototype.open = () => {
          throw new DOMException("no", "SecurityError");
        };
      });
      const answers = [503];
      endpoint.answer = () => answers.shift() ?? 201;
      await call(page, {});
      await page.clock.runFor(31_000);
      await arrived(1);
      await passes(page, () => taken().length > 0);
      await page.clock.runFor(29_000);
      await page.evaluate(() => window.measured.session.stop());
      // The one that was refused, again, and two more.
      await arrived(4);
      const { intervals } = await page.evaluate(() => window.simulated());
      assert.deepEqual(taken().flatMap((batch) => batch.intervals), intervals);
    },
    { mayTell: true },
  );
});

test("nothing leaves before consent, and never an address, a device or, hashed, a name", { timeout: 30_000 }, async () => {
  await withPage(async (page) => {
    const asked = [];
    page.on("request", (request) => asked.push(`${request.method()} ${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ""}`));
    await page.addInitScript(() => (window.mayKeep = () => window.hasConsented === true));
    await call(page, { consent: "mayKeep", identity: "hash", salt: "pepper" });
    await page.clock.runFor(65_000);
    await page.waitForTimeout(300);
    assert.equal(endpoint.received.length, 0);
    await page.evaluate(() => (window.hasConsented = true));
    await page.evaluate(() => window.measured.session.stop());
    assert.deepEqual(taken().flatMap((batch) => batch.intervals), (await page.evaluate(() => window.simulated())).intervals);
    assert.equal(taken()[0].participant.identity, createHash("sha256").update(`pepper${ANNA.identity}`).digest("hex"));
    const bytes = asked.join("\n") + endpoint.received.map(({ text, headers }) => text + JSON.stringify(headers)).join("\n");
    for (const secret of ["192.168.7.7", "Built-in microphone", "ufrag", "anna"]) assert.ok(!bytes.includes(secret), secret);
  });
});

test("as OpenTelemetry's metrics every figure has its point, and the unknown has none", { timeout: 120_000 }, async () => {
  await withPage(async (page) => {
    await call(page, { format: "otlp" });
    await page.clock.runFor(31_000);
    await arrived(1);
    const { intervals } = await page.evaluate(() => window.simulated());
    const [{ resource, scopeMetrics }] = endpoint.received[0].batch.resourceMetrics;
    const about = Object.fromEntries(resource.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
    assert.equal(about["service.name"], "callscope");
    assert.equal(about["callscope.room.sid"], "RM1");
    assert.equal(about["user_agent.name"], "Chromium");
    const [{ metrics }] = scopeMetrics;
    const points = (name) => {
      const { sum, gauge } = metrics.find((metric) => metric.name === name) ?? {};
      return (sum ?? gauge)?.dataPoints ?? [];
    };
    const audio = intervals.filter(({ track, bitrate_bps: rate }) => track === "SA1" && rate !== null);
    const sent = points("callscope.track.bitrate_bps").filter(({ attributes }) => attributes.some(({ key, value }) => key === "callscope.track.sid" && value.stringValue === "SA1"));
    const told = sent.map(({ startTimeUnixNano: start, asDouble }) => [Number(BigInt(start) / 1_000_000n), asDouble]);
    const expected = audio.map(({ start, bitrate_bps: rate }) => [start, rate]);
    assert.deepEqual(told, expected.slice(0, told.length));
    assert.ok(told.length >= 2);
    assert.equal(points("callscope.track.frame_width").length, intervals.filter(({ frame_width: width }) => typeof width === "number").slice(0, told.length).length);
    // As the official definitions read it, which refuse what they do not know.
    const program = python("otlp", fileURLToPath(new URL("requirements.txt", import.meta.url)));
    const read = execFileSync(program, [fileURLToPath(new URL("otlp.py", import.meta.url))], { input: endpoint.received[0].text });
    const official = JSON.parse(read);
    assert.deepEqual(official["callscope.track.packets_sent"], { unit: "1", kind: "sum", points: points("callscope.track.packets_sent").length });
    assert.deepEqual(official["callscope.track.rtt_ms"], { unit: "ms", kind: "gauge", points: points("callscope.track.rtt_ms").length });
    assert.deepEqual(Object.keys(official).sort(), metrics.map(({ name }) => name).sort());
  });
});

async function withPage(body, { mayTell = false } = {}) {
  const context = await browser.newContext();
  const told = [];
  try {
    const page = await context.newPage();
    page.on("pageerror", (error) => told.push(`threw ${error.stack ?? error}`));
    page.on("console", (message) => message.type() === "error" && told.push(message.text()));
    await page.clock.install({ time: new Date() });
    await body(page, told);
  } finally {
    await context.close();
  }
  // The browser tells answers that are errors, and connections that are cut, by itself.
  const ours = told.filter((line) => !line.startsWith("Failed to load resource"));
  if (!mayTell) assert.deepEqual(ours, [], "nothing went wrong in the page");
}

async function call(page, options) {
  await page.goto(endpoint.origin);
  await page.evaluate(simulateCall, { changes: false, options: { endpoint: `${endpoint.origin}/v1/batches`, ...options }, about: { room: ROOM, participant: ANNA } });
}

/** Leaves a page that does not come back by the browser's history, for it has a connection. */
async function leave(page) {
  await page.evaluate(() => {
    window.real = new RTCPeerConnection();
    window.real.createDataChannel("open");
    return window.real.setLocalDescription();
  });
  await page.goto(`${endpoint.origin}/callscope/callscope.js`);
}

/** Lets time pass in the page until something has come: tries are timers there, and answers take real time. */
async function passes(page, hasCome) {
  for (let seconds = 0; seconds < 60 && !hasCome(); seconds += 1) {
    await page.clock.runFor(1000);
    await page.waitForTimeout(50);
  }
}

function isOfFormer({ headers }) {
  return headers.authorization === `Bearer ${FORMER}`;
}

/** Hangs up on the former page, and takes all of the next. */
function refusesFormer(request) {
  return isOfFormer(request) ? null : 201;
}

function ofLater() {
  return endpoint.received.filter((request) => !isOfFormer(request));
}

function taken() {
  return endpoint.received.filter(({ status }) => TAKEN.has(status)).map(({ batch }) => batch);
}

/** Waits until so many requests came. */
async function arrived(count) {
  for (let tries = 0; tries < 100 && endpoint.received.length < count; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(endpoint.received.length >= count, `${endpoint.received.length} of ${count} requests came`);
  // The last may be answered, but not written down in the page.
  await new Promise((resolve) => setTimeout(resolve, 150));
}

function kept(page) {
  return page.evaluate(async () => {
    const database = await new Promise((resolve) => (indexedDB.open("callscope").onsuccess = ({ target }) => resolve(target.result)));
    const records = database.transaction("batches").objectStore("batches").getAll();
    return new Promise((resolve) => (records.onsuccess = () => resolve(records.result)));
  });
}
