// A room's page over a real collector, with calls that this test sends: one that goes on, one whose figures are compared, and what is said when
// something cannot be read.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { launch, withPage } from "./browser.mjs";
import { startCollector } from "./collector.mjs";
import { open, settled } from "./pages.mjs";
import { APP_FOLDER } from "./serve.mjs";

const LIMIT = { timeout: 60_000 };
const MINUTE = 60_000;

let browser;
let collector;

before(async () => {
  [browser, collector] = await Promise.all([launch(), startCollector({ args: ["--app", APP_FOLDER] })]);
});

after(async () => {
  await browser?.close();
  await collector?.stop();
});

/** Somebody in a room, from then on. */
const somebody = (room, number, identity, started) => ({ room: { sid: room, name: `the room ${room}`, type: "group" }, number, identity, started, seq: 0 });

/** Sends what was measured of somebody until then, and what happened to them. */
async function send(it, until, { events = [], final } = {}) {
  const id = (kind) => `${String(it.number).padStart(8, "0")}-0000-4000-${kind}-${String(it.seq).padStart(12, "0")}`;
  const start = until - 10_000;
  const interval = { scope: "track", direction: "send", track: `MT${it.number}`, pc: "pc", kind: "audio", codec: "audio/opus", start, duration_ms: 10_000, packets_sent: 500 };
  const body = JSON.stringify({
    schema: 1,
    batch_id: id("8000"),
    session: `${String(it.number).padStart(8, "0")}-0000-4000-9000-000000000000`,
    seq: it.seq,
    started_at: it.started,
    sent_at: Date.now(),
    room: it.room,
    participant: { sid: `PA${it.number}`, identity: it.identity },
    client: { browser: { name: "Chrome", version: "156" }, os: {}, device: {}, sdk: {} },
    intervals: [interval],
    events,
    ...(final ? { final: { ended_at: until, summary: { tracks: [], received: [], connections: [], issues: final.issues ?? [] } } } : {}),
  });
  const answer = await fetch(`${collector.url}/v1/batches`, { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.equal(answer.status, 201, await answer.text());
  it.seq += 1;
}

const loss = (number, at, raised, value = 8) => ({ event: "issue", type: "packet_loss", raised, severity: "high", pc: "pc", track: `MT${number}`, kind: "audio", at, value, threshold: 5 });

const bars = (page) => page.getByTestId("presence").locator("li a");

/** From where to where each bar reaches, as shares of the axis. */
const drawn = (page) =>
  bars(page).evaluateAll((links) =>
    links.map((link) => {
      const [track, bar] = [".presence-track", ".presence-bar"].map((it) => link.querySelector(it).getBoundingClientRect());
      return [(bar.left - track.left) / track.width, (bar.right - track.left) / track.width];
    }),
  );

/** Marks the element that has the keyboard, so that another in its place is told from it. */
const hold = (page, locator) => locator.focus().then(() => page.evaluate(() => (document.activeElement.dataset.held = "yes")));
const isHeld = (page) => page.evaluate(() => document.activeElement.dataset.held === "yes");

test("of a room that goes on bars grow, who comes late appears, and the keyboard stays where it was", { timeout: 90_000 }, async () => {
  const now = Date.now();
  const ann = somebody("RMlive", 1, "ann", now - 4 * MINUTE);
  const bob = somebody("RMlive", 2, "bob", now - 2 * MINUTE);
  await send(ann, now, { events: [loss(1, now - MINUTE, true)] });
  await send(bob, now);
  await withPage(browser, {}, async (page) => {
    await page.clock.install({ time: now });
    await open(page, `${collector.url}/#/rooms/RMlive?sort=identity`);
    const begun = async () => (await drawn(page))[(await bars(page).allInnerTexts()).indexOf("bob")][0];
    assert.ok(Math.abs((await begun()) - 0.5) < 0.02, `bob came in the middle: ${await begun()}`);
    const links = [bars(page).filter({ hasText: "bob" }), page.getByTestId("people").getByRole("link", { name: "bob" }), page.getByTestId("issues").getByRole("link", { name: "ann" })];
    // By the page's clock the room is four minutes longer each time.
    for (const [round, link] of links.entries()) {
      await hold(page, link);
      const href = await link.getAttribute("href");
      // Who comes late came before bob, and stands before him in the table, too.
      const late = somebody("RMlive", 3 + round, `anton ${round}`, now - 3 * MINUTE + round);
      await send(late, now);
      const before = await begun();
      await send(ann, now + 1000 * round, { events: [loss(1, now - 30_000 + round, false), loss(1, now - 20_000 + round, true, 9 + round)] });
      const answered = ["", "/timeline"].map((below) => page.waitForResponse((response) => new URL(response.url()).pathname === `/v1/insights/rooms/RMlive${below}`));
      await page.clock.fastForward(4 * MINUTE);
      await Promise.all(answered);
      await bars(page).filter({ hasText: `anton ${round}` }).waitFor();
      await page.getByTestId("issues").getByText(`${9 + round}.0 % on audio`).waitFor();
      await settled(page);
      assert.ok(await isHeld(page), `the keyboard is still on the link of round ${round}`);
      assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), href, "which leads where it led");
      assert.equal(await page.getByTestId("people").locator("tbody tr").count(), 3 + round);
      assert.ok((await begun()) < before - 0.03, `bob's bar begins at ${await begun()}, before that at ${before}`);
      for (const [place, [, to]] of (await drawn(page)).entries()) assert.ok(Math.abs(to - 1) < 0.01, `bar ${place} of somebody who is there ends at ${to}`);
    }
  });
});

