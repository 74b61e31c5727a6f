// The proof of the stand-in: the real Twilio Video JS, in each version that is installed, in a real browser, finds it to be
// Twilio's cloud; and what it does to media on purpose is what the browser measures.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";

import { WebSocket } from "ws";

import { launch, withPage } from "../e2e/browser.mjs";
import { streamTruth } from "../e2e/relay.mjs";
import { control, hasNegotiated, until, withCall } from "./call.mjs";
import { SDK_VERSIONS } from "./standin/files.mjs";
import { MediaPath, perfectNetwork } from "./standin/network.mjs";
import { startStandin } from "./standin/standin.mjs";

const TIMEOUT_MS = 90_000;
const LOSS_SECONDS = 20;

/** Each direction of a call of two. */
const BOTH_WAYS = { "send audio": 1, "send video": 1, "receive audio": 1, "receive video": 1 };
const SMALL = { video: { width: 320, height: 180 } };

let standin;
let browser;

before(async () => {
  standin = await startStandin();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await standin?.close();
});

for (const sdk of SDK_VERSIONS) {
  describe(`Twilio Video JS ${sdk}`, () => {
    const call = (options, body) => withCall(browser, standin.origin, { sdk, identities: ["alice", "bob"], ...options }, body);

    for (const type of ["peer_to_peer", "group"]) {
      test(`${type}: two hear and see each other, publish, mute, and leave`, { timeout: TIMEOUT_MS }, async () => {
        await call({ type, connect: SMALL }, async ([alice, bob], room) => {
          await Promise.all([alice.flows(BOTH_WAYS), bob.flows(BOTH_WAYS)]);
          await rejoinsWithItsVideo(alice, bob);
          await mutesAndUnmutes(alice, bob, room);
          await bob.page.evaluate(() => window.leave());
          await alice.heard("room.participantDisconnected");
          assert.deepEqual((await room.describe()).participants.map(({ identity }) => identity), ["alice"]);
          await alice.page.evaluate(() => window.leave());
          await until("the room is gone", async () => (await room.describe()) === null);
        });
      });
    }

    test("peer_to_peer: three have a connection with each other one", { timeout: TIMEOUT_MS }, async () => {
      const identities = ["alice", "bob", "carol"];
      await call({ type: "peer_to_peer", identities, connect: SMALL }, async (callers) => {
        const meshed = { "send audio": 2, "send video": 2, "receive audio": 2, "receive video": 2 };
        await Promise.all(callers.map((caller) => caller.flows(meshed)));
        const [alice, bob, carol] = callers;
        await carol.page.evaluate(() => window.leave());
        await Promise.all([alice.flows(BOTH_WAYS), bob.flows(BOTH_WAYS)]);
      });
    });

    test("group: three have a connection each, hear who speaks, and how good their network is", { timeout: TIMEOUT_MS }, async () => {
      const connect = { ...SMALL, dominantSpeaker: true, networkQuality: { local: 2, remote: 1 } };
      await call({ type: "group", identities: ["alice", "bob", "carol"], connect }, async (callers, room) => {
        const grouped = { "send audio": 1, "send video": 1, "receive audio": 2, "receive video": 2 };
        for (const streams of await Promise.all(callers.map((caller) => caller.flows(grouped)))) {
          assert.equal(new Set(streams.map(({ connection }) => connection)).size, 1, "connections");
        }
        const [alice] = callers;
        await alice.heard("room.dominantSpeakerChanged");
        await alice.heard("local.networkQualityLevelChanged", "5");
        await room.control("/control/network-quality", { identity: "alice", level: 2 });
        await alice.heard("local.networkQualityLevelChanged", "2");
      });
    });

    test("a recording starts and stops; the room is completed", { timeout: TIMEOUT_MS }, async () => {
      await call({ type: "group", connect: SMALL }, async ([alice, bob], room) => {
        await room.control("/control/recording", { isRecording: true });
        await Promise.all([alice.heard("room.recordingStarted"), bob.heard("room.recordingStarted")]);
        await room.control("/control/recording", { isRecording: false });
        await Promise.all([alice.heard("room.recordingStopped"), bob.heard("room.recordingStopped")]);
        await room.control("/control/complete");
        const { code } = await alice.heard("room.disconnected");
        assert.equal(code, 53118, "RoomCompletedError");
      });
    });

    test("group: a screen is shared", { timeout: TIMEOUT_MS }, async () => {
      await call({ type: "group", connect: SMALL }, async ([alice, bob]) => {
        await alice.flows(BOTH_WAYS);
        const sid = await alice.page.evaluate(() => window.shareScreen());
        await bob.heard("room.trackSubscribed", sid);
        await bob.flows({ "send audio": 1, "send video": 1, "receive audio": 1, "receive video": 2 });
        await alice.page.evaluate((screen) => window.unpublish(screen), sid);
        await bob.heard("room.trackUnsubscribed", sid);
      });
    });

    test("group: simulcast has three layers, and the top one can be hinted off", { timeout: TIMEOUT_MS }, async () => {
      const connect = { video: { width: 1280, height: 720 }, preferredVideoCodecs: "auto" };
      await call({ type: "group", connect }, async ([alice], room) => {
        await threeLayers(alice);
        const [{ trackSid }] = (await alice.stats()).filter(({ direction, kind }) => direction === "send" && kind === "video");
        await room.control("/control/publisher-hint", { track: trackSid, layers: [true, true, false] });
        await until("two layers are sent", async () => (await sendingLayers(alice)).length === 2);
      });
    });

    test("a lost signaling connection comes back, and media does not notice", { timeout: TIMEOUT_MS }, async () => {
      // The client logs the lost connection as an error.
      await call({ type: "peer_to_peer", connect: { ...SMALL, logLevel: "off" } }, async ([alice, bob]) => {
        await alice.flows(BOTH_WAYS);
        await control(standin.origin, "/control/busy", { times: 1 });
        assert.deepEqual(await control(standin.origin, "/control/drop-signaling", { identity: "alice" }), { dropped: 1 });
        const { code } = await alice.heard("room.reconnecting");
        assert.equal(code, 53001, "SignalingConnectionDisconnectedError");
        await bob.heard("room.participantReconnecting");
        await Promise.all([alice.heard("room.reconnected"), bob.heard("room.participantReconnected")]);
        await Promise.all([alice.flows(BOTH_WAYS), bob.flows(BOTH_WAYS)]);
        await rejoinsWithItsVideo(alice, bob);
      });
    });

    for (const type of ["peer_to_peer", "group"]) {
      test(`${type}: lost media is noticed, and found again by restarting ICE`, { timeout: TIMEOUT_MS }, async () => {
        await call({ type, connect: SMALL }, async ([alice], room) => {
          await alice.flows(BOTH_WAYS);
          const started = performance.now();
          await room.control("/control/cut-media", { identity: "alice" });
          const { code } = await alice.heard("room.reconnecting");
          assert.equal(code, 53405, "MediaConnectionError");
          const noticed = performance.now();
          await alice.heard("room.reconnected");
          const found = performance.now();
          console.log(`  noticed after ${seconds(started, noticed)} s, found again after ${seconds(noticed, found)} s more`);
          await alice.flows(BOTH_WAYS);
        });
      });
    }

    test("group: 10 % of what is sent are lost, as the browser says", { timeout: TIMEOUT_MS }, async () => {
      await call({ type: "group", connect: SMALL }, async ([alice], room) => {
        await alice.flows(BOTH_WAYS);
        await room.control("/control/network", { identity: "alice", up: { loss: 0.1, delay: 100 } });
        const before = await audioSent(alice);
        const truthBefore = await audioTruth(room, before.ssrc);
        await alice.page.waitForTimeout(LOSS_SECONDS * 1000);
        const reported = await nextReport(alice);
        const truth = await audioTruth(room, reported.ssrc);
        const sent = truth.sent - truthBefore.sent;
        const droppedPct = (100 * (truth.dropped - truthBefore.dropped)) / sent;
        const lostPct = (100 * (reported.packetsLost - before.packetsLost)) / (reported.packetsSent - before.packetsSent);
        console.log(`  ${sent} packets: ${droppedPct.toFixed(2)} % dropped, ${lostPct.toFixed(2)} % said to be lost`);
        console.log(`  round trip: 100 ms in truth, ${reported.roundTripTime} ms reported`);
        assert.ok(sent > 45 * LOSS_SECONDS, `audio is 50 packets a second, ${sent} came in ${LOSS_SECONDS} s`);
        assert.ok(droppedPct > 7 && droppedPct < 13, `10 % were asked for, ${droppedPct} % dropped`);
        assert.ok(Math.abs(lostPct - droppedPct) <= 1.5, `${lostPct} % lost as the browser has it, ${droppedPct} % in truth`);
        within(reported.roundTripTime, { least: 95, most: 160 }, "milliseconds of a round trip");
      });
    });

    test("peer_to_peer: the delays of both ends add up to the round trip", { timeout: TIMEOUT_MS }, async () => {
      await call({ type: "peer_to_peer", connect: SMALL }, async ([alice], room) => {
        // Before that there may be no stream to ask about.
        await alice.flows(BOTH_WAYS);
        await room.control("/control/network", { identity: "alice", up: { delay: 60 } });
        await room.control("/control/network", { identity: "bob", down: { delay: 90 } });
        // The first reports may be of packets that were on their way before.
        const { roundTripTime } = await until("a long round trip is reported", async () => {
          const audio = await audioSent(alice);
          return audio.roundTripTime > 140 ? audio : null;
        });
        within(roundTripTime, { least: 145, most: 210 }, "milliseconds of a round trip");
      });
    });

    test("it reports to the insights gateway, and comes back when cut off", { timeout: TIMEOUT_MS }, async () => {
      await call({ type: "peer_to_peer", identities: ["alice"], connect: SMALL }, async (_, room) => {
        const { sid } = await room.describe();
        const hellos = async () => {
          const received = await control(standin.origin, "/control/insights");
          return received.filter(({ type, publisher }) => type === "connect" && publisher.roomSid === sid);
        };
        const [{ publisher }] = await until("it says hello", async () => ((await hellos()).length === 1 ? hellos() : null));
        assert.equal(publisher.sdkVersion, sdk);
        const events = await control(standin.origin, "/control/insights");
        assert.ok(events.some(({ type, name }) => type === "event" && name === "connected"), "an event arrives");
        await control(standin.origin, "/control/drop-insights", {});
        await until("it says hello again", async () => (await hellos()).length === 2);
      });
    });

    test("a token that grants nothing is refused", { timeout: TIMEOUT_MS }, async () => {
      await withPage(browser, {}, async (page) => {
        await page.goto(`${standin.origin}/?sdk=${sdk}`);
        await page.waitForFunction(() => window.isReady, null, { timeout: 15_000 });
        const code = await page.evaluate(async () => {
          const wsServer = `${location.origin.replace("http", "ws")}/signaling`;
          const options = { wsServer, insights: false, logLevel: "off", tracks: [] };
          return Twilio.Video.connect("nothing", options).catch((error) => error.code);
        });
        assert.equal(code, 20101, "AccessTokenInvalidError");
      });
    });
  });
}

