// Rooms in a collector.

import { gzipSync } from "node:zlib";

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
