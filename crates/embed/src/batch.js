// What is kept of a session, in batches: docs/wire.md says what is in them.

import { version } from "../../../npm/package.json";
import { failed, guarded } from "./guard.js";

const EVERY_MS = 30_000;
// What waits for consent: an hour of a call of three tracks.
const MOST_WAITING = 2000;

export class Batches {
  #session;
  #options;
  #startedAt;
  #sequence = 0;
  #waiting = { intervals: [], events: [] };
  #timer;
  #kept = Promise.resolve();

  constructor(session, options, startedAt) {
    this.#session = session;
    this.#options = options;
    this.#startedAt = startedAt;
    this.#timer = setInterval(() => this.close(), EVERY_MS);
  }

  add(type, value) {
    const { intervals, events } = this.#waiting;
    const [list, entry] =
      type === "interval" ? [intervals, value] : [events, { event: type === "event" ? "call" : type, ...value }];
    list.push(entry);
    if (list.length > MOST_WAITING) list.shift();
  }

  // Closes a batch with what there is, unless consent is missing; resolves when it is kept.
  close(final) {
    if (final) clearInterval(this.#timer);
    const { consent } = this.#options;
    const allowed = guarded(() => (typeof consent === "function" ? consent() : consent));
    // What needs no waiting is done at once: the page may be on its way out.
    if (allowed === true) return this.#cut(final);
    return Promise.resolve(allowed).then((is) => is === true && this.#cut(final)).catch(failed);
  }

  #cut(final) {
    const { intervals, events } = this.#waiting;
    // Nothing happened, and nothing did before.
    if (intervals.length + events.length === 0 && (!final || this.#sequence === 0)) return this.#kept;
    this.#waiting = { intervals: [], events: [] };
    const { id, room } = this.#session;
    const batch = { schema: 1, batch_id: uuid(), session: id, seq: this.#sequence++, started_at: this.#startedAt };
    const whole = this.#about().then((about) => ({ ...batch, room, ...about, intervals, events, ...(final && { final }) }));
    // Not one after the other: to wait for anything but what is known already would be too late on the way out.
    this.#kept = Promise.all([this.#kept, whole.then(this.#options.keep).catch(failed)]);
    return this.#kept;
  }

  async #about() {
    const { known, sdk } = this.#session;
    return { participant: (await known) ?? null, client: { ...(await this.#options.client), sdk, module: version } };
  }
}

// Not `crypto.randomUUID`, which is missing where the page came over plain HTTP.
export function uuid() {
  const random = (digit) => (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16);
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, random);
}
