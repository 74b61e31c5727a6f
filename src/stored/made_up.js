// Begins and ends looking at made-up calls.

import { UNTIL } from "./source.js";

// Looks at made-up calls, of the two weeks until now, or no more at these; whether that could be kept.
export function makeUp(isWanted) {
  try {
    if (isWanted) localStorage.setItem(UNTIL, Date.now());
    else localStorage.removeItem(UNTIL);
    return true;
  } catch {
    return false;
  }
}

// Shows the dashboard, with nothing left of what was shown before.
export function startOver() {
  location.hash = "#/dashboard";
  location.reload();
}
