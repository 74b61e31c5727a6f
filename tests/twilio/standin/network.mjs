// The networks of a room. All media goes through relays that lose and delay packets by a known amount and count them, so that
// what a browser reports can be held against what really happened to its packets.

import { Relay } from "../../e2e/relay.mjs";

/** A candidate that is relayed: UDP, on this machine. */
const LOOPBACK_CANDIDATE = /^(candidate:\S+ \d+ udp \d+) 127\.0\.0\.1 (\d+) (typ host.*)$/i;

let relaysOpened = 0;

/**
 * @typedef {{loss: number, delay: number}} Impairment `loss` is a share from 0 to 1, `delay` is in milliseconds
 * @typedef {{up: Impairment, down: Impairment}} AccessNetwork what is between one participant and the rest of the world
 */

/** @returns {AccessNetwork} one that loses nothing and takes no time */
export function perfectNetwork() {
  return { up: { loss: 0, delay: 0 }, down: { loss: 0, delay: 0 } };
}

/**
 * Reads an access network from untrusted parts; what is not named is perfect.
 *
 * @param {{up?: Partial<Impairment>, down?: Partial<Impairment>}} given
 * @returns {AccessNetwork}
 */
export function readNetwork({ up = {}, down = {} }) {
  return { up: readImpairment("up", up), down: readImpairment("down", down) };
}

function readImpairment(name, { loss = 0, delay = 0 }) {
  if (!(loss >= 0 && loss <= 1)) throw new RangeError(`${name}.loss is a share from 0 to 1, not ${loss}`);
  if (!(delay >= 0)) throw new RangeError(`${name}.delay is in milliseconds and not negative, not ${delay}`);
  return { loss, delay };
}

/** The way of one connection's packets between its two ends, called near and far. */
export class MediaPath {
  #networks;
  #relay = null;
  #isOver = false;
  #closedRelays = [];

  /** @param {{near: () => AccessNetwork, far: () => AccessNetwork}} networks of the two ends, as they are when asked */
  constructor(networks) {
    this.#networks = networks;
  }

  /**
   * What the other end is told instead of an end's own candidate, so that it sends to the relay; null for a candidate that
   * is not relayed, and hence not passed on.
   *
   * @param {"near" | "far"} end whose candidate it is
   * @param {string} candidate
   */
  async relayed(end, candidate) {
    const [, front, port, back] = LOOPBACK_CANDIDATE.exec(candidate) ?? [];
    // What is said of a connection that is over must not open another relay, which nobody would close.
    if (port === undefined || this.#isOver) return null;
    if (this.#relay === null) this.#open();
    const relayPort = await this.#relay.port(end, "127.0.0.1", Number(port));
    return `${front} 127.0.0.1 ${relayPort} ${back}`;
  }

  /** Takes over what the ends' networks are now. */
  reshape() {
    const near = this.#networks.near();
    const far = this.#networks.far();
    this.#relay?.shape({ nearToFar: inSeries(near.up, far.down), farToNear: inSeries(far.up, near.down) });
  }

  /**
   * Ends the way: no packet gets through any more. When the clients then restart ICE, their new candidates are given a new
   * one, as after a change of network.
   */
  async cut() {
    const relay = this.#relay;
    if (relay === null) return;
    this.#relay = null;
    this.#closedRelays.push(relay);
    await relay.close();
  }

  /** Ends the way for good. */
  async end() {
    this.#isOver = true;
    await this.cut();
  }

  /**
   * What really happened to the RTP packets that an end sent and was sent, by ssrc and payload type.
   *
   * @param {"near" | "far"} end
   */
  truth(end) {
    const [sent, received] = end === "near" ? ["nearToFar", "farToNear"] : ["farToNear", "nearToFar"];
    const truths = [...this.#closedRelays, this.#relay].filter((relay) => relay !== null).map((relay) => relay.truth());
    const streams = (direction) => truths.flatMap((truth) => truth[direction].streams);
    return { up: { streams: streams(sent) }, down: { streams: streams(received) } };
  }

  #open() {
    relaysOpened += 1;
    this.#relay = new Relay({ seed: 2 * relaysOpened });
    this.reshape();
  }
}

/** One impairment after the other. */
function inSeries(first, second) {
  return { loss: 1 - (1 - first.loss) * (1 - second.loss), delay: first.delay + second.delay };
}
