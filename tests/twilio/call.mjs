// Calls of several participants, each in a page of its own, in rooms of the stand-in.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { withPage } from "../e2e/browser.mjs";

const LOAD_LIMIT_MS = 15_000;
const WAIT_LIMIT_MS = 30_000;
const POLL_MS = 200;

/**
 * Asks the stand-in's controls for something: a `POST` with a body, a `GET` without. Fails if it is refused.
 *
 * @param {string} origin
 * @param {string} path such as `/control/rooms`
 * @param {object} [body]
 */
export async function control(origin, path, body) {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(origin + path, options);
  const answer = await response.json();
  assert.equal(response.status, 200, `${path}: ${JSON.stringify(answer)}`);
  return answer;
}

/** A room of its own for a call, and what can be done to it. */
class CallRoom {
  name = randomUUID();
  #origin;

  constructor(origin) {
    this.#origin = origin;
  }

  /** Does something to this room through the stand-in's controls. */
  control(path, body) {
    return control(this.#origin, path, { room: this.name, ...body });
  }

  /** What the stand-in knows of this room; null when it is gone. */
  async describe() {
    const rooms = await control(this.#origin, "/control/rooms");
    return rooms.find(({ name }) => name === this.name) ?? null;
  }
}

/** One participant: its page, and what Twilio Video JS says in it. */
export class Caller {
  /**
   * @param {string} identity
   * @param {import("playwright-core").Page} page
   */
  constructor(identity, page) {
    this.identity = identity;
    this.page = page;
  }

  /** What happened in the room so far, as the page notes it. */
  events() {
    return this.page.evaluate(() => window.events);
  }

  /** Waits for an event of that name, with that detail if given; it may have happened already. */
  async heard(name, detail = null) {
    return until(`${this.identity} hears ${name}`, async () => {
      const events = await this.events();
      return events.find(({ event, detail: about }) => event === name && (detail === null || about === detail));
    });
  }

  /**
   * What `room.getStats()` says of every track.
   *
   * @returns {Promise<{connection: string, direction: "send" | "receive", kind: string, trackSid: string, ssrc: string,
   *   bytes: number, packetsLost: number, [member: string]: unknown}[]>}
   */
  stats() {
    return this.page.evaluate(async () => {
      const parts = {
        localAudioTrackStats: { direction: "send", kind: "audio" },
        localVideoTrackStats: { direction: "send", kind: "video" },
        remoteAudioTrackStats: { direction: "receive", kind: "audio" },
        remoteVideoTrackStats: { direction: "receive", kind: "video" },
      };
      return (await window.room.getStats()).flatMap((report) =>
        Object.entries(parts).flatMap(([part, what]) =>
          report[part].map((track) => {
            const bytes = track.bytesSent ?? track.bytesReceived;
            return { connection: report.peerConnectionId, ...what, ...track, bytes };
          }),
        ),
      );
    });
  }

  /**
   * Waits until as many streams of each direction and kind as `expected` says have sent or received more bytes than at first.
   *
   * @param {Record<string, number>} expected by direction and kind, such as `{"send audio": 1}`; all there are
   */
  async flows(expected) {
    const first = await this.stats();
    const before = new Map(first.map((stream) => [keyOf(stream), stream.bytes]));
    let last = {};
    const isFlowing = async () => {
      const streams = await this.stats();
      const advanced = streams.filter((stream) => stream.bytes > (before.get(keyOf(stream)) ?? 0));
      last = { flowing: countOf(advanced), known: countOf(streams) };
      const wanted = Object.entries(expected);
      return wanted.every(([what, count]) => last.flowing[what] === count && last.known[what] === count) ? advanced : null;
    };
    return until(() => `${this.identity} has ${JSON.stringify(expected)}, not ${JSON.stringify(last)}`, isFlowing);
  }
}

function keyOf({ connection, trackSid, ssrc }) {
  return `${connection} ${trackSid} ${ssrc}`;
}

function countOf(streams) {
  const counts = {};
  for (const { direction, kind } of streams) counts[`${direction} ${kind}`] = (counts[`${direction} ${kind}`] ?? 0) + 1;
  return counts;
}

/**
 * Brings participants into a room, runs `body` and lets them go. Fails if anything went wrong in one of their pages.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {string} origin of the stand-in
 * @param {object} options
 * @param {string} options.sdk the version of Twilio Video JS
 * @param {"group" | "peer_to_peer"} options.type
 * @param {string[]} options.identities who joins, one after the other
 * @param {object} [options.room] further options of the room
 * @param {object} [options.connect] options of Twilio's `connect`
 * @param {(callers: Caller[], room: CallRoom) => Promise<void>} body
 */
export async function withCall(browser, origin, { sdk, type, identities, room: roomOptions = {}, connect = {} }, body) {
  const room = new CallRoom(origin);
  await control(origin, "/control/rooms", { name: room.name, type, ...roomOptions });
  const callers = [];
  const join = async ([identity, ...others]) => {
    if (identity === undefined) {
      await body(callers, room);
      return;
    }
    await withPage(browser, {}, async (page) => {
      await page.goto(`${origin}/?sdk=${sdk}`);
      await page.waitForFunction(() => window.isReady, null, { timeout: LOAD_LIMIT_MS });
      await page.evaluate(([who, where, options]) => window.join(who, where, options), [identity, room.name, connect]);
      callers.push(new Caller(identity, page));
      await join(others);
    });
  };
  await join(identities);
}

/**
 * Whether an offer to or from a participant has been answered since.
 *
 * @param {string} origin
 * @param {string} identity
 * @param {number} since by `Date.now()`
 */
export async function hasNegotiated(origin, identity, since) {
  const messages = await control(origin, "/control/signaling");
  return messages.some(({ at, identity: whose, body }) => {
    const descriptions = (body.peer_connections ?? []).map(({ description }) => description?.type);
    return at >= since && whose === identity && descriptions.includes("answer");
  });
}

/**
 * Asks again and again until there is an answer; fails if there is none in time.
 *
 * @template T
 * @param {string | (() => string)} what is waited for, for the failure
 * @param {() => Promise<T | null | undefined | false>} ask
 * @returns {Promise<T>}
 */
export async function until(what, ask, limitMs = WAIT_LIMIT_MS) {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) assert.fail(`not in ${limitMs} ms: ${typeof what === "string" ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
