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

// `isHistory` is whether what need not wait any more is kept.
export function opened(isHistory) {
  const opening = open().then(recover);
  let memory = [];
  let characters = 0;

  // What a batch is kept as, which waits for being sent to an endpoint if there is one. Keys are in the order of time.
  function record(batch, to) {
    const now = performance.timeOrigin + performance.now();
    const { batch_id: id, session, room, seq } = batch;
    const expires = now + (room?.type === "go" ? DAYS_OF_GO : DAYS) * DAY_MS;
    const text = JSON.stringify(batch);
    return { key: [now, seq, id], session, at: now, expires, size: text.length, text, ...(to && { to }) };
  }

  // Keeps records, all or none.
  async function put(records, isLeaving) {
    const name = LAST_WORDS + records[0].key;
    if (isLeaving) quietly(() => localStorage.setItem(name, JSON.stringify(records)));
    try {
      await use((store) => {
        for (const record of records) store.put(record);
        // A page on its way out does not hear that they were put, after which it would be committed by itself.
        store.transaction.commit();
      });
      if (isLeaving) quietly(() => localStorage.removeItem(name));
      for (const { size } of records) characters += size;
      if (characters > MOST_CHARACTERS) tidy();
    } catch (error) {
      failed(error, "callscope keeps no local history:");
      memory.push(...records.filter(({ to }) => to));
    }
  }

  // The oldest that waits for that endpoint.
  async function next(to) {
    let first;
    await walk(to, "next", ({ value }) => {
      first = value;
      return true;
    });
    return first ?? memory.find((each) => each.to === to);
  }

  // It waits no more.
  async function done(key) {
    memory = memory.filter((each) => each.key !== key);
    await use((store) => release(store, key)).catch(() => {});
  }

  // Goes through what waits, the youngest first: `isDropped`, by when it was made and how large it is, says what does no more.
  async function drop(to, isDropped) {
    memory = memory.reverse().filter(({ at, size }) => !isDropped(at, size)).reverse();
    await walk(to, "prev", ({ value: { at, size }, source, primaryKey }) => {
      if (isDropped(at, size)) release(source.objectStore, primaryKey);
    });
  }

  // Through what waits in the database, as far as there is one.
  function walk(to, direction, act) {
    return use((store) => each(store.index("to").openCursor(IDBKeyRange.only(to), direction), act)).catch(() => {});
  }

  function release(store, key) {
    if (!isHistory) return store.delete(key);
    const request = store.get(key);
    request.onsuccess = () => {
      const { to, ...record } = request.result ?? {};
      if (to) store.put(record);
    };
  }

  // Lets go of what is too old, then of the oldest until the rest has room. Keys alone are walked, never what they are of. Where all is refused,
  // whoever puts something is told.
  function tidy() {
    return use((store) => {
      each(store.index("expires").openKeyCursor(IDBKeyRange.upperBound(Date.now())), ({ primaryKey }) => {
        store.delete(primaryKey);
      });
      const sizes = [];
      const end = () => {
        sizes.sort(([[a]], [[b]]) => b - a);
        characters = 0;
        for (const [key, size] of sizes) {
          if (characters + size > MOST_CHARACTERS) store.delete(key);
          else characters += size;
        }
      };
      each(store.index("size").openKeyCursor(), ({ primaryKey, key }) => void sizes.push([primaryKey, key]), end);
    }).catch(() => {});
  }

  async function use(act) {
    return through(await opening, act);
  }

  tidy();
  return { record, put, next, done, drop };
}

// Takes in what earlier pages left in localStorage.
async function recover(database) {
  const names = quietly(() => Object.keys(localStorage).filter((name) => name.startsWith(LAST_WORDS))) ?? [];
  for (const name of names) {
    const records = quietly(() => JSON.parse(localStorage.getItem(name))) ?? [];
    await through(database, (store) => records.forEach((record) => store.put(record)));
    quietly(() => localStorage.removeItem(name));
  }
  return database;
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
function through(database, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, "readwrite");
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
    act(transaction.objectStore(STORE));
  });
}

// Walks with a cursor until `act` gives that it is enough.
function each(request, act, end) {
  request.onsuccess = () => {
    const cursor = request.result;
    if (cursor === null) end?.();
    else if (!act(cursor)) cursor.continue();
  };
}
