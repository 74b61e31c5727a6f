// What is kept of a session, in batches: docs/wire.md says what is in them.

import { MOST_ON_LEAVING } from "./delivery.js";
import { failed } from "./guard.js";

// What waits for consent: an hour of a call of three tracks.
const MOST_WAITING = 2000;

// `about` gives what all batches say of the session.
export function batching(about, { allows, keep, flushEveryMs }) {
  let sequence = 0;
  let intervals = [];
  let events = [];
  let made = Promise.resolve();
  let kept = made;
  const timer = setInterval(close, flushEveryMs);

  function add(type, value) {
    const isInterval = type === "interval";
    const list = isInterval ? intervals : events;
    list.push(isInterval ? value : { event: type === "event" ? "call" : type, ...value });
    if (list.length > MOST_WAITING) list.shift();
  }

  // Closes a batch with what there is, unless consent is missing; resolves when it is kept. What is to be said while the page is `leaving`
  // has to be said in small parts.
  function close({ final, isLeaving = false } = {}) {
    if (final) clearInterval(timer);
    const allowed = allows();
    // What needs no waiting is done at once: the page may be on its way out.
    if (allowed === true) return cut(final, isLeaving);
    return Promise.resolve(allowed).then((is) => is === true && cut(final, isLeaving)).catch(failed);
  }

  function cut(final, isLeaving) {
    // Nothing happened, and nothing did before.
    if (intervals.length + events.length === 0 && (!final || sequence === 0)) return kept;
    const news = { intervals, events, ...(final && { final }) };
    intervals = [];
    events = [];
    // The next one waits for what this one is about, and not until it is kept: on the way out that would be too late.
    made = Promise.all([about(), made]).then(([always]) => {
      const batch = { ...always, ...news };
      const parts = (isLeaving ? split(batch) : [batch]).map((part) => ({ schema: 1, batch_id: uuid(), seq: sequence++, ...part }));
      kept = Promise.all([kept, keep(parts, isLeaving)]).catch(failed);
    });
    return made.then(() => kept);
  }

  return { add, close };
}

// Halves, until each part is small or one piece.
function split(batch) {
  const { intervals, events, final, ...rest } = batch;
  if (intervals.length + events.length < 2 || new Blob([JSON.stringify(batch)]).size <= MOST_ON_LEAVING) return [batch];
  const part = (half, end) => split({ ...rest, intervals: half(intervals), events: half(events), ...end });
  return [
    ...part((list) => list.slice(0, list.length >> 1)),
    ...part((list) => list.slice(list.length >> 1), final && { final }),
  ];
}

// Not `crypto.randomUUID`, which is missing where the page came over plain HTTP.
export function uuid() {
  const random = (digit) => (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16);
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, random);
}
