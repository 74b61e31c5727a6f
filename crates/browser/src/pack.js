// Reads a getStats() report into rows of numbers.
//
// Made from callscope-core's tables (crates/core/src/report/columns.rs) and crates/browser/tests/pack/frame.js.
// Do not edit: `UPDATE_PACK=1 cargo test -p callscope-browser` writes it anew.
//
// The browser makes every entry anew at each step of a walk and at each get(): so there is one walk, and no look-up.
// Nothing is allocated for an entry, and only the members that the engine needs are read.

// The walk in hand. A walk is over before another can begin, so it needs no objects of its own.
let reader, out, room, at, skipped, broken;

export class Reader {
  constructor() {
    this.atoms = new Map();
    this.names = [];
    this.skipped = this.broken = 0;
  }

  // Writes the rows that fit into `numbers` and returns how many numbers all of them take.
  pack(report, numbers) {
    reader = this;
    out = numbers;
    room = numbers.length;
    at = skipped = broken = 0;
    try {
      report.forEach(read);
    } catch {
      broken++;
    }
    reader = out = null;
    this.skipped = skipped;
    this.broken = broken;
    return at;
  }

  // The number that stands for that string.
  intern(name) {
    let atom = this.atoms.get(name);
    if (atom === undefined) {
      atom = this.names.push(name) - 1;
      this.atoms.set(name, atom);
    }
    return atom;
  }

  name(atom) {
    return this.names[atom];
  }
}

// Booleans are 1 and 0. What is neither is unknown: a typed array would make 0 of null and "", and throw at a BigInt.
function number(value) {
  return typeof value === "number" ? value : value === true ? 1 : value === false ? 0 : NaN;
}

// Reports cannot fill the memory with names: what is too long or one too many is unknown.
function atom(name) {
  const known = reader.atoms.get(name);
  if (known !== undefined) return known;
  if (typeof name !== "string" || name.length > 256 || reader.names.length >= 65536) return NaN;
  return reader.intern(name);
}

function read(s) {
  const o = at;
  try {
    switch (s.type) {
      case "inbound-rtp":
        if ((at += 20) <= room) inboundRtp(s, o);
        break;
      case "remote-inbound-rtp":
        if ((at += 9) <= room) remoteInboundRtp(s, o);
        break;
      case "outbound-rtp":
        if ((at += 27) <= room) outboundRtp(s, o);
        break;
      case "codec":
        if ((at += 3) <= room) codec(s, o);
        break;
      case "media-source":
        if ((at += 7) <= room) mediaSource(s, o);
        break;
      case "transport":
        if ((at += 4) <= room) transport(s, o);
        break;
      case "candidate-pair":
        if ((at += 12) <= room) candidatePair(s, o);
        break;
      case "local-candidate":
      case "remote-candidate":
        if ((at += 5) <= room) localCandidate(s, o);
        break;
      default:
        skipped++;
    }
  } catch {
    // A member that throws: the entry is left out.
    at = o;
    broken++;
  }
}

// inbound-rtp
function inboundRtp(s, o) {
  const f = out;
  let v;
  f[o] = 2;
  f[o + 1] = number(s.timestamp);
  f[o + 2] = number(s.ssrc);
  f[o + 3] = (v = s.kind ?? s.mediaType) === "audio" ? 0 : v === "video" ? 1 : NaN;
  f[o + 4] = atom(s.trackIdentifier ?? s.trackId ?? s.mid ?? s.id);
  f[o + 5] = number(s.jitter);
  f[o + 6] = number(s.frameWidth);
  f[o + 7] = number(s.frameHeight);
  f[o + 8] = number(s.packetsLost);
  f[o + 9] = number(s.bytesReceived);
  f[o + 10] = number(s.packetsReceived);
  f[o + 11] = number(s.jitterBufferDelay);
  f[o + 12] = number(s.jitterBufferEmittedCount);
  f[o + 13] = number(s.framesDecoded);
  f[o + 14] = number(s.framesDropped);
  f[o + 15] = number(s.freezeCount);
  f[o + 16] = number(s.totalFreezesDuration);
  f[o + 17] = number(s.totalSamplesReceived);
  f[o + 18] = number(s.concealedSamples);
  f[o + 19] = number(s.silentConcealedSamples);
}

