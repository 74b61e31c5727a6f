// The module beside the real Twilio Video JS: what it measures is what the call is, and the call does not notice it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

import { launch, withPage } from "../e2e/browser.mjs";
import { streamTruth } from "../e2e/relay.mjs";
import { control, hasNegotiated, until, withCall } from "./call.mjs";
import { SDK_VERSIONS } from "./standin/files.mjs";
import { startStandin } from "./standin/standin.mjs";

const TIMEOUT_MS = 90_000;
const LOSS_SECONDS = 20;
const BOTH_WAYS = { "send audio": 1, "send video": 1, "receive audio": 1, "receive video": 1 };
const SMALL = { video: { width: 320, height: 180 } };
const [USUAL_SDK] = SDK_VERSIONS;

let standin;
let browser;

before(async () => {
  standin = await startStandin({ folders: { "/callscope/": fileURLToPath(new URL("../../npm/dist", import.meta.url)) } });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await standin?.close();
});

const call = (options, body) =>
  withCall(browser, standin.origin, { sdk: USUAL_SDK, identities: ["alice", "bob"], connect: SMALL, ...options }, body);

for (const sdk of SDK_VERSIONS) {
  describe(`beside Twilio Video JS ${sdk}`, () => {
    for (const type of ["peer_to_peer", "group"]) {
      test(`${type}: tracks have their sids, a republished one starts anew, and leaving ends it`, { timeout: TIMEOUT_MS }, async () => {
        await call({ sdk, type }, async ([alice, bob]) => {
          await Promise.all([alice.flows(BOTH_WAYS), bob.flows(BOTH_WAYS)]);
          const listeners = await listenersOf(alice);
          await attach(alice, {}, { roomType: type });
          const published = await publishedBy(alice);
          await isMeasured(alice, published);
          await until("what is received has its sids", async () => {
            const [connection] = Object.values(await latest(alice)).filter(({ scope }) => scope === "connection");
            const sids = connection?.received.filter(({ bitrate_bps: rate }) => rate > 0).map(({ track }) => track);
            return sids?.length === 2 && sids.sort().join() === (await publishedBy(bob)).sort().join();
          });
          await republishes(alice, bob);
          await leaves(alice, bob, { listeners, type });
        });
      });
    }

    test("attached while it connects, and again after that, a room is measured once", { timeout: TIMEOUT_MS }, async () => {
      await call({ sdk, type: "peer_to_peer" }, async ([alice, bob]) => {
        await load(alice);
        const name = `${sdk} while it connects`;
        await control(standin.origin, "/control/rooms", { name, type: "peer_to_peer" });
        await Promise.all([alice, bob].map(({ page }) => page.evaluate(() => window.leave())));
        const isSame = await alice.page.evaluate(async ([room, connect]) => {
          const { start } = await import("/callscope/callscope.js");
          const scope = await start();
          const real = Twilio.Video.connect;
          let during;
          const replaced = { ...Twilio.Video, connect: (...about) => {
            const connecting = real(...about);
            during = scope.attachRoom(connecting);
            return connecting;
          } };
          window.Twilio = { ...Twilio, Video: replaced };
          await window.join("alice", room, connect);
          await measure.attach();
          return during === window.session;
        }, [name, SMALL]);
        assert.ok(isSame, "the room that was promised gives the same session");
        await bob.page.evaluate(([room, connect]) => window.join("bob", room, connect), [name, SMALL]);
        await isMeasured(alice, await publishedBy(alice));
      });
    });
  });
}

test("peer_to_peer: with three, tracks go out on two connections, which come and go", { timeout: TIMEOUT_MS }, async () => {
  await call({ type: "peer_to_peer", identities: ["alice", "bob", "carol"] }, async ([alice, , carol]) => {
    await attach(alice);
    const [sid] = await publishedBy(alice);
    let last = [];
    const hasConnections = (count) => async () => {
      const interval = (await latest(alice))[sid];
      const all = interval?.connections ?? (interval === undefined ? [] : [interval]);
      last = all.map(({ pc, bitrate_bps: rate, notes }) => ({ pc, rate, notes }));
      return all.filter(({ bitrate_bps: rate }) => rate > 0).length === count && interval;
    };
    const merged = await until(() => `it goes out on two: ${JSON.stringify(last)}`, hasConnections(2));
    const sum = merged.connections.reduce((total, { bitrate_bps: rate }) => total + rate, 0);
    within(merged.bitrate_bps, { least: sum - 2, most: sum + 2 }, "bits per second of both");
    await carol.page.evaluate(() => window.leave());
    const single = await until(() => `it goes out on one: ${JSON.stringify(last)}`, hasConnections(1));
    assert.notEqual(single.pc, null);
    await happened(alice, "participant_disconnected");
  });
});

