// A collector that runs, with keys and some rooms in it.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

export const ACCOUNT = `AC${"c".repeat(32)}`;
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

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

export async function startCollector() {
  const binary = built();
  const folder = mkdtempSync(join(tmpdir(), "callscope-"));
  const store = `sqlite:${join(folder, "callscope.db")}`;
  const key = (kind) =>
    execFileSync(binary, ["keys", "add", "--store", store, "--kind", kind, "--account", ACCOUNT]).toString().trim();
  const keys = { ingest: key("ingest"), read: key("read") };
  const child = spawn(binary, ["serve", "--listen", "127.0.0.1:0", "--store", store], { stdio: ["ignore", "ignore", "pipe"] });
  const url = await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the collector ended with ${code}`)));
    createInterface(child.stderr).on("line", (line) => {
      const found = line.match(/listening at (http:\/\/[\d.:]+)/);
      if (found) resolve(found[1]);
    });
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true });
  };
  return { url, keys, stop };
}

export const sid = (prefix, number) => prefix + number.toString(16).padStart(32, "0");

// A room of two participants, over or not.
export async function sendRoom({ url, keys }, number, { type, startedAt, isOver = true, codec = "video/VP8" }) {
  for (const participant of [2 * number, 2 * number + 1]) {
    const end = startedAt + 20_000;
    const batch = {
      schema: 1,
      batch_id: crypto.randomUUID(),
      session: crypto.randomUUID(),
      seq: 0,
      started_at: startedAt,
      sent_at: Date.now(),
      room: { sid: sid("RM", number), name: `room ${number}`, type },
      participant: { sid: sid("PA", participant), identity: `person ${participant}` },
      client: { os: { name: "Windows", version: "11" }, browser: { name: "Chrome", version: "156" }, device: {},
        sdk: { name: "twilio-video.js", version: "2.34.0" } },
      intervals: [{ scope: "track", direction: "send", track: "MT1", pc: "pc1", kind: "video", start: startedAt, duration_ms: 20_000,
        bitrate_bps: 1e6, packets_sent: 1000, packets_lost: 0, packet_loss_pct: 0, rtt_ms: 40, codec, notes: [] }],
      events: [{ event: "call", type: "recording_started", at: startedAt }],
    };
    if (isOver) batch.final = { ended_at: end, summary: { tracks: [], received: [], connections: [], issues: [] } };
    const answer = await fetch(`${url}/v1/batches`, {
      method: "POST",
      headers: { authorization: `Bearer ${keys.ingest}`, "content-encoding": "gzip", "content-type": "application/json" },
      body: gzipSync(JSON.stringify(batch)),
    });
    if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  }
}
