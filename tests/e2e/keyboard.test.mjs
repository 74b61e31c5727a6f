// The app by the keyboard alone: Tab, arrows, Enter, Space and Escape, from the first page to the evidence. Nothing here is clicked, pointed at
// or given the focus.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, withPage } from "./browser.mjs";
import { post, wanted } from "./calls.mjs";
import { startCollector } from "./collector.mjs";
import { expectFocus, has, tabTo } from "./keyboard.mjs";
import { settled } from "./pages.mjs";
import { APP_FOLDER } from "./serve.mjs";

const LIMIT = { timeout: 60_000 };
const HOUR = 3_600_000;
/** So long that zooming three times leaves a part. */
const LONG_MS = 8 * 60_000;

let browser;
let collector;
/** A room with an issue that somebody has on a track, in a call long enough to be zoomed into. */
let found;

before(async () => {
  const until = new Date(Date.now() - HOUR).toISOString();
  const calls = ["--participants", "300", "--rooms", "90", "--days", "6", "--until", until];
  const args = ["--app", APP_FOLDER, "--keep-go-rooms-days", "7"];
  [browser, collector] = await Promise.all([launch(), startCollector({ args, calls: [...calls, "--seed", "5"] })]);
  await post(collector, lately());
  found = await wanted(collector, calls, find);
});

after(async () => {
  await browser?.close();
  await collector?.stop();
});

const insights = (path) => collector.get(`/v1/insights/${path}`);
const title = ({ identity, sid }) => identity ?? sid;

async function find() {
  const { rooms } = await insights("rooms?issues=packet_loss&page_size=100");
  for (const { sid } of rooms) {
    const room = await insights(`rooms/${sid}`);
    const isTagged = ({ issues, duration_ms: duration }) => duration > LONG_MS && issues.some(({ type }) => type === "packet_loss");
    const participant = room.participants.find(isTagged);
    if (participant) return { room, participant };
  }
  return null;
}

/** A call that ended an hour ago: at a weekend there may be no other in the last 24 hours. */
function lately() {
  const start = Date.now() - HOUR - 20_000;
  const interval = { scope: "track", direction: "send", track: "MTlately", pc: "pc", kind: "audio", start, duration_ms: 10_000, bitrate_bps: 40_000 };
  return {
    schema: 1,
    batch_id: "00000000-2000-4000-8000-000000000000",
    seq: 0,
    session: "00000000-1000-4000-8000-000000000000",
    started_at: start,
    sent_at: start + 11_000,
    room: { sid: "RMlately", name: "lately", type: "group" },
    participant: { sid: "PAlately", identity: null },
    client: {},
    intervals: [interval],
    events: [],
  };
}

/** Follows a link that has the focus. */
async function follow(page, hash) {
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => (typeof hash === "string" ? url.hash === hash : hash.test(url.hash)));
  await settled(page);
  await expectFocus(page);
}

test("the skip link, the navigation and the way to the rooms behind a bar", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const main = page.locator("#main");
    await page.goto(`${collector.url}/#/dashboard`);
    await settled(page);
    await tabTo(page, page.locator(".skip"), { most: 1 });
    await page.waitForFunction(() => document.querySelector(".skip").getBoundingClientRect().top >= 0);
    await page.keyboard.press("Enter");
    assert.ok(await has(main));
    await tabTo(page, main.locator("button, a").first(), { most: 1 });

    const nav = (name) => page.locator("header nav a").filter({ hasText: name });
    for (const [name, heading] of [["Rooms", "Rooms"], ["Settings", "Settings"], ["Replay", "Replay"], ["Live", "Live"], ["Dashboard", "Dashboard"]]) {
      await tabTo(page, nav(name), { back: true, most: 12 });
      await follow(page, `#/${name.toLowerCase()}`);
      assert.ok(await has(main), `the keyboard is at the beginning of ${name}`);
      await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    }

    const bars = page.getByTestId("chart-rooms");
    await tabTo(page, bars.locator(".chart-plot"));
    const readout = page.getByTestId("readout-rooms");
    await page.keyboard.press("End");
    let words = "";
    const isOfBad = () => /: (\d+) rooms?, [1-9]\d* with issues/.test(words);
    for (let steps = 0; !isOfBad() && steps < 7; steps += 1) {
      if (steps > 0) await page.keyboard.press("ArrowLeft");
      await page.waitForFunction((before) => document.querySelector("[data-testid=readout-rooms]").innerText !== before, words);
      words = await readout.innerText();
    }
    const [, count] = words.match(/, (\d+) with issues/);
    await page.keyboard.press("ArrowDown");
    await readout.getByText(new RegExp(`: ${count} rooms? with issues`)).waitFor();
    await bars.locator(".chart-spoken").getByText(`${count} room`).waitFor();
    await follow(page, /^#\/rooms\?from=\d+&to=\d+&issues=with$/);
    assert.ok(await has(main));
    assert.equal(await page.getByTestId("rooms").locator("tbody tr").count(), Number(count));
    await page.goBack();
    await settled(page);
    await expectFocus(page);
  });
});

