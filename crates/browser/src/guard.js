// Nothing of ours reaches the application as an exception.

const told = new Set();

// What it gives; undefined if it threw, which is told once.
export function guarded(act) {
  try {
    return act();
  } catch (error) {
    failed(error);
    return undefined;
  }
}

// The same for what may well be refused: some frames have no storage.
export function quietly(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}

// Tells once for each kind of failure.
export function failed(error, what = "callscope:") {
  if (told.has(what)) return;
  told.add(what);
  console.error(what, error);
}

// An error of the application's own goes where its other errors go.
export function report(error) {
  if (typeof reportError === "function") reportError(error);
  else console.error(error);
}
