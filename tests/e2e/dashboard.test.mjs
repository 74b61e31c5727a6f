// The dashboard over a real collector with calls made up: its figures against the read API's and against the rooms themselves, what the address
// keeps, the keyboard, and whether it can be used by everybody.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { expectAccessible } from "./axe.mjs";
import { launch, withPage } from "./browser.mjs";
import { startCollector } from "./collector.mjs";
import { counted, decimal, grouped, minutes, openDashboard, post, sum, table, whole } from "./dashboard.mjs";
import { APP_FOLDER } from "./serve.mjs";

const LIMIT = { timeout: 60_000 };
const HOUR = 3_600_000;
const SEED = process.env.SEED ?? "5";
/** All calls are kept until the tests are over. */
const KEPT = ["--keep-rooms-days", "16", "--keep-go-rooms-days", "16"];

let browser;
let collector;

before(async () => {
  const calls = ["--participants", "240", "--rooms", "90", "--days", "14", "--seed", SEED];
  [browser, collector] = await Promise.all([launch(), startCollector({ args: ["--app", APP_FOLDER, ...KEPT], calls })]);
  // Whatever else was made up: some today or yesterday, and on the day before that; with issues and without, those with issues on devices of two makers.
  const ended = Date.now() - HOUR;
  const starts = [ended, ended, ended - 24 * HOUR, ended - 24 * HOUR];
  await post(collector, starts.map((start, number) => ({ number, start, hasIssue: number % 2 === 1 })));
});

after(async () => {
  await browser?.close();
  await collector?.stop();
});

const open = (page, query = "") => openDashboard(page, collector.url, query);

/** The path of one kind that the page asked for. */
function ofKind(asked, kind) {
  const is = {
    figures: (path) => !path.includes("segment=") && path.includes("step=day"),
    participants: (path) => path.includes("segment="),
    hours: (path) => path.includes("step=hour"),
  };
  return byTime(asked.filter(is[kind])).at(-1);
}

/** Those of the figures, and of the same before. */
function figuresOf(asked) {
  const [before, now] = byTime(asked.filter((path) => !path.includes("segment=") && path.includes("step=day")));
  return Promise.all([now, before].map((path) => collector.get(path)));
}

const byTime = (paths) => paths.toSorted((one, other) => end(one) - end(other));
const end = (path) => Number(new URLSearchParams(path.split("?")[1]).get("to"));

/** How many rooms the collector has that were created in the time a link to the rooms names. */
async function roomsBehind(hash) {
  const query = new URLSearchParams(hash.split("?")[1]);
  const asked = new URLSearchParams({ created_after: query.get("from"), created_before: query.get("to"), page_size: "1000" });
  if (query.has("issues")) asked.set("issues", query.get("issues"));
  return (await collector.get(`/v1/insights/rooms?${asked}`)).rooms;
}

/** How many participants of the rooms behind a link are like that, with issues or without; each of the rooms has one at least. */
async function joined(hash, isLikeThat, filter) {
  const { rooms } = await collector.get(`/v1/insights/rooms?${hash.split("?")[1]}&page_size=1000`);
  const counts = rooms.map(async ({ sid }) => {
    const { participants } = await collector.get(`/v1/insights/rooms/${sid}`);
    return participants.filter((it) => isLikeThat(it) && (filter === "" || it.issues.length > 0 === (filter === "with"))).length;
  });
  const found = await Promise.all(counts);
  assert.ok(!found.includes(0), `${hash} has a room without such a participant`);
  return sum(found);
}

