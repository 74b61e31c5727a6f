// The pages of a room and of a participant, over a real collector with calls made up: figures are the API's, what is looked at is in the
// address, and what is saved is opened again.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { expectAccessible } from "./axe.mjs";
import { launch, withPage } from "./browser.mjs";
import { post, rounded, wanted } from "./calls.mjs";
import { startCollector } from "./collector.mjs";
import { APP_FOLDER } from "./serve.mjs";

const LIMIT = { timeout: 60_000 };
const HOUR = 3_600_000;

let browser;
let collector;
/** A room of several, somebody in it with an issue and a camera of several layers, and somebody else; all of them with names. */
let found;

before(async () => {
  // None of them goes on, and none is deleted before it is looked at.
  const until = new Date(Date.now() - HOUR).toISOString();
  const calls = ["--participants", "500", "--rooms", "100", "--days", "6", "--until", until];
  const args = ["--app", APP_FOLDER, "--keep-go-rooms-days", "7"];
  [browser, collector] = await Promise.all([launch(), startCollector({ args, calls: [...calls, "--seed", "7"] })]);
  found = await wanted(collector, calls, find);
});

after(async () => {
  await browser?.close();
  await collector?.stop();
});

const insights = (path) => collector.get(`/v1/insights${path}`);
const of = (room, participant, below = "") => insights(`/rooms/${room.sid}/participants/${participant.sid}${below}`);
const address = (room, participant, query = "") => `${collector.url}/#/rooms/${room.sid}/participants/${participant.sid}${query}`;

/** What somebody is called: who did not say is called by their sid. */
const title = ({ identity, sid }) => identity ?? sid;

async function find() {
  const { rooms } = await insights("/rooms?issues=with&type=group&page_size=50");
  for (const { sid } of rooms.filter(({ participants }) => participants > 2)) {
    const room = await insights(`/rooms/${sid}`);
    const isNamed = ({ identity, client }) => identity !== null && client.browser.name !== null;
    const tagged = room.participants.find((it) => isNamed(it) && it.tracks.length > 1 && it.issues.some(({ type }) => type === "packet_loss"));
    if (!tagged || room.name === null) continue;
    const { intervals } = await of(room, tagged, "/intervals");
    if (!intervals.some(({ layers }) => layers?.length > 1)) continue;
    const other = room.participants.find((it) => isNamed(it) && it.sid !== tagged.sid);
    if (!other) continue;
    return { room, tagged, other, intervals };
  }
  return null;
}

const facts = (page, testid) =>
  page.getByTestId(testid).evaluate((list) => Object.fromEntries([...list.children].map(({ children: [term, fact] }) => [term.innerText, fact.innerText.trim()])));

async function opened(page, url) {
  await page.goto(url);
  await page.locator(".chart-card canvas").first().waitFor();
  await page.locator("[data-testid=sent-tracks] tbody tr, [data-testid=received-tracks] tbody tr").first().waitFor();
}

test("a room says what the API says, and whom its issues concern", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const { room, tagged } = found;
    await page.goto(`${collector.url}/#/rooms/${room.sid}`);
    await page.getByTestId("details").waitFor();
    assert.equal(await page.locator("#room h1").innerText(), room.name);
    const said = await facts(page, "details");
    assert.equal(said["Room sid"], room.sid);
    assert.equal(said.Participants, String(room.participants.length));
    assert.equal(said["Most at once"], String(room.max_concurrent_participants));
    assert.equal(said.Codecs, room.codecs.join(", "));
    assert.match(said["Media region"], /^\u2014\s*unknown: browsers are not told$/);
    const issues = room.detected_issues.details;
    assert.equal(await page.getByTestId("issues").locator("li").count(), issues.length);
    const line = page.getByTestId("issues").locator("li").filter({ hasText: tagged.identity }).filter({ hasText: "packet loss" });
    const loss = tagged.issues.find(({ type }) => type === "packet_loss");
    assert.match(await line.innerText(), new RegExp(`${loss.value.toFixed(1)} %.*threshold ${loss.threshold.toFixed(1)} %`, "s"));
    await line.getByRole("link", { name: tagged.identity }).click();
    await page.waitForURL(address(room, tagged));
    await page.getByTestId("characteristics").waitFor();
    assert.equal((await page.locator("#room h1").innerText()).trim(), tagged.identity);
    await page.goBack();
    await page.getByTestId("details").waitFor();
  });
});