test("from a search to the track, through its charts and their tables", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const { room, participant } = found;
    await page.goto(`${collector.url}/#/rooms`);
    await settled(page);
    const search = page.getByTestId("search");
    await tabTo(page, search, { most: 16 });
    await page.keyboard.type(room.sid.slice(0, 20));
    await page.waitForURL((url) => url.hash === `#/rooms?search=${room.sid.slice(0, 20)}`);
    await settled(page);
    assert.ok(await has(search), "who types goes on typing");
    // A date and a time have seven stops.
    await tabTo(page, page.getByTestId("rooms").locator("tbody a"), { most: 26 });
    await follow(page, `#/rooms/${room.sid}`);

    await tabTo(page, page.getByTestId("issues").getByRole("link", { name: title(participant) }), { most: 12 });
    await follow(page, `#/rooms/${room.sid}/participants/${participant.sid}`);
    await page.getByTestId("issues").getByText("High packet loss").first().waitFor();

    const [send, receive] = [page.getByTestId("tab-send"), page.getByTestId("tab-receive")];
    await tabTo(page, send, { most: 16 });
    await page.keyboard.press("ArrowRight");
    await page.waitForURL((url) => url.hash.endsWith("?tab=receive"));
    await settled(page);
    assert.ok(await has(receive));
    assert.equal(await receive.getAttribute("aria-selected"), "true");
    await page.getByTestId("connections").waitFor();
    await page.keyboard.press("ArrowRight");
    await page.waitForURL((url) => !url.hash.includes("tab="));
    await settled(page);
    assert.ok(await has(send), "after the last comes the first");

    // One track alone, in all charts; the address has it.
    const card = page.getByRole("region", { name: "Packet loss", exact: true });
    const keys = card.locator(".chart-key button");
    await tabTo(page, keys, { most: 40 });
    const name = await keys.first().locator(".chart-name").innerText();
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => new URLSearchParams(url.hash.split("?")[1]).get("track") === name);
    assert.ok(await has(keys));
    assert.equal(await keys.first().getAttribute("aria-pressed"), "true");
    const shown = page.locator(".chart-card").first().locator("xpath=..").locator(".chart-key:not(.chart-key-hidden) button .chart-name");
    assert.deepEqual([...new Set(await shown.allInnerTexts())], [name]);
    await page.keyboard.press("Space");
    await page.waitForURL((url) => !url.hash.includes("track="));
    assert.ok(await has(keys));

    await chart(page, card);
    await table(page, card);
  });
});

/** The crosshair, zoom, pan and an interval's figures. */
async function chart(page, card) {
  const plot = card.locator(".chart-plot");
  const range = async () => {
    const [, from, to] = (await plot.getAttribute("aria-label")).match(/from ([\d:]+) to ([\d:]+)/);
    return { from: seconds(from), to: seconds(to) };
  };
  const ahead = (a, b) => (b - a + 86_400) % 86_400;
  await tabTo(page, plot, { most: 20 });
  const whole = await range();

  await page.keyboard.press("Home");
  await card.locator(".chart-spoken").getByText(/^\d\d:\d\d:\d\d, .*%|unknown/).waitFor();
  const first = await card.locator(".chart-spoken").innerText();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(([element, before]) => element.innerText !== before, [await card.locator(".chart-spoken").elementHandle(), first]);

  for (let times = 0; times < 3; times += 1) await page.keyboard.press("+");
  const near = await range();
  const span = ahead(near.from, near.to);
  assert.ok(span < 0.2 * ahead(whole.from, whole.to), `${span} s are shown`);

  // Past the edge the view goes on with the crosshair, one way and the other.
  await page.keyboard.press("End");
  for (let times = 0; times < 3; times += 1) await page.keyboard.press("ArrowRight");
  const later = await range();
  assert.ok(ahead(near.from, later.from) >= 10 && ahead(near.from, later.from) < 120, `from ${near.from} to ${later.from}`);
  assert.ok(Math.abs(ahead(later.from, later.to) - span) <= 1, "as much is shown as before");
  await page.keyboard.press("Home");
  for (let times = 0; times < 40; times += 1) await page.keyboard.press("Shift+ArrowLeft");
  const start = await range();
  assert.ok(Math.abs(ahead(whole.from, start.from)) <= 1, `${start.from}: not before ${whole.from}`);
  await page.keyboard.press("-");
  const wider = await range();
  assert.ok(ahead(wider.from, wider.to) > 1.5 * span);

  await page.keyboard.press("Enter");
  const panel = page.getByTestId("interval-panel");
  await panel.waitFor();
  await expectFocus(page);
  assert.ok(await panel.evaluate((it) => it.contains(document.activeElement)), "the panel has the keyboard");
  await tabTo(page, panel.getByRole("button", { name: "Next interval" }), { most: 3 });
  const before = await panel.locator("h3").innerText();
  await page.keyboard.press("Enter");
  await page.waitForFunction(([element, before]) => element.innerText !== before, [await panel.locator("h3").elementHandle(), before]);
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  assert.ok(await has(plot), "the keyboard is back on the chart");

  await page.keyboard.press("Escape");
  assert.deepEqual(await range(), whole);
}

