// The frame of the page, which is there before any WebAssembly: navigation, unknown addresses, the parts of the app, themes, the keyboard.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, withPage } from "./browser.mjs";
import { startCollector } from "./collector.mjs";
import { APP_FOLDER, serve } from "./serve.mjs";

let browser;
let host;

before(async () => {
  [browser, host] = await Promise.all([launch(), serve(APP_FOLDER)]);
});

after(async () => {
  await browser?.close();
  await host?.close();
});

const current = (page) => page.locator("header nav a[aria-current=page]").allInnerTexts();
const focused = (page) => page.evaluate(() => document.activeElement.id);

test("the navigation marks the page, leads to the others, and the keyboard follows", { timeout: 60_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(host.origin);
    await page.getByTestId("start-call").waitFor();
    assert.deepEqual(await current(page), ["Live"], "an address without a page is the live page");
    assert.notEqual(await focused(page), "main", "on the first page it stays at the top");
    await page.getByRole("link", { name: "Replay" }).click();
    await page.getByText("Drop a recording here").waitFor();
    assert.deepEqual(await current(page), ["Replay"]);
    assert.equal(await page.title(), "Replay \u00b7 callscope");
    assert.equal(await focused(page), "main");
    await page.goBack();
    await page.getByTestId("start-call").waitFor();
    assert.deepEqual(await current(page), ["Live"]);
  });
});

test("a collector sends each first load in less than 220 KB", { timeout: 60_000 }, async () => {
  const collector = await startCollector({ args: ["--app", APP_FOLDER], calls: ["--participants", "20", "--days", "2", "--seed", "3"] });
  try {
    for (const [hash, ready] of [["live", "start-call"], ["dashboard", "figure-rooms"], ["settings", "save-source"], [`rooms/${(await collector.get("/v1/insights/rooms")).rooms[0].sid}`, "details"]]) {
      await withPage(browser, {}, async (page) => {
        const cdp = await page.context().newCDPSession(page);
        await cdp.send("Network.enable");
        const urls = new Map();
        let bytes = 0;
        cdp.on("Network.responseReceived", ({ requestId, response }) => urls.set(requestId, response.url));
        cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
          // Answers about calls are as long as there are calls.
          if (!urls.get(requestId)?.includes("/v1/")) bytes += encodedDataLength;
        });
        await page.goto(`${collector.url}/#/${hash}`);
        await page.getByTestId(ready).waitFor();
        assert.ok(bytes > 100_000 && bytes < 220_000, `${hash}: ${bytes} bytes, the heads of answers included`);
      });
    }
  } finally {
    await collector.stop();
  }
});

test("a part of the app is loaded when one of its pages is opened first, and once", { timeout: 60_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    const loaded = [];
    page.on("request", (request) => {
      const part = /callscope-(calls|overview|room)-\w+_bg\.wasm/.exec(request.url())?.[1];
      if (part) loaded.push(part);
    });
    await page.goto(`${host.origin}/#/settings`);
    await page.getByTestId("save-source").waitFor();
    assert.deepEqual(loaded, ["overview"]);
    await page.getByRole("link", { name: "Live" }).click();
    await page.getByTestId("start-call").waitFor();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByTestId("save-source").waitFor();
    await page.getByRole("link", { name: "Replay" }).click();
    await page.getByText("Drop a recording here").waitFor();
    assert.deepEqual(loaded, ["overview", "calls"]);
    assert.equal(await page.getByTestId("save-source").isVisible(), false, "one page at a time");
  });
});

test("an unknown address says so and leads back", { timeout: 60_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    for (const hash of ["#/nowhere?x=1", "#/__proto__", "#/live/now", "#/rooms/RM1/PA1", "#/opened", "#/opened/rooms"]) {
      await page.goto(`${host.origin}/${hash}`);
      const missing = page.getByTestId("not-found");
      await missing.waitFor();
      assert.match(await missing.innerText(), new RegExp(hash.replace("?", "\\?")));
      assert.equal(await page.title(), "Page not found \u00b7 callscope");
      assert.deepEqual(await current(page), []);
      await missing.getByRole("link", { name: "Watch a live call" }).click();
      await page.getByTestId("start-call").waitFor();
    }
  });
});

test("a part that cannot be loaded is told, and tried again", { timeout: 60_000 }, async () => {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.route(/callscope-calls.*wasm/, (route) => route.abort());
    await page.goto(host.origin);
    await page.getByText("The page could not be loaded").waitFor();
    await page.unroute(/callscope-calls.*wasm/);
    await page.getByRole("link", { name: "Replay" }).click();
    await page.getByText("Drop a recording here").waitFor();
  } finally {
    await context.close();
  }
});

test("a theme is shown at once, kept, and offered in the settings, too", { timeout: 60_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    const pressed = (id) => page.getByTestId(id).getAttribute("aria-pressed");
    await page.goto(`${host.origin}/#/replay`);
    await page.getByTestId("theme-dark").click();
    assert.equal(await theme(), "dark");
    assert.deepEqual([await pressed("theme-dark"), await pressed("theme-system")], ["true", "false"]);
    await page.goto(`${host.origin}/#/settings`);
    await page.reload();
    assert.equal(await theme(), "dark");
    const offered = page.getByRole("main").getByRole("group", { name: "Theme" });
    await offered.getByRole("button", { name: "Dark", pressed: true }).waitFor();
    await offered.getByRole("button", { name: "Light" }).click();
    assert.equal(await theme(), "light");
    assert.equal(await pressed("theme-light"), "true");
    await page.getByTestId("theme-system").click();
    assert.equal(await theme(), undefined);
    await offered.getByRole("button", { name: "As the system has it", pressed: true }).waitFor();
  });
});

test("the skip link leads to the content and not to another page", { timeout: 60_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(`${host.origin}/#/replay`);
    await page.getByText("Drop a recording here").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "main");
    assert.match(page.url(), /#\/replay$/);
  });
});
