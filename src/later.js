// What few pages need is loaded by those: the feed of another page's calls, the module that keeps the demo call, exports that are opened.

const load = (name) => import(new URL(name, document.baseURI));

let kept;
let session;

// Whether this window was opened to watch the calls of another page.
export function isWatching() {
  return window.opener !== null && window.name === "callscope-debug";
}

// `take` is given what comes, as public/feed.js has it.
export function watch(take) {
  load("feed.js").then(({ feed }) => feed(take));
}

// Has a connection measured and kept from now on, as far as it can be: a page without the module shows the call all the same.
export function keep(connection) {
  session = null;
  kept = load("keep.js")
    .then(async (module) => (session = await module.keep(connection)))
    .catch(() => {});
}

// The call is over, and its connections are about to be closed: they are asked for the last time before that.
export function release() {
  if (session) session.stop();
  else kept?.then((late) => late?.stop());
}

export const openExport = (file) => load("opened.js").then(({ open }) => open(file));
