// Runs inside the page. Driven by run.mjs through window.bench.
import { Model, SIZES } from "./reports.js";
import { fakePc } from "./connection.js";
import { subjects } from "virtual:subjects";
import * as real from "./real.js";

let templates;
const ready = fetch("/reports.json")
  .then((r) => r.json())
  .then((t) => {
    templates = t;
  });
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const find = (name) => subjects.find((s) => s.name === name);
const median = (a) => {
  const b = [...a].sort((x, y) => x - y);
  return b.length % 2 ? b[b.length >> 1] : (b[b.length / 2 - 1] + b[b.length / 2]) / 2;
};

function prepare(model, subject, n) {
  const out = [];
  for (let i = 0; i < n; i++) out.push(model.sample(!!subject.needsTracks, subject.secondsApart));
  return out;
}
async function newRig(size, subject) {
  const model = new Model(templates, size);
  const pc = fakePc(model);
  pc.load(prepare(model, subject, 1));
  pc.next();
  await subject.setup(pc);
  return { model, pc };
}
// one timed stretch of n samples; returns µs per sample
async function stretch(rig, subject, n) {
  const samples = prepare(rig.model, subject, n);
  const pc = rig.pc;
  pc.load(samples);
  gc();
  await sleep(5);
  const t0 = performance.now();
  for (let i = 0; i < n; i++) {
    pc.take(i);
    await subject.sample(pc);
  }
  return ((performance.now() - t0) * 1000) / n;
}

window.bench = {
  async info() {
    await ready;
    const sizes = {};
    for (const s of Object.keys(SIZES)) {
      const m = new Model(templates, s);
      const full = m.sample(false).full;
      let members = 0;
      for (const e of full.values()) members += Object.keys(e).length;
      sizes[s] = {
        entries: full.size,
        members,
        localTracks: m.localTracks.length,
        remoteTracks: m.remoteTracks.length,
      };
    }
    return {
      sizes,
      isolated: crossOriginIsolated,
      subjects: subjects.map((s) => ({ name: s.name, note: s.note, needsTracks: !!s.needsTracks })),
    };
  },
  // one round of one size: warm every subject, then `reps` interleaved passes over all of them
  async round(size, names, warm, batch0, reps, tracksDiv) {
    await ready;
    const rigs = [];
    for (const name of names) {
      const subject = find(name);
      const rig = await newRig(size, subject);
      const batch = (rig.batch = subject.needsTracks ? Math.ceil(batch0 / tracksDiv) : batch0);
      for (let done = 0; done < warm; done += batch) await stretch(rig, subject, Math.min(batch, warm - done));
      rigs.push([name, subject, rig]);
    }
    const res = Object.fromEntries(names.map((n) => [n, []]));
    const check = {};
    for (let r = 0; r < reps; r++)
      for (const [name, subject, rig] of rigs) res[name].push(await stretch(rig, subject, rig.batch));
    for (const [name, subject] of rigs) if (subject.check) check[name] = subject.check();
    return { us: Object.fromEntries(names.map((n) => [n, median(res[n])])), check };
  },
  // first samples of a fresh page, each timed alone
  async cold(size, name, n) {
    await ready;
    const subject = find(name);
    const rig = await newRig(size, subject);
    const samples = prepare(rig.model, subject, n);
    rig.pc.load(samples);
    gc();
    await sleep(20);
    const us = [];
    for (let i = 0; i < n; i++) {
      rig.pc.take(i);
      const t0 = performance.now();
      await subject.sample(rig.pc);
      us.push((performance.now() - t0) * 1000);
      await sleep(0);
    }
    return us;
  },
  // bytes allocated per sample: heap growth over n samples after a full gc (launch with a young generation large enough)
  async garbage(size, name, warm, n) {
    await ready;
    const subject = find(name);
    const rig = await newRig(size, subject);
    for (let done = 0; done < warm; done += n) await stretch(rig, subject, n);
    const samples = prepare(rig.model, subject, n);
    rig.pc.load(samples);
    gc();
    gc();
    await sleep(10);
    const before = performance.memory.usedJSHeapSize;
    for (let i = 0; i < n; i++) {
      rig.pc.take(i);
      await subject.sample(rig.pc);
    }
    return (performance.memory.usedJSHeapSize - before) / n;
  },
  real,
  find,
  subjects,
};
window.benchReady = ready.then(() => true);