const seconds = (clock) => clock.split(":").reduce((all, part) => 60 * all + Number(part), 0);

/** The table behind the chart. */
async function table(page, card) {
  const button = card.getByRole("button", { name: "Table" });
  await tabTo(page, button, { back: true, most: 20 });
  await page.keyboard.press("Space");
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  await tabTo(page, card.locator(".chart-table"), { most: 20 });
  assert.ok((await card.locator(".chart-table tbody tr").count()) > 3);
  await tabTo(page, button, { back: true, most: 20 });
  await page.keyboard.press("Space");
  await card.locator(".chart-table").waitFor({ state: "detached" });
  assert.ok(await has(button));
}

test("filters, pages and columns keep the keyboard where it is", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const { room } = found;
    await page.goto(`${collector.url}/#/rooms`);
    await settled(page);
    const kind = page.getByTestId("issues");
    await tabTo(page, kind, { most: 16 });
    await page.keyboard.type("With any");
    await page.waitForURL((url) => url.hash === "#/rooms?issues=with");
    await settled(page);
    assert.ok(await has(kind));
    const head = page.getByTestId("rooms").getByRole("link", { name: "Duration" });
    await tabTo(page, head, { most: 24 });
    await follow(page, "#/rooms?issues=with&sort=duration");
    assert.ok(await has(head));

    await page.goto(`${collector.url}/#/rooms/${room.sid}`);
    await settled(page);
    const rows = page.getByTestId("save-csv");
    await tabTo(page, rows, { most: 10 });
    await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    await page.getByTestId("told").getByText("Saved.").waitFor();
    assert.ok(await has(rows));
    const column = page.getByTestId("people").getByRole("link", { name: "Duration" });
    await tabTo(page, column);
    await follow(page, `#/rooms/${room.sid}?sort=duration`);
    assert.ok(await has(column));

    await page.goto(`${collector.url}/#/dashboard`);
    await settled(page);
    for (const id of ["period-24h", "segment", "filter-with"]) {
      const control = page.getByTestId(id);
      await tabTo(page, control);
      if (id === "segment") await page.keyboard.type("Operating");
      else await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.hash.includes({ "period-24h": "period=24h", segment: "segment=operating_system", "filter-with": "issues=with" }[id]));
      await settled(page);
      assert.ok(await has(control), id);
    }
  });
});

test("the theme and the time zone", LIMIT, async () => {
  await withPage(browser, { context: { timezoneId: "Asia/Kolkata" } }, async (page) => {
    await page.goto(`${collector.url}/#/settings`);
    await settled(page);
    const main = page.getByRole("main");
    await main.getByText("Times are local time (UTC+5:30) now.").waitFor();
    await tabTo(page, page.getByTestId("zone-local"), { most: 24 });
    await page.keyboard.press("ArrowDown");
    await main.getByText("Times are UTC now.").waitFor();
    assert.ok(await has(page.getByTestId("zone-utc")));
    const dark = main.getByRole("button", { name: "Dark" });
    await tabTo(page, dark, { most: 4 });
    await page.keyboard.press("Space");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    assert.equal(await dark.getAttribute("aria-pressed"), "true");
    await tabTo(page, page.locator("header nav a").filter({ hasText: "Dashboard" }), { back: true, most: 30 });
    await follow(page, "#/dashboard");
    await main.getByText("Times are UTC.").waitFor();
    // The stops of the other theme can be seen, too.
    await tabTo(page, page.getByTestId("chart-rooms").locator(".chart-plot"));
  });
});
