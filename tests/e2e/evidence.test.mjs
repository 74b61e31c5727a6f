// A participant's page over batches of the test's own: what an issue was judged by, when it stood and on what; whom there is to compare with; and what
// is said when a part of it does not come.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { expectAccessible } from "./axe.mjs";
import { launch, withPage } from "./browser.mjs";
import { post } from "./calls.mjs";
import { startCollector } from "./collector.mjs";
import { keepRecords } from "./history.mjs";
import { open } from "./pages.mjs";
import { APP_FOLDER } from "./serve.mjs";

const LIMIT = { timeout: 60_000 };
const DAY = 86_400_000;
const MINUTE = 60_000;
const LENGTH = 12 * MINUTE;

const ROOM = { sid: `RM${"e".repeat(32)}`, name: "evidence", type: "group" };
const ALICE = { sid: `PA${"a".repeat(32)}`, identity: "alice" };
const BOB = { sid: `PA${"b".repeat(32)}`, identity: "bob" };
const NOBODY = `PA${"0".repeat(32)}`;

/** When the call began: all of it is over, and on one day as far as clocks in UTC go. */
const begun = Math.floor((Date.now() - DAY) / DAY) * DAY + 9 * 60 * MINUTE;

let browser;
let collector;

before(async () => {
  [browser, collector] = await Promise.all([launch(), startCollector({ args: ["--app", APP_FOLDER] })]);
  for (const batch of [alices(), bobs()]) await post(collector, batch);
});

after(async () => {
  await browser?.close();
  await collector?.stop();
});

const address = (query = "", participant = ALICE.sid) => `${collector.url}/#/rooms/${ROOM.sid}/participants/${participant}${query}`;

/** The whole of a call in one batch, with what else there is of it. */
function batch(participant, number, { tracks, events = [], issues }) {
  const id = (kind) => `0197f3a4-5c00-7000-8${kind}00-00000000000${number}`;
  const of = ([track, kind]) => {
    const starts = Array.from({ length: LENGTH / 10_000 }, (_, place) => begun + 10_000 * place);
    return starts.map((start) => ({ scope: "track", direction: "send", track, pc: "pc", kind, start, duration_ms: 10_000, bitrate_bps: 60_000, packets_sent: 900, packets_lost: 18, packet_loss_pct: 1.9608, rtt_ms: 40 }));
  };
  const ended_at = begun + LENGTH;
  return {
    schema: 1,
    batch_id: id(1),
    session: id(2),
    seq: 0,
    started_at: begun,
    sent_at: ended_at,
    room: ROOM,
    participant,
    client: { browser: { name: "Chrome", version: "156.0" } },
    intervals: tracks.flatMap(of),
    events,
    final: { ended_at, summary: { room: null, participant: null, tracks: [], received: [], connections: [], issues } },
  };
}

const issue = (type, tracks, media, value, threshold) => ({ type, severity: "high", media, tracks, value, threshold });

/** An issue that stood on a track from one minute of the call to another. */
function stood(type, track, threshold, from, to) {
  const change = (minute, raised) => ({ event: "issue", type, raised, severity: "high", pc: "pc", track, kind: "video", at: begun + minute * MINUTE, value: 2 * threshold, threshold });
  return [change(from, true), change(to, false)];
}

/** Loss of 2 % that was judged by 1 %, on the camera and the screen twice, and for a while on the microphone, which recovered; and long round trip times. */
function alices() {
  const loss = (track, from, to) => stood("packet_loss", track, 1, from, to);
  return batch(ALICE, 1, {
    tracks: [["MTvoice", "audio"], ["MTcamera", "video"], ["MTscreen", "video"]],
    events: [
      ...loss("MTvoice", 0.5, 1),
      ...loss("MTcamera", 2, 4),
      ...loss("MTscreen", 3, 5),
      ...loss("MTcamera", 9, 10),
      ...[1, 3, 5, 7].flatMap((minute) => stood("round_trip_time", "MTvoice", 150, minute, minute + 0.5)),
    ],
    issues: [issue("packet_loss", ["MTcamera", "MTscreen"], "video", 2, 1), issue("round_trip_time", ["MTvoice"], "audio", 180, 150)],
  });
}

