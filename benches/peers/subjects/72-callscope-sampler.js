// callscope: all that an application runs.
import init, { Sampling } from "/own/callscope_bench_peers.js";
let sampling;
export default {
  name: "callscope-sampler",
  note: "Sampler::sample_now(): asks the connection itself, with its time limit, then as callscope",
  async setup(pc) {
    await init();
    sampling = new Sampling(pc);
  },
  async sample() {
    await sampling.sample();
  },
  check() {
    return { received: sampling.received() };
  },
};
