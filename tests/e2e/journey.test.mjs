// Somebody looks for what went wrong in a call: from the dashboard to the evidence, with the pointer, and through a call that was really made.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, withPage } from "./browser.mjs";
import { eventually } from "./call.mjs";
import { rounded, wanted } from "./calls.mjs";
import { startCollector } from "./collector.mjs";
import { keptBatches } from "./history.mjs";
import { open, settled, words } from "./pages.mjs";
import { Relay } from "./relay.mjs";
import { APP_FOLDER } from "./serve.mjs";

const HOUR = 3_600_000;

let browser;
let collector;

before(async () => {
  const until = new Date(Date.now() - HOUR).toISOString();
  const calls = ["--participants", "240", "--rooms", "90", "--days", "6", "--until", until];
  const args = ["--app", APP_FOLDER, "--keep-go-rooms-days", "7"];
  [browser, collector] = await Promise.all([launch(), startCollector({ args, calls: [...calls, "--seed", "5"] })]);
  await wanted(collector, calls, async () => (await insights("rooms?issues=with&page_size=1")).rooms[0]);
});

after(async () => {
  await browser?.close();
  await collector?.stop();
});

const insights = (path, of = collector) => of.get(`/v1/insights/${path}`);
const hashOf = (page) => new URL(page.url()).hash;
const title = ({ identity, sid }) => identity ?? sid;

const ISSUES = {
  packet_loss: { name: "High packet loss", show: (value) => `${rounded(value, 1)} %`, unit: "of all packets, threshold" },
  round_trip_time: { name: "High round trip time", show: (value) => `${rounded(value, 0)} ms`, unit: "on average, allowed up to" },
};

/** What the page says of an issue of a participant, by what the read API has of it. */
function evidenceOf({ type, value, threshold }) {
  const { show, unit } = ISSUES[type];
  return `${show(value)} ${unit} ${show(threshold)}`;
}

/** A time as the page has it. */
const clock = (page, at) => page.evaluate((ms) => new Date(ms).toLocaleTimeString("en-GB"), at);

/** Holds the participant page to the read API: each issue with its tracks, value, threshold and since when; and each track with its own. */
async function expectEvidence(page, of, room, participant) {
  const { issues } = await insights(`rooms/${room}/participants/${participant}`, of);
  const { events } = await insights(`rooms/${room}/participants/${participant}/events`, of);
  assert.ok(issues.length > 0);
  const tags = page.getByTestId("issues").locator("li");
  assert.equal(await tags.count(), issues.length);
  for (const issue of issues) {
    const tag = await tags.filter({ hasText: ISSUES[issue.type].name }).innerText();
    assert.ok(tag.includes(evidenceOf(issue)), `${tag} has ${evidenceOf(issue)}`);
    const isIt = ({ event, type, track, raised }) => event === "issue" && type === issue.type && raised && issue.tracks.includes(track);
    const raised = events.filter(isIt);
    const since = await clock(page, Math.min(...raised.map(({ at }) => at)));
    assert.ok(tag.includes(since), `${tag} has ${since}`);
    // The tracks that it is on are those that have it below.
    const rows = page.getByTestId("sent-tracks").locator("tbody > tr").filter({ hasText: ISSUES[issue.type].name });
    const guilty = await rows.locator("th").allInnerTexts();
    assert.equal(guilty.length, issue.tracks.length, `${guilty}`);
    for (const [place, track] of issue.tracks.entries()) {
      const own = raised.filter((event) => event.track === track);
      const lines = await page.getByTestId("findings").locator("li").filter({ hasText: ISSUES[issue.type].name }).allInnerTexts();
      for (const event of own) {
        const [value, at] = [ISSUES[issue.type].show(event.value), await clock(page, event.at)];
        assert.ok(lines.some((line) => line.includes(value) && line.includes(at)), `${value} since ${at} is told of track ${place}: ${lines}`);
      }
    }
  }
}

const sum = (rows, name) => rows.reduce((all, row) => all + (row[name] ?? 0), 0);

/** What each track sent, and what the connections received, in all. */
async function expectSums(page, intervals) {
  const sent = intervals.filter(({ scope }) => scope === "track");
  const tracks = [...new Set(sent.map(({ track }) => track))];
  const words = tracks.map((track) => {
    const own = sent.filter((row) => row.track === track);
    return `${sum(own, "packets_sent").toLocaleString("en-US")} packets sent, ${sum(own, "packets_lost").toLocaleString("en-US")} lost`;
  });
  assert.deepEqual((await page.getByTestId("sent-tracks").locator("td[data-label='In all']").allInnerTexts()).sort(), words.sort());
  await page.getByTestId("tab-receive").click();
  await settled(page);
  const received = sum(intervals.filter(({ scope }) => scope === "connection"), "packets_received").toLocaleString("en-US");
  assert.match(await page.getByTestId("connections").innerText(), new RegExp(`${received} packets received`));
  await page.getByTestId("tab-send").click();
  await settled(page);
}

