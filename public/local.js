// Starts the worker that answers from what the module keeps in this browser (crates/local says what is asked and answered), and reads the
// module's database for it (crates/browser/src/store.js), which it neither makes nor changes, but for what it is told to clear.

importScripts("callscope-local.js");
const starting = wasm_bindgen({ module_or_path: "callscope-local_bg.wasm" });
// A failure is told to each who asks.
starting.catch(() => {});

const STORE = "batches";
let database = null;
let local = null;
// The sessions of what was read, by key as text; none of what is damaged.
const known = new Map();
// What the database looked like then.
let looked = null;

let answering = Promise.resolve();
onmessage = ({ data }) => {
  // One after the other: two must not read the same.
  answering = answering.then(() => answer(data));
};

async function answer({ id, path, kept, clear }) {
  try {
    await starting;
    local ??= new wasm_bindgen.Local();
    const [status, body] = clear ? await cleared(clear === "all") : kept ? await figures() : await answered(path);
    postMessage({ id, status, body });
  } catch (error) {
    const message = `this browser's history cannot be read: ${error}`;
    postMessage({ id, status: 500, body: JSON.stringify({ code: 20500, message, more_info: null, status: 500 }) });
  }
}

async function answered(path) {
  await catchUp();
  return local.answer(path, Date.now());
}

// Reads what was kept since the last time, and forgets what is gone or over its time. What is added has the last key, what is tidied away
// the first or is over its time: where these and their count are the same, all is.
async function catchUp() {
  const [count = 0, expired, last, first] = await all((store) => [
    store.count(),
    store.index("expires").count(IDBKeyRange.upperBound(Date.now())),
    store.openKeyCursor(null, "prev"),
    store.openKeyCursor(),
  ]);
  const looks = [count, expired, last?.key, first?.key].join();
  if (looks === looked) return;
  await catchUpWith(await present());
  looked = looks;
}

async function catchUpWith(keys) {
  const names = new Set(keys.map(String));
  const gone = new Set();
  for (const [name, session] of known) {
    if (names.has(name)) continue;
    known.delete(name);
    if (session !== null) gone.add(session);
  }
  for (const session of gone) local.forget(session);
  // What is left of a session that lost some is read again.
  for (const [name, session] of known) if (gone.has(session)) known.delete(name);
  const news = keys.filter((key) => !known.has(String(key)));
  if (news.length === 0) return;
  // Many at once are read in one go.
  const records = news.length > keys.length / 2 ? await all((store) => store.getAll()) : await all((store) => news.map((key) => store.get(key)));
  for (const record of records.flat()) add(record, names);
}

function add(record, names) {
  const name = String(record?.key);
  if (!names.has(name) || known.has(name)) return;
  const { text, at } = record;
  known.set(name, (typeof text === "string" && local.add(text, at)) || null);
}

// The keys of what is not over its time.
async function present() {
  const [keys, expired] = await all((store) => [store.getAllKeys(), store.index("expires").getAllKeys(IDBKeyRange.upperBound(Date.now()))]);
  if (!expired?.length) return keys ?? [];
  const names = new Set(expired.map(String));
  return keys.filter((key) => !names.has(String(key)));
}

// How much there is.
async function figures() {
  await catchUp();
  const keys = await present();
  const names = new Set(keys.map(String));
  const [waiting] = await all((store) => [store.index("to").getAllKeys()]);
  let characters = 0;
  await walk((store) => store.index("size").openKeyCursor(), ({ key, primaryKey }) => {
    if (names.has(String(primaryKey))) characters += key;
  });
  const at = (key) => (key === undefined ? null : Math.floor(key[0]));
  const body = {
    batches: keys.length,
    waiting: (waiting ?? []).filter((key) => names.has(String(key))).length,
    characters,
    first_at: at(keys[0]),
    last_at: at(keys.at(-1)),
    damaged: [...known.values()].filter((session) => session === null).length,
  };
  return [200, JSON.stringify(body)];
}

// Deletes the history; what waits to be sent only if `isAll`.
async function cleared(isAll) {
  const [keys = [], waiting = []] = await all((store) => [store.getAllKeys(), store.index("to").getAllKeys()]);
  const left = isAll ? new Set() : new Set(waiting.map(String));
  const deleted = keys.filter((key) => !left.has(String(key)));
  await all((store) => deleted.map((key) => store.delete(key)), "readwrite");
  return [200, JSON.stringify({ deleted: deleted.length, left: left.size })];
}

// The results of one request or several, in one transaction; none where there is no database.
async function all(ask, mode = "readonly") {
  const store = await opened(mode);
  if (store === null) return [];
  return new Promise((resolve, reject) => {
    const { transaction } = store;
    const requests = [ask(store)].flat();
    transaction.oncomplete = () => resolve(requests.map(({ result }) => result));
    transaction.onabort = () => reject(transaction.error);
  });
}

async function walk(ask, act) {
  const store = await opened("readonly");
  if (store === null) return;
  await new Promise((resolve, reject) => {
    const request = ask(store);
    request.onsuccess = () => {
      if (request.result === null) return;
      act(request.result);
      request.result.continue();
    };
    store.transaction.oncomplete = resolve;
    store.transaction.onabort = () => reject(store.transaction.error);
  });
}

// The module's store, if there is one.
async function opened(mode) {
  database ??= await open();
  return database?.transaction(STORE, mode).objectStore(STORE) ?? null;
}

function open() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("callscope");
    // There is none, and it is not for this worker to make one.
    opening.onupgradeneeded = () => opening.transaction.abort();
    opening.onsuccess = () => {
      const found = opening.result;
      // The module may want a newer one, or somebody none: then it is looked for again.
      const leave = () => (database = null);
      found.onversionchange = () => leave(found.close());
      found.onclose = leave;
      if (found.objectStoreNames.contains(STORE)) return resolve(found);
      found.close();
      resolve(null);
    };
    opening.onerror = () => (opening.error.name === "AbortError" ? resolve(null) : reject(opening.error));
  });
}
