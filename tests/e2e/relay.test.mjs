import assert from "node:assert/strict";
import dgram from "node:dgram";
import { afterEach, beforeEach, test } from "node:test";

import { Relay, classify, seededRandom, streamTruth } from "./relay.mjs";

const AUDIO = { ssrc: 0x11223344, payloadType: 111 };
const VIDEO = { ssrc: 0x55667788, payloadType: 96 };

let sides;

beforeEach(async () => {
  sides = { near: await listen(), far: await listen() };
});

afterEach(() => {
  sides.near.socket.close();
  sides.far.socket.close();
});

test("RTP, RTCP and the rest are told apart by their first bytes", () => {
  assert.deepEqual(classify(rtp(AUDIO)), { kind: "rtp", ...AUDIO });
  assert.deepEqual(classify(rtp({ ...AUDIO, marker: true })), { kind: "rtp", ...AUDIO });
  assert.deepEqual(classify(rtcp()), { kind: "rtcp" });
  assert.deepEqual(classify(stun()), { kind: "other" });
  assert.deepEqual(classify(Buffer.from([22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])), { kind: "other" });
  assert.deepEqual(classify(Buffer.alloc(0)), { kind: "other" });
});

test("the same seed gives the same numbers, another seed others", () => {
  const first = seededRandom(7);
  const second = seededRandom(7);
  const other = seededRandom(8);
  const numbers = Array.from({ length: 1000 }, () => first());
  assert.deepEqual(Array.from({ length: 1000 }, () => second()), numbers);
  assert.notDeepEqual(Array.from({ length: 1000 }, () => other()), numbers);
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  assert.ok(mean > 0.45 && mean < 0.55, `the mean of 1000 numbers is ${mean}`);
});

test("a perfect network passes everything unchanged, both ways", async () => {
  await withRelay({}, async (relay, ports) => {
    await sides.near.send(rtp(AUDIO), ports.far);
    await sides.far.send(rtp(VIDEO), ports.near);
    await until(() => sides.far.received.length === 1 && sides.near.received.length === 1);
    assert.deepEqual(sides.far.received[0].packet, rtp(AUDIO));
    assert.equal(sides.far.received[0].fromPort, ports.near, "it comes from where the near side is known to be");
    assert.deepEqual(sides.near.received[0].packet, rtp(VIDEO));
    const { nearToFar, farToNear } = relay.truth();
    assert.deepEqual(nearToFar.streams, [{ ...AUDIO, passed: 1, dropped: 0 }]);
    assert.deepEqual(farToNear.streams, [{ ...VIDEO, passed: 1, dropped: 0 }]);
  });
});

test("what is counted as dropped never arrives, what is counted as passed does, by stream", async () => {
  await withRelay({ nearToFar: { loss: 0.3 } }, async (relay, ports) => {
    for (let i = 0; i < 1000; i += 1) {
      await sides.near.send(rtp(AUDIO), ports.far);
      await sides.near.send(rtp(VIDEO), ports.far);
      await sides.near.send(rtcp(), ports.far);
      await sides.far.send(rtp(VIDEO), ports.near);
    }
    await until(() => sides.near.received.length === 1000 && total(relay.truth().nearToFar) === 3000);
    const { nearToFar, farToNear } = relay.truth();
    await until(() => sides.far.received.length === nearToFar.rtp.passed + nearToFar.rtcp.passed);

    for (const { ssrc } of [AUDIO, VIDEO]) {
      const truth = streamTruth(nearToFar, ssrc);
      assert.equal(truth.sent, 1000);
      assert.ok(truth.lossPct > 25 && truth.lossPct < 35, `30 % was asked for, ${truth.lossPct} % was dropped`);
      const arrived = sides.far.received.filter(({ packet }) => classify(packet).ssrc === ssrc).length;
      assert.equal(arrived, truth.sent - truth.dropped);
    }
    assert.ok(nearToFar.rtcp.dropped > 250 && nearToFar.rtcp.dropped < 350);
    assert.equal(farToNear.rtp.dropped, 0, "the other direction was left alone");
  });
});

