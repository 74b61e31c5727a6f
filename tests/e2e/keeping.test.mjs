// What the module keeps in the browser: how long, how much, of whom, and not before it may.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";

import { serve } from "../../examples/plain/serve.mjs";
import { launch, withPage } from "./browser.mjs";
import { keepMemory, simulateCall } from "./simulated.mjs";

const DAY_MS = 86_400_000;
const ROOM = { sid: "RM1", name: "standup", type: "group" };
const ANNA = { sid: "PA1", identity: "anna@example.com" };

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([serve(), launch()]);
});

after(async () => {
  await browser?.close();
  server?.close();
});

test("all that was told is kept, once, in order, and for seven days", { timeout: 60_000 }, async () => {
  await withPage(browser, { beforeLoad: keepMemory }, async (page) => {
    await call(page, { options: { thresholds: { packetLossPct: 1 } }, about: { room: ROOM, participant: ANNA } });
    await page.clock.runFor(125_000);
    await page.evaluate(() => window.measured.session.stop());
    const { intervals, issues, summary } = await page.evaluate(() => window.simulated());
    const records = await kept(page);
    const batches = records.map(({ text }) => JSON.parse(text));

    assert.deepEqual(batches.map(({ seq }) => seq), [0, 1, 2, 3, 4]);
    assert.equal(new Set(batches.map(({ batch_id: id }) => id)).size, batches.length);
    assert.ok(intervals.length > 30 && issues.length > 0);
    assert.deepEqual(batches.flatMap((batch) => batch.intervals), intervals);
    assert.deepEqual(batches.flatMap((batch) => batch.events).filter(({ event }) => event === "issue"), issues.map((issue) => ({ event: "issue", ...issue })));
    for (const batch of batches) {
      assert.match(batch.batch_id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.deepEqual([batch.schema, batch.session, batch.room, batch.participant], [1, batches[0].session, ROOM, ANNA]);
      assert.equal(batch.client.browser.name, "Chromium");
      assert.match(batch.client.browser.version, /^\d+\.\d+/);
      assert.deepEqual([batch.client.os.name, batch.client.device, batch.client.sdk], ["Linux", { manufacturer: null, model: null }, null]);
      assert.match(batch.client.module, /^\d+\.\d+\.\d+$/);
    }
    const finals = batches.filter(({ final }) => final);
    assert.deepEqual(finals, [batches.at(-1)]);
    const { room, participant, ...rest } = summary;
    assert.deepEqual(finals[0].final.summary, rest);
    for (const { at, expires, size, text, session } of records) {
      assert.deepEqual([expires - at, size, session], [7 * DAY_MS, text.length, batches[0].session]);
    }
  });
});

test("a go room is kept for two days", { timeout: 30_000 }, async () => {
  await withPage(browser, { beforeLoad: keepMemory }, async (page) => {
    await call(page, { about: { room: { ...ROOM, type: "go" } } });
    await page.clock.runFor(31_000);
    const [{ at, expires }] = await keptWithin(page, 1);
    assert.equal(expires - at, 2 * DAY_MS);
  });
});

test("what is over its time goes, and of too much the oldest", { timeout: 60_000 }, async () => {
  await withPage(browser, { beforeLoad: keepMemory }, async (page) => {
    await call(page, {});
    await page.clock.runFor(31_000);
    await keptWithin(page, 1);
    // A record that is over its time, and nine of 4 MiB.
    await page.evaluate(async (week) => {
      const database = await new Promise((resolve) => (indexedDB.open("callscope").onsuccess = ({ target }) => resolve(target.result)));
      const transaction = database.transaction("batches", "readwrite");
      const now = Date.now();
      const record = (session, characters, expires, at = now) => transaction.objectStore("batches").add({ key: [at, 0, session], session, at, expires, size: characters, text: "x".repeat(characters) });
      record("old", 10, now - 1);
      for (let number = 1; number <= 9; number += 1) record(`big ${number}`, 4 * 2 ** 20, now + week, now - 100 + number);
      await new Promise((resolve) => (transaction.oncomplete = resolve));
    }, 7 * DAY_MS);
    await page.reload();
    await page.waitForFunction(() => window.memories.length > 0);
    // What the page kept as it was left is the newest: of the nine there is room for seven.
    const sessions = await eventually(
      async () => (await kept(page)).map(({ session }) => session),
      (each) => !each.includes("old"),
    );
    assert.deepEqual(sessions.filter((session) => session.startsWith("big")), [3, 4, 5, 6, 7, 8, 9].map((number) => `big ${number}`));
  });
});

test("a page that is left has kept everything, with its summary", { timeout: 30_000 }, async () => {
  await withPage(browser, { beforeLoad: keepMemory }, async (page) => {
    await call(page, { about: { room: ROOM } });
    await page.clock.runFor(45_000);
    // A page with a connection does not come back by the browser's history.
    await page.evaluate(() => {
      window.real = new RTCPeerConnection();
      window.real.createDataChannel("open");
      return window.real.setLocalDescription();
    });
    await page.goto(`${server.origin}/style.css`);
    // What the browser did not write down as the page went, the next page with the module does.
    await page.goto(server.origin);
    const all = async () => (await kept(page)).map(({ text }) => JSON.parse(text));
    const batches = await eventually(all, (found) => found.at(-1)?.final);
    assert.ok(batches.flatMap(({ intervals }) => intervals).length >= 8);
    assert.deepEqual(batches.at(-1).final.summary.tracks.map(({ kind }) => kind), ["audio", "video"]);
  });
});

test("nothing is kept before consent, all since the start after it, and nothing without", { timeout: 30_000 }, async () => {
  for (const consents of [true, false]) {
    await withPage(browser, { beforeLoad: keepMemory }, async (page) => {
      await page.addInitScript(() => (window.mayKeep = async () => window.hasConsented === true));
      await call(page, { options: { consent: "mayKeep" }, about: { room: ROOM } });
      await page.clock.runFor(65_000);
      assert.deepEqual(await kept(page), []);
      await page.evaluate((is) => (window.hasConsented = is), consents);
      await page.evaluate(() => window.measured.session.stop());
      const { intervals } = await page.evaluate(() => window.simulated());
      assert.ok(intervals.length > 15);
      const batches = (await kept(page)).map(({ text }) => JSON.parse(text));
      assert.deepEqual(batches.flatMap((batch) => batch.intervals), consents ? intervals : []);
    });
  }
});

test("people go by their name, by a hash of it, or by none; addresses and devices never do", { timeout: 60_000 }, async () => {
  const hash = createHash("sha256").update("pepperanna@example.com").digest("hex");
  for (const [options, identity] of [
    [{}, ANNA.identity],
    [{ identity: "hash", salt: "pepper" }, hash],
    [{ identity: "none" }, null],
  ]) {
    await withPage(browser, { beforeLoad: keepMemory }, async (page) => {
      await call(page, { options, about: { room: ROOM, participant: ANNA } });
      await page.clock.runFor(31_000);
      await page.evaluate(() => window.measured.session.stop());
      const records = await kept(page);
      assert.equal(JSON.parse(records[0].text).participant.identity, identity);
      const secrets = ["192.168.7.7", "Built-in microphone", "ufrag", ...(identity === ANNA.identity ? [] : ["anna"])];
      for (const secret of secrets) assert.ok(!JSON.stringify(records).includes(secret), secret);
      // The application itself knows who it is.
      assert.equal(await page.evaluate(() => window.measured.session.participant.identity), ANNA.identity);
    });
  }
});

test("where there is no IndexedDB everything else goes on, which is told once", { timeout: 30_000 }, async () => {
  const told = [];
  const page = await browser.newPage();
  page.on("console", (message) => told.push(message.text()));
  page.on("pageerror", (error) => told.push(`threw ${error}`));
  await page.addInitScript(keepMemory);
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("The user denied permission to access the database.", "SecurityError");
    };
  });
  await call(page, {});
  await page.clock.runFor(125_000);
  await page.evaluate(() => window.measured.session.stop());
  assert.ok((await page.evaluate(() => window.simulated())).intervals.length > 30);
  assert.equal(told.length, 1, told.join("\n"));
  assert.match(told[0], /keeps no local history.*SecurityError/);
  await page.close();
});

