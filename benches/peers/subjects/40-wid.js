// webrtc-issue-detector: the body of its timer (parse by sender/receiver getStats(), scores, nine detectors).
import WebRTCIssueDetector from "webrtc-issue-detector";
let d;
let last = null;
let issues = 0;
let scores = null;
export default {
  name: "wid",
  note: "statsReporter.parseReports() = the body of its timer: per-sender and per-receiver getStats(), parsing, network scores, 9 default detectors",
  needsTracks: true,
  setup(pc) {
    d = new WebRTCIssueDetector({
      autoAddPeerConnections: false,
      getStatsInterval: 2147483000,
      onStats: (s) => {
        last = s;
      },
      onIssues: (i) => {
        issues += i.length;
      },
      onNetworkScoresUpdated: (s) => {
        scores = s;
      },
    });
    d.handleNewPeerConnection(pc, "pc");
  },
  async sample() {
    await d.statsReporter.parseReports();
  },
  check() {
    const s = last[0].stats;
    return {
      inb: s.video.inbound.length,
      out: s.video.outbound.map((o) => o.bitrate),
      issues,
      scores: scores && [scores.inbound, scores.outbound],
    };
  },
};