test("a bar for each participant, as long as they were there; Enter leads to them", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const { room } = found;
    await page.goto(`${collector.url}/#/rooms/${room.sid}`);
    const bars = page.getByTestId("presence").locator("li a");
    await bars.first().waitFor();
    const people = room.participants.toSorted((a, b) => a.joined_at - b.joined_at);
    assert.deepEqual(await bars.locator(".presence-label").allInnerTexts(), people.map(title));
    const start = Math.min(...people.map(({ joined_at }) => joined_at));
    const span = Math.max(...people.map(({ left_at }) => left_at)) - start;
    const drawn = await bars.evaluateAll((links) =>
      links.map((link) => {
        const [track, bar] = [".presence-track", ".presence-bar"].map((it) => link.querySelector(it).getBoundingClientRect());
        return [(bar.left - track.left) / track.width, bar.width / track.width];
      }),
    );
    for (const [place, { joined_at, left_at }] of people.entries()) {
      assert.ok(Math.abs(drawn[place][0] - (joined_at - start) / span) < 0.01, `bar ${place} starts at ${drawn[place][0]}`);
      assert.ok(Math.abs(drawn[place][1] - (left_at - joined_at) / span) < 0.01, `bar ${place} is ${drawn[place][1]} long`);
    }
    await bars.nth(1).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(address(room, people[1]));
  });
});

test("participants are sorted by any column, which the address keeps", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const { room } = found;
    await page.goto(`${collector.url}/#/rooms/${room.sid}`);
    const names = page.getByTestId("people").locator("tbody th");
    await names.first().waitFor();
    const by = (compare) => room.participants.toSorted(compare).map(title);
    const duration = page.getByTestId("people").getByRole("link", { name: "Duration" });
    await duration.click();
    await page.waitForURL((url) => url.hash.endsWith("?sort=duration"));
    assert.deepEqual(await names.allInnerTexts(), by((a, b) => a.duration_ms - b.duration_ms));
    await duration.click();
    await page.waitForURL((url) => url.hash.endsWith("?sort=duration&order=desc"));
    await page.reload();
    await names.first().waitFor();
    assert.deepEqual(await names.allInnerTexts(), by((a, b) => b.duration_ms - a.duration_ms));
    assert.equal(await page.getByTestId("people").locator("th[aria-sort=descending]").innerText(), "Duration\u2193");
  });
});

test("a participant's characteristics and issues are the API's", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const { room, tagged } = found;
    await opened(page, address(room, tagged));
    const said = await facts(page, "characteristics");
    const { client } = tagged;
    const product = ({ name, version }) => [name, version].filter(Boolean).join(" ");
    assert.equal(said["Operating system"], product(client.os));
    assert.equal(said.Browser, product(client.browser));
    if (client.sdk.name === null) assert.match(said.SDK, /^\u2014\s*unknown/);
    else assert.equal(said.SDK, product(client.sdk));
    assert.equal(said["Tracks published"], String(tagged.tracks_published));
    assert.equal(said["Participant sid"], tagged.sid);
    if (client.device.manufacturer === null) assert.match(said["Device manufacturer"], /^\u2014\s*unknown/);
    const loss = tagged.issues.find(({ type }) => type === "packet_loss");
    const line = await page.getByTestId("issues").locator("li").filter({ hasText: "High packet loss" }).innerText();
    assert.match(line, new RegExp(`${rounded(loss.value, 1)} % of all packets, threshold ${rounded(loss.threshold, 1)} %`));
    const { events } = await of(room, tagged, "/events");
    const isIt = ({ event, type, track, raised }) => event === "issue" && type === "packet_loss" && raised && loss.tracks.includes(track);
    const raised = events.filter(isIt).map(({ at }) => at);
    const time = await page.evaluate((at) => new Date(at).toLocaleTimeString("en-GB"), Math.min(...raised));
    assert.ok(line.includes(time), `${line} tells ${time}`);
  });
});

