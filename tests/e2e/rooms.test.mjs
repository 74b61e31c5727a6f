// The rooms page over a real collector with calls made up: what is found, in what order, and what the address keeps of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";

import { launch, withPage } from "./browser.mjs";
import { wanted } from "./calls.mjs";
import { startCollector } from "./collector.mjs";
import { APP_FOLDER } from "./serve.mjs";

let browser;
let collector;

before(async () => {
  const calls = ["--participants", "400", "--rooms", "160", "--days", "7"];
  [browser, collector] = await Promise.all([launch(), startCollector({ args: ["--app", APP_FOLDER], calls: [...calls, "--seed", "3"] })]);
  await wanted(collector, calls, async () => (await ask("issues=round_trip_time"))[0]);
});

after(async () => {
  await browser?.close();
  await collector?.stop();
});

// The names of the rooms on the page, once the answer to what was asked last is there.
async function shown(page) {
  await page.locator(".answer:not([aria-busy])").waitFor();
  return page.locator("[data-testid=rooms] tbody th a").allInnerTexts();
}

// That the page comes to show these rooms: what was typed or chosen is asked for in a moment of its own.
async function shows(page, expected) {
  const deadline = Date.now() + 5000;
  let rooms = await shown(page);
  while (!isDeepStrictEqual(rooms, expected) && Date.now() < deadline) {
    await page.waitForTimeout(50);
    rooms = await shown(page);
  }
  assert.deepEqual(rooms, expected);
}

const ask = async (query) => (await collector.get(`/v1/insights/rooms?${query}`)).rooms;
const titles = (rooms) => rooms.map(({ name, sid }) => name ?? sid);

test("rooms are listed as the API has them, and page by page", { timeout: 60_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(`${collector.url}/#/rooms`);
    const rooms = await ask("page_size=50");
    assert.equal(rooms.length, 50);
    await shows(page, titles(rooms));
    const row = page.locator("[data-testid=rooms] tbody tr").first();
    const [first] = rooms;
    const cells = await row.locator("td").allInnerTexts();
    assert.equal(cells[3], String(first.participants));
    assert.match(await row.innerText(), new RegExp(first.sid));
    const seen = [await shown(page)];
    const total = (await collector.get("/v1/insights/rooms")).total;
    const count = page.getByTestId("count");
    await count.getByText(`${total} rooms. Times are `).waitFor();
    const isLast = async (name) => (await page.getByTestId(name).getAttribute("aria-disabled")) === "true";
    assert.ok(await isLast("previous-page"));
    while (!(await isLast("next-page"))) {
      await page.getByTestId("next-page").click();
      await page.waitForURL((url) => url.hash.includes("page="));
      await page.waitForFunction((before) => document.querySelector("[data-testid=rooms] tbody a")?.innerText !== before, seen.at(-1)[0]);
      seen.push(await shown(page));
    }
    assert.deepEqual(seen.flat(), titles(await ask("page_size=1000")));
    await page.goBack();
    await page.waitForFunction((before) => document.querySelector("[data-testid=rooms] tbody a")?.innerText === before, seen.at(-2)[0]);
    await shows(page, seen.at(-2));
    // By links, too: from the last page to the first, and on again.
    await page.goForward();
    await shows(page, seen.at(-1));
    for (const rooms of seen.slice(0, -1).reverse()) {
      await page.getByTestId("previous-page").click();
      await shows(page, rooms);
    }
    // The keyboard still stands on the link that leads no further.
    assert.ok(await isLast("previous-page"));
    assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), "previous-page");
    await page.getByTestId("previous-page").press("Enter");
    await shows(page, seen[0]);
    await page.getByTestId("next-page").click();
    await shows(page, seen[1]);
    await count.getByText(`${total} rooms. Times are `).waitFor();
    const second = page.url();
    await page.getByTestId("previous-page").click();
    await shows(page, seen[0]);
    await page.goBack();
    await shows(page, seen[1]);
    assert.equal(page.url(), second);
    await page.reload();
    await shows(page, seen[1]);
  });
});

