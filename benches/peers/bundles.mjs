// node bundles.mjs: what each library adds to a page, into bundles.json, which `cargo xtask size` prints under the module.
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { fileURLToPath } from "node:url";
import { bundle } from "./lib/bundle.mjs";

/** What an application imports of each library, and of which package that is. */
const LIBRARIES = [
  ["@observertc/client-monitor-js", 'export { ClientMonitor } from "@observertc/client-monitor-js";'],
  ["@peermetrics/webrtc-stats", 'export { WebRTCStats } from "@peermetrics/webrtc-stats";'],
  ["webrtc-issue-detector", 'export { default } from "webrtc-issue-detector";'],
  // The SDK itself is in the page already: this is the one file that reads reports, and what that needs.
  ["twilio-video", 'export { default } from "twilio-video/lib/webrtc/getstats.js";', "its parser alone"],
];
const NOTE =
  "The peers of the module as an application's bundler makes them, in bytes. Made by `node benches/peers/bundles.mjs`, after `npm ci --prefix benches/peers`: once more whenever a version in package.json there changes.";

/** Bytes of a file: as it is, by gzip -9, by brotli 11. */
function size(bytes) {
  const brotli = zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11 } });
  return { raw: bytes.length, gzip: zlib.gzipSync(bytes, { level: 9 }).length, brotli: brotli.length };
}

/** The peers' sizes, measured now. */
export async function peers() {
  return Promise.all(
    LIBRARIES.map(async ([name, contents, part]) => ({
      name,
      version: installed(name),
      ...(part ? { part } : {}),
      ...size(await bundle(contents)),
    })),
  );
}

function installed(name) {
  const manifest = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(fs.readFileSync(manifest, "utf8")).version;
}

/** The module's size, from the folder it was built into. */
export function module(folder) {
  const sizes = ["callscope.js", "callscope.wasm"].map((file) => size(fs.readFileSync(path.join(folder, file))));
  const sum = (key) => sizes.reduce((sum, each) => sum + each[key], 0);
  return { name: "callscope", part: "JavaScript and WebAssembly", raw: sum("raw"), gzip: sum("gzip"), brotli: sum("brotli") };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL("bundles.json", import.meta.url);
  fs.writeFileSync(file, `${JSON.stringify({ note: NOTE, libraries: await peers() }, null, 2)}\n`);
  console.log(fs.readFileSync(file, "utf8"));
}
