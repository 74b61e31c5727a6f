// Floor: one walk, previous counters in a Float64Array at a slot found by id. Per published track: bitrate, packets
// sent and lost over all layers, mean RTT of the interval (max over layers); plus the total inbound bitrate.
// Only shared code is the harness's; this is meant to be about as fast as JS can do it.
let slots, prev, acc, trackIds, inbound;

const OUT = 4; // stride of prev
function slotOf(e) {
  const s = slots.size * OUT;
  if (s + OUT > prev.length) {
    const p = new Float64Array(prev.length * 2);
    p.set(prev);
    prev = p;
  }
  slots.set(e.id, s);
  prev[s + 3] = -1;
  return s;
}
let report_;
function newOut(e) {
  const s = slotOf(e);
  const src = report_.get(e.mediaSourceId);
  const tid = src ? src.trackIdentifier : e.id;
  let t = trackIds.indexOf(tid);
  if (t < 0) t = trackIds.push(tid) - 1;
  prev[s + 3] = t;
  return s;
}
function newRemote(e) {
  const s = slotOf(e);
  const o = slots.get(e.localId);
  if (o !== undefined) prev[s + 3] = prev[o + 3];
  return s;
}
function each(e) {
  switch (e.type) {
    case "outbound-rtp": {
      const s = slots.get(e.id);
      const ts = e.timestamp,
        bytes = e.bytesSent,
        packets = e.packetsSent;
      if (s === undefined) {
        const n = newOut(e);
        prev[n] = ts;
        prev[n + 1] = bytes;
        prev[n + 2] = packets;
        return;
      }
      const a = prev[s + 3] * 4;
      const dt = ts - prev[s];
      if (dt > 0) {
        acc[a] += ((bytes - prev[s + 1]) * 8000) / dt;
        acc[a + 1] += packets - prev[s + 2];
      }
      prev[s] = ts;
      prev[s + 1] = bytes;
      prev[s + 2] = packets;
      return;
    }
    case "remote-inbound-rtp": {
      const s = slots.get(e.id);
      const lost = e.packetsLost,
        sum = e.totalRoundTripTime,
        m = e.roundTripTimeMeasurements;
      if (s === undefined) {
        const n = newRemote(e);
        prev[n] = lost;
        prev[n + 1] = sum;
        prev[n + 2] = m;
        return;
      }
      const t = prev[s + 3];
      if (t >= 0) {
        const a = t * 4;
        acc[a + 2] += lost - prev[s];
        const dm = m - prev[s + 2];
        if (dm > 0) {
          const rtt = (sum - prev[s + 1]) / dm;
          if (rtt > acc[a + 3]) acc[a + 3] = rtt;
        }
      }
      prev[s] = lost;
      prev[s + 1] = sum;
      prev[s + 2] = m;
      return;
    }
    case "inbound-rtp": {
      const s = slots.get(e.id);
      const ts = e.timestamp,
        bytes = e.bytesReceived;
      if (s === undefined) {
        const n = slotOf(e);
        prev[n] = ts;
        prev[n + 1] = bytes;
        return;
      }
      const dt = ts - prev[s];
      if (dt > 0) inbound += ((bytes - prev[s + 1]) * 8000) / dt;
      prev[s] = ts;
      prev[s + 1] = bytes;
      return;
    }
    default:
  }
}
export function processReport(report) {
  report_ = report;
  inbound = 0;
  acc.fill(0);
  report.forEach(each);
  report_ = null;
  const out = [];
  for (let t = 0; t < trackIds.length; t++)
    out.push({
      id: trackIds[t],
      bitrate: acc[t * 4],
      packetsSent: acc[t * 4 + 1],
      packetsLost: acc[t * 4 + 2],
      rtt: acc[t * 4 + 3],
    });
  return { tracks: out, inboundBitrate: inbound };
}
let last;
export default {
  name: "floor",
  note: "processReport(await pc.getStats()): one forEach, previous counters in a Float64Array, slot by id; returns one small object per published track",
  setup() {
    slots = new Map();
    prev = new Float64Array(OUT * 512);
    acc = new Float64Array(4 * 16);
    trackIds = [];
  },
  async sample(pc) {
    last = processReport(await pc.getStats());
  },
  check() {
    return last;
  },
};