// remote-inbound-rtp
function remoteInboundRtp(s, o) {
  const f = out;
  f[o] = 1;
  f[o + 1] = number(s.timestamp);
  f[o + 2] = number(s.ssrc);
  f[o + 3] = atom(s.localId);
  f[o + 4] = number(s.jitter);
  f[o + 5] = number(s.roundTripTime);
  f[o + 6] = number(s.packetsLost);
  f[o + 7] = number(s.totalRoundTripTime);
  f[o + 8] = number(s.roundTripTimeMeasurements);
}

// outbound-rtp
function outboundRtp(s, o) {
  const f = out;
  let v;
  f[o] = 0;
  f[o + 1] = number(s.timestamp);
  f[o + 2] = atom(s.id);
  f[o + 3] = number(s.ssrc);
  f[o + 4] = (v = s.kind ?? s.mediaType) === "audio" ? 0 : v === "video" ? 1 : NaN;
  f[o + 5] = atom(s.mediaSourceId);
  f[o + 6] = atom(s.mid);
  f[o + 7] = atom(s.rid);
  f[o + 8] = atom(s.codecId);
  f[o + 9] = number(s.encodingIndex);
  f[o + 10] = s.contentType === "screenshare" ? 0 : NaN;
  f[o + 11] = number(s.frameWidth);
  f[o + 12] = number(s.frameHeight);
  f[o + 13] = number(s.targetBitrate);
  f[o + 14] = number(s.bytesSent);
  f[o + 15] = number(s.packetsSent);
  f[o + 16] = number(s.retransmittedPacketsSent);
  f[o + 17] = number(s.nackCount);
  f[o + 18] = number(s.pliCount);
  f[o + 19] = number(s.firCount);
  f[o + 20] = number(s.framesEncoded);
  f[o + 21] = number(s.framesSent);
  f[o + 22] = number(s.totalEncodeTime);
  const r = s.qualityLimitationDurations ?? {};
  f[o + 23] = number(r.none);
  f[o + 24] = number(r.bandwidth);
  f[o + 25] = number(r.cpu);
  f[o + 26] = number(r.other);
}

// codec
function codec(s, o) {
  const f = out;
  f[o] = 7;
  f[o + 1] = atom(s.id);
  f[o + 2] = atom(s.mimeType);
}

// media-source
function mediaSource(s, o) {
  const f = out;
  let v;
  f[o] = 3;
  f[o + 1] = number(s.timestamp);
  f[o + 2] = atom(s.id);
  f[o + 3] = (v = s.kind) === "audio" ? 0 : v === "video" ? 1 : NaN;
  f[o + 4] = number(s.audioLevel);
  f[o + 5] = number(s.totalAudioEnergy);
  f[o + 6] = number(s.totalSamplesDuration);
}

// transport
function transport(s, o) {
  const f = out;
  let v;
  f[o] = 4;
  f[o + 1] = number(s.timestamp);
  f[o + 2] = atom(s.selectedCandidatePairId);
  f[o + 3] = (v = s.iceState) === "new" ? 0 : v === "checking" ? 1 : v === "connected" ? 2 : v === "completed" ? 3 : v === "disconnected" ? 4 : v === "failed" ? 5 : v === "closed" ? 6 : NaN;
}

// candidate-pair
function candidatePair(s, o) {
  const f = out;
  let v;
  f[o] = 5;
  f[o + 1] = number(s.timestamp);
  f[o + 2] = atom(s.id);
  f[o + 3] = atom(s.localCandidateId);
  f[o + 4] = atom(s.remoteCandidateId);
  f[o + 5] = (v = s.state) === "frozen" ? 0 : v === "waiting" ? 1 : v === "in-progress" ? 2 : v === "failed" ? 3 : v === "succeeded" ? 4 : NaN;
  f[o + 6] = number(s.nominated);
  f[o + 7] = number(s.selected);
  f[o + 8] = number(s.currentRoundTripTime);
  f[o + 9] = number(s.availableOutgoingBitrate);
  f[o + 10] = number(s.totalRoundTripTime);
  f[o + 11] = number(s.responsesReceived);
}

// local-candidate, remote-candidate
function localCandidate(s, o) {
  const f = out;
  let v;
  f[o] = 6;
  f[o + 1] = atom(s.id);
  f[o + 2] = (v = s.candidateType) === "host" ? 0 : v === "srflx" ? 1 : v === "prflx" ? 2 : v === "relay" ? 3 : NaN;
  f[o + 3] = (v = s.protocol) === "udp" ? 0 : v === "tcp" ? 1 : NaN;
  f[o + 4] = (v = s.relayProtocol) === "udp" ? 0 : v === "tcp" ? 1 : v === "tls" ? 2 : NaN;
}
