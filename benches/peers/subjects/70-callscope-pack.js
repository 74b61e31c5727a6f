// callscope: reading the report into rows, and no more.
import init, { Packing } from "/own/callscope_bench_peers.js";
let packing;
let numbers = 0;
export default {
  name: "callscope-pack",
  note: "Reader::pack(): one walk that writes the needed members into WebAssembly memory",
  async setup() {
    await init();
    packing = new Packing();
  },
  async sample(pc) {
    numbers = packing.sample(await pc.getStats());
  },
  check() {
    return { numbers };
  },
};
