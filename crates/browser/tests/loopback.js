// A call that the page makes with itself, and odd things to put in front of the reader.

const RIDS = ["q", "h", "f"];

// The layers that send. Firefox takes the layers that come back as sections of their own for slow ones, and sends the smallest alone.
const LAYERS = "chrome" in window ? 3 : 1;

function sections(sdp) {
  const [head, ...media] = sdp.split(/(?=^m=)/m);
  return { head, media };
}

const without = (sdp, lines) => sdp.split("\r\n").filter((line) => !lines.test(line)).join("\r\n");
const mid = (media) => /a=mid:(\S+)/.exec(media)[1];
const bundle = (head, mids) => head.replace(/a=group:BUNDLE.*/, "a=group:BUNDLE " + mids.join(" "));

// A browser sends layers and receives none. So each layer becomes an m-line of its own for the receiving side: the mid
// extension there takes the id of the layer's rid extension.
function split(sdp) {
  const { head, media } = sections(sdp);
  const out = media.flatMap((m) => {
    if (!/a=simulcast:send/.test(m)) return [without(m, /sdes:(rtp-stream-id|repaired-rtp-stream-id)/)];
    const id = /a=extmap:(\d+)\S* urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id/.exec(m)[1];
    const base = without(m, /^a=(rid|simulcast|ssrc|ssrc-group|msid)|sdes:(mid|rtp-stream-id|repaired-rtp-stream-id)/);
    return RIDS.map((rid) => base.replace(/a=mid:\S+/, `a=mid:${rid}\r\na=extmap:${id} urn:ietf:params:rtp-hdrext:sdes:mid`));
  });
  return bundle(head, out.map(mid)) + out.join("");
}

function join(answer, offer) {
  const { head, media } = sections(answer);
  const offered = sections(offer).media.find((m) => /a=simulcast:send/.test(m));
  const extensions = offered.split("\r\n").filter((l) => /sdes:(mid|rtp-stream-id|repaired-rtp-stream-id)/.test(l));
  const first = media.find((m) => RIDS.includes(mid(m)));
  const out = media
    .filter((m) => m === first || !RIDS.includes(mid(m)))
    .map((m) =>
      m !== first
        ? m
        : m
            .replace(/a=mid:\S+\r\n/, `a=mid:${mid(offered)}\r\n`)
            .replace(/a=extmap:\d+ urn:ietf:params:rtp-hdrext:sdes:mid/, extensions.join("\r\n"))
            .trimEnd() + "\r\n" + RIDS.map((rid) => `a=rid:${rid} recv\r\n`).join("") + `a=simulcast:recv ${RIDS.join(";")}\r\n`,
    );
  return bundle(head, out.map(mid)) + out.join("");
}

// Moving pictures and a tone: neither needs a permission.
function media() {
  const canvas = document.createElement("canvas");
  canvas.width = 960;
  canvas.height = 540;
  const context = canvas.getContext("2d");
  let frame = 0;
  const paint = () => {
    frame++;
    for (let i = 0; i < 40; i++) {
      context.fillStyle = `hsl(${(frame * 7 + i * 31) % 360} 70% 50%)`;
      context.fillRect((i * 97 + frame * 5) % 960, (i * 61) % 540, 120, 80);
    }
  };
  const timer = setInterval(paint, 66);
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const out = audio.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  const tracks = [out.stream.getAudioTracks()[0], canvas.captureStream(15).getVideoTracks()[0]];
  return { tracks, stop: () => (clearInterval(timer), audio.close()) };
}

const strip = (sdp) => without(sdp, /^a=candidate/);

// Sends a microphone and a camera of three layers, receives a camera.
export class Call {
  static async make() {
    const call = new Call();
    const [a, b] = [(call.local = new RTCPeerConnection()), (call.remote = new RTCPeerConnection())];
    call.media = media();
    const [audio, video] = call.media.tracks;
    const waiting = { a: [], b: [] };
    const pass = (to, side) => ({ candidate }) => {
      if (!candidate?.candidate) return;
      const init = { candidate: candidate.candidate, sdpMLineIndex: 0 };
      if (to.remoteDescription) to.addIceCandidate(init).catch(() => {});
      else waiting[side].push(init);
    };
    a.onicecandidate = pass(b, "b");
    b.onicecandidate = pass(a, "a");
    a.addTransceiver(audio, { direction: "sendonly" });
    a.addTransceiver(video, {
      direction: "sendonly",
      sendEncodings: [
        { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 100e3 },
        { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 200e3 },
        { rid: "f", maxBitrate: 400e3 },
      ],
    });
    a.addTransceiver("video", { direction: "recvonly" });
    await a.setLocalDescription(await a.createOffer());
    const offer = a.localDescription.sdp;
    await b.setRemoteDescription({ type: "offer", sdp: split(strip(offer)) });
    for (const init of waiting.b) b.addIceCandidate(init).catch(() => {});
    const back = b.getTransceivers().at(-1);
    back.direction = "sendonly";
    await back.sender.replaceTrack(video.clone());
    await b.setLocalDescription(await b.createAnswer());
    await a.setRemoteDescription({ type: "answer", sdp: join(strip(b.localDescription.sdp), strip(offer)) });
    for (const init of waiting.a) a.addIceCandidate(init).catch(() => {});
    await until(() => /connected|completed/.test(a.iceConnectionState), () => `no connection: ${a.iceConnectionState}`);
    let seen;
    const flows = ({ layers, received }) => layers.filter(({ bytes }) => bytes > 0).length >= LAYERS && received > 0;
    await until(async () => flows((seen = await figures(a))), () => `no media: ${JSON.stringify(seen)}`);
    return call;
  }