test("the figures are those of the read API and of the rooms", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const [now, before] = await figuresOf(await open(page));
    const { rooms_with_issues: bad, rooms_without_issues: good, ...totals } = now.totals.current;
    assert.ok(bad > 0 && good > 0, "there is something to count");
    const text = (id) => page.getByTestId(id).innerText();
    assert.equal(await text("figure-rooms"), grouped(bad + good));
    assert.equal(await text("figure-share"), `${decimal((100 * bad) / (bad + good), 1)} %`);
    assert.equal(await text("figure-participants"), grouped(totals.participants));
    assert.equal(await text("figure-participant-minutes"), grouped(totals.participant_minutes));
    assert.equal(await text("figure-recording-minutes"), grouped(totals.recording_minutes));

    const earlier = before.totals.current;
    const change = (100 * (totals.participants - earlier.participants)) / earlier.participants;
    const words = Math.abs(change) < 0.5 ? "unchanged" : `${change < 0 ? "\u2212" : "+"}${decimal(Math.abs(change), 0)} %`;
    assert.ok((await text("figure-participants-change")).includes(words), `${words} is not said: ${await text("figure-participants-change")}`);
    // The same time a week before: as long, and ending at the same hour.
    assert.equal(now.from - before.from, 7 * 24 * HOUR);
    assert.ok(before.to < now.from + 24 * HOUR && Date.now() - before.to < 7 * 24 * HOUR + HOUR);

    const { rooms } = await collector.get(`/v1/insights/rooms?created_after=${now.from}&page_size=1000`);
    assert.equal(rooms.length, bad + good);
    assert.equal(rooms.filter((room) => room.participants_with_issues > 0).length, bad);
  });
});

test("the charts have the numbers of the read API", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const now = Date.now();
    await page.clock.setFixedTime(now);
    const asked = await open(page);
    const [figures, earlier] = await figuresOf(asked);
    const rooms = await table(page, "rooms");
    assert.deepEqual(rooms[0], ["Time", "With issues", "Without issues"]);
    assert.deepEqual(
      rooms.slice(1).map((row) => row.slice(1)),
      figures.rooms.map((step) => [grouped(step.with_issues), grouped(step.without_issues)]),
    );
    assert.match(rooms.at(-1)[0], /, so far$/);
    const spent = await table(page, "participant-minutes");
    assert.deepEqual(spent[0], ["Time", "Last 7 days", "Week before"]);
    assert.deepEqual(
      spent.slice(1).map((row) => row.slice(1)),
      figures.minutes.current.map((step, i) => [minutes(step.participant_minutes), minutes(earlier.minutes.current[i].participant_minutes)]),
    );
    const recorded = await table(page, "recording-minutes");
    assert.deepEqual(
      recorded.slice(1).map((row) => row[1]),
      figures.minutes.current.map((step) => minutes(step.recording_minutes)),
    );

    const { participants } = await collector.get(ofKind(asked, "participants"));
    assert.equal(participants.segment, "browser");
    const shares = await table(page, "participants");
    const total = (row) => sum(row.slice(1).map((cell) => Number(cell.replaceAll(",", ""))));
    assert.deepEqual(shares.slice(1).map(total), participants.points.map((point) => sum(point.counts)));
    for (const [place, { value }] of participants.values.slice(0, 6).entries()) {
      const column = shares[0].indexOf(value ?? "Unknown");
      assert.ok(column > 0, `${value} has a column`);
      assert.deepEqual(shares.slice(1).map((row) => row[column]), participants.points.map((point) => grouped(point.counts[place])));
    }

    const hours = await collector.get(ofKind(asked, "hours"));
    const map = await table(page, "usage");
    const offset = new Date().getTimezoneOffset();
    let known = 0;
    for (const [place, step] of hours.minutes.current.entries()) {
      const local = new Date(step.start - offset * 60_000);
      const cell = map[1 + ((local.getUTCDay() + 6) % 7)][1 + local.getUTCHours()];
      if (step.start > now) {
        assert.equal(cell, "\u2014", "what is still to come is unknown");
      } else {
        known += 1;
        assert.equal(cell, minutes(hours.minutes.current[place].participant_minutes));
      }
    }
    assert.ok(known > 140);
  });
});