test("group: three, who speaks, how good the network is, a recording, a muted track", { timeout: TIMEOUT_MS }, async () => {
  const connect = { ...SMALL, dominantSpeaker: true, networkQuality: { local: 2, remote: 1 } };
  await call({ type: "group", identities: ["alice", "bob", "carol"], connect }, async ([alice, bob], room) => {
    await attach(alice);
    await isMeasured(alice, await publishedBy(alice));
    await until("four tracks are received on one connection", async () => {
      const connections = Object.values(await latest(alice)).filter(({ scope }) => scope === "connection");
      return connections.length === 1 && connections[0].received.filter(({ bitrate_bps: rate }) => rate > 0).length === 4;
    });
    await happened(alice, "dominant_speaker_changed");
    const { sid } = (await room.describe()).participants.find(({ identity }) => identity === "alice");
    await room.control("/control/network-quality", { identity: "alice", level: 2 });
    await happened(alice, "network_quality_level_changed", { participant: sid, level: 2 });
    await room.control("/control/recording", { isRecording: true });
    await happened(alice, "recording_started");
    await room.control("/control/recording", { isRecording: false });
    await happened(alice, "recording_stopped");
    const [track] = await alice.page.evaluate(() => [...room.localParticipant.audioTracks.keys()]);
    await alice.page.evaluate(() => window.mute("audio"));
    await happened(alice, "track_disabled", { participant: sid, track });
    const [other] = await bob.page.evaluate(() => [...room.localParticipant.videoTracks.keys()]);
    await bob.page.evaluate(() => window.mute("video"));
    await happened(alice, "track_disabled", { track: other });
  });
});

test("group: simulcast has its layers, a shared screen is told", { timeout: TIMEOUT_MS }, async () => {
  const connect = { video: { width: 1280, height: 720 }, preferredVideoCodecs: "auto" };
  await call({ type: "group", connect }, async ([alice]) => {
    await attach(alice);
    const [video] = await alice.page.evaluate(() => [...room.localParticipant.videoTracks.keys()]);
    // While a browser finds out what it can do the pictures may be smaller.
    let layers = [];
    const widths = () => layers.toSorted((one, other) => one.encoding_index - other.encoding_index).map(({ frame_width: width }) => width);
    await until(() => `three layers are sent: ${JSON.stringify(layers)}`, async () => {
      const interval = (await latest(alice))[video];
      layers = interval?.layers?.filter(({ bitrate_bps: rate }) => rate > 0) ?? [];
      return isDeepStrictEqual(widths(), [320, 640, 1280]);
    }, 45_000);
    const screen = await alice.page.evaluate(() => window.shareScreen());
    await until("the screen is measured", async () => {
      const interval = (await latest(alice))[screen];
      return interval?.bitrate_bps > 0 && interval.screen_share;
    });
    assert.equal((await latest(alice))[video].screen_share, false);
  });
});

test("signaling that drops and media that is lost are told, and tracks stay what they are", { timeout: TIMEOUT_MS }, async () => {
  await call({ type: "group", connect: { ...SMALL, logLevel: "off" } }, async ([alice], room) => {
    await alice.flows(BOTH_WAYS);
    await attach(alice);
    const published = await publishedBy(alice);
    await isMeasured(alice, published);
    await control(standin.origin, "/control/drop-signaling", { identity: "alice" });
    await happened(alice, "reconnecting", { reason: "signaling", code: 53001 });
    await happened(alice, "reconnected");
    await room.control("/control/cut-media", { identity: "alice" });
    await happened(alice, "reconnecting", { reason: "media", code: 53405 });
    await until("it is reconnected again", async () => (await events(alice, "reconnected")).length === 2);
    await forget(alice);
    await isMeasured(alice, published);
    const { tracks } = await alice.page.evaluate(() => session.summary());
    assert.deepEqual(tracks.map(({ track }) => track).sort(), published.sort());
  });
});

