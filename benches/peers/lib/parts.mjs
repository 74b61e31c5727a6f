// The four parts of the measurement. Each returns plain data for results.json.
import { meters } from "./browser.mjs";
import { median } from "./median.mjs";

/** Samples before and in a timed stretch, by size. A report per track takes long to build: such subjects get a third of a stretch. */
export const WARM_UP = { S: 900, M: 240, L: 150 };
export const STRETCH = { S: 300, M: 120, L: 30 };
const STRETCHES = 2;
const TRACKS = 3;
const COLD_RUNS = 3;
const COLD_SAMPLES = 30;
const GARBAGE_RUNS = 2;
/** So many that what makes intervals is compiled: one sample in ten closes one. */
const GARBAGE_WARM_UP = 100;
const GARBAGE_SAMPLES = { S: 100, M: 40, L: 10 };
const REAL = {
  "1+1": { send: [1, 1], recv: [1, 1] },
  "10+10": { send: [1, 1], recv: [10, 10] },
  "50+50": { send: [1, 1], recv: [50, 50] },
};
const REAL_SAMPLES = 15;
/** Chromium gives the same report again for 50 ms. */
const GAP = 60;

/** Another order in each round. */
export const rotated = (list, by) => list.map((_, i) => list[(i + by) % list.length]);

/** µs per sample by size and subject, one figure a round: all subjects share a fresh page, in another order each round. */
export async function warm({ withPage }, names, { sizes, rounds }, log) {
  const [us, checks] = [{}, {}];
  for (let round = 0; round < rounds; round++) {
    for (const size of sizes) {
      const args = [size, rotated(names, round), WARM_UP[size], STRETCH[size], STRETCHES, TRACKS];
      const result = await withPage((page) => page.evaluate((args) => window.bench.round(...args), args));
      for (const name of names) ((us[size] ??= {})[name] ??= []).push(result.us[name]);
      checks[size] = result.check;
    }
    log(`warm ${round + 1} of ${rounds}`);
  }
  return { us, checks };
}

/** µs of each of the first samples of a fresh page, by size and subject. */
export async function cold({ withPage }, names, { sizes }, log) {
  const us = {};
  for (let run = 0; run < COLD_RUNS; run++) {
    for (const size of sizes) {
      for (const name of names) {
        const args = [size, name, COLD_SAMPLES];
        const result = await withPage((page) => page.evaluate((args) => window.bench.cold(...args), args));
        ((us[size] ??= {})[name] ??= []).push(result);
      }
    }
    log(`cold ${run + 1} of ${COLD_RUNS}`);
  }
  return us;
}

/** Bytes on the JavaScript heap per sample, by size and subject. */
export async function garbage({ withPage }, names, { sizes }, log) {
  const bytes = {};
  for (let run = 0; run < GARBAGE_RUNS; run++) {
    for (const size of sizes) {
      for (const name of names) {
        const args = [size, name, GARBAGE_WARM_UP, GARBAGE_SAMPLES[size]];
        const result = await withPage((page) => page.evaluate((args) => window.bench.garbage(...args), args));
        ((bytes[size] ??= {})[name] ??= []).push(result);
      }
    }
  }
  log("garbage");
  return bytes;
}

/** What samples of real connections cost, by connection and kind of work. */
export async function real(browser, names, { kinds = Object.keys(REAL), realRounds }, log) {
  const work = ["idle", "getStats", "getStats+forEach", "getStats+walk", ...names];
  const results = {};
  for (const kind of kinds) {
    if (!REAL[kind]) throw new Error(`there is no real connection ${kind}, only ${Object.keys(REAL).join(", ")}`);
    results[kind] = await browser.withPage(async (page, context) => {
      const connection = await page.evaluate((spec) => window.bench.real.connect(spec), REAL[kind]);
      if (connection.state !== "connected") throw new Error(`the real connection ${kind} is ${connection.state}`);
      const identity = await page.evaluate(() => window.bench.real.identity());
      const split = await page.evaluate((gap) => window.bench.real.split(60, gap), GAP);
      const [{ thread }, all] = [await meters(page, context), await browser.processes()];
      const block = Object.fromEntries(work.map((name) => [name, { wall: [], task: [], all: [] }]));
      for (let round = 0; round < realRounds; round++) {
        for (const name of rotated(work, round)) {
          const before = [await all(), (await thread()).task];
          const args = [name, REAL_SAMPLES, GAP];
          const wall = await page.evaluate((args) => window.bench.real.block(...args), args);
          const after = [(await thread()).task, await all()];
          block[name].wall.push(median(wall));
          block[name].task.push((after[0] - before[1]) / REAL_SAMPLES);
          block[name].all.push((after[1] - before[0]) / REAL_SAMPLES);
        }
      }
      log(`real ${kind}`);
      const walls = Object.entries(split).map(([name, us]) => [name, median(us)]);
      return { ...connection, identity, split: Object.fromEntries(walls), block };
    });
  }
  return results;
}