test("a bar leads to its rooms, by the keyboard and by the pointer", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const asked = await open(page);
    const { rooms } = await collector.get(ofKind(asked, "figures"));
    const place = rooms.findIndex((step, i) => i > 0 && step.with_issues > 0);
    const plot = page.getByTestId("chart-rooms").locator(".chart-plot");
    await plot.focus();
    await page.keyboard.press("Home");
    for (let i = 0; i < place; i += 1) await page.keyboard.press("ArrowRight");
    const readout = page.getByTestId("readout-rooms");
    const all = rooms[place].with_issues + rooms[place].without_issues;
    await readout.getByText(`: ${counted(all, "room")}, ${rooms[place].with_issues} with issues`).waitFor();
    await page.keyboard.press("ArrowDown");
    await readout.getByText(`: ${counted(rooms[place].with_issues, "room")} with issues`).waitFor();
    await plot.locator(".chart-spoken").getByText("with issues").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => /^#\/rooms\?from=\d+&to=\d+&issues=with$/.test(url.hash));
    const behind = await roomsBehind(new URL(page.url()).hash);
    assert.equal(behind.length, rooms[place].with_issues);
    await page.locator("[data-testid=rooms] tbody tr").first().waitFor();
    assert.equal(await page.locator("[data-testid=rooms] tbody tr").count(), Math.min(50, behind.length));

    await page.goBack();
    await whole(page);
    const box = await plot.locator(".chart-hit").boundingBox();
    // High above the bar: all of that day's rooms.
    await page.mouse.click(box.x + ((place + 0.5) / rooms.length) * box.width, box.y + 2);
    await page.waitForURL((url) => url.hash.startsWith("#/rooms?from="));
    const hash = new URL(page.url()).hash;
    const found = await roomsBehind(hash);
    assert.equal(found.length, all - (hash.includes("issues=without") ? rooms[place].with_issues : 0));
  });
});

test("every area leads to the rooms of those whom it counts", LIMIT, async () => {
  const members = { browser: "browser.name", operating_system: "os.name", device_manufacturer: "device.manufacturer", sdk: "sdk.name" };
  for (const [query, filter] of [["", ""], ["?segment=device_manufacturer&issues=with", "with"], ["?segment=operating_system&issues=without", "without"]]) {
    await withPage(browser, {}, async (page) => {
      const asked = await open(page, query);
      const { participants } = await collector.get(ofKind(asked, "participants"));
      const [heads, ...rows] = await table(page, "participants");
      const sizes = participants.points.slice(0, rows.length).map(({ counts }) => sum(counts));
      const column = sizes.indexOf(Math.max(...sizes));
      const { start, end } = participants.points[column];
      const plot = page.getByTestId("chart-participants").locator(".chart-plot");
      const readout = page.getByTestId("readout-participants");
      await plot.focus();
      await page.keyboard.press("Home");
      for (let i = 0; i < column; i += 1) await page.keyboard.press("ArrowRight");
      const href = () => readout.getByRole("link").getAttribute("href");
      const all = await joined(await href(), ({ joined_at: at }) => at >= start && at < end, filter);
      assert.equal(all, sum(participants.points[column].counts));
      const largest = participants.values.slice(0, 6).map(({ value }) => value);
      for (const [place, name] of heads.slice(1).entries()) {
        await page.keyboard.press("ArrowDown");
        const count = Number(rows[column][1 + place].replaceAll(",", ""));
        await readout.getByText(`: ${name}, ${count} of ${counted(all, "participant")}`).waitFor();
        const known = name === "Unknown" ? null : name;
        const isLikeThat = ({ client, joined_at: at }) => {
          const value = members[participants.segment].split(".").reduce((it, member) => it?.[member], client) ?? null;
          return at >= start && at < end && (name === "Other" ? !largest.includes(value) : value === known);
        };
        assert.equal(await joined(await href(), isLikeThat, filter), count, name);
      }
    });
  }
});