test("a closed insights gateway lets nobody in", { timeout: TIMEOUT_MS }, async () => {
  const gateway = `${standin.origin.replace("http", "ws")}/v1/VideoEvents`;
  const opens = () =>
    new Promise((resolve) => {
      const socket = new WebSocket(gateway);
      socket.on("open", () => {
        socket.close();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
  assert.equal(await opens(), true);
  await control(standin.origin, "/control/insights", { isOpen: false });
  assert.equal(await opens(), false);
  await control(standin.origin, "/control/insights", { isOpen: true });
  assert.equal(await opens(), true);
});

test("a connection that is over opens no relay", async () => {
  const path = new MediaPath({ near: perfectNetwork, far: perfectNetwork });
  const candidate = "candidate:1 1 udp 1 127.0.0.1 9 typ host";
  assert.match(await path.relayed("near", candidate), / 127\.0\.0\.1 \d+ typ host$/);
  await path.end();
  assert.equal(await path.relayed("near", candidate), null);
});

test("what cannot be done is refused, with the reason", { timeout: TIMEOUT_MS }, async () => {
  const refusals = [
    ["/control/complete", { room: "nowhere" }, "there is no room nowhere"],
    ["/control/rooms", { name: "odd", type: "round" }, "a room is group or peer_to_peer, not round"],
    ["/control/network", { room: "plain", up: { loss: 10 } }, "up.loss is a share from 0 to 1, not 10"],
    ["/control/network-quality", { room: "plain", level: 3 }, "plain is no group room"],
    ["/control/cut-media", { room: "plain", identity: "dave" }, "nobody called dave is in plain"],
  ];
  await control(standin.origin, "/control/rooms", { name: "plain", type: "peer_to_peer" });
  for (const [path, body, reason] of refusals) {
    const response = await fetch(standin.origin + path, { method: "POST", body: JSON.stringify(body) });
    assert.equal(response.status, 400, path);
    assert.deepEqual(await response.json(), { error: reason });
  }
});

async function rejoinsWithItsVideo(alice, bob) {
  const before = await videoSent(alice);
  const unpublished = Date.now();
  await alice.page.evaluate(() => window.unpublish("video"));
  await bob.heard("room.trackUnsubscribed", before.trackSid);
  // Only then is the old track's place in the session description free.
  await until("that is negotiated", () => hasNegotiated(standin.origin, "alice", unpublished));
  const sid = await alice.page.evaluate(() => window.publish("video"));
  assert.notEqual(sid, before.trackSid);
  await bob.heard("room.trackSubscribed", sid);
  await Promise.all([alice.flows(BOTH_WAYS), bob.flows(BOTH_WAYS)]);
  const after = await videoSent(alice);
  assert.equal(after.trackSid, sid);
  assert.equal(after.ssrc, before.ssrc, "the ssrc is used again");
}

async function mutesAndUnmutes(alice, bob, room) {
  const isEnabled = async () => {
    const { participants } = await room.describe();
    const { tracks } = participants.find(({ identity }) => identity === "alice");
    return tracks.find(({ kind }) => kind === "audio").enabled;
  };
  await alice.page.evaluate(() => window.mute("audio"));
  await bob.heard("room.trackDisabled");
  assert.equal(await isEnabled(), false);
  await alice.page.evaluate(() => window.mute("audio", false));
  await bob.heard("room.trackEnabled");
  assert.equal(await isEnabled(), true);
}

async function threeLayers(caller) {
  let layers = [];
  const widths = () => layers.map(({ dimensions }) => dimensions.width).sort((one, other) => one - other);
  // While a browser finds out what it can do the pictures may be smaller.
  const isComplete = async () => {
    layers = await sendingLayers(caller);
    return isDeepStrictEqual(widths(), [320, 640, 1280]);
  };
  await until(() => `three layers are sent: ${JSON.stringify(layers)}`, isComplete, 45_000);
  assert.equal(new Set(layers.map(({ trackSid }) => trackSid)).size, 1, "tracks");
}

// The simulcast layers of which something was sent within a second.
async function sendingLayers(caller) {
  const isVideoSent = ({ direction, kind }) => direction === "send" && kind === "video";
  const before = new Map((await caller.stats()).filter(isVideoSent).map(({ ssrc, bytes }) => [ssrc, bytes]));
  await caller.page.waitForTimeout(1000);
  const streams = (await caller.stats()).filter(isVideoSent);
  return streams.filter(({ ssrc, bytes }) => bytes > (before.get(ssrc) ?? 0));
}

async function only(caller, wanted) {
  const found = (await caller.stats()).filter(({ direction, kind }) => direction === "send" && kind === wanted);
  assert.equal(found.length, 1, `one ${wanted} stream of ${caller.identity}`);
  return found[0];
}

function videoSent(caller) {
  return only(caller, "video");
}

function audioSent(caller) {
  return only(caller, "audio");
}

// What the sender says right after it has heard from the receiver.
async function nextReport(caller) {
  const { packetsLost } = await audioSent(caller);
  return until("the receiver reports a loss more", async () => {
    const report = await audioSent(caller);
    return report.packetsLost > packetsLost ? report : null;
  });
}

async function audioTruth(room, ssrc) {
  const { participants } = await room.describe();
  const [{ up }] = participants.find(({ identity }) => identity === "alice").connections;
  return streamTruth(up, Number(ssrc));
}

function within(value, { least, most }, what) {
  assert.ok(value >= least && value <= most, `${what}: ${value}, from ${least} to ${most} expected`);
}

function seconds(from, to) {
  return ((to - from) / 1000).toFixed(1);
}
