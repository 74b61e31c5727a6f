// What is kept of a session, in batches: docs/wire.md says what is in them.

import { version } from "../../../npm/package.json";
import { MOST_ON_LEAVING } from "./delivery.js";
import { failed, guarded } from "./guard.js";

// What waits for consent: an hour of a call of three tracks.
const MOST_WAITING = 2000;

export class Batches {
  #session;
  #options;
  #startedAt;
  #sequence = 0;
  #waiting = { intervals: [], events: [] };
  #timer;
  #made = Promise.resolve();
  #kept = Promise.resolve();

  constructor(session, options, startedAt) {
    this.#session = session;
    this.#options = options;
    this.#startedAt = startedAt;
    this.#timer = setInterval(() => this.close(), options.flushEveryMs);
  }

  add(type, value) {
    const { intervals, events } = this.#waiting;
    const [list, entry] =
      type === "interval" ? [intervals, value] : [events, { event: type === "event" ? "call" : type, ...value }];
    list.push(entry);
    if (list.length > MOST_WAITING) list.shift();
  }

  // Closes a batch with what there is, unless consent is missing; resolves when it is kept. What is to be said while the page is `leaving`
  // has to be said in small parts.
  close({ final, isLeaving = false } = {}) {
    if (final) clearInterval(this.#timer);
    const { consent } = this.#options;
    const allowed = guarded(() => (typeof consent === "function" ? consent() : consent));
    // What needs no waiting is done at once: the page may be on its way out.
    if (allowed === true) return this.#cut(final, isLeaving);
    return Promise.resolve(allowed).then((is) => is === true && this.#cut(final, isLeaving)).catch(failed);
  }

  #cut(final, isLeaving) {
    const { intervals, events } = this.#waiting;
    // Nothing happened, and nothing did before.
    const isNothing = intervals.length + events.length === 0 && (!final || this.#sequence === 0);
    if (isNothing) return this.#kept;
    this.#waiting = { intervals: [], events: [] };
    const { id, room } = this.#session;
    const whole = { session: id, started_at: this.#startedAt, room, intervals, events, ...(final && { final }) };
    // The next one waits for what this one is about, and not until it is kept: on the way out that would be too late.
    this.#made = Promise.all([this.#about(), this.#made]).then(([about]) => {
      const parts = isLeaving ? split({ ...whole, ...about }) : [{ ...whole, ...about }];
      const made = parts.map((part) => ({ schema: 1, batch_id: uuid(), seq: this.#sequence++, ...part }));
      this.#kept = Promise.all([this.#kept, this.#options.keep(made, isLeaving)]).catch(failed);
    });
    return this.#made.then(() => this.#kept);
  }

  async #about() {
    const { known, sdk } = this.#session;
    return { participant: (await known) ?? null, client: { ...(await this.#options.client), sdk, module: version } };
  }
}

// Halves, until each part is small or one piece.
function split(batch) {
  const { intervals, events, final, ...rest } = batch;
  const pieces = intervals.length + events.length;
  if (pieces < 2 || new Blob([JSON.stringify(batch)]).size <= MOST_ON_LEAVING) return [batch];
  const half = (list, isFirst) => (isFirst ? list.slice(0, list.length >> 1) : list.slice(list.length >> 1));
  const part = (isFirst) => ({ ...rest, intervals: half(intervals, isFirst), events: half(events, isFirst) });
  return [...split(part(true)), ...split({ ...part(false), ...(final && { final }) })];
}

// Not `crypto.randomUUID`, which is missing where the page came over plain HTTP.
export function uuid() {
  const random = (digit) => (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16);
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, random);
}