test("an area's rooms say what they are found by, which can be taken away and survives a reload", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const asked = await open(page, "?issues=without");
    const { participants } = await collector.get(ofKind(asked, "participants"));
    // What is unknown lies on top.
    const place = participants.values.findIndex(({ value }) => value !== null);
    const { value } = participants.values[place];
    const sizes = participants.points.map(({ counts }) => counts[place]);
    const column = sizes.indexOf(Math.max(...sizes));
    const hit = page.getByTestId("chart-participants").locator(".chart-hit");
    await hit.scrollIntoViewIfNeeded();
    const box = await hit.boundingBox();
    // Just above the axis lies the most frequent value.
    await page.mouse.click(box.x + ((column + 0.5) / participants.points.length) * box.width, box.y + box.height - 2);
    await page.waitForURL((url) => url.hash.includes("&participant_issues=without&segment=browser&value=") && new URLSearchParams(url.hash.split("?")[1]).get("value") === value);
    const names = page.locator("[data-testid=rooms] tbody th a");
    const shows = async (query) => {
      const expected = (await collector.get(`/v1/insights/rooms?${query}&page_size=50`)).rooms.map(({ name, sid }) => name ?? sid);
      await page.waitForFunction((expected) => {
        const shown = [...document.querySelectorAll("[data-testid=rooms] tbody th a")].map((it) => it.innerText);
        return JSON.stringify(shown) === JSON.stringify(expected);
      }, expected);
    };
    const query = () => new URL(page.url()).hash.split("?")[1] ?? "";
    await shows(query());
    await page.getByTestId("chip-uses").getByText(`Browser: ${value}`).waitFor();
    await page.getByTestId("chip-joined").getByText(/^joined \d+ \w+, 00:00 – \d+ \w+, 00:00/).waitFor();
    await page.getByTestId("chip-issues").getByText("without issues").waitFor();
    await expectAccessible(page);
    await page.reload();
    await shows(query());
    // With what else can be asked of rooms.
    await page.getByLabel("Issues", { exact: true }).selectOption({ label: "With any issue" });
    await page.waitForURL((url) => url.hash.includes("&issues=with"));
    await shows(query());
    for (const [chip, name] of [["chip-joined", "joined_after"], ["chip-issues", "participant_issues"], ["chip-uses", "segment"]]) {
      await page.getByTestId(chip).focus();
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => !url.hash.includes(name));
      await page.getByTestId(chip).waitFor({ state: "detached" });
      await shows(query());
    }
    assert.equal(query(), "issues=with");
    await page.goBack();
    await page.getByTestId("chip-uses").waitFor();
    await page.getByTestId("clear-filters").click();
    await page.waitForURL((url) => url.hash === "#/rooms");
    await names.first().waitFor();
  });
});

test("figures are there without those of the period before, and it is said how to get them", LIMIT, async () => {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const isBefore = (url) => url.pathname === "/v1/insights/dashboard" && Number(url.searchParams.get("to")) < Date.now() - 24 * HOUR;
    await page.route(isBefore, (route) => route.fulfill({ status: 503, json: { message: "the store is busy" } }));
    await page.goto(`${collector.url}/#/dashboard`);
    const alert = page.getByTestId("figures").locator("..").getByTestId("failure");
    await alert.getByText("the store is busy").waitFor();
    await whole(page);
    assert.match(await page.getByTestId("figure-rooms").innerText(), /^\d+$/);
    assert.equal(await page.getByTestId("figure-rooms-change").innerText(), "the period before could not be loaded");
    await expectAccessible(page);
    await page.unroute(isBefore);
    await alert.getByTestId("again").click();
    await page.getByTestId("figure-rooms-change").getByText("against the same time a week before").waitFor();
    await alert.waitFor({ state: "detached" });
  } finally {
    await context.close();
  }
});

test("an hour of the week leads to its rooms", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const asked = await open(page, "?usage=rooms");
    const { rooms } = await collector.get(ofKind(asked, "hours"));
    const step = rooms.find((step) => step.with_issues + step.without_issues > 0);
    const local = new Date(step.start - new Date().getTimezoneOffset() * 60_000);
    const plot = page.getByTestId("chart-usage").locator(".chart-plot");
    await plot.focus();
    await page.keyboard.press("Home");
    for (let i = 0; i < (local.getUTCDay() + 6) % 7; i += 1) await page.keyboard.press("ArrowDown");
    for (let i = 0; i < local.getUTCHours(); i += 1) await page.keyboard.press("ArrowRight");
    const count = step.with_issues + step.without_issues;
    await page.getByTestId("readout-usage").getByText(`, ${counted(count, "room")}, ${step.with_issues} with issues`).waitFor();
    const link = page.getByTestId("readout-usage").getByRole("link");
    assert.equal((await roomsBehind(await link.getAttribute("href"))).length, count);
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.hash.startsWith("#/rooms?from="));
  });
});

