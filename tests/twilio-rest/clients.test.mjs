import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import twilio from "twilio";

import { ACCOUNT, startCollector } from "../e2e/collector.mjs";
import { python } from "../python.mjs";
import { sendRoom, sid } from "./rooms.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOMS = 8;
// Whole seconds: Twilio's times have no more.
const START = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
const TYPES = ["group", "go", "peer_to_peer", "group_small"];

let collector;
let program;

before(async () => {
  // First of all: installing it may take longer than a collector keeps a connection open on which nothing is asked.
  program = python("twilio-rest", join(HERE, "requirements.txt"));
  collector = await startCollector({ keys: true });
  for (let number = 0; number < ROOMS; number += 1) {
    await sendRoom(collector, number, {
      type: TYPES[number % 4],
      startedAt: START + number * 60_000,
      codec: number === 5 ? "video/H264" : "video/VP8",
    });
  }
  await sendRoom(collector, ROOMS, { type: "group", startedAt: Date.now() - 25_000, isOver: false });
});

after(() => collector?.stop());

const secret = () => collector.keys.read.split(".")[1];
const newest = (...numbers) => numbers.map((number) => sid("RM", number));
const EVERY = newest(8, 7, 6, 5, 4, 3, 2, 1, 0);
const AT = START + 4 * 60_000;

// The library's own client, at another address.
class Redirected extends twilio.RequestClient {
  request(options) {
    return super.request({ ...options, uri: options.uri.replace("https://insights.twilio.com", collector.url) });
  }
}

const connect = (password = secret()) => twilio(ACCOUNT, password, { httpClient: new Redirected() });
const list = async (filters) => (await connect().insights.v1.rooms.list(filters)).map((room) => room.roomSid);

test("the Node library lists rooms through all pages", async () => {
  assert.deepEqual(await list({ pageSize: 3 }), EVERY);
  assert.deepEqual(await list({ pageSize: 3, limit: 4 }), EVERY.slice(0, 4));
  const first = await connect().insights.v1.rooms.page({ pageSize: 4 });
  const second = await first.nextPage();
  const third = await second.nextPage();
  const sids = (page) => page.instances.map((room) => room.roomSid);
  assert.deepEqual([sids(first), sids(second), sids(third)], [EVERY.slice(0, 4), EVERY.slice(4, 8), EVERY.slice(8)]);
  assert.equal(third.nextPageUrl, undefined);
  assert.deepEqual(sids(await third.previousPage()), EVERY.slice(4, 8));
});

test("the Node library lists rooms by each filter", async () => {
  assert.deepEqual(await list({ roomType: ["go"] }), newest(5, 1));
  assert.deepEqual(await list({ roomType: ["go", "peer_to_peer"], pageSize: 1 }), newest(6, 5, 2, 1));
  assert.deepEqual(await list({ codec: ["H264"] }), newest(5));
  assert.deepEqual(await list({ roomName: "room 3" }), newest(3));
  assert.deepEqual(await list({ createdAfter: new Date(AT) }), EVERY.slice(0, 5));
  assert.deepEqual(await list({ createdBefore: new Date(AT) }), EVERY.slice(5));
});

test("the Node library fetches rooms and participants", async () => {
  const rooms = connect().insights.v1.rooms;
  const room = await rooms(sid("RM", 5)).fetch();
  assert.equal(room.accountSid, ACCOUNT);
  assert.equal(room.roomName, "room 5");
  assert.equal(room.roomType, "go");
  assert.equal(room.roomStatus, "completed");
  assert.equal(room.createTime.getTime(), START + 5 * 60_000);
  assert.equal(room.endTime.getTime(), START + 5 * 60_000 + 20_000);
  assert.deepEqual(room.codecs, ["H264"]);
  assert.equal(room.durationSec, 20);
  assert.equal(room.totalParticipantDurationSec, 40);
  assert.equal(room.totalRecordingDurationSec, 40);
  assert.equal(room.recordingEnabled, true);
  assert.equal(room.uniqueParticipants, 2);
  assert.equal(room.maxConcurrentParticipants, 2);
  assert.equal(room.concurrentParticipants, 0);
  assert.equal(room.mediaRegion, null);
  const live = await rooms(sid("RM", ROOMS)).fetch();
  assert.equal(live.roomStatus, "in_progress");
  assert.equal(live.endTime, null);
  assert.equal(live.concurrentParticipants, 2);
  const participants = await rooms(sid("RM", 5)).participants.list({ pageSize: 1 });
  assert.deepEqual(participants.map((it) => it.participantSid), [sid("PA", 10), sid("PA", 11)]);
  const one = await rooms(sid("RM", 5)).participants(sid("PA", 11)).fetch();
  assert.equal(one.participantIdentity, "person 11");
  assert.equal(one.status, "completed");
  assert.equal(one.durationSec, 20);
  assert.equal(one.publisherInfo.sdk.name, "twilio-video.js");
});

test("the Node library understands what is refused", async () => {
  const fails = (promise, status, code) =>
    assert.rejects(promise, (error) => {
      assert.equal(error.status, status);
      assert.equal(error.code, code);
      return true;
    });
  await fails(connect().insights.v1.rooms(sid("RM", 99)).fetch(), 404, 20404);
  await fails(connect("another").insights.v1.rooms.list(), 401, 20003);
  await fails(connect().insights.v1.rooms.list({ roomType: ["huge"] }), 400, 20001);
});

test("the Python library finds the same", async () => {
  const asked = JSON.stringify({ at: AT, room: sid("RM", 5), participant: sid("PA", 11) });
  const out = execFileSync(program, [join(HERE, "client.py"), collector.url, ACCOUNT, secret(), asked], { maxBuffer: 1 << 24 });
  const found = JSON.parse(out);
  assert.deepEqual(found.all, EVERY);
  assert.deepEqual(found.limited, EVERY.slice(0, 4));
  assert.deepEqual(found.go, newest(5, 1));
  assert.deepEqual(found.two_types, newest(6, 5, 2, 1));
  assert.deepEqual(found.h264, newest(5));
  assert.deepEqual(found.named, newest(3));
  assert.deepEqual(found.after, EVERY.slice(0, 5));
  assert.deepEqual(found.before, EVERY.slice(5));
  assert.equal(found.missing[0], 404);
  assert.equal(found.missing[1], 20404);
  const room = await connect().insights.v1.rooms(sid("RM", 5)).fetch();
  assertSame(found.room, room.toJSON());
  const participants = await connect().insights.v1.rooms(sid("RM", 5)).participants.list();
  assert.equal(found.participants.length, participants.length);
  found.participants.forEach((it, place) => assertSame(it, participants[place].toJSON()));
  assert.equal(found.participant.participant_identity, "person 11");
});

// Both libraries have the same members, in the way of their languages.
function assertSame(python, node) {
  for (const [name, value] of Object.entries(node)) {
    const other = python[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
    if (value instanceof Date) assert.equal(Date.parse(other), value.getTime(), name);
    else assert.deepEqual(other, value, name);
  }
}
