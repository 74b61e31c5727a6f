// callscope: reading and measuring; intervals, issues and signals come out.
import init, { Measuring } from "/own/callscope_bench_peers.js";
let measuring;
let outputs = 0;
export default {
  name: "callscope",
  note: "Engine::sample(Reader::pack()) and drain(): the whole processing of a sample",
  async setup() {
    await init();
    measuring = new Measuring();
    outputs = 0;
  },
  async sample(pc) {
    outputs += measuring.sample(await pc.getStats());
  },
  check() {
    return { outputs, received: measuring.received() };
  },
};
