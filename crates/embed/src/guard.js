// Nothing of ours reaches the application as an exception.

let hasWarned = false;

// What it gives; undefined if it threw, which is told once.
export function guarded(act) {
  try {
    return act();
  } catch (error) {
    failed(error);
    return undefined;
  }
}

export function failed(error) {
  if (hasWarned) return;
  hasWarned = true;
  console.error("callscope:", error);
}

// An error of the application's own goes where its other errors go.
export function report(error) {
  if (typeof reportError === "function") reportError(error);
  else console.error(error);
}
