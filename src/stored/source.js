// Where stored calls are read from: a collector, the worker that reads what this browser keeps, or the one that makes calls up. All answer the
// same paths alike.

const CHOSEN = "callscope.source";
const KEY = "callscope.read-key";
// Until when calls are made up, as long as they are: what was chosen besides waits meanwhile.
export const UNTIL = "callscope.made-up";
const HERE = "";
const BROWSER = "browser";
const MADE_UP = "made-up";
// What is said when a worker fails.
const WORKERS = { "local.js": "What this browser keeps cannot be read", "made-up.js": "Calls cannot be made up" };

let own = null;
let asked = 0;
const workers = new Map();

// What was chosen: "browser", "made-up", the address of a collector, or "" for whatever fits this page.
export function chosen() {
  try {
    return localStorage.getItem(UNTIL) ? MADE_UP : (localStorage.getItem(CHOSEN) ?? HERE);
  } catch {
    return HERE;
  }
}

// The key that a collector asks for. It stays in this browser.
export function key() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

// Whether it could be kept.
export function choose(source, key) {
  try {
    localStorage.removeItem(UNTIL);
    localStorage.setItem(CHOSEN, source);
    localStorage.setItem(KEY, key);
    return true;
  } catch {
    return false;
  }
}

// So long a collector may take for an answer: what has none then is told.
const PATIENCE_MS = 60_000;

// Whether the server of this page is a collector: a static host answers with a page, or that there is none. One that does not answer may be one.
async function isCollector() {
  const response = await fetch("healthz", { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  if (!response || response.status >= 500) throw new Error("The server of this page does not answer.");
  return response.ok && (await response.text()).trim() === "ok";
}

// "browser", "made-up", or the address of a collector that ends in "/".
export async function current() {
  const source = chosen();
  if (source !== HERE) return source;
  own ??= isCollector().catch((error) => {
    own = null;
    throw error;
  });
  return (await own) ? document.baseURI.replace(/[^/]*$/, "") : BROWSER;
}

// The header says what is looked at.
function tell(source) {
  const element = document.getElementById("source");
  element.textContent = source === BROWSER ? "this browser" : source === MADE_UP ? "made-up calls" : new URL(source).host;
  element.parentElement.hidden = false;
}

// What stands before the paths of a file that the replay page opened.
const OPENED = "opened:";

// An export holds the answers that it was made of.
function askOpened(path) {
  const answers = globalThis.callscopeOpened?.answers;
  if (!answers) throw new Error("The file is no longer open. Open it again on the replay page.");
  return Object.hasOwn(answers, path) ? [200, answers[path]] : [404, { message: "The file has none." }];
}

// Gives [status, JSON]; throws, with a sentence, when nobody answers.
export async function ask(path) {
  if (path.startsWith(OPENED)) return askOpened(path.slice(OPENED.length));
  const source = await current();
  tell(source);
  const ask = { [BROWSER]: askBrowser, [MADE_UP]: askMadeUp }[source] ?? ((path) => askCollector(source, path));
  if (!path.endsWith("/intervals")) return ask(path);
  const { grown } = await import("./rows.js");
  return grown(path, `${source} ${key()}`, ask);
}

async function askCollector(source, path) {
  const url = new URL(path.slice(1), source);
  const headers = key() ? { authorization: `Bearer ${key()}` } : {};
  let response;
  try {
    response = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch ({ name }) {
    if (name === "TimeoutError") throw new Error(`The collector at ${source} has not answered in a minute.`);
    throw new Error(`The collector at ${source} cannot be reached. Is it running, and does it allow pages of ${location.origin}?`);
  }
  try {
    return [response.status, await response.json()];
  } catch {
    throw new Error(`What answers at ${source} is no collector: it said ${response.status}, and no JSON.`);
  }
}

function askBrowser(path) {
  return askWorker("local.js", { path });
}

function askMadeUp(path) {
  return askWorker("made-up.js", { path, until: Number(localStorage.getItem(UNTIL)) });
}

// How much this browser keeps, whatever the source is.
export function kept() {
  return askWorker("local.js", { kept: true });
}

// Deletes what this browser keeps, but for what waits to be sent.
export function clear() {
  return askWorker("local.js", { clear: true });
}

function askWorker(script, question) {
  return new Promise((resolve, reject) => {
    if (!workers.has(script)) workers.set(script, start(script));
    const { worker, waiting } = workers.get(script);
    const id = ++asked;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ ...question, id });
  });
}

function start(script) {
  const worker = new Worker(new URL(script, document.baseURI));
  const waiting = new Map();
  worker.onmessage = ({ data: { id, status, body } }) => {
    waiting.get(id)?.resolve([status, JSON.parse(body)]);
    waiting.delete(id);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    workers.delete(script);
    for (const { reject } of waiting.values()) reject(new Error(`${WORKERS[script]}: ${event.message || "its worker did not start"}`));
  };
  return { worker, waiting };
}