test("what brings the call up always passes", async () => {
  await withRelay({ loss: 1 }, async (relay, ports) => {
    await sides.near.send(stun(), ports.far);
    await sides.near.send(rtp(AUDIO), ports.far);
    await until(() => total(relay.truth().nearToFar) === 2);
    await until(() => sides.far.received.length === 1);
    assert.deepEqual(sides.far.received[0].packet, stun());
  });
});

test("a delay holds packets back, keeps their order and is measured", async () => {
  await withRelay({ delay: 60 }, async (relay, ports) => {
    const sent = performance.now();
    for (let sequence = 0; sequence < 20; sequence += 1) await sides.near.send(rtp({ ...AUDIO, sequence }), ports.far);
    await until(() => sides.far.received.length === 20);
    assert.ok(performance.now() - sent >= 59);
    assert.deepEqual(
      sides.far.received.map(({ packet }) => packet.readUInt16BE(2)),
      Array.from({ length: 20 }, (_, sequence) => sequence),
    );
    const { measuredDelayMs } = relay.truth().nearToFar;
    assert.ok(measuredDelayMs >= 59 && measuredDelayMs < 120, `measured ${measuredDelayMs} ms`);
    assert.equal(relay.truth().farToNear.measuredDelayMs, null, "nothing went that way");
  });
});

test("the network can change during a call", async () => {
  await withRelay({ loss: 1 }, async (relay, ports) => {
    await sides.near.send(rtp(AUDIO), ports.far);
    await until(() => relay.truth().nearToFar.rtp.dropped === 1);
    relay.shape({});
    await sides.near.send(rtp(AUDIO), ports.far);
    await until(() => sides.far.received.length === 1);
  });
});

test("a side that comes back with another port is reached there", async () => {
  await withRelay({}, async (relay, ports) => {
    const again = await listen();
    assert.equal(await relay.port("far", "127.0.0.1", again.port), ports.far);
    await sides.near.send(rtp(AUDIO), ports.far);
    await until(() => again.received.length === 1);
    assert.equal(sides.far.received.length, 0);
    again.socket.close();
  });
});

test("addresses of other machines and networks that cannot be are refused", async () => {
  await withRelay({}, async (relay) => {
    assert.equal(await relay.port("near", "192.0.2.1", 5000), null);
    assert.equal(await relay.port("near", "::1", 5000), null);
    await assert.rejects(relay.port("middle", "127.0.0.1", 5000), TypeError);
    assert.throws(() => relay.shape({ loss: 8 }), RangeError);
    assert.throws(() => relay.shape({ delay: -1 }), RangeError);
    assert.throws(() => streamTruth(relay.truth().nearToFar, 1), /no packet of ssrc 1/);
  });
});

async function withRelay(network, body) {
  const relay = new Relay({ network, seed: 3 });
  try {
    const near = await relay.port("near", "127.0.0.1", sides.near.port);
    const far = await relay.port("far", "127.0.0.1", sides.far.port);
    await body(relay, { near, far });
  } finally {
    await relay.close();
  }
}

async function listen() {
  const socket = dgram.createSocket("udp4");
  const received = [];
  socket.on("message", (packet, { port }) => received.push({ packet, fromPort: port }));
  await new Promise((resolve) => socket.bind(0, "127.0.0.1", resolve));
  socket.setRecvBufferSize(4 << 20);
  return {
    socket,
    received,
    port: socket.address().port,
    send: (packet, port) => new Promise((done) => socket.send(packet, port, "127.0.0.1", done)),
  };
}

async function until(condition) {
  const deadline = performance.now() + 5000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, `waited 5 s for ${condition}`);
    await new Promise((next) => setTimeout(next, 5));
  }
}

function total({ rtp: rtpCount, rtcp: rtcpCount, other }) {
  return [rtpCount, rtcpCount, other].reduce((sum, { passed, dropped }) => sum + passed + dropped, 0);
}

function rtp({ ssrc, payloadType, marker = false, sequence = 0 }) {
  const packet = Buffer.alloc(20, 0xab);
  packet[0] = 0x80;
  packet[1] = payloadType | (marker ? 0x80 : 0);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

/** An empty receiver report (RFC 3550 section 6.4.2). */
function rtcp() {
  return Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 1]);
}

function stun() {
  return Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}
