// Boundary estimate, lower: JS walks once, looks up a slot by id, and writes the needed numbers into a Float64Array
// (which would be a view of WASM memory). Strings cross only when an id is first seen. The kernel's own work is not included.
const STRIDE = 8;
const buf = new Float64Array(STRIDE * 4096);
let slots;
let count;
function slot(e) {
  let s = slots.get(e.id);
  if (s === undefined) {
    s = slots.size * STRIDE;
    slots.set(e.id, s);
  }
  return s;
}
function pack(e) {
  let s;
  switch (e.type) {
    case "outbound-rtp":
      s = slot(e);
      buf[s] = 1;
      buf[s + 1] = e.timestamp;
      buf[s + 2] = e.bytesSent;
      buf[s + 3] = e.headerBytesSent;
      buf[s + 4] = e.packetsSent;
      buf[s + 5] = e.retransmittedBytesSent;
      buf[s + 6] = e.retransmittedPacketsSent;
      buf[s + 7] = e.targetBitrate;
      count++;
      break;
    case "remote-inbound-rtp":
      s = slot(e);
      buf[s] = 2;
      buf[s + 1] = e.timestamp;
      buf[s + 2] = e.packetsLost;
      buf[s + 3] = e.totalRoundTripTime;
      buf[s + 4] = e.roundTripTimeMeasurements;
      buf[s + 5] = e.roundTripTime;
      buf[s + 6] = e.fractionLost;
      buf[s + 7] = e.jitter;
      count++;
      break;
    case "inbound-rtp":
      s = slot(e);
      buf[s] = 3;
      buf[s + 1] = e.timestamp;
      buf[s + 2] = e.bytesReceived;
      buf[s + 3] = e.headerBytesReceived;
      buf[s + 4] = e.packetsReceived;
      buf[s + 5] = e.packetsLost;
      buf[s + 6] = e.jitter;
      count++;
      break;
    default:
  }
}
export default {
  name: "bnd-pack",
  note: "one forEach; 7 numbers per outbound, inbound and remote-inbound entry into a Float64Array at a slot found by id",
  setup() {
    slots = new Map();
  },
  async sample(pc) {
    count = 0;
    (await pc.getStats()).forEach(pack);
  },
  check() {
    return { count, slots: slots.size };
  },
};