/** The table behind a chart, which has a row for every ten seconds of a short call: each track's figure, in any of its columns. */
async function expectChart(page, title, intervals, show) {
  const card = page.getByRole("region", { name: title, exact: true });
  await card.getByRole("button", { name: "Table" }).click();
  const rows = await card.locator(".chart-table tbody tr").evaluateAll((all) => all.map(({ cells }) => [...cells].map((cell) => cell.innerText.trim())));
  const said = new Map(rows.map(([time, ...cells]) => [time, cells]));
  for (const interval of intervals.filter(({ scope }) => scope === "track")) {
    const cells = said.get(await clock(page, interval.start));
    assert.ok(cells?.includes(show(interval) ?? "unknown"), `${title} at ${interval.start}: ${cells} has ${show(interval)}`);
  }
}

test("from the bar with issues to the track, in three clicks, and back", { timeout: 90_000 }, async () => {
  await withPage(browser, {}, async (page) => {
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url())));
    // The dashboard says as of when it is.
    await page.clock.setFixedTime(Date.now());
    await open(page, `${collector.url}/#/dashboard?segment=operating_system&usage=rooms`);
    const pages = [];
    let clicks = 0;
    /** Leaves the page by a click, and notes what it was; or stays on it. */
    const click = async (target, isAnother = true) => {
      if (isAnother) pages.push({ hash: hashOf(page), text: await words(page) });
      clicks += 1;
      await target.click();
      await settled(page);
    };

    // A day with issues: the lowest part of its bar.
    const bars = page.getByTestId("chart-rooms");
    const figures = await collector.get(figuresAsked(asked));
    const day = figures.rooms.findLastIndex((step) => step.with_issues > 0);
    const hit = await bars.locator(".chart-hit").boundingBox();
    const at = [hit.x + ((day + 0.5) / figures.rooms.length) * hit.width, hit.y + hit.height - 2];
    const count = figures.rooms[day].with_issues;
    await page.mouse.move(...at);
    await page.getByTestId("readout-rooms").getByText(`${count} room${count === 1 ? "" : "s"} with issues`).waitFor();
    // What is pointed at is said for the time being.
    await page.mouse.move(0, 0);
    await settled(page);
    pages.push({ hash: hashOf(page), text: await words(page) });
    await page.mouse.click(...at);
    await page.waitForURL((url) => /^#\/rooms\?from=\d+&to=\d+&issues=with$/.test(url.hash));
    await settled(page);
    assert.equal(await page.getByTestId("issues").inputValue(), "with");

    const listed = page.getByTestId("rooms").locator("tbody tr");
    assert.equal(await listed.count(), count);
    for (const row of await listed.all()) assert.match(await row.innerText(), /High (packet loss|round trip time)/);
    const { rooms } = await insights(`rooms?search=${(await listed.first().innerText()).match(/RM[0-9a-f]{32}/)[0]}`);
    const room = await insights(`rooms/${rooms[0].sid}`);
    await click(listed.first().getByRole("link"));
    assert.equal(hashOf(page), `#/rooms/${room.sid}`);

    const { properties } = room.detected_issues.details[0];
    const participant = room.participants.find(({ sid }) => sid === properties.participant_sid);
    const link = page.getByTestId("issues").getByRole("link", { name: title(participant) }).first();
    await click(link);
    assert.equal(hashOf(page), `#/rooms/${room.sid}/participants/${participant.sid}`);
    await expectEvidence(page, collector, room.sid, participant.sid);
    // A click on when it was shows it in the charts.
    const plot = page.locator(".chart-plot").first();
    const from = async () => (await plot.getAttribute("aria-label")).match(/chart from ([\d:]+)/)[1];
    const begin = await from();
    const finding = page.getByTestId("findings").locator("li").first();
    assert.match(await finding.innerText(), /^Issue/);
    // From a little before, but never less than half a minute, and nothing before the call or after it.
    const path = `rooms/${room.sid}/participants/${participant.sid}`;
    const { events } = await insights(`${path}/events`);
    const { intervals } = await insights(`${path}/intervals`);
    const end = Math.max(...intervals.map(({ start }) => start + 10_000));
    const around = events.filter(({ raised }) => raised).map(({ at }) => clock(page, Math.min(at - 15_000, end - 30_000)));
    await click(finding.getByRole("button"), false);
    assert.ok([begin, ...(await Promise.all(around))].includes(await from()), await from());
    assert.ok(clicks <= 3, `${clicks} clicks`);

    for (const { hash, text } of pages.toReversed()) {
      await page.goBack();
      await page.waitForURL((url) => url.hash === hash);
      await settled(page);
      assert.equal(await words(page), text, hash);
    }
    assert.equal(await page.getByTestId("segment").inputValue(), "operating_system");
  });
});

