// What few pages need is loaded by those: the feed of another page's calls, and the module that keeps the demo call.

const load = (name) => import(new URL(name, document.baseURI));

let kept;

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
  kept = load("keep.js")
    .then((module) => module.keep(connection))
    .catch(() => undefined);
}

// The call is over.
export function release() {
  kept?.then((session) => session?.stop());
}
