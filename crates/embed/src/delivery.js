// Sends batches to the application's server: at least once, whatever happens to the page, the network or the server. What an answer
// means and when it is tried again is decided in callscope-core's `delivery`.

import { failed } from "./guard.js";
import { answer, dropped } from "./measuring.js";

const PATIENCE_MS = 30_000;
// So soon it is looked at again when another tab sends.
const ELSEWHERE_MS = 5000;
// Browsers take 64 KiB from a page on its way out, headers and all that is on its way together.
export const MOST_ON_LEAVING = 60_000;
// Less is not worth packing.
const WORTH_PACKING = 1000;
const [DELIVERED, RENEW, REFUSED] = [-1, -2, -3];
const REASONS = [null, "expired", "full"];

export class Delivery {
  #endpoint;
  #options;
  #store;
  #token = null;
  #failures = 0;
  #timer;
  #sending = null;
  // What was given up since the last batch that was taken, by reason.
  #dropped = {};
  // What browsers still take on the way out.
  #room = MOST_ON_LEAVING;
  // Another form of the batch, if that is wanted.
  #convert = null;

  constructor(endpoint, options, store) {
    this.#endpoint = new URL(endpoint, location.href).href;
    this.#options = options;
    this.#store = store;
    if (options.format === "otlp") this.#convert = import("./otlp.js").then(({ convert }) => (this.#convert = convert));
    addEventListener("online", this.send);
    // What an earlier page could not send; and a page on its way out has no time to ask for a token.
    this.#authorize().catch(failed);
    this.send();
  }

  get endpoint() {
    return this.#endpoint;
  }

  // Sends what waits, unless that is being done; resolves when it was tried.
  send = () => {
    clearTimeout(this.#timer);
    this.#sending ??= this.#exclusive(() => this.#sendAll())
      .catch(failed)
      .finally(() => (this.#sending = null));
    return this.#sending;
  };

  // Sends a batch from a page that may be gone in a moment. It waits in the store all the same, until it is answered.
  leave({ text, key }) {
    const body = typeof this.#convert === "function" ? this.#convert(JSON.parse(text)) : this.#convert ? null : this.#stamped(text);
    const size = body === null ? Infinity : new Blob([body]).size;
    if (size > this.#room || (typeof this.#options.token === "function" && this.#token === null)) return false;
    this.#room -= size;
    const back = () => (this.#room += size);
    if ("keepalive" in Request.prototype) {
      const sent = this.#post(body, {}, true).then(({ status }) => answer(status, 0, NaN, 0) === DELIVERED && this.#store.done(key));
      sent.catch(() => {}).finally(back);
      return true;
    }
    // It has no headers, so the token goes with the address.
    const address = new URL(this.#endpoint);
    if (this.#token) address.searchParams.set("key", this.#token);
    return navigator.sendBeacon(address, new Blob([body], { type: "text/plain" }));
  }

  // A last try.
  stop() {
    removeEventListener("online", this.send);
    const sent = this.send();
    return sent.finally(() => clearTimeout(this.#timer));
  }

  // One tab of the origin sends at a time.
  #exclusive(act) {
    if (!navigator.locks) return act();
    return navigator.locks.request("callscope.delivery", { ifAvailable: true }, (lock) => (lock === null ? this.#later(ELSEWHERE_MS) : act()));
  }

  async #sendAll() {
    await this.#dropSome();
    let last;
    for (let waiting; (waiting = await this.#store.next(this.#endpoint)) !== undefined; last = waiting.key) {
      // What cannot be taken out would be sent for ever.
      if (String(waiting.key) === String(last)) return;
      const wait = await this.#try(waiting.text);
      if (wait >= 0) return this.#later(wait);
      await this.#store.done(waiting.key);
    }
  }

  // Sends a batch, and gives how long to wait before it is sent again; less than nothing if it need not be.
  async #try(text) {
    let status = NaN;
    let retryAfter = NaN;
    let verdict = 0;
    const counted = this.#dropped;
    try {
      const convert = await this.#convert;
      const [body, headers] = await packed(convert ? convert(JSON.parse(text)) : this.#stamped(text));
      for (const isRenewed of [false, true]) {
        await this.#authorize(isRenewed);
        const response = await this.#post(body, headers, false);
        status = response.status;
        retryAfter = delay(response.headers.get("retry-after"));
        verdict = answer(status, this.#failures, retryAfter, Math.random());
        if (verdict === REFUSED) failed(`status ${status}, ${await response.text()}`, `callscope: ${this.#endpoint} refused a batch:`);
        if (verdict !== RENEW) break;
      }
    } catch {
      verdict = answer(NaN, this.#failures, NaN, Math.random());
    }
    if (verdict === DELIVERED) this.#dropped = less(this.#dropped, counted);
    if (verdict === REFUSED) this.#count("refused");
    if (verdict === RENEW) {
      // A new token is not good either: that may change.
      failed(`status ${status}`, `callscope: ${this.#endpoint} takes no token:`);
      verdict = answer(NaN, this.#failures, NaN, Math.random());
    }
    this.#failures = verdict < 0 ? 0 : this.#failures + 1;
    return verdict;
  }

  #post(body, headers, keepalive) {
    const authorization = this.#token ? { authorization: `Bearer ${this.#token}` } : {};
    const signal = keepalive ? undefined : AbortSignal.timeout(PATIENCE_MS);
    headers = { "content-type": "application/json", ...headers, ...authorization };
    return fetch(this.#endpoint, { method: "POST", body, headers, keepalive, signal, credentials: "omit" });
  }

  async #authorize(isRenewed = false) {
    const { token = null } = this.#options;
    if (typeof token !== "function") this.#token = token;
    else if (this.#token === null || isRenewed) this.#token = await token();
  }

  // What is told at each try anew.
  #stamped(text) {
    const counts = Object.keys(this.#dropped).length > 0 ? { dropped: this.#dropped } : {};
    const stamp = JSON.stringify({ sent_at: Date.now(), ...counts });
    return `${stamp.slice(0, -1)},${text.slice(1)}`;
  }

  async #dropSome() {
    const { outboxBytes, outboxMs } = this.#options;
    let bytes = 0;
    await this.#store.drop(this.#endpoint, (at, size) => {
      bytes += size;
      const reason = REASONS[dropped(Date.now() - at, bytes, outboxBytes, outboxMs)];
      if (reason) this.#count(reason);
      return reason;
    });
  }

  #count(reason) {
    this.#dropped = { ...this.#dropped, [reason]: (this.#dropped[reason] ?? 0) + 1 };
  }

  #later(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.send, wait);
  }
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

function less(counts, told) {
  const rest = Object.entries(counts).map(([reason, count]) => [reason, count - (told[reason] ?? 0)]);
  return Object.fromEntries(rest.filter(([, count]) => count > 0));
}
