// The dashboard where it reaches back further than what is kept: what is not known is a gap and is compared with nothing, and rooms that are
// counted but gone are said to be.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { expectAccessible } from "./axe.mjs";
import { launch, withPage } from "./browser.mjs";
import { startCollector } from "./collector.mjs";
import { batch, counted, csv, goTo, openDashboard, post, table, whole } from "./dashboard.mjs";
import { keepRecords } from "./history.mjs";
import { APP_FOLDER } from "./serve.mjs";

const LIMIT = { timeout: 60_000 };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FIGURES = ["rooms", "share", "participants", "participant-minutes", "recording-minutes"];
const UNKNOWN = "\u2014";

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

/** Runs it with a page over a collector, which has these calls. */
async function over({ args = [], calls, posted = [] }, body) {
  const collector = await startCollector({ args: ["--app", APP_FOLDER, ...args], calls });
  try {
    await post(collector, posted);
    await withPage(browser, {}, (page) => body(page, collector));
  } finally {
    await collector.stop();
  }
}

const changes = (page) => Promise.all(FIGURES.map((name) => page.getByTestId(`figure-${name}-change`).innerText()));

test("two weeks are not compared with the hours that are left of the two before", LIMIT, async () => {
  const now = Date.now();
  // The store still has it: what is old is deleted by whole hours, every hour.
  const left = { number: 1, start: Math.floor((now - 14 * DAY) / HOUR) * HOUR + 60_000 };
  const posted = [left, ...[2, 3, 4, 5, 6].map((number) => ({ number, start: now - HOUR - number * 60_000, hasIssue: number === 2 }))];
  await over({ args: ["--keep-rooms-days", "16"], posted }, async (page, collector) => {
    await page.clock.setFixedTime(now);
    const asked = await openDashboard(page, collector.url, "?period=14d");
    const ofBefore = asked.map((path) => new URLSearchParams(path.split("?")[1])).find((query) => Number(query.get("to")) < now - 13 * DAY);
    assert.equal((await collector.get(`/v1/insights/dashboard?${ofBefore}`)).totals.current.rooms, 1, "there is something left");
    assert.deepEqual(await changes(page), FIGURES.map(() => "nothing kept to compare with"));
    for (const chart of ["participant-minutes", "recording-minutes"]) {
      assert.deepEqual((await table(page, chart))[0], ["Time", "Last 14 days"]);
      assert.deepEqual((await csv(page, chart))[0], ["time", "Last 14 days"]);
      await goTo(page, chart, 13);
      const said = await page.getByTestId(`readout-${chart}`).innerText();
      assert.ok(said.includes(", so far: ") && !said.includes("before"), said);
    }
    // Nothing was before what is kept.
    await page.getByTestId("period-7d").click();
    await page.waitForURL((url) => url.hash === "#/dashboard");
    await whole(page);
    assert.deepEqual(await changes(page), FIGURES.map(() => "nothing before to compare with"));
  });
});

test("days before what is kept are gaps, and not nothing", LIMIT, async () => {
  const now = Date.now();
  const midnight = Math.floor(now / DAY) * DAY;
  const posted = [0, 1, 2].map((number) => ({ number, start: midnight - 2 * DAY + (12 + number) * HOUR }));
  await over({ args: ["--keep-dashboard-days", "4"], posted }, async (page, collector) => {
    await page.clock.setFixedTime(now);
    await openDashboard(page, collector.url);
    await checkGaps(page, { columns: 7, gaps: 3, places: [4], rooms: 3 });
    assert.deepEqual(await changes(page), FIGURES.map(() => "nothing kept to compare with"));
    await expectAccessible(page);
  });
});

test("days before what this browser keeps are gaps, and not nothing", LIMIT, async () => {
  const now = Date.now();
  const midnight = Math.floor(now / DAY) * DAY;
  await over({}, async (page, collector) => {
    await page.clock.setFixedTime(now);
    await page.goto(`${collector.url}/#/settings`);
    const records = [0, 1, 2].map((number) => record(batch({ number, start: midnight - 2 * DAY + (12 + number) * HOUR })));
    await keepRecords(page, records);
    await page.getByTestId("source-browser").check();
    await page.getByTestId("save-source").click();
    await page.getByTestId("source-ok").waitFor();
    await openDashboard(page, collector.url);
    assert.deepEqual(await changes(page), FIGURES.map(() => "nothing kept to compare with"));
    assert.equal((await table(page, "rooms")).flat().includes(UNKNOWN), false, "a week is kept whole");
    await page.getByTestId("period-14d").click();
    await page.waitForURL((url) => url.hash === "#/dashboard?period=14d");
    await whole(page);
    await checkGaps(page, { columns: 14, gaps: 7, places: [11], rooms: 3 });
  });
});

// As the module keeps it.
function record({ sent_at: at, ...rest }) {
  const text = JSON.stringify(rest);
  return { key: [at, rest.seq, rest.batch_id], session: rest.session, at, expires: at + 7 * DAY, size: text.length, text };
}

