// @peermetrics/webrtc-stats: the body of its interval callback (getStats(), then emitEvent() for each result).
import { WebRTCStats } from "@peermetrics/webrtc-stats";
let w;
let last = null;
let n = 0;
export default {
  name: "peermetrics",
  note: "WebRTCStats.getStats() + emitEvent() per result, as its interval callback does; default options (remote: true), one 'stats' listener; its timer cleared; timeline cleared at every 100th sample, else it grows without bound",
  async setup(pc) {
    w = new WebRTCStats({ getStatsInterval: 5000 });
    w.on("stats", (ev) => {
      last = ev;
    });
    await w.addConnection({ pc, peerId: "p", connectionId: "c" });
    clearInterval(w.monitoringSetInterval);
    clearInterval(w.connectionMonitoringSetInterval);
  },
  async sample() {
    const events = await w.getStats();
    events.forEach((e) => {
      w.emitEvent(e);
    });
    if (++n % 100 === 0) w.clearTimeline();
  },
  check() {
    return {
      out: last.data.video.outbound.map((o) => o.bitrate),
      inb: last.data.video.inbound.length,
      remote: last.data.remote.video.inbound.length,
    };
  },
};
