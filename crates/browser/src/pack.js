// Reads a getStats() report into rows of numbers.
//
// Made from callscope-core's tables (crates/core/src/report/columns.rs) and crates/browser/tests/pack/frame.js.
// Do not edit: `UPDATE_PACK=1 cargo test -p callscope-browser` writes it anew.
//
// The browser makes every entry anew at each step of a walk and at each get(): so there is one walk, and no look-up.
// Nothing is allocated for an entry, and only the members that the engine needs are read.

const CANDIDATE_TYPE = ["host", "srflx", "prflx", "relay"];
const CONTENT_TYPE = ["screenshare"];
const ICE_STATE = ["new", "checking", "connected", "completed", "disconnected", "failed", "closed"];
const KIND = ["audio", "video"];
const PROTOCOL = ["udp", "tcp"];
const RELAY_PROTOCOL = ["udp", "tcp", "tls"];
const STATE = ["frozen", "waiting", "in-progress", "failed", "succeeded"];

// The walk in hand. A walk is over before another can begin, so it needs no objects of its own.
let reader, out, room, at, turn, skipped, broken;

export class Reader {
  constructor() {
    this.atoms = new Map();
    this.names = [];
    this.last = [];
    this.skipped = this.broken = 0;
  }

  // Writes the rows that fit into `numbers` and returns how many numbers all of them take.
  pack(report, numbers) {
    reader = this;
    out = numbers;
    room = numbers.length;
    at = turn = skipped = broken = 0;
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

// The place of a word among those that it can be.
function place(word, words) {
  const place = words.indexOf(word);
  return place < 0 ? NaN : place;
}

// Reports keep their order, so the name that stood at this turn of the last walk is tried first: to compare costs less
// than to look up. Reports cannot fill the memory with names: what is too long or one too many is unknown.
function atom(name) {
  if (typeof name !== "string") return NaN;
  const { names, last } = reader;
  const i = turn++;
  if (names[last[i]] === name) return last[i];
  const known = reader.atoms.get(name);
  if (known === undefined && (name.length > 256 || names.length >= 65536)) {
    last[i] = 0;
    return NaN;
  }
  return (last[i] = known ?? reader.intern(name));
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
  f[o++] = 2;
  f[o++] = number(s.timestamp);
  f[o++] = number(s.ssrc);
  f[o++] = place(s.kind ?? s.mediaType, KIND);
  f[o++] = atom(s.trackIdentifier ?? s.trackId ?? s.mid ?? s.id);
  f[o++] = number(s.jitter);
  f[o++] = number(s.frameWidth);
  f[o++] = number(s.frameHeight);
  f[o++] = number(s.packetsLost);
  f[o++] = number(s.bytesReceived);
  f[o++] = number(s.packetsReceived);
  f[o++] = number(s.jitterBufferDelay);
  f[o++] = number(s.jitterBufferEmittedCount);
  f[o++] = number(s.framesDecoded);
  f[o++] = number(s.framesDropped);
  f[o++] = number(s.freezeCount);
  f[o++] = number(s.totalFreezesDuration);
  f[o++] = number(s.totalSamplesReceived);
  f[o++] = number(s.concealedSamples);
  f[o++] = number(s.silentConcealedSamples);
}

// remote-inbound-rtp
function remoteInboundRtp(s, o) {
  const f = out;
  f[o++] = 1;
  f[o++] = number(s.timestamp);
  f[o++] = number(s.ssrc);
  f[o++] = atom(s.localId);
  f[o++] = number(s.jitter);
  f[o++] = number(s.roundTripTime);
  f[o++] = number(s.packetsLost);
  f[o++] = number(s.totalRoundTripTime);
  f[o++] = number(s.roundTripTimeMeasurements);
}

// outbound-rtp
function outboundRtp(s, o) {
  const f = out;
  f[o++] = 0;
  f[o++] = number(s.timestamp);
  f[o++] = atom(s.id);
  f[o++] = number(s.ssrc);
  f[o++] = place(s.kind ?? s.mediaType, KIND);
  f[o++] = atom(s.mediaSourceId);
  f[o++] = atom(s.mid);
  f[o++] = atom(s.rid);
  f[o++] = atom(s.codecId);
  f[o++] = number(s.encodingIndex);
  f[o++] = place(s.contentType, CONTENT_TYPE);
  f[o++] = number(s.frameWidth);
  f[o++] = number(s.frameHeight);
  f[o++] = number(s.targetBitrate);
  f[o++] = number(s.bytesSent);
  f[o++] = number(s.packetsSent);
  f[o++] = number(s.retransmittedPacketsSent);
  f[o++] = number(s.nackCount);
  f[o++] = number(s.pliCount);
  f[o++] = number(s.firCount);
  f[o++] = number(s.framesEncoded);
  f[o++] = number(s.framesSent);
  f[o++] = number(s.totalEncodeTime);
  const r = s.qualityLimitationDurations ?? {};
  f[o++] = number(r.none);
  f[o++] = number(r.bandwidth);
  f[o++] = number(r.cpu);
  f[o++] = number(r.other);
}

// codec
function codec(s, o) {
  const f = out;
  f[o++] = 7;
  f[o++] = atom(s.id);
  f[o++] = atom(s.mimeType);
}

// media-source
function mediaSource(s, o) {
  const f = out;
  f[o++] = 3;
  f[o++] = number(s.timestamp);
  f[o++] = atom(s.id);
  f[o++] = place(s.kind, KIND);
  f[o++] = number(s.audioLevel);
  f[o++] = number(s.totalAudioEnergy);
  f[o++] = number(s.totalSamplesDuration);
}

// transport
function transport(s, o) {
  const f = out;
  f[o++] = 4;
  f[o++] = number(s.timestamp);
  f[o++] = atom(s.selectedCandidatePairId);
  f[o++] = place(s.iceState, ICE_STATE);
}

// candidate-pair
function candidatePair(s, o) {
  const f = out;
  f[o++] = 5;
  f[o++] = number(s.timestamp);
  f[o++] = atom(s.id);
  f[o++] = atom(s.localCandidateId);
  f[o++] = atom(s.remoteCandidateId);
  f[o++] = place(s.state, STATE);
  f[o++] = number(s.nominated);
  f[o++] = number(s.selected);
  f[o++] = number(s.currentRoundTripTime);
  f[o++] = number(s.availableOutgoingBitrate);
  f[o++] = number(s.totalRoundTripTime);
  f[o++] = number(s.responsesReceived);
}

// local-candidate, remote-candidate
function localCandidate(s, o) {
  const f = out;
  f[o++] = 6;
  f[o++] = atom(s.id);
  f[o++] = place(s.candidateType, CANDIDATE_TYPE);
  f[o++] = place(s.protocol, PROTOCOL);
  f[o++] = place(s.relayProtocol, RELAY_PROTOCOL);
}
