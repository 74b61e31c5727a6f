// A UDP relay between the two sides of a call that loses and delays packets by a known amount.
//
// Each side is told that the other is at one of the relay's two ports. What was passed and what was dropped is counted by
// direction, by kind and, for RTP, by ssrc and payload type: the truth that a measurement of the call is held against.
//
// Only RTP and RTCP are ever dropped. STUN and DTLS always pass, so that the call comes up on any network.

import dgram from "node:dgram";
import { performance } from "node:perf_hooks";

/** The only address that is relayed: both sides and the relay are on one machine. */
const LOOPBACK = "127.0.0.1";

/** Room for the bursts of a key frame while node's event loop is busy. */
const SOCKET_BUFFER_BYTES = 4 << 20;

const OPPOSITE = { near: "far", far: "near" };
const DIRECTION_FROM = { near: "nearToFar", far: "farToNear" };

/**
 * What a packet is, by its first bytes (RFC 7983; RFC 5761 section 4 for RTP against RTCP).
 *
 * @param {Buffer} packet
 * @returns {{kind: "rtp", ssrc: number, payloadType: number} | {kind: "rtcp"} | {kind: "other"}}
 */
export function classify(packet) {
  const isRtpOrRtcp = packet.length >= 8 && packet[0] >> 6 === 2;
  if (!isRtpOrRtcp) return { kind: "other" };
  if (packet[1] >= 192 && packet[1] <= 223) return { kind: "rtcp" };
  if (packet.length < 12) return { kind: "other" };
  return { kind: "rtp", ssrc: packet.readUInt32BE(8), payloadType: packet[1] & 0x7f };
}

/**
 * A reproducible source of numbers in [0, 1): mulberry32.
 *
 * @param {number} seed
 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What one direction does to packets, and the count of what it did. */
class Direction {
  #random;
  #delaySumMs = 0;
  #delivered = 0;
  #streams = new Map();
  #kinds = {
    rtp: { passed: 0, dropped: 0 },
    rtcp: { passed: 0, dropped: 0 },
    other: { passed: 0, dropped: 0 },
  };

  constructor(seed) {
    this.#random = seededRandom(seed);
    this.loss = 0;
    this.delay = 0;
  }

  /** Decides whether the packet is lost, and counts it. */
  loses(packet) {
    const { kind, ssrc, payloadType } = classify(packet);
    const lost = kind !== "other" && this.#random() < this.loss;
    const outcome = lost ? "dropped" : "passed";
    this.#kinds[kind][outcome] += 1;
    if (kind === "rtp") {
      const key = `${ssrc}/${payloadType}`;
      const stream = this.#streams.get(key) ?? { ssrc, payloadType, passed: 0, dropped: 0 };
      stream[outcome] += 1;
      this.#streams.set(key, stream);
    }
    return lost;
  }

  /** Notes how long a packet really stayed in the relay. */
  delivered(stayMs) {
    this.#delaySumMs += stayMs;
    this.#delivered += 1;
  }

  truth() {
    return {
      loss: this.loss,
      delayMs: this.delay,
      measuredDelayMs: this.#delivered > 0 ? this.#delaySumMs / this.#delivered : null,
      ...structuredClone(this.#kinds),
      streams: [...this.#streams.values()].map((stream) => ({ ...stream })),
    };
  }
}

/**
 * The relay of one call. `near` and `far` are the two sides, as in the demo call of the app.
 */
export class Relay {
  #sockets = {};
  #peers = {};
  #directions;
  #timers = new Set();
  #opening = null;
  #closed = false;

  /** @param {{network?: object, seed?: number}} options see `shape` for the network */
  constructor({ network = {}, seed = 1 } = {}) {
    this.#directions = { nearToFar: new Direction(seed), farToNear: new Direction(seed + 1) };
    this.shape(network);
  }

  /**
   * Sets the network from now on: `loss` from 0 to 1 and one-way `delay` in milliseconds, for both directions, or for one
   * with `nearToFar` and `farToNear`. What is not named becomes perfect.
   */
  shape(network) {
    for (const [name, direction] of Object.entries(this.#directions)) {
      const { loss = 0, delay = 0 } = { ...network, ...network[name] };
      if (!(loss >= 0 && loss <= 1)) throw new RangeError(`loss is a share from 0 to 1, not ${loss}`);
      if (!(delay >= 0)) throw new RangeError(`delay is in milliseconds and not negative, not ${delay}`);
      direction.loss = loss;
      direction.delay = delay;
    }
  }

  /**
   * Takes the address at which `side` really listens, and gives the port on 127.0.0.1 at which the other side reaches it
   * through the relay; null for an address that is not relayed. A side that comes back with another port (the call was
   * started again) is reached there from then on.
   *
   * @param {"near" | "far"} side
   * @param {string} address
   * @param {number} port
   * @returns {Promise<number | null>}
   */
  async port(side, address, port) {
    if (!(side in OPPOSITE)) throw new TypeError(`a side is "near" or "far", not ${side}`);
    if (address !== LOOPBACK) return null;
    this.#opening ??= Promise.all([this.#open("near"), this.#open("far")]);
    await this.#opening;
    this.#peers[side] = port;
    return this.#sockets[side].address().port;
  }

  /** What really happened so far, by direction. */
  truth() {
    return {
      nearToFar: this.#directions.nearToFar.truth(),
      farToNear: this.#directions.farToNear.truth(),
    };
  }

  /** Forgets what is still under way and frees the ports. */
  async close() {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    await this.#opening;
    const open = Object.values(this.#sockets);
    await Promise.all(open.map((socket) => new Promise((done) => socket.close(done))));
    this.#sockets = {};
  }

  // The socket that stands for `side`: what arrives at it comes from the other side.
  async #open(side) {
    const socket = dgram.createSocket("udp4");
    await new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(0, LOOPBACK, resolve);
    });
    socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
    socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
    socket.on("message", (packet) => this.#forward(packet, side));
    this.#sockets[side] = socket;
  }

  #forward(packet, to) {
    const from = OPPOSITE[to];
    const direction = this.#directions[DIRECTION_FROM[from]];
    if (direction.loses(packet)) return;
    const arrived = performance.now();
    const deliver = () => {
      const port = this.#peers[to];
      if (this.#closed || port === undefined) return;
      // From the socket that stands for the sender: the receiver knows that address and no other.
      this.#sockets[from].send(packet, port, LOOPBACK);
      direction.delivered(performance.now() - arrived);
    };
    if (direction.delay === 0) {
      deliver();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      deliver();
    }, direction.delay);
    this.#timers.add(timer);
  }
}

/**
 * What really happened to one RTP stream: packets that the sender put on the wire, those dropped, and their share in percent.
 *
 * @param {{streams: {ssrc: number, passed: number, dropped: number}[]}} direction one direction of `Relay.truth()`
 * @param {number} ssrc
 */
export function streamTruth(direction, ssrc) {
  const streams = direction.streams.filter((stream) => stream.ssrc === ssrc);
  if (streams.length === 0) throw new Error(`the relay saw no packet of ssrc ${ssrc}`);
  const passed = streams.reduce((sum, stream) => sum + stream.passed, 0);
  const dropped = streams.reduce((sum, stream) => sum + stream.dropped, 0);
  const sent = passed + dropped;
  return { sent, dropped, lossPct: (100 * dropped) / sent };
}