/** Of whom nothing went wrong, but an issue that recovered: its threshold is known by the event alone. */
const bobs = () => batch(BOB, 2, { tracks: [["MTbob", "video"]], events: stood("packet_loss", "MTbob", 2.5, 1, 2), issues: [] });

/** A page of which requests fail: the browser logs each, and nothing else may go wrong. */
async function withFailures(body) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const thrown = [];
    page.on("pageerror", (error) => thrown.push(error));
    await body(page);
    assert.deepEqual(thrown, []);
  } finally {
    await context.close();
  }
}

const lines = (page, title) => page.getByRole("region", { name: title, exact: true }).locator(".chart-key-threshold").allInnerTexts();

test("a chart's line is what the participant was judged by, and the reader's own is another", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    await open(page, address(`?compare=${BOB.sid}`));
    assert.deepEqual(await lines(page, "Packet loss \u00b7 alice"), ["High from 1 %"]);
    assert.deepEqual(await lines(page, "Round trip time \u00b7 alice"), ["High above 150 ms"]);
    assert.deepEqual(await lines(page, "Packet loss \u00b7 bob"), ["High from 2.5 %"]);
    // Nothing was told of it.
    assert.deepEqual(await lines(page, "Round trip time \u00b7 bob"), ["High above 300 ms"]);
    await page.evaluate(() => localStorage.setItem("callscope.packet_loss", "2.5"));
    await page.reload();
    await open(page, address());
    assert.deepEqual(await lines(page, "Packet loss"), ["High from 1 %", "Your line: 2.5 %"]);
    assert.deepEqual(await lines(page, "Round trip time"), ["High above 150 ms"]);
    await open(page, address("", BOB.sid));
    assert.deepEqual(await lines(page, "Packet loss"), ["High from 2.5 %"]);
  });
});

test("an issue has the tracks of its tag and the times of those tracks, in the paragraph, too", LIMIT, async () => {
  const context = { permissions: ["clipboard-read", "clipboard-write"], timezoneId: "UTC" };
  await withPage(browser, { context }, async (page) => {
    await open(page, address());
    const [loss, trip] = await page.getByTestId("issues").locator("li").allInnerTexts();
    const spells = "09:02:00 \u2013 09:05:00, 09:09:00 \u2013 09:10:00";
    const summed = "first 09:01:00, 4 times, 2 min in all";
    assert.match(loss, new RegExp(`High packet loss \u00b7 video\\s+2\\.0 % of all packets, threshold 1\\.0 %[^]*${spells}`));
    assert.match(trip, new RegExp(`High round trip time \u00b7 audio\\s+180 ms on average, allowed up to 150 ms[^]*${summed}`));
    const rows = await page.getByTestId("sent-tracks").locator("tbody tr").allInnerTexts();
    const issuesOf = (track) => rows.find((row) => row.includes(track)).match(/High [a-z ]+|none/g);
    assert.deepEqual(["MTvoice", "MTcamera", "MTscreen"].map(issuesOf), [["High round trip time"], ["High packet loss"], ["High packet loss"]]);
    await page.getByTestId("copy-summary").click();
    await page.getByTestId("told").getByText("Copied").waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    for (const part of [
      `High packet loss on video (Video, Video 2): 2.0 % (threshold 1.0 %), ${spells}`,
      `High round trip time on audio: 180 ms (threshold 150 ms), ${summed}`,
      page.url(),
    ]) {
      assert.ok(text.includes(part), `${part} is in ${text}`);
    }
  });
});

const PATHS = { about: `/participants/${ALICE.sid}`, room: `/rooms/${ROOM.sid}`, events: "/events", intervals: "/intervals" };

