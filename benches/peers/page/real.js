// Real loopback connections in the page, to see what the browser's own getStats() takes.
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
let sink = 0;

function sources() {
  const c = document.createElement("canvas");
  c.width = 64;
  c.height = 36;
  const g = c.getContext("2d");
  let n = 0;
  setInterval(() => {
    g.fillStyle = `hsl(${(n += 37) % 360} 80% 50%)`;
    g.fillRect(0, 0, 64, 36);
  }, 500);
  const video = c.captureStream(2).getVideoTracks()[0];
  const ac = new AudioContext();
  const dst = ac.createMediaStreamDestination();
  const osc = ac.createOscillator();
  osc.connect(dst);
  osc.start();
  return { video, audio: dst.stream.getAudioTracks()[0] };
}

// kind: {send: [nAudio, nVideo], recv: [nAudio, nVideo]} seen from the measured end
export async function connect({ send, recv }) {
  const src = sources();
  const a = new RTCPeerConnection();
  const b = new RTCPeerConnection();
  a.onicecandidate = (e) => e.candidate && b.addIceCandidate(e.candidate);
  b.onicecandidate = (e) => e.candidate && a.addIceCandidate(e.candidate);
  b.ontrack = () => {};
  a.ontrack = () => {};
  const add = (pc, kind) => {
    const t = src[kind].clone();
    pc.addTransceiver(t, { direction: "sendonly", streams: [new MediaStream([t])] });
  };
  const nego = async (x, y) => {
    await x.setLocalDescription(await x.createOffer());
    await y.setRemoteDescription(x.localDescription);
    await y.setLocalDescription(await y.createAnswer());
    await x.setRemoteDescription(y.localDescription);
  };
  for (let i = 0; i < send[0]; i++) add(a, "audio");
  for (let i = 0; i < send[1]; i++) add(a, "video");
  await nego(a, b);
  for (let i = 0; i < recv[0]; i++) add(b, "audio");
  for (let i = 0; i < recv[1]; i++) add(b, "video");
  await nego(b, a);
  window.__pcs = { a, b };
  for (let i = 0; i < 100; i++) {
    await sleep(200);
    if (a.connectionState === "connected") break;
  }
  await sleep(6000);
  const r = await a.getStats();
  const types = {};
  let members = 0;
  r.forEach((e) => {
    types[e.type] = (types[e.type] || 0) + 1;
    members += Object.keys(e).length;
  });
  return { state: a.connectionState, entries: r.size, members, transceivers: a.getTransceivers().length, types };
}

function walk(r) {
  let m = 0;
  r.forEach((e) => {
    for (const k in e) {
      const v = e[k];
      if (typeof v === "number") sink += v;
      m++;
    }
  });
  return m;
}

// wall times in µs: resolve, walk of every member, second walk of the same report, get() of every id
export async function split(n, gap) {
  const pc = window.__pcs.a;
  const out = { resolve: [], walk: [], walk2: [], forEachOnly: [], getAll: [] };
  for (let i = 0; i < n; i++) {
    await sleep(gap);
    const t0 = performance.now();
    const r = await pc.getStats();
    const t1 = performance.now();
    walk(r);
    const t2 = performance.now();
    walk(r);
    const t3 = performance.now();
    let c = 0;
    r.forEach(() => {
      c++;
    });
    const t4 = performance.now();
    const ids = [...r.keys()];
    const t5 = performance.now();
    for (const id of ids) if (r.get(id).type === "") c++;
    const t6 = performance.now();
    out.resolve.push((t1 - t0) * 1000);
    out.walk.push((t2 - t1) * 1000);
    out.walk2.push((t3 - t2) * 1000);
    out.forEachOnly.push((t4 - t3) * 1000);
    out.getAll.push((t6 - t5) * 1000);
  }
  return out;
}
export async function identity() {
  const r = await window.__pcs.a.getStats();
  const id = [...r.keys()][0];
  let a;
  r.forEach((e, k) => {
    if (k === id) a = e;
  });
  let fast = null;
  try {
    const f = new Function("o", "return %HasFastProperties(o)");
    const real = {};
    r.forEach((e) => {
      (real[e.type] ??= []).push(f(e));
    });
    fast = Object.fromEntries(Object.entries(real).map(([k, v]) => [k, v.every(Boolean)]));
    const { Model } = await import("./reports.js");
    const t = await (await fetch("/reports.json")).json();
    const syn = {};
    new Model(t, "M").sample(false).full.forEach((e) => {
      (syn[e.type] ??= []).push(f(e));
    });
    fast = { real: fast, synthetic: Object.fromEntries(Object.entries(syn).map(([k, v]) => [k, v.every(Boolean)])) };
  } catch (e) {
    fast = String(e);
  }
  return {
    fast,
    getSame: r.get(id) === r.get(id),
    forEachSameAsGet: a === r.get(id),
    proto: Object.getPrototypeOf(r.get(id)) === Object.prototype,
  };
}
// n samples of one kind of work with pauses; CPU of the block is read from outside
export async function block(what, n, gap) {
  const pc = window.__pcs.a;
  const us = [];
  const subject = window.bench.find(what);
  if (subject && !subject.__real) {
    await subject.setup(pc);
    subject.__real = true;
  }
  for (let i = 0; i < n; i++) {
    await sleep(gap);
    const t0 = performance.now();
    if (what === "idle") {
      /* nothing */
    } else if (what === "getStats") await pc.getStats();
    else if (what === "getStats+forEach") {
      let c = 0;
      (await pc.getStats()).forEach(() => {
        c++;
      });
      sink += c;
    } else if (what === "getStats+walk") walk(await pc.getStats());
    else await subject.sample(pc);
    us.push((performance.now() - t0) * 1000);
  }
  return us;
}