// A chart's table has a row for each of its steps; zoomed in to a few minutes a step is an interval.
test("charts, tables and an interval's figures are the API's", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const { room, tagged, intervals } = found;
    await opened(page, address(room, tagged));
    for (const { sid, ...total } of totals(intervals)) {
      const row = page.getByTestId("sent-tracks").locator("tbody tr").filter({ hasText: sid.slice(0, 10) }).first();
      const words = await row.locator("td[data-label='In all']").innerText();
      assert.equal(words, `${total.sent.toLocaleString("en-US")} packets sent, ${total.lost.toLocaleString("en-US")} lost`);
    }
    const plot = page.locator(".chart-card").filter({ hasText: "Packet loss" }).locator(".chart-plot").first();
    await plot.focus();
    await page.keyboard.press("Home");
    for (let step = 0; step < 3; step += 1) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const panel = page.getByTestId("interval-panel");
    await panel.waitFor();
    const title = await panel.locator("h3").innerText();
    const starts = [...new Set(intervals.map(({ start }) => start))];
    const clock = await page.evaluate((all) => all.map((at) => new Date(at).toLocaleTimeString("en-GB")), starts);
    const start = starts[clock.indexOf(title.split(" ")[0])];
    assert.ok(start, `${title} is the time of an interval`);
    const track = intervals.find((it) => it.start === start && it.scope === "track" && it.kind === "video" && it.packet_loss_pct !== null);
    const section = panel.locator("section").filter({ has: page.locator("h4", { hasText: /^Video/ }) }).first();
    const value = (metric) => section.locator("table").first().locator("tr").filter({ hasText: metric }).first();
    assert.match(await value("Packet loss").innerText(), new RegExp(`${rounded(track.packet_loss_pct, 1)} %`));
    assert.match(await value("Packet loss").innerText(), /100 \u00b7 lost \/ \(lost \+ sent\)/);
    assert.match(await value("Round trip time").innerText(), new RegExp(`${Math.round(track.rtt_ms)} ms`));
    assert.match(await value("Packets sent").innerText(), new RegExp(track.packets_sent.toLocaleString("en-US")));
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    assert.ok(await plot.evaluate((it) => it === document.activeElement), "the keyboard is back on the chart");
  });
});

function totals(intervals) {
  const sent = intervals.filter(({ scope }) => scope === "track");
  const sum = (sid, name) => sent.filter(({ track }) => track === sid).reduce((all, row) => all + (row[name] ?? 0), 0);
  return [...new Set(sent.map(({ track }) => track))].map((sid) => ({ sid, sent: sum(sid, "packets_sent"), lost: sum(sid, "packets_lost") }));
}

test("what is received is shown by connection, with the tracks underneath", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const { room, tagged, intervals } = found;
    await opened(page, address(room, tagged, "?tab=receive"));
    const connections = intervals.filter(({ scope }) => scope === "connection");
    const received = new Set(connections.flatMap(({ received: all }) => all.map(({ track }) => track)));
    assert.equal(await page.getByTestId("received-tracks").locator("tbody tr").count(), received.size);
    const packets = connections.reduce((all, { packets_received: it }) => all + (it ?? 0), 0);
    assert.match(await page.getByTestId("connections").locator("tbody tr").first().innerText(), new RegExp(`${packets.toLocaleString("en-US")} packets received`));
    // Whose they are.
    const others = room.participants.filter(({ sid }) => sid !== tagged.sid);
    const sender = others.find(({ identity, tracks }) => identity !== null && tracks.some((track) => received.has(track)));
    assert.ok((await page.getByTestId("received-tracks").innerText()).includes(sender.identity));
    await page.getByTestId("apart").click();
    await page.waitForURL((url) => url.hash.includes("apart=yes"));
    await page.locator(".chart-legend .chart-name").filter({ hasText: sender.identity }).first().waitFor();
    assert.equal(await page.locator(".chart-legend .chart-name").count(), received.size);
  });
});