/** Holds every chart to it: so many columns at the beginning are unknown, in those places are so many rooms, and in the others none. */
async function checkGaps(page, { columns, gaps, places, rooms }) {
  const [said] = await page.getByText(/Nothing before \d+ \w+, \d\d:00 is kept\./).allInnerTexts();
  assert.ok(said, "it is said from when on");
  for (const chart of ["rooms", "participants", "participant-minutes", "recording-minutes"]) {
    const rows = (await table(page, chart)).slice(1);
    const cells = (await csv(page, chart)).slice(1);
    assert.equal(rows.length, columns);
    for (const [place, [name, ...values]] of rows.entries()) {
      const isGap = place < gaps;
      assert.equal(name.endsWith(", not kept"), isGap, `${chart} ${name}`);
      assert.ok(values.length > 0 && values.every((value) => (value === UNKNOWN) === isGap), `${chart} ${name}: ${values}`);
      assert.ok(cells[place].slice(1).every((value) => (value === "") === isGap), `${chart} ${cells[place]}`);
    }
    if (chart === "rooms") assert.deepEqual(rows.slice(gaps).map(([, , without]) => Number(without)), rows.slice(gaps).map((_, i) => (places.includes(gaps + i) ? rooms : 0)));
    await goTo(page, chart, 0);
    const readout = page.getByTestId(`readout-${chart}`);
    await readout.getByText(/: not kept any more$/).waitFor();
    assert.equal(await readout.getByRole("link").count(), 0);
    await page.keyboard.press("Enter");
    const box = await page.getByTestId(`chart-${chart}`).locator(".chart-hit").boundingBox();
    await page.mouse.click(box.x + (0.5 / columns) * box.width, box.y + box.height / 2);
    assert.match(new URL(page.url()).hash, /^#\/dashboard/, "it leads nowhere");
    await goTo(page, chart, places[0]);
    await readout.getByRole("link").waitFor();
  }
  // Where a week and more is gone, an hour of each day is known at most.
  const known = (await table(page, "usage")).slice(1).flatMap((row) => row.slice(1)).filter((cell) => cell !== UNKNOWN);
  assert.ok(known.length > 24 && known.length <= 24 * Math.min(7, columns - gaps + 1), `${known.length} hours are known`);
}

test("a bar whose rooms are not kept any more says so, and leads nowhere", LIMIT, async () => {
  const calls = ["--participants", "240", "--rooms", "90", "--days", "14", "--seed", "7"];
  await over({ calls }, async (page, collector) => {
    const asked = await openDashboard(page, collector.url, "?period=14d");
    const answer = await collector.get(asked.find((path) => !path.includes("segment=") && path.includes("step=day")));
    const { rooms, rooms_kept_from: keptFrom } = answer;
    assert.equal(keptFrom, Math.ceil((Date.now() - 7 * DAY) / HOUR) * HOUR);
    const size = (step) => step.with_issues + step.without_issues;
    const gone = rooms.findIndex((step) => step.end <= keptFrom && size(step) > 0);
    const partly = rooms.findIndex((step) => step.start < keptFrom && step.end > keptFrom);
    const kept = rooms.findIndex((step) => step.start >= keptFrom && size(step) > 0);
    assert.ok(gone >= 0 && partly > gone && kept > partly);
    for (const chart of ["rooms", "participants", "participant-minutes", "recording-minutes"]) {
      const readout = page.getByTestId(`readout-${chart}`);
      await goTo(page, chart, gone);
      await readout.getByText(/; its rooms are not kept any more$/).waitFor();
      assert.equal(await readout.getByRole("link").count(), 0);
      await page.keyboard.press("Enter");
      const hit = page.getByTestId(`chart-${chart}`).locator(".chart-hit");
      await hit.scrollIntoViewIfNeeded();
      const box = await hit.boundingBox();
      await page.mouse.click(box.x + ((gone + 0.5) / rooms.length) * box.width, box.y + 2);
      assert.equal(new URL(page.url()).hash, "#/dashboard?period=14d");
      await goTo(page, chart, kept);
      await readout.getByRole("link", { name: "Show the rooms" }).waitFor();
      assert.ok(!(await readout.innerText()).includes("not kept"));
      await goTo(page, chart, partly);
      if (size(rooms[partly]) > 0) await readout.getByText(/; its rooms are kept from \d+ \w+, \d\d:00 on/).waitFor();
    }
    await goTo(page, "rooms", gone);
    await page.getByTestId("readout-rooms").getByText(`: ${counted(size(rooms[gone]), "room")}, `).waitFor();
    await expectAccessible(page);
  });
});

test("an hour of the map leads to its rooms in each of two weeks", LIMIT, async () => {
  const later = Math.floor(Date.now() / HOUR) * HOUR - 2 * HOUR + 600_000;
  const starts = [later, later - 7 * DAY];
  const posted = starts.map((start, number) => ({ number, start }));
  await over({ args: ["--keep-rooms-days", "16"], posted }, async (page, collector) => {
    await openDashboard(page, collector.url, "?period=14d&usage=rooms");
    const [day, hour] = [(new Date(later).getDay() + 6) % 7, new Date(later).getHours()];
    await goTo(page, "usage", hour);
    for (let i = 0; i < day; i += 1) await page.keyboard.press("ArrowDown");
    const links = page.getByTestId("readout-usage").getByRole("link");
    await links.nth(1).waitFor();
    const name = (t) => new Date(t).toLocaleDateString("en-GB", { day: "numeric", month: "short" }).replace("Sept", "Sep");
    assert.deepEqual(await links.allInnerTexts(), starts.map((start) => `Show the rooms of ${name(start)}`));
    // A click keeps them there, so that the pointer can go to one of them.
    await page.keyboard.press("Escape");
    await links.first().waitFor({ state: "detached" });
    const hit = page.getByTestId("chart-usage").locator(".chart-hit");
    await hit.scrollIntoViewIfNeeded();
    const box = await hit.boundingBox();
    await page.mouse.click(box.x + ((hour + 0.5) / 24) * box.width, box.y + ((day + 0.5) / 7) * box.height);
    await page.mouse.move(box.x + box.width / 2, box.y - 1);
    assert.equal(await links.count(), 2);
    const href = await links.nth(1).getAttribute("href");
    await links.nth(1).click();
    await page.waitForURL((url) => url.hash === href);
    const names = page.locator("[data-testid=rooms] tbody th a");
    await names.first().waitFor();
    assert.deepEqual(await names.allInnerTexts(), ["RM1"]);
  });
});