test("a finger shows what a bar says, and a link leads on", LIMIT, async () => {
  const context = { viewport: { width: 390, height: 800 }, hasTouch: true };
  await withPage(browser, { context }, async (page) => {
    const asked = await open(page);
    const { rooms } = await collector.get(ofKind(asked, "figures"));
    const hit = page.getByTestId("chart-rooms").locator(".chart-hit");
    await hit.scrollIntoViewIfNeeded();
    const { x, y, width } = await hit.boundingBox();
    const place = 3;
    await page.touchscreen.tap(x + ((place + 0.5) / rooms.length) * width, y + 1);
    const readout = page.getByTestId("readout-rooms");
    const link = readout.getByRole("link", { name: "Show the rooms" });
    await link.waitFor();
    assert.equal(new URL(page.url()).hash, "#/dashboard");
    const behind = await roomsBehind(await link.getAttribute("href"));
    assert.match(await readout.innerText(), new RegExp(`: ${counted(behind.length, "room")}\\b`));
    await link.tap();
    await page.waitForURL((url) => url.hash.startsWith("#/rooms?from="));
  });
});

test("period, segment and filter stand in the address, and survive reload and back", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const asked = await open(page);
    const pressed = (id) => page.getByTestId(id).getAttribute("aria-pressed");
    assert.equal(await pressed("period-7d"), "true");
    await page.getByTestId("period-24h").click();
    await page.waitForURL((url) => url.hash === "#/dashboard?period=24h");
    await page.getByTestId("segment").selectOption("operating_system");
    await page.waitForURL((url) => url.hash.includes("segment=operating_system"));
    await page.getByTestId("filter-with").click();
    await page.waitForURL((url) => url.hash === "#/dashboard?period=24h&segment=operating_system&issues=with");
    await whole(page);
    const path = asked.at(-1);
    assert.match(path, /step=hour&.*segment=operating_system&issues=with/);
    const { participants } = await collector.get(path);
    const heads = (await table(page, "participants"))[0].slice(1);
    const names = participants.values.slice(0, 6).map(({ value }) => value ?? "Unknown");
    assert.deepEqual(new Set(heads), new Set(participants.values.length > 6 ? [...names, "Other"] : names));

    await page.reload();
    await whole(page);
    assert.equal(await pressed("period-24h"), "true");
    assert.equal(await pressed("filter-with"), "true");
    assert.equal(await page.getByTestId("segment").inputValue(), "operating_system");
    assert.equal((await table(page, "rooms")).length, 1 + 24);
    await page.goBack();
    await page.waitForURL((url) => url.hash === "#/dashboard?period=24h&segment=operating_system");
    await page.waitForFunction(() => document.querySelector("[data-testid=filter-all]").getAttribute("aria-pressed") === "true");
  });
});

test("segments and filters end after 7 days, and it is said", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const asked = await open(page, "?period=14d&segment=sdk&issues=with");
    await page.getByTestId("no-filters").getByText("reach back 7 days").waitFor();
    assert.ok(await page.getByTestId("segment").isDisabled());
    assert.ok(await page.getByTestId("filter-with").isDisabled());
    const path = ofKind(asked, "participants");
    assert.match(path, /segment=all$/);
    assert.equal((await table(page, "participants")).length, 1 + 14);
    await page.getByText("nothing kept to compare with").first().waitFor();
  });
});