test("tab, layers, isolated track and comparison are in the address", LIMIT, async () => {
  await withPage(browser, {}, async (page) => {
    const { room, tagged, other } = found;
    await opened(page, address(room, tagged));
    const keys = () => page.locator(".chart-card").filter({ hasText: "Bitrate sent" }).first().locator(".chart-name").allInnerTexts();
    const merged = await keys();
    await page.getByTestId("apart").click();
    await page.waitForURL((url) => url.hash.includes("apart=yes"));
    assert.ok((await keys()).length > merged.length);
    await page.getByTestId("apart").click();
    await page.waitForURL((url) => !url.hash.includes("apart"));
    await page.getByLabel("Compare with").selectOption({ label: other.identity });
    await page.waitForURL((url) => url.hash.includes(`compare=${other.sid}`));
    await page.getByRole("region", { name: `Packet loss \u00b7 ${other.identity}` }).locator("canvas").waitFor();
    await page.locator(".chart-key button").first().click();
    await page.waitForURL((url) => url.hash.includes("track="));
    const kept = page.url();
    await page.reload();
    await page.getByRole("region", { name: `Packet loss \u00b7 ${other.identity}` }).locator("canvas").waitFor();
    assert.equal(page.url(), kept);
    assert.equal(await page.locator(".chart-key button[aria-pressed=true]").first().locator(".chart-name").innerText(), new URLSearchParams(kept.split("?")[1]).get("track"));
    await page.getByTestId("tab-receive").click();
    await page.waitForURL((url) => url.hash.includes("tab=receive"));
    await page.goBack();
    await page.waitForURL(kept);
    await page.locator("[data-testid=tab-send][aria-selected=true]").waitFor();
    // The axes are one: both have the same times.
    const range = async (title) => (await page.getByRole("region", { name: title, exact: true }).locator(".chart-plot").getAttribute("aria-label")).match(/from .* to [\d:]+/)[0];
    assert.equal(await range(`Packet loss \u00b7 ${tagged.identity}`), await range(`Packet loss \u00b7 ${other.identity}`));
  });
});

test("a paragraph for the ticket, rows for a spreadsheet", LIMIT, async () => {
  const context = { permissions: ["clipboard-read", "clipboard-write"], acceptDownloads: true };
  await withPage(browser, { context }, async (page) => {
    const { room, tagged, intervals } = found;
    await opened(page, address(room, tagged));
    await page.getByTestId("copy-summary").click();
    await page.getByTestId("told").getByText("Copied").waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    const loss = tagged.issues.find(({ type }) => type === "packet_loss");
    for (const part of [tagged.identity, tagged.sid, room.name, room.sid, tagged.client.browser.name, `${rounded(loss.value, 1)} % (threshold 5.0 %)`, page.url()]) {
      assert.ok(text.includes(part), `${part} is in ${text}`);
    }
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("save-csv").click()]);
    const rows = (await readFile(await download.path(), "utf8")).trim().split("\r\n").map((row) => row.split(","));
    assert.equal(rows.length, intervals.length + 1);
    const [head, first] = rows;
    const cell = (row, name) => row[head.indexOf(name)];
    assert.equal(cell(first, "start"), new Date(intervals[0].start).toISOString());
    assert.equal(Number(cell(first, "bitrate_bps")), intervals[0].bitrate_bps);
    const unknown = intervals.findIndex(({ packet_loss_pct: it }) => it === null);
    if (unknown >= 0) assert.equal(cell(rows[unknown + 1], "packet_loss_pct"), "");
  });
});

test("what is saved is opened again by the replay page, and says the same", LIMIT, async () => {
  const context = { acceptDownloads: true };
  await withPage(browser, { context }, async (page) => {
    const { room, tagged } = found;
    await opened(page, address(room, tagged));
    const before = await page.getByTestId("sent-tracks").innerText();
    const [one] = await Promise.all([page.waitForEvent("download"), page.getByTestId("save-json").click()]);
    const saved = JSON.parse(await readFile(await one.path(), "utf8"));
    assert.deepEqual([saved.callscope_export, saved.kind, saved.participant], [1, "participant", tagged.sid]);
    const named = JSON.stringify(saved);
    for (const { sid } of room.participants.filter(({ sid }) => sid !== tagged.sid)) {
      assert.ok(!named.includes(`"sid":"${sid}"`), "nobody else is in it");
    }
    await page.goto(`${collector.url}/#/replay`);
    await page.getByTestId("recording-file").setInputFiles(await one.path());
    await page.waitForURL((url) => url.hash === `#/opened/rooms/${room.sid}/participants/${tagged.sid}`);
    await page.getByTestId("notes").getByText("shown from a file").waitFor();
    await page.locator(".chart-card canvas").first().waitFor();
    assert.equal(await page.getByTestId("sent-tracks").innerText(), before);

    await page.goto(`${collector.url}/#/rooms/${room.sid}`);
    const [all] = await Promise.all([page.waitForEvent("download"), page.getByTestId("save-json").click()]);
    await page.goto(`${collector.url}/#/replay`);
    await page.getByTestId("recording-file").setInputFiles(await all.path());
    await page.waitForURL((url) => url.hash === `#/opened/rooms/${room.sid}`);
    const people = page.getByTestId("people").locator("tbody tr");
    await people.nth(room.participants.length - 1).waitFor();
    assert.equal(await people.count(), room.participants.length);
    await page.getByTestId("people").getByRole("link", { name: tagged.identity }).click();
    await page.getByTestId("sent-tracks").waitFor();
    assert.equal(await page.getByTestId("sent-tracks").innerText(), before);
  });
});

