// Synthetic getStats() reports. Entries come from one real Chromium report (templates/reports.json); ids, ssrcs and
// track ids are multiplied per remote participant; counters advance by one second per step.

function prng(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const clone = (o) => JSON.parse(JSON.stringify(o));
const byType = (list, type, pred = () => true) => list.filter((e) => e.type === type && pred(e));

export const SIZES = {
  S: { kind: "p2p" },
  M: { kind: "sfu", participants: 10 },
  L: { kind: "sfu", participants: 50 },
};

export class Model {
  constructor(templates, size, seed = 7) {
    const spec = typeof size === "string" ? SIZES[size] : size;
    this.rnd = prng(seed);
    this.entries = spec.kind === "p2p" ? clone(templates.p2p) : this.#room(templates, spec);
    // Chromium orders a report by id.
    this.entries.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    this.byId = new Map(this.entries.map((e) => [e.id, e]));
    this.t = this.entries.find((e) => e.type === "transport").timestamp;
    this.step = 0;
    this.#tracks();
  }

  #uuid() {
    const h = () =>
      Math.floor(this.rnd() * 65536)
        .toString(16)
        .padStart(4, "0");
    return `${h()}${h()}-${h()}-${h()}-${h()}-${h()}${h()}${h()}`;
  }

  #room(tpl, spec) {
    const out = clone(tpl.publisher);
    const rcv = tpl.receiver;
    const ssrc = () => 1e9 + Math.floor(this.rnd() * 3e9);
    // what the subscriber side adds once: playout, receive codecs
    out.push(...clone(byType(rcv, "media-playout")), ...clone(byType(rcv, "codec")));
    // further receive codecs of a room, so that not every stream has the same one
    const video = byType(rcv, "codec", (c) => c.mimeType === "video/VP8")[0];
    for (const [pt, mime, fmtp] of [
      [98, "video/VP9", "profile-id=0"],
      [45, "video/AV1", "level-idx=5;profile=0;tier=0"],
      [109, "video/H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"],
    ]) {
      out.push({ ...clone(video), id: `CIT01_${pt}_${fmtp}`, mimeType: mime, payloadType: pt, sdpFmtpLine: fmtp });
    }
    // own screen share: one more source, one outbound layer, its remote report
    const fOut = byType(out, "outbound-rtp", (e) => e.rid === "f")[0];
    const s = ssrc();
    out.push({
      ...clone(fOut),
      id: `OT01V${s}`,
      ssrc: s,
      mediaSourceId: "SV3",
      mid: "2",
      encodingIndex: 0,
      contentType: "screenshare",
      rid: undefined,
      remoteId: `RIV${s}`,
      scalabilityMode: "L1T1",
      rtxSsrc: ssrc(),
    });
    out.push({ ...clone(out.find((e) => e.id === fOut.remoteId)), id: `RIV${s}`, ssrc: s, localId: `OT01V${s}` });
    out.push({
      ...clone(out.find((e) => e.id === fOut.mediaSourceId)),
      id: "SV3",
      trackIdentifier: this.#uuid(),
      width: 1920,
      height: 1080,
    });
    // candidate pairs that were tried and are kept
    const pair = byType(out, "candidate-pair")[0];
    const locals = byType(out, "local-candidate");
    for (let i = 0; i < 3; i++) {
      out.push({
        ...clone(pair),
        id: `CPx${i}Jk3Lw_${pair.remoteCandidateId}`,
        localCandidateId: locals[i].id,
        nominated: false,
        state: "succeeded",
        bytesSent: 0,
        bytesReceived: 0,
        packetsSent: 0,
        packetsReceived: 0,
        availableOutgoingBitrate: undefined,
      });
    }
    for (let i = 0; i < 2; i++) {
      out.push({
        id: `D${i + 1}`,
        timestamp: pair.timestamp,
        type: "data-channel",
        bytesReceived: 100,
        bytesSent: 100,
        dataChannelIdentifier: i,
        label: i ? "_lossy" : "_reliable",
        messagesReceived: 1,
        messagesSent: 1,
        protocol: "",
        state: "open",
      });
    }
    // remote participants: microphone, camera (3 layers forwarded as own streams, as in the recording), screen, screen audio
    const audio = byType(rcv, "inbound-rtp", (e) => e.kind === "audio")[0];
    const layers = byType(rcv, "inbound-rtp", (e) => e.kind === "video");
    const full = layers.reduce((a, b) => (a.frameWidth > b.frameWidth ? a : b));
    const codecs = out.filter((e) => e.type === "codec" && e.id.startsWith("CIT") && e.mimeType.startsWith("video"));
    let mid = 3;
    for (let p = 0; p < spec.participants; p++) {
      for (const [src, extra] of [
        [audio, {}],
        ...layers.map((l) => [l, {}]),
        [full, { contentType: "screenshare" }],
        [audio, {}],
      ]) {
        const n = ssrc();
        const k = src.kind === "audio" ? "A" : "V";
        const codecId = src.kind === "audio" ? src.codecId : codecs[p % codecs.length].id;
        const e = {
          ...clone(src),
          ...extra,
          id: `IT01${k}${n}`,
          ssrc: n,
          remoteId: `RO${k}${n}`,
          mid: String(mid++),
          trackIdentifier: this.#uuid(),
          codecId,
        };
        out.push(e);
        out.push({ ...clone(rcv.find((x) => x.id === src.remoteId)), id: e.remoteId, ssrc: n, localId: e.id, codecId });
      }
    }
    const t = byType(out, "transport")[0].timestamp;
    for (const e of out) {
      if (!e.type.startsWith("remote-")) e.timestamp = t;
      e.phase = Math.floor(this.rnd() * 5);
    }
    return out;
  }

  // local and remote tracks, each with the ids of its own report (what sender/receiver.getStats() would hold)
  #tracks() {
    const links = [
      "codecId",
      "transportId",
      "remoteId",
      "localId",
      "mediaSourceId",
      "playoutId",
      "localCertificateId",
      "remoteCertificateId",
      "selectedCandidatePairId",
      "localCandidateId",
      "remoteCandidateId",
    ];
    const closure = (start) => {
      const seen = new Set();
      const todo = [...start];
      while (todo.length) {
        const id = todo.pop();
        if (seen.has(id) || !this.byId.has(id)) continue;
        seen.add(id);
        const e = this.byId.get(id);
        for (const l of links) if (e[l] !== undefined) todo.push(e[l]);
      }
      return this.entries.filter((e) => seen.has(e.id)).map((e) => e.id);
    };
    this.localTracks = byType(this.entries, "media-source").map((e) => ({
      id: e.trackIdentifier,
      kind: e.kind,
      ids: closure([e.id, ...byType(this.entries, "outbound-rtp", (o) => o.mediaSourceId === e.id).map((o) => o.id)]),
    }));
    this.remoteTracks = byType(this.entries, "inbound-rtp").map((e) => ({
      id: e.trackIdentifier,
      kind: e.kind,
      ids: closure([e.id]),
    }));
  }

  advance() {
    const r = this.rnd;
    const dt = 1;
    this.step++;
    this.t += 1000 + Math.round((r() - 0.5) * 8000) / 1000;
    let sent = 0,
      sentP = 0,
      recv = 0,
      recvP = 0;
    const media = (e, dir) => {
      const [b, p, h, rb, rp] =
        dir === "out"
          ? ["bytesSent", "packetsSent", "headerBytesSent", "retransmittedBytesSent", "retransmittedPacketsSent"]
          : [
              "bytesReceived",
              "packetsReceived",
              "headerBytesReceived",
              "retransmittedBytesReceived",
              "retransmittedPacketsReceived",
            ];
      let bytes, pk;
      if (e.kind === "audio") {
        bytes = 3000 + Math.floor(r() * 1200);
        pk = 50;
      } else {
        const px = (e.frameWidth || 640) * (e.frameHeight || 360);
        bytes = Math.floor((px / 921600) * (180000 + r() * 60000)) + 9000;
        pk = Math.ceil(bytes / 1050) + 2;
      }
      e[b] += bytes;
      e[p] += pk;
      e[h] += pk * 28;
      if (e[rb] !== undefined && r() < 0.3) {
        e[rb] += 1100;
        e[rp] += 1;
      }
      if (dir === "out") {
        sent += bytes + pk * 28;
        sentP += pk;
      } else {
        recv += bytes + pk * 28;
        recvP += pk;
      }
      return pk;
    };
    for (const e of this.entries) {
      const phase = e.phase ?? 0;
      if (!e.type.startsWith("remote-") || e.type === "remote-candidate") e.timestamp = this.t;
      switch (e.type) {
        case "outbound-rtp": {
          media(e, "out");
          e.totalPacketSendDelay += r() * 0.02;
          if (e.kind === "video") {
            const f = 20 + Math.floor(r() * 2);
            e.framesEncoded += f;
            e.framesSent += f;
            e.framesPerSecond = f;
            e.qpSum += f * 6;
            e.totalEncodeTime = Math.round((e.totalEncodeTime + 0.2 + r() * 0.05) * 1000) / 1000;
            e.qualityLimitationDurations.none = Math.round((e.qualityLimitationDurations.none + 1.02) * 1000) / 1000;
            if (r() < 0.2) e.nackCount++;
            if (r() < 0.05) {
              e.pliCount++;
              e.keyFramesEncoded++;
            }
          }
          break;
        }
        case "inbound-rtp": {
          media(e, "in");
          if (r() < 0.2) e.packetsLost += 1;
          e.jitter = Math.floor(1 + r() * 20) / 1000;
          e.lastPacketReceivedTimestamp = this.t - r() * 30;
          if (e.kind === "audio") {
            e.totalSamplesReceived += 48000;
            e.totalSamplesDuration += dt;
            e.jitterBufferDelay += 2400 + r() * 500;
            e.jitterBufferEmittedCount += 48000;
            e.jitterBufferTargetDelay += 1900;
            e.jitterBufferMinimumDelay += 1900;
            e.audioLevel = r() * 0.2;
            e.totalAudioEnergy += r() * 0.03;
            e.concealedSamples += Math.floor(r() * 300);
            e.concealmentEvents += r() < 0.3 ? 1 : 0;
            e.totalProcessingDelay += r() * 3000;
          } else {
            const f = 19 + Math.floor(r() * 3);
            e.framesDecoded += f;
            e.framesReceived += f;
            e.framesPerSecond = f;
            e.framesAssembledFromMultiplePackets += f - 3;
            e.qpSum += f * 6;
            e.totalDecodeTime += 0.03 + r() * 0.01;
            e.jitterBufferDelay += 0.3;
            e.jitterBufferEmittedCount += f;
            e.jitterBufferMinimumDelay += 0.25;
            e.jitterBufferTargetDelay += 0.25;
            e.totalAssemblyTime += 0.002;
            e.totalInterFrameDelay += 1;
            e.totalProcessingDelay += 0.2;
            e.totalSquaredInterFrameDelay += 0.05;
            if (e.googTimingFrameInfo)
              e.googTimingFrameInfo = e.googTimingFrameInfo.replace(/^\d+/, String(830306576 + this.step * 90000));
            if (r() < 0.02) {
              e.freezeCount++;
              e.totalFreezesDuration += 0.22;
            }
            if (r() < 0.1) e.nackCount++;
          }
          break;
        }
        case "remote-inbound-rtp": {
          if (e.kind === "audio" && this.step % 5 !== phase) break;
          const k = e.kind === "audio" ? 1 : 2 + Math.floor(r() * 2);
          e.timestamp = this.t - r() * 700;
          e.roundTripTime = 0.08 + r() * 0.02;
          e.roundTripTimeMeasurements += k;
          e.totalRoundTripTime += k * e.roundTripTime;
          e.jitter = r() * 0.02;
          e.fractionLost = Math.floor(r() * 8) / 256;
          e.packetsLost += e.fractionLost > 0.015 ? 1 + Math.floor(r() * 2) : 0;
          break;
        }
        case "remote-outbound-rtp": {
          if (e.kind === "audio" && this.step % 5 !== phase) break;
          e.timestamp = this.t - r() * 700;
          e.remoteTimestamp = e.timestamp - 41;
          e.bytesSent += e.kind === "audio" ? 3600 : 90000;
          e.packetsSent += e.kind === "audio" ? 50 : 90;
          e.reportsSent += 1;
          e.roundTripTimeMeasurements += 1;
          e.totalRoundTripTime += 0.082;
          break;
        }
        case "media-source":
          if (e.kind === "audio") {
            e.audioLevel = r();
            e.totalAudioEnergy += r() * 0.3;
            e.totalSamplesDuration += 1.02;
          } else {
            e.frames += 20;
          }
          break;
        case "media-playout":
          e.totalSamplesCount += 48000;
          e.totalSamplesDuration += 1;
          e.totalPlayoutDelay += 1900;
          break;
        case "data-channel":
          e.bytesSent += 40;
          e.messagesSent += 1;
          break;
        default:
      }
    }
    for (const e of this.entries) {
      if (e.type === "transport" || (e.type === "candidate-pair" && e.nominated)) {
        e.bytesSent += sent;
        e.bytesReceived += recv;
        e.packetsSent += sentP;
        e.packetsReceived += recvP;
        if (e.type === "candidate-pair") {
          e.requestsSent += r() < 0.4 ? 1 : 0;
          e.responsesReceived = e.requestsSent;
          e.totalRoundTripTime += 0.03;
          e.currentRoundTripTime = 0.08 + Math.floor(r() * 20) / 1000;
          e.lastPacketReceivedTimestamp = Math.floor(this.t - 20);
          e.lastPacketSentTimestamp = Math.floor(this.t);
        }
      }
    }
  }

  // One sample: fresh Map of fresh plain objects with fresh strings (as getStats() hands out).
  sample(withTracks, seconds = 1) {
    for (let i = 0; i < seconds; i++) this.advance();
    const strip = (k, v) => (k === "phase" ? undefined : v);
    if (!withTracks) return { full: toMap(JSON.parse(JSON.stringify(this.entries, strip))), byTrack: null };
    const json = new Map(this.entries.map((e) => [e.id, JSON.stringify(e, strip)]));
    const make = (ids) => toMap(JSON.parse("[" + ids.map((id) => json.get(id)).join(",") + "]"));
    const byTrack = new Map();
    for (const t of [...this.localTracks, ...this.remoteTracks]) byTrack.set(t.id, make(t.ids));
    return { full: make([...json.keys()]), byTrack };
  }
}

function toMap(list) {
  const m = new Map();
  for (const e of list) m.set(e.id, e);
  return m;
}
