// Where stored calls are read from: this browser or a collector, which show the same of the same call; and what this browser keeps.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, withPage } from "./browser.mjs";
import { startCollector } from "./collector.mjs";
import { APP_FOLDER, serve } from "./serve.mjs";

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

// A demo call of so many seconds.
async function call(page, origin, seconds) {
  await page.goto(`${origin}/#/live`);
  await page.getByTestId("start-call").click();
  await page.getByTestId("stop-call").waitFor();
  await page.waitForTimeout(seconds * 1000);
  await page.getByTestId("stop-call").click();
  await page.getByTestId("start-again").waitFor();
}

async function rooms(page, origin) {
  await page.goto(`${origin}/#/rooms`);
  const table = page.getByTestId("rooms");
  await table.waitFor();
  return table.locator("tbody tr").allInnerTexts();
}

test("a static host shows what this browser keeps, until that is deleted", { timeout: 120_000 }, async () => {
  const host = await serve(APP_FOLDER);
  try {
    // The browser says so of each address that a static host has not: whether it is a collector is found out so.
    const context = await browser.newContext({ permissions: ["camera", "microphone"] });
    const page = await context.newPage();
    await page.goto(`${host.origin}/#/rooms`);
    await page.getByTestId("no-data").getByRole("link", { name: "Start a demo call" }).waitFor();
    assert.equal(await page.locator("#source").innerText(), "this browser");
    await call(page, host.origin, 12);
    await page.getByRole("button", { name: "See it in Rooms" }).click();
    const found = await rooms(page, host.origin);
    assert.equal(found.length, 1);
    assert.match(found[0], /demo call[\s\S]*Peer-to-peer/);
    await page.getByRole("link", { name: "Settings" }).click();
    const kept = page.getByTestId("kept");
    await kept.getByText(/^\d+ batch(es)? of \d+ KB, from /).waitFor();
    page.once("dialog", (dialog) => dialog.dismiss());
    await page.getByTestId("clear-history").click();
    assert.ok(await page.getByTestId("clear-history").isEnabled(), "who thinks better of it keeps them");
    page.once("dialog", (dialog) => dialog.accept());
    await page.getByTestId("clear-history").click();
    await kept.getByText("Nothing is kept.").waitFor();
    assert.ok(await page.getByTestId("clear-history").isDisabled());
    await page.getByRole("link", { name: "Rooms" }).click();
    await page.getByTestId("no-data").waitFor();
    await context.close();
  } finally {
    await host.close();
  }
});

test("both sources show the same of the same call", { timeout: 120_000 }, async () => {
  const collector = await startCollector({ args: ["--app", APP_FOLDER] });
  try {
    await withPage(browser, { context: { permissions: ["camera", "microphone"] } }, async (page) => {
      await call(page, collector.url, 12);
      for (let tries = 0; (await collector.get("/v1/insights/rooms")).rooms[0]?.ended_at == null; tries += 1) {
        assert.ok(tries < 100, "the collector has the end of the call");
        await page.waitForTimeout(200);
      }
      const there = await rooms(page, collector.url);
      assert.equal(await page.locator("#source").innerText(), new URL(collector.url).host);
      await page.goto(`${collector.url}/#/settings`);
      await page.getByTestId("source-browser").check();
      await page.getByTestId("save-source").click();
      await page.getByTestId("source-ok").getByText("Calls are read from this browser. The newest is in the room demo call.").waitFor();
      assert.deepEqual(await rooms(page, collector.url), there);
      assert.equal(await page.locator("#source").innerText(), "this browser");
    });
  } finally {
    await collector.stop();
  }
});

test("charts draw the thresholds that were chosen", { timeout: 60_000 }, async () => {
  const host = await serve(APP_FOLDER);
  try {
    const context = await browser.newContext();
    const page = await context.newPage();
    const draws = async (expected) => {
      await page.getByRole("link", { name: "Replay" }).click();
      const another = page.getByTestId("open-another");
      await another.or(page.getByTestId("open-sample")).waitFor();
      if (await another.isVisible()) await another.click();
      await page.getByTestId("open-sample").click();
      const lines = page.locator(".chart-key-threshold");
      await lines.nth(expected.length - 1).waitFor();
      assert.deepEqual(await lines.allInnerTexts(), expected);
    };
    const choose = async (name, value) => {
      await page.getByRole("link", { name: "Settings" }).click();
      await page.getByTestId(name).fill(value);
      await page.getByTestId(name).blur();
    };
    await page.goto(`${host.origin}/#/replay`);
    // The recording is tagged for both: these lines stay beside one's own.
    await draws(["High from 5 %", "High above 300 ms"]);
    await choose("line-loss", "2.5");
    await draws(["High from 5 %", "Your line: 2.5 %", "High above 300 ms"]);
    await choose("line-round-trip", "150");
    await page.reload();
    assert.equal(await page.getByTestId("line-loss").inputValue(), "2.5");
    for (const wrong of ["0", "-1", "101"]) {
      await choose("line-loss", wrong);
      await page.getByTestId("line-error").getByText("Packet loss, in %: a number above 0, up to 100.").waitFor();
    }
    await draws(["High from 5 %", "Your line: 2.5 %", "High above 300 ms", "Your line: 150 ms"]);
    await choose("line-loss", "");
    assert.equal(await page.getByTestId("line-error").count(), 0);
    assert.equal(await page.getByTestId("line-loss").inputValue(), "5");
    await draws(["High from 5 %", "High above 300 ms", "Your line: 150 ms"]);
    await context.close();
  } finally {
    await host.close();
  }
});

test("a server that does not answer is not taken for one that is no collector", { timeout: 60_000 }, async () => {
  const collector = await startCollector({ args: ["--app", APP_FOLDER] });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.route("**/healthz", (route) => route.abort());
    await page.goto(`${collector.url}/#/rooms`);
    const failure = page.getByTestId("failure");
    await failure.getByText("The server of this page does not answer").waitFor();
    await page.unroute("**/healthz");
    await failure.getByRole("button", { name: "Try again" }).click();
    await page.getByTestId("no-data").waitFor();
    assert.equal(await page.locator("#source").innerText(), new URL(collector.url).host);
  } finally {
    await context.close();
    await collector.stop();
  }
});