test("of a call that goes on only what is new is asked for, and what came late is not missed", { timeout: 90_000 }, async () => {
  const started = Date.now() - 400_000;
  const send = async (seq) => {
    const start = started + 30_000 * seq;
    const interval = (at) => ({ scope: "track", direction: "send", track: "MTlive", pc: "pc", kind: "audio", start: at, duration_ms: 10_000, packets_sent: 500 + seq, packets_lost: 5 });
    const body = JSON.stringify({
      schema: 1,
      batch_id: `00000000-0000-4000-8000-${String(seq).padStart(12, "0")}`,
      seq,
      session: "00000000-0000-4000-9000-000000000000",
      started_at: started,
      sent_at: start + 31_000,
      room: { sid: "RMlive", name: null, type: "group" },
      participant: { sid: "PAlive", identity: null },
      client: {},
      intervals: [start, start + 10_000, start + 20_000].map(interval),
      events: [],
    });
    const response = await fetch(`${collector.url}/v1/batches`, { method: "POST", headers: { "content-type": "application/json" }, body });
    assert.ok(response.ok, await response.text());
  };
  const sent = (seqs) => seqs.reduce((all, seq) => all + 3 * (500 + seq), 0).toLocaleString("en-US");
  const first = [0, 1, 3, 4, 5, 6, 7, 8, 9];
  for (const seq of first) await send(seq);
  await withPage(browser, {}, async (page) => {
    const asked = [];
    page.on("request", (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname.endsWith("/intervals")) asked.push(searchParams.get("from"));
    });
    const says = async (seqs) => {
      const row = page.getByTestId("sent-tracks").locator("tbody td[data-label='In all']");
      await row.getByText(`${sent(seqs)} packets sent, ${15 * seqs.length} lost`).waitFor();
    };
    await opened(page, address({ sid: "RMlive" }, { sid: "PAlive" }));
    await page.getByTestId("going-on").waitFor();
    await says(first);
    assert.deepEqual(asked, [null]);
    await send(10);
    await says([...first, 10]);
    const newest = (seq) => String(started + 30_000 * seq + 20_000 - 60_000);
    assert.deepEqual(asked.slice(1), [newest(9)]);
    // What lay in an outbox for minutes is older than what is asked for again.
    await send(2);
    await says([...first, 2, 10]);
    assert.deepEqual(asked.slice(2), [newest(10), null]);
    await send(11);
    await says([...first, 2, 10, 11]);
    assert.deepEqual(asked.slice(4), [newest(10)]);
    const { intervals, earlier } = await of({ sid: "RMlive" }, { sid: "PAlive" }, `/intervals?from=${newest(11)}`);
    assert.deepEqual([earlier, intervals.length], [36 - intervals.length, 7]);
  });
});

