// Made-up calls: chosen where there are none yet, on a host that only has files; the same as `callscope simulate` makes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { expectAccessible } from "./axe.mjs";
import { launch, withPage } from "./browser.mjs";
import { startCollector } from "./collector.mjs";
import { open, settled, words } from "./pages.mjs";
import { APP_FOLDER, serve } from "./serve.mjs";

const HOUR = 3_600_000;

let browser;
let host;

before(async () => {
  [browser, host] = await Promise.all([launch(), serve(APP_FOLDER)]);
});

after(async () => {
  await browser?.close();
  await host?.close();
});

const source = (page) => page.locator("#source").innerText();
const figure = (page, name) => page.getByTestId(`figure-${name}`);
const number = async (page, name) => Number((await figure(page, name).innerText()).replaceAll(",", ""));

/** Opens a page of a host that has no collector: the browser logs what it does not find there, so errors are noted here. */
async function onHost(body) {
  const context = await browser.newContext();
  const thrown = [];
  try {
    const page = await context.newPage();
    page.on("pageerror", (error) => thrown.push(error));
    await body(page);
  } finally {
    await context.close();
  }
  assert.deepEqual(thrown, []);
}

test("an empty dashboard is full of life at one press, down to the charts of a participant, and empty again", { timeout: 120_000 }, async (context) => {
  await onHost(async (page) => {
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url())));
    await open(page, `${host.origin}/#/rooms`);
    assert.equal(await source(page), "this browser");
    assert.equal(asked.filter(({ pathname }) => pathname.includes("made-up")).length, 0, "nothing of it is loaded before");
    const pressed = performance.now();
    await page.getByTestId("look-around").click();
    await figure(page, "rooms").waitFor();
    context.diagnostic(`${(performance.now() - pressed).toFixed(0)} ms from the press to the figures`);
    assert.equal(new URL(page.url()).hash, "#/dashboard");
    assert.equal(await source(page), "made-up calls");
    for (const name of ["rooms", "participants", "participant-minutes"]) assert.ok((await number(page, name)) > 0, name);
    await settled(page);
    await expectAccessible(page);
    await page.getByTestId("period-14d").click();
    await settled(page);
    assert.ok((await number(page, "participants")) > 250);

    await page.getByRole("link", { name: "Rooms", exact: true }).click();
    await settled(page);
    const rooms = await words(page);
    await page.getByTestId("rooms").locator("tbody a").first().click();
    await settled(page);
    await page.getByTestId("people").locator("tbody a").first().click();
    await settled(page);
    const intervals = page.getByRole("region", { name: "Bitrate sent", exact: true }).getByRole("button", { name: "Table" });
    await intervals.click();
    const rows = page.getByRole("region", { name: "Bitrate sent", exact: true }).locator(".chart-table tbody tr");
    assert.ok(await rows.count() > 1, "the chart has intervals");
    await settled(page);
    await expectAccessible(page);

    // The same calls are made up again.
    const participant = await words(page);
    await page.reload();
    await settled(page);
    assert.equal(await source(page), "made-up calls");
    await intervals.click();
    await settled(page);
    assert.equal(await words(page), participant);
    await open(page, `${host.origin}/#/rooms`);
    assert.equal(await words(page), rooms);

    assert.deepEqual(asked.filter(({ origin, pathname }) => origin !== host.origin || pathname.includes("/v1/")), [], "nothing is asked of anybody else");
    assert.deepEqual(await page.evaluate(() => indexedDB.databases()), [], "nothing of it is kept");

    await page.locator("#source").click();
    await settled(page);
    assert.ok(await page.getByTestId("source-made-up").isChecked());
    await expectAccessible(page);
    await page.getByTestId("back-to-own").click();
    await page.getByTestId("no-data").waitFor();
    assert.equal(await source(page), "this browser");
    await expectAccessible(page);
  });
});

test("made-up calls are chosen in the settings as well, and what was chosen before waits", { timeout: 60_000 }, async () => {
  await onHost(async (page) => {
    await open(page, `${host.origin}/#/settings`);
    const choose = async (name, said) => {
      await page.getByTestId(name).check();
      await page.getByTestId("save-source").click();
      await page.getByTestId("source-ok").getByText(said).waitFor();
    };
    await choose("source-browser", "Calls are read from this browser. There are none yet.");
    await choose("source-made-up", /^Calls are read from this browser, which makes them up\. The newest is in the room \w+-\d+\.$/);
    await page.reload();
    await settled(page);
    assert.ok(await page.getByTestId("source-made-up").isChecked());
    await page.getByTestId("back-to-own").click();
    await page.getByTestId("no-data").waitFor();
    await open(page, `${host.origin}/#/settings`);
    assert.ok(await page.getByTestId("source-browser").isChecked());
    assert.equal(await page.getByTestId("back-to-own").count(), 0);
  });
});

test("the browser makes up what `callscope simulate` does, and answers as a collector, byte by byte", { timeout: 240_000 }, async (context) => {
  // All of them are over.
  const until = Math.floor((Date.now() - HOUR) / 1000) * 1000;
  const calls = ["--participants", "300", "--rooms", "120", "--days", "14", "--seed", "1", "--batch-seconds", "600", "--until", new Date(until).toISOString()];
  const keep = ["--keep-rooms-days", "30", "--keep-go-rooms-days", "30", "--keep-dashboard-days", "14"];
  const collector = await startCollector({ args: ["--app", APP_FOLDER, ...keep], calls });
  try {
    await withPage(browser, {}, async (page) => {
      await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
      await page.goto(`${collector.url}/icon.svg`);
      const { rooms, total } = await collector.get("/v1/insights/rooms?page_size=1000");
      assert.equal(rooms.length, total);
      const paths = ["dashboard", "dashboard?segment=browser&step=hour", "rooms?page_size=1000", "rooms?issues=with"];
      for (const { sid } of rooms) {
        const { participants } = await collector.get(`/v1/insights/rooms/${sid}`);
        paths.push(`rooms/${sid}`, `rooms/${sid}/timeline`);
        const each = participants.map((it) => `rooms/${sid}/participants/${it.sid}`);
        paths.push(...each, `${each[0]}/events`, `${each[0]}/intervals`);
      }
      assert.ok(paths.length > 700, `${paths.length} paths`);
      const { differ, first, length } = await page.evaluate(compare, { paths, until });
      context.diagnostic(`${paths.length} answers of ${(length / 1e6).toFixed(0)} MB; ${first.toFixed(0)} ms to the first`);
      assert.deepEqual(differ, []);
      assert.ok(length > 1e7);
    });
  } finally {
    await collector.stop();
  }
});

// Asks the worker and the server of the page, and gives the paths where they differ. It runs in the page.
async function compare({ paths, until }) {
  const worker = new Worker("/made-up.js");
  const ask = (path) => new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.postMessage({ id: 1, path, until });
  });
  const begun = performance.now();
  await ask("/v1/insights/rooms?page_size=1");
  const first = performance.now() - begun;
  const hour = () => Math.floor(Date.now() / 3_600_000);
  const differ = [];
  let length = 0;
  for (const path of paths) {
    let isSame;
    let asked;
    // How far a dashboard reaches changes with the hour.
    do {
      asked = hour();
      const response = await fetch(`/v1/insights/${path}`);
      const { status, body } = await ask(`/v1/insights/${path}`);
      isSame = status === response.status && body === (await response.text());
      length += body.length;
    } while (asked !== hour());
    if (!isSame) differ.push(path);
  }
  return { differ, first, length };
}
