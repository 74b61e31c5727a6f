// Calls that tests have stored: made up by a seed, or just as a test needs them.

import assert from "node:assert/strict";

import { simulate } from "./collector.mjs";

/** More seeds than that without what a test wants, and it wants too much. */
const MOST_SEEDS = 6;

/** Has a collector take a batch. */
export async function post(collector, batch) {
  const answer = await fetch(`${collector.url}/v1/batches`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(batch) });
  assert.equal(answer.status, 201, await answer.text());
}

/**
 * What `find` finds among the calls of a collector. They are made up from a seed and the hour, and what is rare is not among those of every hour:
 * while `find` gives nothing, the collector gets the calls of one more seed.
 *
 * @param {string[]} calls the arguments of `callscope simulate`, without a seed
 */
export async function wanted(collector, calls, find) {
  for (let seed = 1; seed <= MOST_SEEDS; seed += 1) {
    const found = await find();
    if (found) return found;
    await simulate([...calls, "--seed", String(1000 + seed), "--batch-seconds", "600", "--rate", "0", "--connections", "1", "--to", collector.url]);
  }
  throw new Error(`the calls of ${MOST_SEEDS} more seeds have nothing like that`);
}

/** A figure with so many digits after the point, as the page rounds it: a half in the decimal figure goes up, whatever it is in binary. */
export function rounded(value, digits) {
  const unit = 10 ** digits;
  return (Math.floor(value * unit + 0.5) / unit).toFixed(digits);
}