test("days are those of the clock, here or in UTC, and so are the rooms behind them", LIMIT, async () => {
  const context = { timezoneId: "Asia/Kolkata" };
  await withPage(browser, { context }, async (page) => {
    const asked = await open(page);
    await page.getByText("Times are local time (UTC+5:30).").waitFor();
    const path = ofKind(asked, "figures");
    assert.match(path, /utc_offset_minutes=330/);
    const figures = await collector.get(path);
    // Today ends within an hour of UTC's: what the API has behind it is of no hour, and not shown.
    assert.equal((await table(page, "rooms")).length, 1 + 7);
    for (const step of figures.rooms.slice(7)) assert.equal(step.with_issues + step.without_issues, 0);
    const plot = page.getByTestId("chart-rooms").locator(".chart-plot");
    await plot.focus();
    await page.keyboard.press("Home");
    for (const step of figures.rooms.slice(0, 7)) {
      const href = await page.getByTestId("readout-rooms").getByRole("link").getAttribute("href");
      assert.equal((await roomsBehind(href)).length, step.with_issues + step.without_issues);
      await page.keyboard.press("ArrowRight");
    }
    await page.evaluate(() => localStorage.setItem("callscope.zone", "utc"));
    await page.reload();
    await page.getByText("Times are UTC.").waitFor();
    await whole(page);
    assert.ok(asked.some((path) => path.includes("utc_offset_minutes=0")));
  });
});

test("a legend's layer can be looked at alone, and the numbers taken away", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    await open(page);
    const card = page.getByTestId("chart-rooms");
    const key = card.getByRole("button", { name: /^With issues/ });
    const picture = () => card.locator("canvas").evaluate((canvas) => canvas.toDataURL());
    const before = await picture();
    await key.click();
    await page.waitForFunction((button) => button.getAttribute("aria-pressed") === "true", await key.elementHandle());
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    assert.notEqual(await picture(), before, "it is drawn anew");
    const take = async (name) => {
      const [download] = await Promise.all([page.waitForEvent("download"), card.getByRole("button", { name }).click()]);
      return [download.suggestedFilename(), await readFile(await download.path())];
    };
    const [csvName, csv] = await take("CSV");
    assert.equal(csvName, "rooms-count.csv");
    const rows = (await table(page, "rooms")).slice(1);
    const lines = csv.toString().trim().split("\r\n");
    assert.equal(lines[0], "time,With issues,Without issues");
    assert.deepEqual(lines.slice(1).map((line) => line.split(",").slice(1)), rows.map((row) => row.slice(1)));
    const [pngName, png] = await take("PNG");
    assert.equal(pngName, "rooms.png");
    assert.equal(png.subarray(1, 4).toString(), "PNG");
  });
});

test("an account without calls says how to get some", LIMIT, async () => {
  const empty = await startCollector({ args: ["--app", APP_FOLDER] });
  try {
    await withPage(browser, {}, async (page) => {
      await page.goto(`${empty.url}/#/dashboard`);
      const how = page.getByTestId("no-data");
      await how.getByText("cargo xtask run --demo").waitFor();
      await how.getByText("attachRoom").waitFor();
      await page.getByTestId("quiet").getByRole("link", { name: "Look at 14 days" }).click();
      await page.getByTestId("quiet").waitFor({ state: "detached" });
      await expectAccessible(page);
      await how.getByRole("link", { name: "Start a demo call" }).click();
      await page.waitForURL((url) => url.hash === "#/live");
    });
  } finally {
    await empty.stop();
  }
});

for (const colorScheme of ["light", "dark"]) {
  test(`it can be used by everybody, in the ${colorScheme} theme`, LIMIT, async () => {
    await withPage(browser, { context: { colorScheme } }, async (page) => {
      await open(page, "?segment=operating_system");
      for (const chart of ["rooms", "participants", "usage"]) await table(page, chart);
      await page.getByTestId("chart-rooms").locator(".chart-plot").focus();
      await page.keyboard.press("End");
      await expectAccessible(page);
      await page.getByTestId("period-14d").click();
      await page.getByTestId("no-filters").waitFor();
      await whole(page);
      await expectAccessible(page);
    });
  });
}

test("nothing is wider than a phone, or than a page at 200 %", LIMIT, async () => {
  for (const width of [320, 390, 640, 768]) {
    await withPage(browser, { context: { viewport: { width, height: 800 } } }, async (page) => {
      await open(page);
      const [scroll, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(scroll <= inner, `${scroll} px of ${inner}`);
    });
  }
});
