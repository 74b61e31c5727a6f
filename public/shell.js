// The frame of the page: which page the address names, the part of the app that has it, the theme. It is there before any WebAssembly is.

const PAGES = { live: "calls", replay: "calls", dashboard: "overview", rooms: "overview", settings: "overview" };
// A room and a participant, of what is stored or of a file that was opened.
const ROOM = /^(opened\/)?rooms\/[^/]+(\/participants\/[^/]+)?$/;
const FIRST = "live";
const THEME = "callscope.theme";
const THEMES = "[data-theme-choice]";

const root = document.documentElement;
const main = document.getElementById("main");
const loading = document.getElementById("loading");
const missing = document.getElementById("missing");
const links = [...document.querySelectorAll("header nav a")];

// What a part is loaded of, by its name: Trunk writes it into the page.
const parts = new Map([...document.querySelectorAll("link[rel='part']")].map((link) => [/callscope-(\w+)/.exec(link.href)[1], link]));
const loads = new Map();

const path = () => location.hash.replace(/^#\/*|\/*(\?.*)?$/g, "");

function style(href) {
  if (document.querySelector(`link[rel=stylesheet][href="${href}"]`)) return null;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((loaded, failed) => {
    link.onload = loaded;
    link.onerror = () => {
      link.remove();
      failed(new Error(`${href} did not come`));
    };
    document.head.append(link);
  });
}

function load(part) {
  if (!loads.has(part)) {
    const { href, dataset } = parts.get(part);
    const wasm = fetch(new URL(dataset.wasm, document.baseURI));
    const styles = (dataset.styles ?? "").split(" ").filter(Boolean).map(style);
    const loaded = Promise.all([import(href), ...styles]).then(([{ default: start }]) => start({ module_or_path: wasm }));
    loads.set(part, loaded);
    // The next time the page is asked for, it is tried again.
    loaded.catch(() => loads.delete(part));
  }
  return loads.get(part);
}

async function show() {
  const name = path() || FIRST;
  const part = ROOM.test(name) ? "room" : Object.hasOwn(PAGES, name) && PAGES[name];
  let title = part ? "Stored call" : "Page not found";
  for (const link of links) {
    const isCurrent = part && link.hash === `#/${name.split("/")[0]}`;
    if (isCurrent) title = link.firstChild.data.trim();
    link.toggleAttribute("aria-current", isCurrent);
    if (isCurrent) link.setAttribute("aria-current", "page");
  }
  document.title = `${title} \u00b7 callscope`;
  const only = (shown) => {
    for (const child of main.children) child.hidden = child !== shown;
  };
  if (!part) {
    missing.querySelector("code").textContent = location.hash;
    only(missing);
    return;
  }
  if (!loads.has(part)) {
    loading.firstElementChild.textContent = "Loading\u2026";
    only(loading);
  }
  try {
    await load(part);
    only(document.getElementById(part));
  } catch (error) {
    loading.firstElementChild.textContent = `The page could not be loaded: ${error.message}. Reload it.`;
    only(loading);
  }
}

// Back leads to where one was: each step of the browser's history keeps how far down its page was looked at.
history.scrollRestoration = "manual";
addEventListener("scrollend", () => {
  if (!frame) history.replaceState(scrollY, "");
});

// The page grows as it is loaded, so this takes some seconds at most, unless somebody moves it meanwhile. What it stops at on the way is not kept:
// a reload in between would end there.
let frame;
function stay() {
  cancelAnimationFrame(frame);
  frame = undefined;
}
for (const type of ["wheel", "pointerdown", "keydown"]) addEventListener(type, stay);
function reach(top, until = Date.now() + 9000) {
  stay();
  scrollTo(0, top);
  if (scrollY + 1 < top && Date.now() < until) frame = requestAnimationFrame(() => reach(top, until));
}

// The keyboard follows to the new page; on the first one, and within one, it stays.
let before = path();
addEventListener("hashchange", () => {
  const shown = show();
  if (before === (before = path())) return;
  reach(history.state);
  shown.then(() => main.focus({ preventScroll: true }));
});

// Not a link to an anchor: what is behind the # names a page.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

// The settings have these buttons, too.
function press() {
  for (const button of document.querySelectorAll(THEMES)) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === (root.dataset.theme ?? "")));
  }
}
document.addEventListener("click", ({ target }) => {
  const theme = target.closest?.(THEMES)?.dataset.themeChoice;
  if (theme === undefined) return;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  // Storage may be full or switched off: the choice then lasts until the page is left.
  try {
    localStorage.setItem(THEME, theme);
  } catch {}
  press();
});
press();
show();
reach(history.state);