test("a call that was made is found on every page, with what the module said of it", { timeout: 150_000 }, async () => {
  const own = await startCollector({ args: ["--app", APP_FOLDER] });
  const network = { loss: 0.12, delay: 170 };
  const relay = new Relay({ network, seed: 7 });
  try {
    await withPage(browser, { relay }, async (page) => {
      await page.goto(`${own.url}/?video=320x180#/live`);
      await page.getByTestId("start-call").click();
      await page.getByTestId("stop-call").waitFor();
      const isTold = (batches) => ["packet_loss", "round_trip_time"].every((type) => batches.some(({ events }) => events.some((it) => it.type === type && it.raised)));
      await eventually(async () => isTold(await page.evaluate(keptBatches)), 90_000);
      await page.getByTestId("stop-call").click();
      const report = JSON.parse(await page.evaluate(() => window.callscope.report()));
      await eventually(async () => (await insights("rooms", own)).rooms[0]?.ended_at != null);
      const batches = await page.evaluate(keptBatches);
      const { rooms: [{ sid }] } = await insights("rooms", own);
      const room = await insights(`rooms/${sid}`, own);
      const { participants: [you] } = room;

      // What the module kept is what was stored, and the page's own engine saw the same call at its own moments.
      const kept = batches.flatMap(({ intervals }) => intervals);
      const { intervals } = await insights(`rooms/${sid}/participants/${you.sid}/intervals`, own);
      const { events } = await insights(`rooms/${sid}/participants/${you.sid}/events`, own);
      assert.equal(intervals.length, kept.length);
      const kinds = ({ issues }) => issues.map(({ type }) => type).sort();
      assert.deepEqual(kinds(you), ["packet_loss", "round_trip_time"]);
      assert.deepEqual(kinds(you), kinds(report));
      for (const { type, value } of report.issues) {
        const stored = you.issues.find((issue) => issue.type === type).value;
        assert.ok(Math.abs(stored - value) < 0.25 * value, `${type}: ${stored} and ${value}`);
      }

      await open(page, `${own.url}/#/dashboard?period=24h`);
      const { totals: { current } } = await insights("dashboard", own);
      assert.deepEqual([current.rooms_with_issues, current.rooms_without_issues, current.participants], [1, 0, 1]);
      const figure = (name) => page.getByTestId(`figure-${name}`).innerText();
      assert.deepEqual([await figure("rooms"), await figure("share"), await figure("participants")], ["1", "100.0 %", "1"]);
      assert.equal(await figure("participant-minutes"), rounded(current.participant_minutes, 1));
      await page.getByTestId("readout-rooms").getByText("1 room, 1 of them with issues.").waitFor();
      assert.deepEqual(await page.getByTestId("chart-participants").locator(".chart-name").allInnerTexts(), [you.client.browser.name]);

      await open(page, `${own.url}/#/rooms?issues=with`);
      const row = page.getByTestId("rooms").locator("tbody tr");
      assert.equal(await row.count(), 1);
      for (const word of ["demo call", sid, "Peer-to-peer", ISSUES.packet_loss.name, ISSUES.round_trip_time.name, "1 participant"]) {
        assert.ok((await row.innerText()).includes(word), word);
      }

      await row.getByRole("link").click();
      await settled(page);
      const found = page.getByTestId("issues").locator("li");
      assert.equal(await found.count(), 2);
      for (const { type, value, threshold } of you.issues) {
        const { name, show } = ISSUES[type];
        const line = await found.filter({ hasText: name }).innerText();
        assert.ok(line.includes("you") && line.includes(show(value)) && line.includes(`threshold ${show(threshold)}`), line);
      }
      const bar = page.getByTestId("presence").getByRole("link");
      const [joined, left] = [await clock(page, you.joined_at), await clock(page, you.left_at)];
      const label = await bar.getAttribute("aria-label");
      assert.ok(label.startsWith(`you, ${joined} \u2013 ${left}, `) && label.includes("High packet loss, High round trip time"), label);
      assert.ok((await bar.locator(".presence-mark.chart-poor").count()) >= 2, "when the issues stood is marked");

      await bar.click();
      await settled(page);
      await expectEvidence(page, own, sid, you.sid);
      const signals = events.filter(({ event }) => event === "signal").length;
      assert.equal(await page.getByTestId("findings").locator("li", { hasText: "Signal" }).count(), signals);
      await expectSums(page, intervals);
      await expectChart(page, "Packet loss", intervals, ({ packet_loss_pct: loss }) => (loss === null ? null : `${rounded(loss, 1)} %`));
      await expectChart(page, "Round trip time", intervals, ({ rtt_ms: time }) => (time === null ? null : `${rounded(time, 0)} ms`));
    });
  } finally {
    await Promise.all([own.stop(), relay.close()]);
  }
});

/** What the dashboard asked for of what is shown: the period before ends earlier. */
function figuresAsked(asked) {
  const isIt = ({ pathname, searchParams }) => pathname === "/v1/insights/dashboard" && searchParams.get("step") === "day" && !searchParams.has("segment");
  const to = ({ searchParams }) => Number(searchParams.get("to"));
  const { pathname, search } = asked.filter(isIt).reduce((one, other) => (to(other) > to(one) ? other : one));
  return pathname + search;
}
