// callscope: reading and measuring; intervals, issues and signals come out.
import init, { Measuring } from "/own/callscope_bench_peers.js";

/** The reader and the engine, with reports so many seconds apart. */
export function subject(name, note, secondsApart) {
  let measuring;
  let outputs = 0;
  return {
    name,
    note,
    secondsApart,
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
}

export default subject("callscope", "Engine::sample(Reader::pack()) and drain(): the whole processing of a sample");