  close() {
    this.local.close();
    this.remote.close();
    this.media.stop();
  }
}

async function until(holds, otherwise) {
  for (let i = 0; i < 150; i++) {
    if (await holds()) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(otherwise());
}

// What the report says, read member by member.
function read(report) {
  const entries = [...report.values()];
  const sent = entries.filter((e) => e.type === "outbound-rtp");
  const received = entries.filter((e) => e.type === "inbound-rtp");
  return {
    at: Math.max(...[...sent, ...received].map((e) => e.timestamp)),
    layers: sent.filter((e) => e.kind === "video").map((e) => ({ ssrc: e.ssrc, rid: e.rid, bytes: e.bytesSent })),
    received: received.reduce((sum, e) => sum + e.bytesReceived, 0),
  };
}
const figures = async (pc) => read(await pc.getStats());

// Reads, without the reader, every report that the connection gives from now on.
export function overhear(pc) {
  const heard = [];
  pc.getStats = async () => {
    const report = await RTCPeerConnection.prototype.getStats.call(pc);
    heard.push(read(report));
    return report;
  };
  return heard;
}

// Bits per second of each layer by ssrc, and of all that was received, between two reports by their times.
export function rates(heard, from, to) {
  const at = (time) => heard.find((h) => Math.abs(h.at - time) < 0.5);
  const [first, last] = [at(from), at(to)];
  const rate = (before, now) => (8000 * (now - before)) / (last.at - first.at);
  return {
    layers: last.layers.map((l) => ({ ...l, rate: rate(first.layers.find((o) => o.ssrc === l.ssrc).bytes, l.bytes) })),
    received: rate(first.received, last.received),
  };
}

const map = (entries) => new Map(entries.map((e, i) => [i, e]));

export const report = (json) => map(JSON.parse(json));

export const hostile = () => ({
  bigint: map([{ type: "inbound-rtp", ssrc: 7n, timestamp: 5, trackIdentifier: "t" }]),
  symbol: map([{ type: "inbound-rtp", ssrc: Symbol("s"), timestamp: 5, trackIdentifier: Symbol("t") }]),
  objects: map([{ type: "inbound-rtp", ssrc: {}, timestamp: 5, trackIdentifier: [], kind: new Date(), jitter: { valueOf: () => { throw 1; } } }]),
  strings: map([{ type: "inbound-rtp", ssrc: "", timestamp: 5, trackIdentifier: 9, kind: "smell", jitter: "0.5" }]),
  types: map([{ type: 5 }, { type: null }, { type: {} }, {}]),
  getters: map([{ type: "codec", id: "c" }, { type: "inbound-rtp", get ssrc() { throw new Error("no"); } }, { get type() { throw null; } }, { type: "codec", id: "d" }]),
  proxy: map([new Proxy({}, { get() { throw 1; } }), { type: "codec", id: "d" }]),
  nothing: map([null, undefined, { type: "codec", id: "d" }]),
  record: map([{ type: "outbound-rtp", timestamp: 5, qualityLimitationDurations: 3 }, { type: "outbound-rtp", timestamp: 5, qualityLimitationDurations: null }]),
  walk: { forEach() { throw 1; } },
  array: [{ type: "codec", id: "d" }],
  number: 5,
  null: null,
});

export const streams = (n, names) =>
  map(Array.from({ length: n }, (_, i) => ({ id: `I${i}`, type: "inbound-rtp", timestamp: 1000, ssrc: i, kind: "video", trackIdentifier: `${names}${i}`, bytesReceived: i })));

// Connections that do not answer as they should.
export function stubborn(how) {
  const pc = new RTCPeerConnection();
  const calls = { asked: 0 };
  const ways = {
    rejects: () => Promise.reject(new DOMException("not now", "InvalidStateError")),
    throws: () => { throw new TypeError("never"); },
    silent: () => new Promise(() => {}),
    empty: () => undefined,
  };
  pc.getStats = () => (calls.asked++, ways[how]());
  pc.calls = calls;
  return pc;
}
export const asked = (pc) => pc.calls.asked;

// A connection whose reports count on: 100 kbit/s received, timed by the page's clock.
export function steady() {
  const pc = new RTCPeerConnection();
  const start = performance.now();
  pc.getStats = async () => {
    // Read once: what lies between two readings is no time of the report's.
    const now = performance.now();
    const timestamp = performance.timeOrigin + now;
    return map([{ id: "I", type: "inbound-rtp", timestamp, ssrc: 1, kind: "audio", trackIdentifier: "t", bytesReceived: Math.round((now - start) * 12.5) }]);
  };
  return pc;
}

const now = Date.now;
// The machine was asleep for so long: the clock that does not sleep went on.
export const sleep = (ms) => { Date.now = () => now() + ms; };
export const wake = () => { Date.now = now; };

export const say = (event) => document.dispatchEvent(new Event(event));

// How an ICE connection turns out to the page.
export function turn(pc, state) {
  Object.defineProperty(pc, "iceConnectionState", { value: state, configurable: true });
  pc.dispatchEvent(new Event("iceconnectionstatechange"));
}
