// @observertc/client-monitor-js with its defaults: a ClientSample at every 4th collect, all tracks registered.
import { ClientMonitor } from "@observertc/client-monitor-js";
let m;
let samples = 0;
export default {
  name: "observertc-full",
  note: "ClientMonitor.collect() with default periods (2 s / 8 s: createSample() at every 4th collect), its own interval cleared, every track given to addMediaStreamTrack()",
  setup(pc) {
    m = new ClientMonitor({ clientId: "c", callId: "k", integrateNavigatorMediaDevices: false });
    clearInterval(m._timer);
    m.on("sample-created", () => {
      samples++;
    });
    m.addSource(pc);
    const mon = m.peerConnections[0];
    for (const e of [...pc.getSenders(), ...pc.getReceivers()]) if (e.track) mon.addMediaStreamTrack(e.track);
  },
  async sample() {
    await m.collect();
  },
  check() {
    return {
      out: m.sendingVideoBitrate,
      inb: m.receivingVideoBitrate,
      tracks: m.tracks.length,
      samples,
      score: m.score,
    };
  },
};
