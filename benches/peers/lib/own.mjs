// Builds what is measured of callscope as it is shipped.
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const NAME = "callscope_bench_peers";
// What browsers have had for years; all of Binaryen's features would make modules that Chromium refuses.
const FEATURES = [
  "bulk-memory",
  "sign-ext",
  "nontrapping-float-to-int",
  "mutable-globals",
  "reference-types",
  "multivalue",
];

/** Builds the module that applications embed, and returns its folder. */
export function buildModule() {
  const { status } = spawnSync("cargo", ["xtask", "module"], { cwd: root, stdio: ["ignore", 2, 2] });
  // 1 says that it was built and is over its size budget.
  if (status !== 0 && status !== 1) throw new Error("the module could not be built: see above");
  return path.join(root, "npm", "dist");
}

/** Builds the reader and the engine by themselves into a folder and returns it, with a setting for cargo if there is one. */
export function build(folder, setting) {
  const config = setting ? ["--config", setting] : [];
  const cargo = [
    "build",
    "--profile",
    "wasm-release",
    "--target",
    "wasm32-unknown-unknown",
    "-p",
    "callscope-bench-peers",
  ];
  run("cargo", [...config, ...cargo]);
  const metadata = execFileSync("cargo", ["metadata", "--format-version=1", "--no-deps"], {
    cwd: root,
    maxBuffer: 1 << 26,
  });
  const target = JSON.parse(metadata).target_directory;
  const built = path.join(target, "wasm32-unknown-unknown", "wasm-release", `${NAME}.wasm`);
  run(tool("wasm-bindgen", "wasm-bindgen-cli-"), ["--target", "web", "--no-typescript", "--out-dir", folder, built]);
  const wasm = path.join(folder, `${NAME}_bg.wasm`);
  const enabled = FEATURES.map((feature) => `--enable-${feature}`);
  run(tool("wasm-opt", "binaryen-"), ["-Oz", "--strip-debug", "--strip-producers", ...enabled, wasm, "-o", wasm]);
  return folder;
}

function run(program, args) {
  execFileSync(program, args, { cwd: root, stdio: ["ignore", 2, 2] });
}

/** A program on PATH, or where `cargo xtask run` keeps the tools that it installs. */
function tool(name, folder) {
  const onPath = process.env.PATH.split(path.delimiter).map((place) => path.join(place, name));
  const cache =
    process.env.CALLSCOPE_CACHE ??
    path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "callscope");
  const tools = path.join(cache, "tools");
  const installed = fs.existsSync(tools) ? fs.readdirSync(tools).filter((entry) => entry.startsWith(folder)) : [];
  const inCache = installed.flatMap((entry) =>
    ["bin", "node_modules/.bin"].map((bin) => path.join(tools, entry, bin, name)),
  );
  const found = [...onPath, ...inCache].find((file) => fs.existsSync(file));
  if (found) return found;
  throw new Error(`${name} is missing: run \`cargo xtask run\` once, which installs it, or put it on PATH`);
}