test("what is not there, and what nothing was measured of, have words", LIMIT, async () => {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${collector.url}/#/rooms/RM${"0".repeat(32)}`);
    await page.getByTestId("failure").getByText("It may have been deleted").waitFor();
    await page.goto(`${collector.url}/#/opened/rooms/RM1`);
    await page.getByTestId("failure").getByText("no longer open").waitFor();
    // Somebody who just came: a session, and nothing measured yet.
    const now = Date.now();
    const batch = {
      schema: 1,
      batch_id: "0197f3a4-5c00-7000-8000-00000000002a",
      session: "0197f3a4-5c00-7000-8000-00000000002b",
      seq: 0,
      started_at: now - 5_000,
      sent_at: now,
      room: { sid: `RM${"a".repeat(32)}`, name: "just-begun", type: "group" },
      participant: { sid: `PA${"a".repeat(32)}`, identity: "early" },
      client: {},
      intervals: [],
      events: [],
    };
    const answer = await fetch(`${collector.url}/v1/batches`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(batch) });
    assert.equal(answer.status, 201, await answer.text());
    await page.goto(`${collector.url}/#/rooms/RM${"a".repeat(32)}/participants/PA${"a".repeat(32)}`);
    await page.getByTestId("going-on").waitFor();
    await page.getByTestId("no-intervals").getByText("Nothing has been measured yet").waitFor();
    // The page asks again by itself.
    const start = Math.floor(now / 10_000) * 10_000 - 10_000;
    const more = { ...batch, batch_id: "0197f3a4-5c00-7000-8000-00000000002c", seq: 1, intervals: [{ scope: "connection", direction: "receive", pc: "pc1", start, duration_ms: 10_000, bitrate_bps: 1_000_000, packets_received: 900 }] };
    await fetch(`${collector.url}/v1/batches`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(more) });
    await page.getByText("Bitrate sent").first().waitFor({ timeout: 20_000 });
  } finally {
    await context.close();
  }
});

/** On the smallest phone, a usual one, and at 200 % on a laptop. */
async function expectNarrow(page) {
  for (const width of [320, 390, 640]) {
    await page.setViewportSize({ width, height: 844 });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0, `at ${width}`);
  }
}

test("no name is too long for a phone", LIMIT, async () => {
  const name = `${"n".repeat(60)}-and-${"m".repeat(60)}`;
  const start = Math.floor(Date.now() / 10_000) * 10_000 - 600_000;
  const room = { sid: `RM${"b".repeat(32)}`, name, type: "group" };
  for (const n of [1, 2]) {
    const session = `0197f3a4-5c00-7000-8000-0000000000b${n}`;
    const intervals = [{ scope: "track", direction: "send", kind: "audio", track: `MT${name}`, pc: "pc1", start, duration_ms: 10_000, bitrate_bps: 30_000 }];
    const participant = { sid: `PA${String(n).repeat(32)}`, identity: `${name}-${n}` };
    const issue = { event: "issue", type: "packet_loss", raised: true, severity: "high", pc: "pc1", track: `MT${name}`, kind: "audio", at: start + 5000, value: 8, threshold: 5 };
    const batch = { schema: 1, batch_id: session, session, seq: 0, started_at: start, sent_at: start + 20_000, room, participant, client: {}, intervals, events: [issue] };
    await post(collector, batch);
  }
  await withPage(browser, {}, async (page) => {
    await page.goto(`${collector.url}/#/rooms/${room.sid}`);
    await page.getByTestId("details").waitFor();
    await page.getByRole("link", { name: `${name}-1` }).first().waitFor();
    await expectNarrow(page);
    await opened(page, address(room, { sid: `PA${"1".repeat(32)}` }, `?compare=PA${"2".repeat(32)}`));
    await page.getByRole("region", { name: `Packet loss \u00b7 ${name}-2` }).waitFor();
    await expectNarrow(page);
    await page.goto(`${collector.url}/#/rooms?search=${name}`);
    await page.getByTestId("rooms").getByText(name).waitFor();
    await expectNarrow(page);
  });
});

for (const [colorScheme, width] of [["light", 1280], ["dark", 390]]) {
  test(`nothing is in anybody's way, nothing leaves a phone's screen (${colorScheme})`, LIMIT, async () => {
    await withPage(browser, { context: { viewport: { width, height: 844 }, colorScheme } }, async (page) => {
      const { room, tagged, other } = found;
      const fits = async () => {
        await expectNarrow(page);
        await page.setViewportSize({ width, height: 844 });
      };
      await page.goto(`${collector.url}/#/rooms/${room.sid}`);
      await page.getByTestId("details").waitFor();
      await expectAccessible(page);
      await fits();
      await opened(page, address(room, tagged, `?compare=${other.sid}`));
      await page.getByRole("region", { name: `Packet loss \u00b7 ${other.identity}` }).waitFor();
      await expectAccessible(page);
      await fits();
      await page.getByTestId("tab-receive").click();
      await page.getByTestId("received-tracks").waitFor();
      await expectAccessible(page);
    });
  });
}
