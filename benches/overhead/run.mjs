// Measures what watching a call takes of its page, beside the same call unwatched: see ../README.md.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

const peers = path.join(import.meta.dirname, "../peers");
if (!fs.existsSync(path.join(peers, "node_modules"))) {
  console.error(`The peers are not installed: npm ci --prefix ${path.relative(".", peers)}`);
  process.exit(1);
}
const { bundle } = await import("../peers/lib/bundle.mjs");
const { launch, meters } = await import("../peers/lib/browser.mjs");
const { buildModule } = await import("../peers/lib/own.mjs");
const { rotated } = await import("../peers/lib/parts.mjs");
const { serve } = await import("../peers/lib/server.mjs");
const { table } = await import("./table.mjs");

const HELP = `node run.mjs [options]

  --rounds N        rounds (5); each has every watcher once, in another order, each in a fresh page with a call of its own
  --seconds N       how long each is measured (60)
  --module DIR      the module as it was built before (npm/dist), instead of building it
  --chromium PATH   the browser (CHROMIUM, or chromium on PATH)`;
const DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
/** How long a new call is left alone, and then its watcher, until both are at their pace. */
const SETTLE_MS = 5000;
const START_MS = 3000;

const log = (...words) => console.error(new Date().toISOString().slice(11, 19), ...words);

/** One call and one watcher: what happened up to the watcher's first seconds, then in the time after them. */
async function measure({ withPage }, name, seconds) {
  return withPage(async (page, context) => {
    await page.evaluate(() => window.bench.call());
    await sleep(SETTLE_MS);
    const { thread, heap } = await meters(page, context);
    await heap();
    const before = await thread();
    await page.evaluate((name) => window.bench.watch(name), name);
    await sleep(START_MS);
    const [started, atStart] = [await thread(), await page.evaluate(() => window.bench.counts())];
    await sleep(seconds * 1000);
    const [after, atEnd] = [await thread(), await page.evaluate(() => window.bench.counts())];
    if (atEnd.state !== "connected") throw new Error(`the call is ${atEnd.state}`);
    return {
      start: started.task - before.task,
      task: after.task - started.task,
      script: after.script - started.script,
      heap: await heap(),
      memory: atEnd.memory,
      asked: atEnd.asked - atStart.asked,
      heard: atEnd.heard - atStart.heard,
    };
  });
}

async function main() {
  const text = { type: "string" };
  const { values } = parseArgs({ options: { rounds: text, seconds: text, module: text, chromium: text, help: { type: "boolean" } } });
  if (values.help) return console.log(HELP);
  const [rounds, seconds] = [Number(values.rounds ?? 5), Number(values.seconds ?? 60)];
  if (!(rounds >= 1 && seconds >= 1)) throw new Error(`--rounds and --seconds are whole numbers from 1\n\n${HELP}`);
  const observertc = 'export { ClientMonitor } from "@observertc/client-monitor-js";';
  const server = await serve({
    made: { "/main.js": await bundle('import "../overhead/page.js";'), "/library/observertc.js": await bundle(observertc) },
    files: { "/": path.join(import.meta.dirname, "page.html") },
    folders: { "/module/": values.module ?? buildModule() },
  });
  const browser = await launch(values.chromium ?? process.env.CHROMIUM ?? "chromium", server.url, "", DEVICES);
  try {
    const names = await browser.withPage((page) => page.evaluate(() => window.bench.names));
    const results = Object.fromEntries(names.map((name) => [name, []]));
    const loads = [];
    for (let round = 0; round < rounds; round++) {
      for (const name of rotated(names, round)) {
        results[name].push(await measure(browser, name, seconds));
        loads.push(os.loadavg()[0]);
      }
      log(`round ${round + 1} of ${rounds}`);
    }
    const about = { chromium: browser.version, cpu: os.cpus()[0].model, cpus: os.cpus().length, when: new Date().toISOString() };
    console.log(table({ ...about, rounds, seconds, loads, results }));
  } finally {
    await browser.close();
    server.close();
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
