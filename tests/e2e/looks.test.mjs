// How every page looks, at three widths and in both themes: it can be used by everybody, it fits, and nothing of it jumps while it is loaded. With
// SCREENSHOTS a picture of each is kept; dashboard.png and participant.png are the README's.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { expectAccessible } from "./axe.mjs";
import { launch } from "./browser.mjs";
import { startCollector } from "./collector.mjs";
import { open, settled } from "./pages.mjs";
import { APP_FOLDER, serve } from "./serve.mjs";

const LIMIT = { timeout: 120_000 };
const HOUR_MS = 3_600_000;

/** A laptop, a tablet, a phone. */
const WIDTHS = [1280, 768, 390];
const HEIGHT = 844;

/** An answer that takes as long as over a network: what stands in its place is painted. */
const ANSWER_MS = 60;

/** Of the screen, by what is painted where: what web-vitals calls good is ten times as much. */
const MOST_SHIFT = 0.01;

/** What a theme changes: colours, and nothing else that axe-core looks at. */
const THEMED = { runOnly: ["color-contrast", "link-in-text-block"] };

/** A folder for pictures of the pages; none are taken without. */
const SCREENSHOTS = process.env.SCREENSHOTS;

const NOBODY = "0".repeat(32);

let browser;
let host;
/** Collectors: of calls made up, of none, and one that asks for a key. */
let stored;
let empty;
let locked;
/** Who is looked at, and a file with somebody's export. */
let found;
let folder;

before(async () => {
  // A week, and the week before it.
  const [participants, rooms] = SCREENSHOTS === undefined ? ["500", "110"] : ["1500", "344"];
  const until = new Date(Date.now() - HOUR_MS).toISOString();
  const calls = ["--participants", participants, "--rooms", rooms, "--days", "14", "--seed", "1", "--until", until];
  const args = ["--app", APP_FOLDER];
  [browser, host, stored, empty, locked] = await Promise.all([
    launch(),
    serve(APP_FOLDER),
    startCollector({ args: [...args, "--keep-rooms-days", "14", "--keep-go-rooms-days", "14"], calls }),
    startCollector({ args }),
    startCollector({ args, keys: true }),
  ]);
  found = await find();
  folder = await mkdtemp(join(tmpdir(), "callscope-looks-"));
  await saveExport();
  if (SCREENSHOTS !== undefined) await mkdir(SCREENSHOTS, { recursive: true });
});

