// A real call of a page with itself that is sent to a collector, and what the collector has of it.

import assert from "node:assert/strict";

/**
 * Makes the call, measures and sends it. It runs in the page, which has `tell(participant, interval)` and `newToken()`.
 *
 * @param {{endpoint: string, identity: string, flushEveryMs?: number}} options
 */
export async function realCall({ endpoint, identity, flushEveryMs }) {
  const { start } = await import("/callscope/callscope.js");
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  near.onicecandidate = ({ candidate }) => far.addIceCandidate(candidate);
  far.onicecandidate = ({ candidate }) => near.addIceCandidate(candidate);
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 180 } });
  for (const track of media.getTracks()) near.addTrack(track, media);
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
  window.scope = await start({ endpoint, token: () => window.newToken(), flushEveryMs });
  const sid = (prefix) => prefix + crypto.randomUUID().replaceAll("-", "");
  const participant = { sid: sid("PA"), identity };
  window.session = window.scope.attachPeerConnection(near, { room: { sid: sid("RM"), name: "standup", type: "group" }, participant });
  window.session.on("interval", (interval) => window.tell(participant.sid, interval));
  return participant.sid;
}

/** What tells an interval of a participant from every other. */
export const keyOf = (participant, { scope, track, pc, start, duration_ms: duration }) => [participant, scope, track, pc, start, duration].join(" ");

/** All intervals in a collector, each with its participant. */
export async function storedIn(collector) {
  const { rooms } = await collector.get("/v1/Video/Rooms");
  const intervals = [];
  for (const { room_sid: room } of rooms) {
    for (const { participant_sid: participant } of (await collector.get(`/v1/Video/Rooms/${room}/Participants`)).participants) {
      const { intervals: some } = await collector.get(`/v1/insights/rooms/${room}/participants/${participant}/intervals`);
      intervals.push(...some.map((interval) => [participant, interval]));
    }
  }
  return intervals;
}

/** Waits until that is so. */
export async function eventually(holds, patienceMs = 30_000) {
  const deadline = performance.now() + patienceMs;
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, "it never came to that");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