test("back leads to where one was on the page", { timeout: 60_000 }, async () => {
  await withPage(browser, { context: { viewport: { width: 1280, height: 700 } } }, async (page) => {
    await page.goto(`${collector.url}/#/rooms`);
    await shows(page, titles(await ask("page_size=50")));
    const down = page.locator("[data-testid=rooms] tbody a").nth(30);
    await down.scrollIntoViewIfNeeded();
    await page.waitForFunction(() => history.state > 500);
    const top = await page.evaluate(() => scrollY);
    await down.click();
    await page.getByTestId("details").waitFor();
    assert.equal(await page.evaluate(() => scrollY), 0, "another page begins at its top");
    await page.goBack();
    await page.waitForFunction((top) => Math.abs(scrollY - top) < 2, top);
    // A reload while the rooms are still on their way, which leaves the page too short for it, loses nothing.
    let answer;
    const held = new Promise((resolve) => (answer = resolve));
    const api = (url) => url.pathname === "/v1/insights/rooms";
    await page.route(api, async (route) => {
      await held;
      await route.continue().catch(() => undefined);
    });
    await page.reload();
    await page.waitForFunction((top) => scrollY > 0 && scrollY < top - 2, top);
    await page.waitForTimeout(300);
    assert.ok((await page.evaluate(() => scrollY)) < top - 2);
    await page.unroute(api);
    answer();
    await page.reload();
    await page.waitForFunction((top) => Math.abs(scrollY - top) < 2, top);
  });
});

test("on a phone rooms are sorted by a row of links", { timeout: 60_000 }, async () => {
  await withPage(browser, { context: { viewport: { width: 390, height: 844 } } }, async (page) => {
    await page.goto(`${collector.url}/#/rooms`);
    await page.getByTestId("rooms").getByRole("link", { name: "Duration" }).click();
    await page.waitForURL((url) => url.hash === "#/rooms?sort=duration");
    await shows(page, titles(await ask("sort=duration&page_size=50")));
    // The longest row is that of a room which goes on: its badge takes a line of its own where it has no room.
    const isInside = (table) => {
      table.querySelector("td[data-label=Duration]").insertAdjacentHTML("beforeend", "<span class='badge good'>going on</span>");
      return [...table.querySelectorAll("td")].every((cell) => cell.getBoundingClientRect().right <= table.getBoundingClientRect().right + 1);
    };
    assert.ok(await page.getByTestId("rooms").evaluate(isInside));
  });
});

test("filters stand in the address, survive a reload, and can be sent to somebody", { timeout: 60_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(`${collector.url}/#/rooms`);
    await page.getByLabel("Issues").selectOption({ label: "High round trip time" });
    await page.waitForURL((url) => url.hash === "#/rooms?issues=round_trip_time");
    const tagged = titles(await ask("issues=round_trip_time&page_size=50"));
    assert.ok(tagged.length > 0 && tagged.length < 160);
    await shows(page, tagged);
    await page.getByLabel("Type").selectOption({ label: "Group", exact: true });
    await page.waitForURL((url) => url.hash.includes("type=group"));
    const both = titles(await ask("issues=round_trip_time&type=group&page_size=50"));
    await page.reload();
    await page.getByLabel("Issues").waitFor();
    assert.equal(await page.getByLabel("Issues").inputValue(), "round_trip_time");
    assert.equal(await page.getByLabel("Type").inputValue(), "group");
    await shows(page, both);
    await page.getByTestId("clear-filters").click();
    await page.waitForURL((url) => url.hash === "#/rooms");
    await shows(page, titles(await ask("page_size=50")));
    await page.goBack();
    await page.waitForURL((url) => url.hash.includes("type=group"));
  });
});

test("rooms are sorted by a column, and the other way round, which the address keeps", { timeout: 60_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(`${collector.url}/#/rooms`);
    await shown(page);
    const head = page.getByTestId("rooms").getByRole("link", { name: "Participants" });
    for (const [hash, order] of [["#/rooms?sort=participants", "desc"], ["#/rooms?sort=participants&order=asc", "asc"]]) {
      await head.click();
      await page.waitForURL((url) => url.hash === hash);
      const expected = titles(await ask(`sort=participants&order=${order}&page_size=50`));
      await shows(page, expected);
      const sorted = page.getByTestId("rooms").locator(`th[aria-sort=${order}ending]`);
      assert.match(await sorted.innerText(), /^Participants/);
    }
    await page.reload();
    await shows(page, titles(await ask("sort=participants&order=asc&page_size=50")));
  });
});