test("group: 10 % of what alice sends are lost, and alice is tagged for it", { timeout: TIMEOUT_MS }, async () => {
  await call({ type: "group" }, async ([alice, bob], room) => {
    await Promise.all([alice.flows(BOTH_WAYS), bob.flows(BOTH_WAYS)]);
    await room.control("/control/network", { identity: "alice", up: { loss: 0.1, delay: 100 } });
    await Promise.all([attach(alice), attach(bob)]);
    const [audio] = await alice.page.evaluate(() => [...room.localParticipant.audioTracks.keys()]);
    const { ssrc } = (await alice.stats()).find(({ trackSid }) => trackSid === audio);
    const truthBefore = await truthOf(room, ssrc);
    await alice.page.waitForTimeout(LOSS_SECONDS * 1000);
    const truth = await truthOf(room, ssrc);
    const sent = truth.sent - truthBefore.sent;
    const dropped = truth.dropped - truthBefore.dropped;
    // Loss as Twilio has it, and so we: of those sent and those lost, in which the lost ones are counted twice.
    const droppedPct = (100 * dropped) / (dropped + sent);
    const [summary, other] = await Promise.all([alice, bob].map(({ page }) => page.evaluate(async () => {
      await session.stop();
      return session.summary();
    })));
    const track = summary.tracks.find(({ track: sid }) => sid === audio);
    console.log(`  ${dropped} of ${sent} packets: ${droppedPct.toFixed(2)} % dropped, ${track.packet_loss_pct.toFixed(2)} % measured`);
    assert.ok(track.packets_sent > 45 * LOSS_SECONDS, `${track.packets_sent} packets in ${LOSS_SECONDS} s`);
    assert.ok(Math.abs(track.packet_loss_pct - droppedPct) <= 1.5, `${track.packet_loss_pct} % measured, ${droppedPct} % dropped`);
    within(track.rtt_avg_ms, { least: 95, most: 160 }, "milliseconds of a round trip");
    const [issue] = summary.issues;
    assert.equal(issue.type, "packet_loss");
    assert.ok(issue.tracks.includes(audio));
    const raised = await alice.page.evaluate(() => measure.heard.filter(({ type }) => type === "issue").map(({ value }) => value));
    assert.ok(raised.some(({ type, track: sid, raised: is }) => type === "packet_loss" && sid === audio && is), "it was raised during the call");
    assert.deepEqual(other.issues, [], "bob loses nothing");
  });
});

describe("the call does not notice it", () => {
  test("Twilio's own statistics and events are the same, and so is RTCPeerConnection", { timeout: TIMEOUT_MS }, async () => {
    const without = await scenario(false);
    const withIt = await scenario(true);
    assert.deepEqual(withIt, without);
  });

  test("connections of others are left alone, and an idle room is not asked", { timeout: TIMEOUT_MS }, async () => {
    await call({ type: "peer_to_peer" }, async ([alice]) => {
      await alice.flows(BOTH_WAYS);
      await load(alice);
      const asked = await alice.page.evaluate(async () => {
        const { near } = await measure.loopback();
        const timer = setInterval(() => near.getStats(), 20);
        await measure.attach();
        await new Promise((resolve) => setTimeout(resolve, 4000));
        const counted = measure.countAsked();
        await new Promise((resolve) => setTimeout(resolve, 4000));
        clearInterval(timer);
        near.close();
        return counted.asked;
      });
      assert.equal(asked, 0, "room.getStats() of an idle room");
      const { connections } = await alice.page.evaluate(() => session.summary());
      assert.equal(connections.length, 1);
    });
  });

  test("doing it twice, too late, or wrong does no harm", { timeout: TIMEOUT_MS }, async () => {
    await call({ type: "peer_to_peer", identities: ["alice"] }, async ([alice]) => {
      await load(alice);
      const found = await alice.page.evaluate(async () => {
        const { start } = await import("/callscope/callscope.js");
        const [errors, said] = [[], []];
        console.error = (...about) => said.push(about[0]);
        window.addEventListener("error", (event) => {
          errors.push(event.error.message);
          event.preventDefault();
        });
        const [one, two] = await Promise.all([start(), start()]);
        const session = one.attachRoom(room);
        const isSame = one === two && session === one.attachRoom(room);
        let told = 0;
        session.on("event", () => {
          throw new Error("the listener's own");
        });
        session.on("event", () => told++);
        window.leave();
        await Promise.all([session.stop(), session.stop(), session.flush()]);
        const late = one.attachRoom(room);
        await late.stop();
        const nonsense = one.attachRoom({});
        const summary = session.summary();
        await one.stop();
        await one.stop();
        const again = await start();
        await again.stop();
        return { isSame, told, errors, isOver: [session, late].map((each) => each.isOver), nonsense: nonsense.isOver, said, sid: summary.room.sid === room.sid };
      }).catch((error) => ({ error: error.message }));
      assert.deepEqual(found, {
        isSame: true,
        told: 1,
        errors: ["the listener's own"],
        isOver: [true, true],
        nonsense: true,
        said: ["callscope:"],
        sid: true,
      });
    });
  });
});