/** A room that is over: ann with two spells of loss and a recording, bob twice. */
async function over(room, from) {
  const start = Date.now() - 20 * MINUTE;
  const ann = somebody(room, from, "=ann", start);
  const bob = somebody(room, from + 1, "bob", start + MINUTE);
  const again = somebody(room, from + 2, "bob", start + 5 * MINUTE);
  const issues = [{ type: "packet_loss", severity: "high", media: "audio", tracks: [`MT${from}`], value: 7.5, threshold: 5 }];
  const recording = { event: "call", type: "recording_started", at: start + MINUTE };
  const events = [recording, loss(from, start + 2 * MINUTE, true), loss(from, start + 3 * MINUTE, false), loss(from, start + 7 * MINUTE, true)];
  await send(ann, start + 8 * MINUTE, { events, final: { issues } });
  const reconnecting = [
    { event: "call", type: "reconnecting", at: start + 2 * MINUTE },
    { event: "call", type: "reconnected", at: start + 3 * MINUTE },
  ];
  const slow = [{ type: "round_trip_time", severity: "high", media: "both", tracks: [`MT${from + 1}`], value: 412, threshold: 300 }];
  const raised = { ...loss(from + 1, start + 2 * MINUTE, true, 412), type: "round_trip_time", threshold: 300 };
  await send(bob, start + 4 * MINUTE, { events: [...reconnecting, raised], final: { issues: slow } });
  await send(again, start + 6 * MINUTE, { final: {} });
  return start;
}

const facts = (page, testid) =>
  page.getByTestId(testid).evaluate((list) => Object.fromEntries([...list.children].map(({ children: [term, fact] }) => [term.innerText, fact.innerText.trim()])));

test("all that the API knows of a room is said, and what nobody knows is unknown", LIMIT, async () => {
  await over("RMover", 10);
  const room = await collector.get("/v1/insights/rooms/RMover");
  assert.deepEqual([room.unique_participant_identities, room.total_recording_duration_ms], [2, 7 * MINUTE]);
  assert.equal(room.total_participant_duration_ms, room.participants.reduce((all, { duration_ms }) => all + duration_ms, 0));
  await withPage(browser, {}, async (page) => {
    await open(page, `${collector.url}/#/rooms/RMover`);
    const said = await facts(page, "details");
    assert.equal(said["Unique identities"], "2");
    assert.equal(said["In it now"], "0");
    assert.equal(said["Time of all participants"], "12 min");
    assert.equal(said["Recording enabled"], "yes");
    assert.equal(said["Time recorded"], "7 min");
    assert.equal(said["Processing state"], "complete");
    const unknown = ["Account sid", "Created by", "End reason", "Most participants allowed", "Media region", "Edge location", "Status callback", "Status callback method"];
    for (const term of unknown) assert.match(said[term], /^\u2014\s*unknown: /, term);
    await open(page, `${collector.url}/#/rooms/RMover/participants/PA10`);
    const own = await facts(page, "characteristics");
    assert.equal(own.Status, "completed");
    for (const term of ["End reason", "Edge location"]) assert.match(own[term], /^\u2014\s*unknown: /, term);
  });
});

test("a paragraph for the ticket says on what and when, and a spreadsheet runs no name", LIMIT, async () => {
  const start = await over("RMticket", 20);
  const context = { permissions: ["clipboard-read", "clipboard-write"], acceptDownloads: true };
  await withPage(browser, { context }, async (page) => {
    await open(page, `${collector.url}/#/rooms/RMticket`);
    await page.getByTestId("copy-summary").click();
    await page.getByTestId("told").getByText("Copied").waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    const clock = (at) => page.evaluate((at) => new Date(at).toLocaleTimeString("en-GB"), at);
    const first = await clock(start + 2 * MINUTE);
    assert.ok(text.includes(`High packet loss of =ann on audio: 7.5 % (threshold 5.0 %), first at ${first}, 2 times`), text);
    assert.ok(text.includes(`High round trip time of bob on audio and video: 412 ms (threshold 300 ms), ${first} \u2013 end`), text);
    assert.ok(text.endsWith(`\n${page.url()}`), text);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("save-csv").click()]);
    const rows = (await readFile(await download.path(), "utf8")).trim().split("\r\n").map((row) => row.split(","));
    assert.deepEqual(rows.slice(1).map((row) => row[2]), ["'=ann", "bob", "bob"]);
  });
});

for (const [below, what] of [["", "the room"], ["/timeline", "its timeline"]]) {
  test(`that ${what} cannot be read is said, with what to try`, LIMIT, async () => {
    const room = below === "" ? "RMlost" : "RMmarks";
    await over(room, below === "" ? 30 : 40);
    // What fails is written to the console.
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      const isIt = (url) => url.pathname === `/v1/insights/rooms/${room}${below}`;
      const problem = { code: 500, message: "the disk is full", more_info: "", status: 500 };
      await page.route(isIt, (route) => route.fulfill({ status: 500, json: problem }));
      await open(page, `${collector.url}/#/rooms/${room}`);
      const failure = page.getByTestId("failure");
      await failure.getByText("the disk is full").waitFor();
      await failure.getByText("Try again, or choose another source in the settings.").waitFor();
      const marks = page.locator(".presence-rows .presence-mark");
      assert.equal(await marks.count(), 0);
      // Who was there is known all the same.
      assert.equal(await bars(page).count(), below === "" ? 0 : 3);
      if (below !== "") await page.getByText("When issues stood, and who was reconnecting, could not be read.").waitFor();
      await page.unroute(isIt);
      await page.getByTestId("again").click();
      await failure.waitFor({ state: "detached" });
      await marks.nth(3).waitFor();
      assert.equal(await bars(page).count(), 3);
    } finally {
      await context.close();
    }
  });
}
