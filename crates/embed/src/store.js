// Batches in this browser's IndexedDB: those of the last days, and those that wait to be sent. Where it is refused, what waits
// is held in memory, and nothing else is kept.

import { failed, quietly } from "./guard.js";

const DAY_MS = 86_400_000;
const DAYS = 7;
const DAYS_OF_GO = 2;
// As text, of one byte or two a character.
const MOST_CHARACTERS = 32 * 2 ** 20;
const STORE = "batches";
// What a page on its way out had to say, in localStorage: until it is known to be in the database, which a page that is gone may have begun in vain.
const LAST_WORDS = "callscope.last.";

export class Store {
  #isHistory;
  #opened = open().then((database) => this.#recover(database));
  #memory = [];
  #characters = 0;

  // `isHistory` is whether what need not wait any more is kept.
  constructor(isHistory) {
    this.#isHistory = isHistory;
    // Told by whoever waits for it, too.
    this.#opened.then((database) => this.#tidy(database)).catch(() => {});
  }

  // What a batch is kept as, which waits for being sent to an endpoint if there is one. Keys are in the order of time.
  record(batch, to) {
    const now = performance.timeOrigin + performance.now();
    const { batch_id: id, session, room, seq } = batch;
    const expires = now + (room?.type === "go" ? DAYS_OF_GO : DAYS) * DAY_MS;
    const text = JSON.stringify(batch);
    return { key: [now, seq, id], session, at: now, expires, size: text.length, text, ...(to && { to }) };
  }

  // Keeps records, all or none.
  async put(records, isLeaving) {
    const name = LAST_WORDS + records[0].key;
    if (isLeaving) quietly(() => localStorage.setItem(name, JSON.stringify(records)));
    try {
      await this.#use((store) => {
        for (const record of records) store.put(record);
        // A page on its way out does not hear that they were put, after which it would be committed by itself.
        store.transaction.commit();
      });
      if (isLeaving) quietly(() => localStorage.removeItem(name));
      for (const { size } of records) this.#characters += size;
      if (this.#characters > MOST_CHARACTERS) this.#tidy(await this.#opened);
    } catch (error) {
      failed(error, "callscope keeps no local history:");
      this.#memory.push(...records.filter(({ to }) => to));
    }
  }

  // The oldest that waits for that endpoint.
  async next(to) {
    let first;
    const waiting = await this.#waiting(to, "next", (cursor) => (first = cursor.value));
    return first ?? waiting;
  }

  // It waits no more.
  async done(key) {
    this.#memory = this.#memory.filter((each) => each.key !== key);
    await this.#use((store) => this.#let(store, key)).catch(() => {});
  }

  // Goes through what waits, the youngest first: `isDropped`, by when it was made and how large it is, says what does no more.
  async drop(to, isDropped) {
    this.#memory = this.#memory.reverse().filter(({ at, text }) => !isDropped(at, text.length)).reverse();
    await this.#waiting(to, "prev", (cursor) => {
      const { at, size } = cursor.value;
      if (isDropped(at, size)) this.#let(cursor.source.objectStore, cursor.primaryKey);
      return false;
    });
  }

  // Walks what waits in the database until it is told that it may stop, then gives the first in memory.
  async #waiting(to, direction, act) {
    const walk = (store) => {
      const request = store.index("to").openCursor(IDBKeyRange.only(to), direction);
      request.onsuccess = () => {
        const cursor = request.result;
        if (cursor !== null && !act(cursor)) cursor.continue();
      };
    };
    await this.#use(walk).catch(() => {});
    return this.#memory.find((each) => each.to === to);
  }

  #let(store, key) {
    if (!this.#isHistory) return store.delete(key);
    const request = store.get(key);
    request.onsuccess = () => {
      const { to, ...record } = request.result ?? {};
      if (to) store.put(record);
    };
  }

  // Lets go of what is too old, then of the oldest until the rest has room. Keys alone are walked, never what they are of.
  #tidy(database) {
    return done(database, (store) => {
      each(store.index("expires").openKeyCursor(IDBKeyRange.upperBound(Date.now())), (cursor) => store.delete(cursor.primaryKey));
      const sizes = [];
      const end = () => {
        sizes.sort(([[a]], [[b]]) => b - a);
        this.#characters = 0;
        for (const [key, size] of sizes) {
          if (this.#characters + size > MOST_CHARACTERS) store.delete(key);
          else this.#characters += size;
        }
      };
      each(store.index("size").openKeyCursor(), (cursor) => sizes.push([cursor.primaryKey, cursor.key]), end);
    });
  }

  // Takes in what earlier pages left in localStorage.
  async #recover(database) {
    const names = quietly(() => Object.keys(localStorage).filter((name) => name.startsWith(LAST_WORDS))) ?? [];
    for (const name of names) {
      const records = quietly(() => JSON.parse(localStorage.getItem(name))) ?? [];
      await done(database, (store) => records.forEach((record) => store.put(record)));
      quietly(() => localStorage.removeItem(name));
    }
    return database;
  }

  async #use(act) {
    return done(await this.#opened, act);
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("callscope", 1);
    opening.onupgradeneeded = () => {
      const store = opening.result.createObjectStore(STORE, { keyPath: "key" });
      for (const index of ["session", "expires", "size", "to"]) store.createIndex(index, index);
    };
    opening.onsuccess = () => {
      // Another page may delete it, or open a newer one.
      opening.result.onversionchange = () => opening.result.close();
      resolve(opening.result);
    };
    opening.onerror = () => reject(opening.error);
  });
}

// Resolves when the transaction is through.
function done(database, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, "readwrite");
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
    act(transaction.objectStore(STORE));
  });
}

function each(request, act, end) {
  request.onsuccess = () => {
    const cursor = request.result;
    if (cursor === null) return end?.();
    act(cursor);
    cursor.continue();
  };
}
