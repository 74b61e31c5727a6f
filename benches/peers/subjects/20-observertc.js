// @observertc/client-monitor-js: what its collecting interval calls, without building ClientSamples.
import { ClientMonitor } from "@observertc/client-monitor-js";
let m;
export default {
  name: "observertc-collect",
  note: "ClientMonitor.collect(); collectingPeriodInMs 0 (no timer, no ClientSample), addSource(pc), no tracks registered",
  setup(pc) {
    m = new ClientMonitor({
      clientId: "c",
      callId: "k",
      collectingPeriodInMs: 0,
      samplingPeriodInMs: 0,
      integrateNavigatorMediaDevices: false,
    });
    m.addSource(pc);
    if (m.peerConnections.length !== 1) throw new Error("source not taken");
  },
  async sample() {
    await m.collect();
  },
  check() {
    return { out: m.sendingVideoBitrate, inb: m.receivingVideoBitrate, rtps: m.inboundRtps.length, score: m.score };
  },
};
