// Where stored calls are read from: a collector, or the worker that reads what this browser keeps. Both answer the same paths alike.

const CHOSEN = "callscope.source";
const KEY = "callscope.read-key";
const HERE = "";
const BROWSER = "browser";

let own = null;
let looked = BROWSER;
let worker = null;
let asked = 0;
const waiting = new Map();

// What was chosen: "browser", the address of a collector, or "" for whatever fits this page.
export function chosen() {
  try {
    return localStorage.getItem(CHOSEN) ?? HERE;
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
    localStorage.setItem(CHOSEN, source);
    localStorage.setItem(KEY, key);
    return true;
  } catch {
    return false;
  }
}

// Whether the server of this page is a collector: a static host answers with a page, or that there is none.
async function isCollector() {
  const response = await fetch("healthz").catch(() => null);
  return response?.ok === true && (await response.text()).trim() === "ok";
}

// "browser", or the address of a collector that ends in "/".
export async function current() {
  const source = chosen();
  if (source !== HERE) return source;
  own ??= isCollector();
  return (await own) ? document.baseURI.replace(/[^/]*$/, "") : BROWSER;
}

// Whether others can read what was asked last: nobody else has what this browser keeps.
export function isShared() {
  return looked !== BROWSER;
}

// The header says what is looked at.
function tell(source) {
  looked = source;
  const element = document.getElementById("source");
  element.textContent = source === BROWSER ? "this browser" : new URL(source).host;
  element.parentElement.hidden = false;
}

// What stands before the paths of a file that the replay page opened.
const OPENED = "opened:";

// An export holds the answers that it was made of.
function askOpened(path) {
  const answers = globalThis.callscopeOpened?.answers;
  if (!answers) throw new Error("The file is no longer open: the page was loaded anew. Open it again on the replay page.");
  return Object.hasOwn(answers, path) ? [200, answers[path]] : [404, { message: "The file does not hold that." }];
}

// Gives [status, JSON]; throws, with a sentence, when nobody answers.
export async function ask(path) {
  if (path.startsWith(OPENED)) return askOpened(path.slice(OPENED.length));
  const source = await current();
  tell(source);
  const ask = (path) => (source === BROWSER ? askBrowser(path) : askCollector(source, path));
  if (!path.endsWith("/intervals")) return ask(path);
  const { grown } = await import("./rows.js");
  return grown(path, `${source} ${key()}`, ask);
}

async function askCollector(source, path) {
  const url = new URL(path.slice(1), source);
  const headers = key() ? { authorization: `Bearer ${key()}` } : {};
  let response;
  try {
    response = await fetch(url, { headers });
  } catch {
    throw new Error(`The collector at ${source} cannot be reached. Is it running, and does it allow pages of ${location.origin}?`);
  }
  try {
    return [response.status, await response.json()];
  } catch {
    throw new Error(`What answers at ${source} is no collector: it said ${response.status}, and no JSON.`);
  }
}

function askBrowser(path) {
  return askWorker({ path });
}

// How much this browser keeps, whatever the source is.
export function kept() {
  return askWorker({ kept: true });
}

// Deletes what this browser keeps, but for what waits to be sent.
export function clear() {
  return askWorker({ clear: true });
}

function askWorker(question) {
  return new Promise((resolve, reject) => {
    worker ??= start();
    const id = ++asked;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ ...question, id });
  });
}

function start() {
  const started = new Worker(new URL("local.js", document.baseURI));
  started.onmessage = ({ data: { id, status, body } }) => {
    waiting.get(id)?.resolve([status, JSON.parse(body)]);
    waiting.delete(id);
  };
  started.onerror = (event) => {
    event.preventDefault();
    worker = null;
    for (const { reject } of waiting.values()) reject(new Error(`What this browser keeps cannot be read: ${event.message || "its worker did not start"}`));
    waiting.clear();
  };
  return started;
}