test("a plain page with a strict policy measures a connection of its own, however the file arrives", { timeout: TIMEOUT_MS }, async () => {
  for (const contentType of ["application/wasm", "text/plain"]) {
    await withPage(browser, { context: { permissions: ["microphone"] } }, async (page) => {
      await page.route("**/callscope.wasm", async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, headers: { ...response.headers(), "content-type": contentType } });
      });
      await page.goto(`${standin.origin}/plain.html`);
      const summary = await page.evaluate(() => window.measured);
      assert.equal(summary.room.name, "plain");
      const [sent] = summary.tracks;
      assert.equal(sent.kind, "audio");
      assert.ok(sent.packets_sent > 20, `${sent.packets_sent} packets`);
    });
  }
});

test("without its WebAssembly it measures nothing, says so once, and is otherwise the same", { timeout: TIMEOUT_MS }, async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(`${standin.origin}/?sdk=${USUAL_SDK}`);
    const found = await page.evaluate(async () => {
      const said = [];
      console.error = (...about) => said.push(String(about[0]));
      const { start } = await import("/callscope/callscope.js");
      const scope = await start({ wasm: "data:,nothing" });
      const session = scope.attachPeerConnection(new RTCPeerConnection());
      session.on("interval", () => {}, { live: true });
      await session.flush();
      await session.stop();
      const summary = session.summary();
      await scope.stop();
      return { said, isMeasuring: scope.isMeasuring, tracks: summary.tracks };
    });
    assert.deepEqual(found, { said: ["callscope:"], isMeasuring: false, tracks: [] });
  });
});

// What Twilio Video JS says and does in a call in which much happens, as far as it is the same each time.
async function scenario(isMeasured) {
  let found;
  await call({ type: "peer_to_peer" }, async ([alice, bob]) => {
    await alice.flows(BOTH_WAYS);
    // A picture is decoded when it is: before anything else happens, so that the order is one.
    await until("alice has bob's tracks", async () => (await alice.events()).filter(({ event }) => event === "room.trackStarted").length === 2);
    if (isMeasured) await attach(alice);
    await bob.page.evaluate(() => window.mute("audio"));
    await alice.heard("room.trackDisabled");
    await alice.page.evaluate(() => window.unpublish("video"));
    await alice.page.waitForTimeout(1500);
    const sid = await alice.page.evaluate(() => window.publish("video"));
    await bob.heard("room.trackSubscribed", sid);
    await alice.flows(BOTH_WAYS);
    const stats = (await alice.stats()).map((stream) => [`${stream.direction} ${stream.kind}`, ...Object.keys(stream).sort()].join());
    await bob.page.evaluate(() => window.leave());
    await alice.heard("room.participantDisconnected");
    const names = (await alice.events()).map(({ event }) => event);
    const connection = await alice.page.evaluate(() => {
      const { getStats } = RTCPeerConnection.prototype;
      const own = new RTCPeerConnection();
      const patched = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, "getStats");
      return {
        statics: Object.getOwnPropertyNames(RTCPeerConnection).sort(),
        members: Object.getOwnPropertyNames(RTCPeerConnection.prototype).sort(),
        keys: Object.keys(RTCPeerConnection.prototype),
        isOne: own instanceof RTCPeerConnection && own.constructor === RTCPeerConnection,
        certificates: typeof RTCPeerConnection.generateCertificate,
        getStats: [getStats.name, getStats.length, "prototype" in getStats],
        descriptor: [patched.writable, patched.enumerable, patched.configurable],
        isPromise: own.getStats() instanceof Promise,
      };
    });
    found = { names, stats: stats.sort(), connection };
  });
  return found;
}

