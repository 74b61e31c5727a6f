// The dashboard where clocks were set lately: days and hours are those that clocks showed, before and after. The calls are made up around the last time
// that clocks were set, and the page believes that it is two days later.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, withPage } from "./browser.mjs";
import { startCollector } from "./collector.mjs";
import { APP_FOLDER } from "./serve.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KEPT = "400";

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

/** What clocks show, as if it were UTC. */
function local(zone, t) {
  const options = { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" };
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en", options).formatToParts(t).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute);
}

const offset = (zone, t) => local(zone, t) - t;

/** When clocks were set last that way, so long ago that two days more are over. */
function lastSet(zone, isForward) {
  for (let t = Math.floor((Date.now() - 3 * DAY) / HOUR) * HOUR; ; t -= HOUR) {
    const change = offset(zone, t) - offset(zone, t - HOUR);
    if (isForward ? change > 0 : change < 0) return t;
  }
}

/** A call of one participant, ten seconds long. */
function batch(number, start) {
  const id = (kind) => `${String(number).padStart(8, "0")}-0000-4000-8000-${kind}00000000`;
  const interval = { scope: "track", direction: "send", track: `MT${number}`, pc: "pc", kind: "audio", start, duration_ms: 10_000, bitrate_bps: 40_000 };
  return {
    schema: 1,
    batch_id: id("2000"),
    seq: 0,
    session: id("1000"),
    started_at: start,
    sent_at: start + 11_000,
    room: { sid: `RM${number}`, name: null, type: "group" },
    participant: { sid: `PA${number}`, identity: null },
    client: { browser: { name: number % 2 ? "Chrome" : "Firefox" } },
    intervals: [interval],
    events: [],
  };
}

async function table(page, chart) {
  const card = page.getByTestId(`chart-${chart}`);
  await card.getByRole("button", { name: "Table" }).click();
  const rows = card.locator(".chart-table tr");
  await rows.nth(1).waitFor();
  return rows.evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));
}

for (const zone of ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe"]) {
  for (const isForward of [false, true]) {
    const way = isForward ? "forward" : "back";
    test(`days and hours are the clock's where it was set ${way} in ${zone}`, { timeout: 60_000 }, async () => {
      const set = lastSet(zone, isForward);
      const now = set + 2 * DAY;
      // Around the change, and around each midnight.
      const starts = [];
      for (let t = set - 5 * DAY; t < now; t += HOUR) {
        const hour = new Date(local(zone, t)).getUTCHours();
        if (Math.abs(t - set) <= 4 * HOUR || hour === 23 || hour === 0) starts.push(t + 31 * 60_000);
      }
      const kept = ["rooms", "go-rooms", "dashboard"].flatMap((what) => [`--keep-${what}-days`, KEPT]);
      const collector = await startCollector({ args: ["--app", APP_FOLDER, ...kept] });
      try {
        for (const [number, start] of starts.entries()) {
          const body = JSON.stringify(batch(number, start));
          const response = await fetch(`${collector.url}/v1/batches`, { method: "POST", headers: { "content-type": "application/json" }, body });
          assert.ok(response.ok, await response.text());
        }
        await withPage(browser, { context: { timezoneId: zone } }, async (page) => {
          await page.clock.setFixedTime(now);
          await page.goto(`${collector.url}/#/dashboard?usage=rooms`);
          await page.getByTestId("chart-usage").waitFor();
          await page.waitForFunction(() => document.querySelectorAll("main .answer").length >= 3 && !document.querySelector("main .answer[aria-busy]"));
          await page.getByText(`Clocks were set ${way} on `).waitFor();

          // Where clocks are half an hour off, the hours of UTC decide.
          const counted = (t) => local(zone, Math.floor(t / HOUR) * HOUR);
          const today = Math.floor(local(zone, now) / DAY);
          const days = [6, 5, 4, 3, 2, 1, 0].map((ago) => (today - ago) * DAY);
          const name = (day) => new Date(day).toLocaleDateString("en-GB", { timeZone: "UTC", day: "numeric", month: "short" }).replace("Sept", "Sep");
          const rooms = await table(page, "rooms");
          const expected = days.map((day) => starts.filter((t) => Math.floor(counted(t) / DAY) * DAY === day).length);
          assert.deepEqual(
            rooms.slice(1).map(([day, , without]) => [day.replace(", so far", "").replace(/^\w+ /, ""), Number(without)]),
            days.map((day, i) => [name(day), expected[i]]),
          );
          const chart = page.getByTestId("chart-rooms").locator(".chart-plot");
          await chart.focus();
          await page.keyboard.press("Home");
          for (const count of expected) {
            const href = await page.getByTestId("readout-rooms").getByRole("link").getAttribute("href");
            const query = new URLSearchParams(href.split("?")[1]);
            const { rooms } = await collector.get(`/v1/insights/rooms?created_after=${query.get("from")}&created_before=${query.get("to")}&page_size=1000`);
            assert.equal(rooms.length, count, href);
            await page.keyboard.press("ArrowRight");
          }

          // An hour of an hour and a half, as there, is no hour of roll-ups.
          if (zone.endsWith("Lord_Howe")) return;
          const map = await table(page, "usage");
          const cells = new Map();
          for (let t = now - 8 * DAY; t < now; t += HOUR) {
            const clock = local(zone, t);
            if (clock < days[0]) continue;
            const key = `${(new Date(clock).getUTCDay() + 6) % 7} ${new Date(clock).getUTCHours()}`;
            const count = starts.filter((start) => start >= t && start < t + HOUR).length;
            cells.set(key, [...(cells.get(key) ?? []), count]);
          }
          for (const [key, counts] of cells) {
            const [day, hour] = key.split(" ").map(Number);
            const mean = counts.reduce((one, other) => one + other, 0) / counts.length;
            assert.equal(Number(map[1 + day][1 + hour]), Math.round(mean), `${key}: ${counts}`);
          }
          if (isForward) {
            // The hour that was skipped is none, though it lies in the past.
            const before = set + offset(zone, set - HOUR);
            const [day, hour] = [(new Date(before).getUTCDay() + 6) % 7, new Date(before).getUTCHours()];
            assert.equal(map[1 + day][1 + hour], "\u2014");
            await page.getByTestId("chart-usage").locator(".chart-plot").focus();
            await page.keyboard.press("Home");
            for (let i = 0; i < day; i += 1) await page.keyboard.press("ArrowDown");
            for (let i = 0; i < hour; i += 1) await page.keyboard.press("ArrowRight");
            await page.getByTestId("readout-usage").getByText("no such hour: clocks were set forward").waitFor();
          }
        });
      } finally {
        await collector.stop();
      }
    });
  }
}
