// The batches of the last days, in this browser's IndexedDB. What cannot be kept is let go: the module works without.

const DAY_MS = 86_400_000;
const DAYS = 7;
const DAYS_OF_GO = 2;
// As text, of one byte or two a character.
const MOST_CHARACTERS = 32 * 2 ** 20;
const STORE = "batches";

export class History {
  #opened = open();
  #characters = 0;

  constructor() {
    // Told by whoever waits for it, too.
    this.#opened.then((database) => this.#tidy(database)).catch(() => {});
  }

  async put(batch) {
    const database = await this.#opened;
    const now = Date.now();
    const text = JSON.stringify(batch);
    const expires = now + (batch.room?.type === "go" ? DAYS_OF_GO : DAYS) * DAY_MS;
    await done(database, (store) => {
      store.add({ session: batch.session, at: now, expires, size: text.length, text });
      // A page on its way out does not hear that it was added, after which it would be committed by itself.
      store.transaction.commit();
    });
    this.#characters += text.length;
    if (this.#characters > MOST_CHARACTERS) await this.#tidy(database);
  }

  // Lets go of what is too old, then of the oldest until the rest has room. Keys alone are walked, never what they are of.
  #tidy(database) {
    return done(database, (store) => {
      each(store.index("expires").openKeyCursor(IDBKeyRange.upperBound(Date.now())), (cursor) => store.delete(cursor.primaryKey));
      const sizes = [];
      const sized = store.index("size").openKeyCursor();
      each(sized, (cursor) => sizes.push([cursor.primaryKey, cursor.key]), () => {
        sizes.sort(([a], [b]) => b - a);
        this.#characters = 0;
        for (const [key, size] of sizes) {
          if (this.#characters + size > MOST_CHARACTERS) store.delete(key);
          else this.#characters += size;
        }
      });
    });
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("callscope", 1);
    opening.onupgradeneeded = () => {
      const store = opening.result.createObjectStore(STORE, { autoIncrement: true });
      for (const index of ["session", "expires", "size"]) store.createIndex(index, index);
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