async function republishes(alice, bob) {
  const before = await videoSent(alice);
  const unpublished = Date.now();
  await alice.page.evaluate(() => window.unpublish("video"));
  await bob.heard("room.trackUnsubscribed", before.trackSid);
  // Only when that is negotiated is the old track's place free.
  await until("that is negotiated", () => hasNegotiated(standin.origin, "alice", unpublished));
  const sid = await alice.page.evaluate(() => window.publish("video"));
  await bob.heard("room.trackSubscribed", sid);
  await alice.flows(BOTH_WAYS);
  await isMeasured(alice, [sid]);
  const after = await videoSent(alice);
  assert.equal(after.ssrc, before.ssrc, "the ssrc is used again");
  const [old, fresh] = await alice.page.evaluate(async ([was, is]) => {
    await session.flush();
    return [measure.latest()[was], measure.latest()[is]];
  }, [before.trackSid, sid]);
  assert.deepEqual(old.notes.filter((note) => note === "open"), [], "the old one is over");
  // Its counters run on: counted from zero they would give it all that the old one sent, within seconds.
  assert.ok(fresh.packets_sent < after.packetsSent - before.packetsSent + 400, `${fresh.packets_sent} packets of the new track`);
  assert.ok(fresh.bitrate_bps < 3_000_000, `${fresh.bitrate_bps} bit/s of the new track`);
}

async function leaves(alice, bob, { listeners, type }) {
  await bob.page.evaluate(() => window.leave());
  await happened(alice, "participant_disconnected");
  const found = await alice.page.evaluate(async () => {
    window.leave();
    await session.stop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { room, tracks, connections } = session.summary();
    return { isOver: session.isOver, timers: measure.timers.size, type: room.type, tracks, connections: connections.length };
  });
  assert.deepEqual({ ...found, tracks: found.tracks.length }, { isOver: true, timers: 0, type, tracks: 3, connections: 1 });
  for (const track of found.tracks) assert.ok(track.packets_sent > 0, `${track.track} sent something`);
  // Bob's participant and its listeners are gone from the room by now, so there may be fewer.
  assert.ok((await listenersOf(alice)) <= listeners, "no listener stays");
  const ends = await events(alice, "disconnected");
  assert.equal(ends.length, 1);
}

async function load(caller) {
  await caller.page.evaluate(async () => {
    await import("/measure.mjs");
  });
}

async function attach(caller, options = {}, roomOptions = {}) {
  await load(caller);
  await caller.page.evaluate(([all, ofRoom]) => measure.attach(all, window.room, ofRoom), [options, roomOptions]);
}

async function forget(caller) {
  await caller.page.evaluate(() => (measure.heard.length = 0));
}

function latest(caller) {
  return caller.page.evaluate(() => measure.latest());
}

async function listenersOf(caller) {
  await load(caller);
  return caller.page.evaluate(() => measure.listeners());
}

function publishedBy(caller) {
  return caller.page.evaluate(() => [...room.localParticipant.tracks.keys()]);
}

/** Waits until the tracks of those sids are measured and go out. */
async function isMeasured(caller, sids) {
  let last = {};
  const isSo = async () => {
    last = await latest(caller);
    return sids.every((sid) => last[sid]?.bitrate_bps > 0 && last[sid].packets_sent > 0);
  };
  await until(() => `${sids} are measured: ${JSON.stringify(last)}`, isSo);
}

function events(caller, wanted) {
  return caller.page.evaluate(
    (type) => measure.heard.filter((each) => each.type === "event" && each.value.type === type).map(({ value }) => value),
    wanted,
  );
}

/** Waits until an event of the session has happened, with those members. */
function happened(caller, type, members = {}) {
  return until(`${caller.identity}'s session tells ${type}`, async () => {
    const found = await events(caller, type);
    return found.find((event) => Object.entries(members).every(([key, value]) => event[key] === value));
  });
}

async function videoSent(caller) {
  const found = (await caller.stats()).filter(({ direction, kind }) => direction === "send" && kind === "video");
  assert.equal(found.length, 1, "one video stream");
  return found[0];
}

async function truthOf(room, ssrc) {
  const { participants } = await room.describe();
  const [{ up }] = participants.find(({ identity }) => identity === "alice").connections;
  return streamTruth(up, Number(ssrc));
}

function within(value, { least, most }, what) {
  assert.ok(value >= least && value <= most, `${what}: ${value}, from ${least} to ${most} expected`);
}
