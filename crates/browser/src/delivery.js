// Sends batches to the application's server: at least once, whatever happens to the page, the network or the server. What an answer
// means and when it is tried again is decided in callscope-core's `delivery`.

import { failed } from "./guard.js";

const PATIENCE_MS = 30_000;
// So soon it is looked at again when another tab sends.
const ELSEWHERE_MS = 5000;
// Browsers take 64 KiB from a page on its way out, headers and all that is on its way together.
export const MOST_ON_LEAVING = 60_000;
// Less is not worth packing.
const WORTH_PACKING = 1000;
const [DELIVERED, RENEW, REFUSED] = [-1, -2, -3];
const REASONS = [null, "expired", "full"];

// Sends what waits in a store to an endpoint, as far as it is allowed when it is sent, and what is put there when it is told to. `machine` has
// core's decisions (`delivery.rs` in crates/embed).
export function delivery(address, { token = null, format, outboxBytes, outboxMs }, store, allows, machine) {
  const endpoint = new URL(address, location.href).href;
  // What was given up since the last batch that was taken, by reason.
  const dropped = {};
  let key = null;
  let failures = 0;
  let timer;
  let sending = null;
  // What browsers still take on the way out.
  let room = MOST_ON_LEAVING;
  // Makes what is sent of a batch; none until it is loaded.
  let form = stamped;
  let loading;

  // Sends what waits, unless that is being done; resolves when it was tried.
  function send() {
    clearTimeout(timer);
    sending ??= exclusive(sendAll)
      .catch(failed)
      .finally(() => (sending = null));
    return sending;
  }

  // Sends a batch from a page that may be gone in a moment. It waits in the store all the same, until it is answered.
  function leave({ text, key: place }) {
    const body = form?.(text);
    const size = body ? new Blob([body]).size : Infinity;
    if (size > room || (typeof token === "function" && key === null)) return false;
    room -= size;
    if ("keepalive" in Request.prototype) {
      post(body, { keepalive: true })
        .then(({ status }) => verdictOn(status, NaN) === DELIVERED && store.done(place))
        .catch(() => {})
        .finally(() => (room += size));
      return true;
    }
    // It has no headers, so the token goes with the address.
    const to = new URL(endpoint);
    if (key) to.searchParams.set("key", key);
    return navigator.sendBeacon(to, new Blob([body], { type: "text/plain" }));
  }

  // A last try.
  function stop() {
    removeEventListener("online", send);
    return send().finally(() => clearTimeout(timer));
  }

  // One tab of the origin sends at a time.
  function exclusive(act) {
    if (!navigator.locks) return act();
    return navigator.locks.request("callscope.delivery", { ifAvailable: true }, (lock) => (lock === null ? later(ELSEWHERE_MS) : act()));
  }

  async function sendAll() {
    // An earlier page was, which says nothing of now.
    if ((await allows()) !== true) return;
    let bytes = 0;
    await store.drop(endpoint, (at, size) => {
      bytes += size;
      const reason = REASONS[machine.dropped(Date.now() - at, bytes, outboxBytes, outboxMs)];
      if (reason) count(reason);
      return reason;
    });
    let last;
    for (let waiting; (waiting = await store.next(endpoint)) !== undefined; last = waiting.key) {
      // What cannot be taken out would be sent for ever.
      if (String(waiting.key) === String(last)) return;
      const counted = { ...dropped };
      const verdict = await attempt(waiting.text).catch(() => verdictOn(NaN, NaN));
      failures = verdict < 0 ? 0 : failures + 1;
      // So long it waits before it is sent again.
      if (verdict >= 0) return later(verdict);
      if (verdict === REFUSED) count("refused");
      else for (const reason in counted) if ((dropped[reason] -= counted[reason]) === 0) delete dropped[reason];
      await store.done(waiting.key);
    }
  }

  // Sends a batch, and gives what became of it.
  async function attempt(text) {
    await loading;
    const [body, encoding] = await packed(form(text));
    for (const isRenewed of [false, true]) {
      await authorize(isRenewed);
      const response = await post(body, { signal: AbortSignal.timeout(PATIENCE_MS) }, encoding);
      const { status, headers } = response;
      const verdict = verdictOn(status, delay(headers.get("retry-after")));
      if (verdict === REFUSED) failed(`status ${status}, ${await response.text()}`, `callscope: ${endpoint} refused a batch:`);
      if (verdict !== RENEW) return verdict;
    }
    // A new token is not good either: that may change.
    failed("status 401", `callscope: ${endpoint} takes no token:`);
    return verdictOn(NaN, NaN);
  }

  function verdictOn(status, retryAfter) {
    return machine.answer(status, failures, retryAfter, Math.random());
  }

  function post(body, how, encoding) {
    const headers = { "content-type": "application/json", ...encoding, ...(key && { authorization: `Bearer ${key}` }) };
    return fetch(endpoint, { method: "POST", body, headers, credentials: "omit", ...how });
  }

  async function authorize(isRenewed) {
    if (typeof token !== "function") key = token;
    else if (key === null || isRenewed) key = await token();
  }

  // What is told at each try anew.
  function stamped(text) {
    const hasDropped = Object.keys(dropped).length > 0;
    const stamp = JSON.stringify({ sent_at: Date.now(), dropped: hasDropped ? dropped : undefined });
    return `${stamp.slice(0, -1)},${text.slice(1)}`;
  }

  function count(reason) {
    dropped[reason] = (dropped[reason] ?? 0) + 1;
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  }

  if (format === "otlp") {
    form = null;
    loading = import("./otlp.js").then(({ convert }) => (form = (text) => convert(JSON.parse(text)))).catch(failed);
  }
  addEventListener("online", send);
  // What an earlier page could not send; and a page on its way out has no time to ask for a token.
  authorize().catch(failed);
  send();
  return { endpoint, send, leave, stop };
}

async function packed(text) {
  if (!globalThis.CompressionStream || text.length < WORTH_PACKING) return [text, {}];
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return [await new Response(stream).arrayBuffer(), { "content-encoding": "gzip" }];
}

// Seconds, or a date; in milliseconds.
function delay(header) {
  if (header === null) return NaN;
  const seconds = Number(header);
  return Math.max(0, Number.isNaN(seconds) ? Date.parse(header) - Date.now() : 1000 * seconds);
}
