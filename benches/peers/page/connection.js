// A stand-in for an RTCPeerConnection: instanceof holds, getStats() hands out prepared reports.
export function fakePc(model) {
  const pc = Object.create(RTCPeerConnection.prototype);
  let queue = [];
  let cur = null;
  const calls = { full: 0, track: 0 };
  const mkTrack = (t) => ({
    id: t.id,
    kind: t.kind,
    label: t.id,
    enabled: true,
    muted: false,
    readyState: "live",
    contentHint: "",
    addEventListener() {},
    removeEventListener() {},
    getConstraints: () => ({}),
    getCapabilities: () => ({}),
    getSettings: () => ({}),
  });
  const end = (t) => {
    const track = mkTrack(t);
    return {
      track,
      getStats: () => {
        calls.track++;
        return Promise.resolve(cur.byTrack.get(track.id));
      },
    };
  };
  const senders = model.localTracks.map(end);
  const receivers = model.remoteTracks.map(end);
  const own = {
    getStats(track) {
      if (track) {
        calls.track++;
        return Promise.resolve(cur.byTrack.get(track.id));
      }
      calls.full++;
      return Promise.resolve(cur.full);
    },
    getSenders: () => senders,
    getReceivers: () => receivers,
    getTransceivers: () => [],
    getConfiguration: () => ({ iceServers: [] }),
    addEventListener() {},
    removeEventListener() {},
    connectionState: "connected",
    iceConnectionState: "connected",
    iceGatheringState: "complete",
    signalingState: "stable",
    localDescription: null,
    remoteDescription: null,
    // harness side
    load(samples) {
      queue = samples;
      cur = null;
    },
    next() {
      cur = queue.shift();
    },
    take(i) {
      cur = queue[i];
    },
    calls,
  };
  for (const k of Object.keys(own))
    Object.defineProperty(pc, k, { value: own[k], writable: true, configurable: true, enumerable: false });
  return pc;
}