test("what a user agent string says of the participant, and what it does not", { timeout: 30_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(server.origin);
    const read = (...given) =>
      page.evaluate(async (values) => {
        window.jQuery = () => {};
        const { read: asked } = await import("/callscope/user-agent.js");
        return { ...asked(...values), touched: Object.keys(window.jQuery).concat("UAParser" in window ? ["UAParser"] : []) };
      }, given);
    const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15";
    for (const [given, os, [browserName, major], device] of [
      [["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"], ["Linux", null], ["Firefox", "140"], [null, null]],
      [["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"], ["Windows", null], ["Firefox", "140"], [null, null]],
      [[mac], ["macOS", null], ["Safari", "18"], ["Apple", null]],
      [[mac, null, 5], ["iPadOS", null], ["Safari", "18"], ["Apple", "iPad"]],
      [["Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1"], ["iOS", "18.3"], ["Safari", "18"], ["Apple", "iPhone"]],
      [["Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36", "SM-S928B"], ["Android", null], ["Chrome", "156"], ["Samsung", "SM-S928B"]],
      [["Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36", "Pixel 9"], ["Android", null], ["Chrome", "156"], ["Google", "Pixel 9"]],
      [["nothing that is known"], [null, null], [null, undefined], [null, null]],
    ]) {
      const { touched, ...said } = await read(...given);
      const found = [[said.os.name, said.os.version], [said.browser.name, said.browser.version?.split(".")[0]], [said.device.manufacturer, said.device.model]];
      assert.deepEqual(found, [os, [browserName, major], device], given[0]);
      assert.deepEqual(touched, [], "the page's own are left alone");
    }
  });
});

async function call(page, { options, about }) {
  await page.clock.install({ time: "2026-01-05T10:00:00Z" });
  await page.goto(server.origin);
  await page.waitForFunction(() => window.memories.length > 0);
  // The example has started the module already.
  await page.evaluate(async () => {
    const { start } = await import("/callscope/callscope.js");
    await (await start()).stop();
  });
  await page.evaluate(simulateCall, { changes: false, options, about });
}

/** The records of the history, in order. */
function kept(page) {
  return page.evaluate(async () => {
    if (!(await indexedDB.databases()).some(({ name }) => name === "callscope")) return [];
    const database = await new Promise((resolve) => (indexedDB.open("callscope").onsuccess = ({ target }) => resolve(target.result)));
    const records = database.transaction("batches").objectStore("batches").getAll();
    const all = await new Promise((resolve) => (records.onsuccess = () => resolve(records.result)));
    database.close();
    return all;
  });
}

/** As `kept`, when there are so many. */
function keptWithin(page, count) {
  return eventually(() => kept(page), (records) => records.length >= count);
}

/** What `look` gives when it is right. */
async function eventually(look, isRight) {
  for (let tries = 0; tries < 50; tries += 1) {
    const found = await look();
    if (isRight(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return assert.fail("it never came to that");
}