test("a room is found by what its name or sid begins with, while it is typed", { timeout: 60_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(`${collector.url}/#/rooms`);
    const wanted = (await ask("page_size=50")).slice(1).find(({ name }) => name !== null);
    const before = await page.evaluate(() => history.length);
    for (const begin of [wanted.name, wanted.sid]) {
      await page.getByTestId("search").fill(begin);
      await page.waitForURL((url) => url.hash.includes(`search=${begin}`));
      await shows(page, titles(await ask(`search=${begin}&page_size=50`)));
      assert.ok((await shown(page)).includes(wanted.name));
    }
    assert.equal(await page.evaluate(() => history.length), before, "typing leaves no steps that back would lead through");
    await page.getByTestId("search").fill("there is no such room");
    await page.getByTestId("no-rooms").waitFor();
  });
});

test("what is asked wrongly of participants is told with what to do", { timeout: 60_000 }, async () => {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${collector.url}/#/rooms?segment=browser`);
    await page.getByTestId("failure").getByText("segment needs a value: say value=…, as the dashboard names it").waitFor();
    await page.goto(`${collector.url}/#/rooms?value=Chrome`);
    await page.getByTestId("failure").getByText("value is of a segment: say of which").waitFor();
    await page.getByTestId("clear-filters").click();
    await shows(page, titles(await ask("page_size=50")));
  } finally {
    await context.close();
  }
});

test("times are entered as the clock shows them, here or in UTC", { timeout: 60_000 }, async () => {
  const context = { timezoneId: "Asia/Kolkata" };
  await withPage(browser, { context }, async (page) => {
    const [, , third] = await ask("page_size=3");
    // Half an hour and five hours ahead.
    const minute = Math.ceil(third.created_at / 60_000) * 60_000;
    const local = new Date(minute + 330 * 60_000).toISOString().slice(0, 16);
    await page.goto(`${collector.url}/#/rooms`);
    await page.getByText("Times are local time (UTC+5:30).").waitFor();
    await page.getByTestId("from").fill(local);
    await page.getByTestId("from").blur();
    await page.waitForURL((url) => url.hash.includes(`from=${minute}`));
    await shows(page, titles(await ask(`created_after=${minute}&page_size=50`)));
    await page.goto(`${collector.url}/#/settings`);
    await page.getByTestId("zone-utc").check();
    await page.goto(`${collector.url}/#/rooms?from=${minute}`);
    await page.getByText("Times are UTC.").waitFor();
    assert.equal(await page.getByTestId("from").inputValue(), new Date(minute).toISOString().slice(0, 16));
  });
});

test("a collector that is not there, or wants a key, is told with what to try", { timeout: 60_000 }, async () => {
  const locked = await startCollector({ args: ["--app", APP_FOLDER], keys: true });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${locked.url}/#/rooms`);
    const failure = page.getByTestId("failure");
    await failure.getByText("a key is missing").waitFor();
    await failure.getByRole("link", { name: "Settings" }).click();
    await page.getByTestId("read-key").fill("SKnobody.wrong");
    await page.getByTestId("save-source").click();
    await page.getByTestId("source-error").getByText("the key is unknown").waitFor();
    await page.getByTestId("read-key").fill(locked.keys.read);
    await page.getByTestId("save-source").click();
    await page.getByTestId("source-ok").getByText("There are none yet").waitFor();
    await page.getByTestId("source-collector").check();
    await page.getByTestId("collector").fill("ftp://nowhere");
    await page.getByTestId("save-source").click();
    await page.getByTestId("source-error").getByText("is no address of a collector").waitFor();
    await page.getByTestId("collector").fill("http://127.0.0.1:9");
    await page.getByTestId("save-source").click();
    await page.getByTestId("source-error").getByText("cannot be reached").waitFor();
    await page.goto(`${locked.url}/#/rooms`);
    await failure.getByText("The collector at http://127.0.0.1:9/ cannot be reached").waitFor();
    assert.equal(await page.locator("#source").innerText(), "127.0.0.1:9");
  } finally {
    await context.close();
    await locked.stop();
  }
});