after(async () => {
  await browser?.close();
  await host?.close();
  for (const collector of [stored, empty, locked]) await collector?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

/** Whoever of a room of several has the most issues, and somebody else of it. */
async function find() {
  const insights = (path) => stored.get(`/v1/insights/${path}`);
  const { rooms } = await insights("rooms?issues=with&page_size=100");
  const several = rooms.filter(({ participants }) => participants > 1);
  assert.ok(several.length > 0, "there is a room of several with issues");
  const all = await Promise.all(several.map(({ sid }) => insights(`rooms/${sid}`)));
  const worst = (room) => room.participants.toSorted((a, b) => b.issues.length - a.issues.length)[0];
  const room = all.toSorted((a, b) => worst(b).issues.length - worst(a).issues.length)[0];
  const tagged = worst(room);
  return { room, tagged, other: room.participants.find(({ sid }) => sid !== tagged.sid) };
}

const ofRoom = () => `rooms/${found.room.sid}`;
const ofParticipant = () => `${ofRoom()}/participants/${found.tagged.sid}`;
const exported = () => join(folder, "export.json");

/** Saves a participant as the page does. */
async function saveExport() {
  const page = await browser.newPage();
  await open(page, `${stored.url}/#/${ofParticipant()}`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("save-json").click()]);
  await download.saveAs(exported());
  await page.close();
}

const NOT_THERE = "http://localhost:1/";

/**
 * Every address, by the name of its picture: `at` is where it is, `does` what is done before it is looked at, `shows` what is there then, `source` what
 * the browser was told of its source, `fails` whether a failure is told, `readme` what of it the README shows.
 */
const PAGES = {
  "live": { at: () => `${host.origin}/#/live`, shows: "start-call" },
  "replay": { at: () => `${host.origin}/#/replay`, shows: "open-sample" },
  "recording": { at: () => `${host.origin}/#/replay`, does: (page) => page.getByTestId("open-sample").click(), shows: "recording" },
  "dashboard": { at: () => `${stored.url}/#/dashboard`, shows: "chart-usage", readme: { height: 1010 } },
  "dashboard-segments": { at: () => `${stored.url}/#/dashboard?period=14d&segment=operating_system&issues=with&usage=recording`, shows: "chart-usage" },
  "rooms": { at: () => `${stored.url}/#/rooms`, shows: "rooms" },
  "rooms-filtered": { at: () => `${stored.url}/#/rooms?issues=with&type=${found.room.type}&from=${found.room.created_at - HOUR_MS}&to=${Date.now()}&sort=participants`, shows: "rooms" },
  "rooms-none": { at: () => `${stored.url}/#/rooms?search=nobody-has-that-name`, shows: "no-rooms" },
  "room": { at: () => `${stored.url}/#/${ofRoom()}`, shows: "details" },
  "participant": { at: () => `${stored.url}/#/${ofParticipant()}`, shows: "sent-tracks", readme: { height: 1060, from: ".quality" } },
  "participant-receive": { at: () => `${stored.url}/#/${ofParticipant()}?tab=receive`, shows: "received-tracks" },
  "participant-apart": { at: () => `${stored.url}/#/${ofParticipant()}?apart=yes`, shows: "sent-tracks" },
  "compare": { at: () => `${stored.url}/#/${ofParticipant()}?compare=${found.other.sid}`, shows: "sent-tracks" },
  "opened": { at: () => `${host.origin}/#/replay`, does: (page) => page.getByTestId("recording-file").setInputFiles(exported()), shows: "sent-tracks" },
  "settings": { at: () => `${stored.url}/#/settings`, shows: "save-source" },
  "not-found": { at: () => `${host.origin}/#/nowhere`, shows: "not-found" },
  "no-data": { at: () => `${empty.url}/#/dashboard`, shows: "no-data" },
  "no-rooms-at-all": { at: () => `${empty.url}/#/rooms`, shows: "no-data" },
  "no-such-room": { at: () => `${stored.url}/#/rooms/RM${NOBODY}`, shows: "failure", fails: true },
  "no-such-participant": { at: () => `${stored.url}/#/${ofRoom()}/participants/PA${NOBODY}`, shows: "failure", fails: true },
  "collector-not-there": { at: () => `${empty.url}/#/dashboard`, shows: "failure", source: { "callscope.source": NOT_THERE }, fails: true },
  "wrong-key": { at: () => `${locked.url}/#/rooms`, shows: "failure", source: { "callscope.read-key": "cs_read_wrong" }, fails: true },
};

// Much of it is waiting: two at a time leave no core idle.
describe("everybody can use it, it fits, and nothing jumps", { concurrency: 2 }, () => {
  for (const width of WIDTHS) {
    for (const [name, page] of Object.entries(PAGES)) test(`${name} at ${width}`, LIMIT, () => look(name, page, width));
  }
});

async function look(name, { at, does, shows, source = {}, fails = false, readme }, width) {
  const context = await browser.newContext({ viewport: { width, height: HEIGHT }, colorScheme: "light" });
  const problems = [];
  try {
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(`threw ${error.stack ?? error}`));
    await page.addInitScript(noteShifts, source);
    await page.route("**/v1/**", late);
    await open(page, at());
    await does?.(page);
    await page.getByTestId(shows).first().waitFor();
    await settled(page);
    assert.equal((await page.getByTestId("failure").count()) > 0, fails, "a failure is told where there is one");
    // Asked first: axe-core moves the page.
    const shifts = await page.evaluate(() => window.shifts);
    await takePictures(page, name, width, readme);
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await expectAccessible(page, THEMED);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `the page is ${wider} pixels wider than the screen: ${await page.evaluate(tooWide)}`);
    const shift = shifts.reduce((all, { value }) => all + value, 0);
    assert.ok(shift <= MOST_SHIFT, `nothing jumps while it is loaded: ${JSON.stringify(shifts)}`);
    assert.deepEqual(problems, [], "nothing went wrong in the page");
  } finally {
    await context.close();
  }
}

/** The page in both themes, and at its usual width what the README shows of it. */
async function takePictures(page, name, width, readme) {
  if (SCREENSHOTS === undefined) return;
  const picture = (file, options) => page.screenshot({ path: join(SCREENSHOTS, `${file}.png`), ...options });
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    await picture(`${name}-${width}-${colorScheme}`, { fullPage: true });
  }
  if (readme === undefined || width !== WIDTHS[0]) return;
  await page.setViewportSize({ width, height: readme.height });
  await settled(page);
  if (readme.from !== undefined) await page.locator(readme.from).evaluate((element) => scrollTo(0, element.getBoundingClientRect().top + scrollY - 16));
  await picture(name);
  await page.setViewportSize({ width, height: HEIGHT });
}

async function late(route) {
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
  // The page may be gone by now.
  await route.continue().catch(() => {});
}

// What follows runs in the page.

/** Has the browser as it would be with that source chosen, and keeps what moves without anybody having asked for it. */
function noteShifts(source) {
  for (const [name, value] of Object.entries(source)) localStorage.setItem(name, value);
  window.shifts = [];
  const words = (node) => (node instanceof Element ? `${node.tagName.toLowerCase()}.${node.className}#${node.id} ${node.dataset.testid ?? ""}` : node?.nodeName);
  const observer = new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, startTime, sources } of list.getEntries()) {
      if (hadRecentInput) continue;
      const what = sources.map(({ node, previousRect, currentRect }) => `${words(node)} from ${previousRect.y} to ${currentRect.y}`);
      window.shifts.push({ value, at: Math.round(startTime), what });
    }
  });
  observer.observe({ type: "layout-shift", buffered: true });
}

function tooWide() {
  const { clientWidth } = document.documentElement;
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > clientWidth)
    .map(({ tagName, className }) => `${tagName} ${className}`)
    .slice(0, 5)
    .join(", ");
}
