// Records a loopback call over a bad network: `node record.mjs SCENARIO [FOLDER]`.
//
// Writes FOLDER/chromium<version>-<scenario>.jsonl.gz, a line a second of each side (`{"pc", "at", "stats"}`), and beside it
// `.truth.json`: what the relay really did to the packets while it was recorded. FOLDER is tests/fixtures if not given.

import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { launch, withPage } from "./browser.mjs";
import { Relay } from "./relay.mjs";
import { HARNESS_FOLDER, serve } from "./serve.mjs";

/**
 * What can be recorded: the call, and by second what happens to it. `network` is what `Relay.shape` takes, `pause` the
 * simulcast layer that is switched off.
 */
const SCENARIOS = {
  "loss8-delay150": {
    seconds: 60,
    call: {},
    steps: [{ at: 0, network: { loss: 0.08, delay: 150 } }],
  },
  // The top layer is switched off while the round trip is long: its last RTCP report, of a long trip, stays in the statistics
  // for the rest of the call.
  "simulcast-top-paused": {
    seconds: 75,
    call: { simulcast: true },
    steps: [
      { at: 0, network: { loss: 0.02, delay: 30 } },
      { at: 12, network: { loss: 0.02, delay: 350 } },
      { at: 20, pause: "f" },
      { at: 22, network: { loss: 0.02, delay: 30 } },
    ],
  },
};

const PERIOD_MS = 1000;

/** Members that say where a machine is, or that would let somebody into its connection. */
const PRIVATE_MEMBERS = new Set([
  "address",
  "base64Certificate",
  "fingerprint",
  "foundation",
  "iceLocalUsernameFragment",
  "ip",
  "issuerCertificateId",
  "label",
  "localCertificateId",
  "port",
  "relatedAddress",
  "relatedPort",
  "remoteCertificateId",
  "url",
  "usernameFragment",
]);

const [name, folder = fileURLToPath(new URL("../fixtures", import.meta.url))] = process.argv.slice(2);
const scenario = SCENARIOS[name];
if (scenario === undefined) {
  console.error(`usage: node record.mjs ${Object.keys(SCENARIOS).join("|")} [FOLDER]`);
  process.exit(2);
}

const browser = await launch();
const server = await serve(HARNESS_FOLDER);
const relay = new Relay();
try {
  await withPage(browser, { relay }, async (page) => {
    const version = browser.version().split(".")[0];
    const lines = await record(page);
    const path = `${folder}/chromium${version}-${name}`;
    await writeFile(`${path}.jsonl.gz`, gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(""), { level: 9 }));
    await writeFile(`${path}.truth.json`, `${JSON.stringify({ browser: browser.version(), ...scenario, ...relay.truth() }, null, 2)}\n`);
    console.log(`${path}.jsonl.gz: ${lines.length} reports`);
  });
} finally {
  await relay.close();
  await server.close();
  await browser.close();
}

async function record(page) {
  const pending = [...scenario.steps];
  relay.shape(pending[0].network);
  await page.goto(`${server.origin}/loopback.html`);
  await page.evaluate((options) => window.startCall(options), scenario.call);
  const started = performance.now();
  const lines = [];
  for (let second = 0; second <= scenario.seconds; second += 1) {
    const wait = started + second * PERIOD_MS - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(wait, 0)));
    while (pending.length > 0 && pending[0].at <= second) {
      const { network, pause } = pending.shift();
      if (network !== undefined) relay.shape(network);
      if (pause !== undefined) await page.evaluate((rid) => window.call.setLayer(rid, false), pause);
    }
    const { at, near, far } = await page.evaluate(() => window.call.reports());
    lines.push({ pc: "near", at, stats: withoutAddresses(near) }, { pc: "far", at, stats: withoutAddresses(far) });
  }
  return lines;
}

function withoutAddresses(stats) {
  return stats
    .filter(({ type }) => type !== "certificate")
    .map((entry) => Object.fromEntries(Object.entries(entry).filter(([member]) => !PRIVATE_MEMBERS.has(member))));
}
