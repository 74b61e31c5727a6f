// A collector that runs on this machine: it can be ended, killed, and started again over the same store.

import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ACCOUNT = `AC${"c".repeat(32)}`;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PATIENCE_MS = 20_000;

let binary = null;

// The binary, as cargo says where it is.
function built() {
  const out = execFileSync("cargo", ["build", "-p", "callscope-collector", "--bin", "callscope", "--message-format=json-render-diagnostics"], {
    cwd: ROOT,
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const messages = out.toString().trim().split("\n").map((line) => JSON.parse(line));
  return messages.find((message) => message.executable?.endsWith("callscope")).executable;
}

/** Has `callscope simulate` send calls, to a server of this process perhaps. */
export async function simulate(args) {
  binary ??= built();
  await promisify(execFile)(binary, ["simulate", ...args]);
}

/**
 * What `find` finds in a collector; while it finds nothing, the collector gets the calls of a further seed: what is seldom is not among those of each.
 *
 * @template T
 * @param {{add: (calls: string[]) => Promise<void>}} collector
 * @param {string[]} calls arguments of `callscope simulate` that say how many, and when
 * @param {() => Promise<T | null>} find
 * @returns {Promise<T>}
 */
export async function findAmong(collector, calls, find) {
  for (let seed = 1001; seed <= 1005; seed += 1) {
    const found = await find();
    if (found !== null) return found;
    await collector.add([...calls, "--seed", String(seed)]);
  }
  const found = await find();
  if (found === null) throw new Error("the calls made up have nothing like that, nor those of five further seeds");
  return found;
}

/**
 * Starts one. With `keys` it has one of each kind, else it serves this machine without any.
 *
 * @param {{args?: string[], keys?: boolean, calls?: string[]}} options `args` are further arguments of `callscope serve`, `calls` those of
 *   `callscope simulate` for calls that it has from the start
 */
export async function startCollector({ args = [], keys = false, calls } = {}) {
  binary ??= built();
  const folder = mkdtempSync(join(tmpdir(), "callscope-"));
  const store = `sqlite:${join(folder, "callscope.db")}`;
  const add = (kind) => execFileSync(binary, ["keys", "add", "--store", store, "--kind", kind, "--account", ACCOUNT]).toString().trim();
  const collector = { keys: keys ? { ingest: add("ingest"), read: add("read") } : null };
  const makeUp = (calls) => execFileSync(binary, ["simulate", ...calls, "--store", store], { stdio: ["ignore", "ignore", "inherit"] });
  if (calls) makeUp(calls);
  let child = null;

  async function run(listen) {
    child = spawn(binary, ["serve", "--listen", listen, "--store", store, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    const lines = createInterface(child.stderr);
    const said = [];
    const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    collector.url = await new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the collector ended with ${code}:\n${said.join("\n")}`)));
      lines.on("line", (line) => {
        said.push(line);
        const found = line.match(/listening at (http:\/\/[\d.:]+)/);
        if (found) resolve(found[1]);
      });
    });
    clearTimeout(timer);
  }

  const end = async (signal) => {
    const ended = new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once("exit", resolve) : resolve()));
    child.kill(signal);
    await ended;
  };
  collector.end = () => end("SIGTERM");
  collector.kill = () => end("SIGKILL");
  /** Starts it again, at the same address. */
  collector.restart = () => run(new URL(collector.url).host);
  /** Gives it further calls that are made up: it is at the same address again afterwards. */
  collector.add = async (calls) => {
    await end("SIGTERM");
    makeUp(calls);
    await collector.restart();
  };
  /** Ends it for good. */
  collector.stop = async () => {
    await end("SIGTERM");
    rmSync(folder, { recursive: true });
  };
  /** What it answers to a path, as JSON. */
  collector.get = async (path) => {
    const headers = keys ? { authorization: `Bearer ${collector.keys.read}` } : {};
    const response = await fetch(`${collector.url}${path}`, { headers });
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
    return response.json();
  };
  await run("127.0.0.1:0");
  return collector;
}
