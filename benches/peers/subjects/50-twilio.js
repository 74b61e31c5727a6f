// twilio-video: only the report parsing of Room.getStats() (lib/webrtc/getstats.js, exported function), one getStats(track)
// per track and one getStats(); without Room's own mapping of track ids to sids.
import getStats from "twilio-video/lib/webrtc/getstats.js";
let last = null;
let warned = 0;
const log = {
  info() {},
  warn() {
    warned++;
  },
};
export default {
  name: "twilio",
  note: "getStats(pc, {log}) of twilio-video/lib/webrtc/getstats.js: one pc.getStats(track) per track, then pc.getStats()",
  needsTracks: true,
  setup() {
    warned = 0;
  },
  async sample(pc) {
    last = await getStats(pc, { log });
  },
  check() {
    return {
      lv: last.localVideoTrackStats.length,
      rv: last.remoteVideoTrackStats.length,
      sent: last.localVideoTrackStats[0] && last.localVideoTrackStats[0].bytesSent,
      pair: !!last.activeIceCandidatePair,
      warned,
    };
  },
};