for (const [name, path] of Object.entries(PATHS)) {
  test(`nothing is said to be nothing while its ${name} did not come, and it is asked for again`, LIMIT, async () => {
    await withFailures(async (page) => {
      const isIt = ({ pathname }) => pathname.endsWith(path);
      await page.route(isIt, (route) => route.fulfill({ status: 503, json: { message: "The store rests." } }));
      await page.goto(address());
      const failure = page.getByTestId("failure");
      await failure.getByText("The store rests.").waitFor();
      await failure.getByText("Try again, or choose another source").waitFor();
      assert.equal(await failure.count(), 1);
      assert.equal(await page.getByTestId("characteristics").count(), name === "about" ? 0 : 1);
      const words = await page.locator("#room").innerText();
      assert.doesNotMatch(words, /No track has been sent|Nothing was found|Nothing was measured|No issue/);
      assert.equal(await page.locator(".chart-card").count(), 0);
      await expectAccessible(page);
      await page.unroute(isIt);
      await page.getByTestId("again").click();
      await page.getByTestId("sent-tracks").getByText("MTcamera").waitFor();
      await failure.waitFor({ state: "detached" });
    });
  });
}

test("charts and tables come once all of the call is told", LIMIT, async () => {
  for (const path of [PATHS.events, PATHS.room]) {
    await withPage(browser, {}, async (page) => {
      let answer;
      const held = new Promise((resolve) => (answer = resolve));
      await page.route(({ pathname }) => pathname.endsWith(path), async (route) => {
        await held;
        await route.continue();
      });
      const came = page.waitForResponse((response) => response.url().endsWith("/intervals"));
      await page.goto(address());
      await came;
      await page.getByTestId("characteristics").waitFor();
      // Frames enough to draw what came.
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      assert.equal(await page.locator(".chart-card").count(), 0, path);
      assert.equal(await page.locator(".quality [aria-busy=true] .skeleton").count(), 1, path);
      answer();
      await page.locator(".chart-card").first().waitFor();
      assert.equal(await page.getByTestId("sent-tracks").locator("tbody tr").count(), 3, path);
    });
  }
});

test("whom there is nobody to compare with is told, and what does not come of somebody", LIMIT, async () => {
  await withFailures(async (page) => {
    await open(page, address(`?compare=${NOBODY}`));
    const told = page.getByTestId("compared");
    assert.equal(await told.innerText(), `Nobody in this room has the sid ${NOBODY}. Choose whom to compare with.`);
    assert.equal(await page.getByTestId("failure").count(), 0);
    await page.route(({ pathname }) => pathname.endsWith(`${BOB.sid}/events`), (route) => route.fulfill({ status: 503, json: { message: "The store rests." } }));
    await page.getByLabel("Compare with").selectOption({ label: "bob" });
    await page.getByTestId("failure").getByText("The store rests.").waitFor();
    assert.equal(await page.getByTestId("sent-tracks").locator("tbody tr").count(), 3);
    await page.unrouteAll();
    await page.getByTestId("again").click();
    await told.getByText("Below each chart is bob").waitFor();
    await page.getByRole("region", { name: "Packet loss \u00b7 bob" }).locator("canvas").waitFor();
  });
});

test("the paragraph has no link to what nobody else has", LIMIT, async () => {
  const context = { permissions: ["clipboard-read", "clipboard-write"] };
  await withPage(browser, { context }, async (page) => {
    await page.goto(`${collector.url}/#/live`);
    const { sent_at: at, ...kept } = alices();
    const text = JSON.stringify(kept);
    await keepRecords(page, [{ key: [at, kept.seq, kept.batch_id], session: kept.session, at, expires: at + 7 * DAY, size: text.length, text }]);
    await page.evaluate(() => localStorage.setItem("callscope.source", "browser"));
    await page.reload();
    await open(page, address());
    await page.getByTestId("copy-summary").click();
    await page.getByTestId("told").getByText("Copied").waitFor();
    const paragraph = await page.evaluate(() => navigator.clipboard.readText());
    assert.ok(paragraph.includes(ALICE.sid), paragraph);
    assert.ok(!paragraph.includes("http"), paragraph);
  });
});
