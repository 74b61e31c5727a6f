// A call that a page makes with itself, with nothing of the app in it: the instrument for recordings, and for the proof that
// the relay's count is the truth. Runs in the browser.

/** The simulcast layers, from the smallest to the full picture. */
const LAYERS = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: "f", maxBitrate: 1_500_000 },
];
const RIDS = LAYERS.map(({ rid }) => rid);

const listeners = new Set();

const CONNECT_LIMIT_MS = 15_000;

/**
 * Starts the call and leaves it in `window.call`: `near`, `far`, and `setLayer(rid, active)`.
 *
 * @param {{simulcast?: boolean, width?: number, height?: number}} options without simulcast both sides send; with it, the near
 *   side sends to the far side only
 */
export async function startCall({ simulcast = false, width = 1280, height = 720 } = {}) {
  const near = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const far = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width, height, frameRate: 30 } });
  const [audio] = stream.getAudioTracks();
  const [video] = stream.getVideoTracks();
  const direction = simulcast ? "sendonly" : "sendrecv";
  near.addTransceiver(audio, { direction, streams: [stream] });
  const { sender } = near.addTransceiver(video, {
    direction,
    streams: [stream],
    ...(simulcast ? { sendEncodings: LAYERS } : {}),
  });

  // Without a listener nobody pulls the sound out of the jitter buffer, and half of the receiver's statistics stay at zero.
  for (const connection of [near, far]) connection.addEventListener("track", ({ track }) => listenMuted(track));

  const openNear = exchange(near, far, "near");
  const openFar = exchange(far, near, "far");

  await near.setLocalDescription(await near.createOffer());
  const offer = near.localDescription.sdp;
  await far.setRemoteDescription({ type: "offer", sdp: simulcast ? splitSimulcast(offer) : offer });
  openNear();
  if (!simulcast) {
    for (const transceiver of far.getTransceivers()) {
      transceiver.direction = "sendrecv";
      const track = transceiver.receiver.track.kind === "audio" ? audio : video;
      await transceiver.sender.replaceTrack(track.clone());
    }
  }
  await far.setLocalDescription(await far.createAnswer());
  const answer = far.localDescription.sdp;
  await near.setRemoteDescription({ type: "answer", sdp: simulcast ? joinSimulcast(answer, offer) : answer });
  openFar();
  await connected(near);

  window.call = {
    near,
    far,
    async setLayer(rid, active) {
      const parameters = sender.getParameters();
      parameters.encodings.find((encoding) => encoding.rid === rid).active = active;
      await sender.setParameters(parameters);
    },
    async reports() {
      const [nearReport, farReport] = await Promise.all([near.getStats(), far.getStats()]);
      return { at: Date.now(), near: [...nearReport.values()], far: [...farReport.values()] };
    },
  };
}

// Passes candidates from one side to the other, through the relay if the page has one. Returns the function that lets them
// through: they must wait for the other side's description.
function exchange(from, to, side) {
  const waiting = [];
  let isOpen = false;
  const pass = async ({ candidate, sdpMid, sdpMLineIndex }) => {
    const fields = candidate.split(" ");
    if (window.callscopeRelay) {
      const [, component, protocol, , address, port] = fields;
      if (component !== "1" || protocol.toLowerCase() !== "udp") return;
      const relayed = await window.callscopeRelay(side, address, Number(port));
      if (relayed === null) return;
      fields[4] = "127.0.0.1";
      fields[5] = String(relayed);
    }
    await to.addIceCandidate({ candidate: fields.join(" "), sdpMid, sdpMLineIndex });
  };
  from.addEventListener("icecandidate", ({ candidate }) => {
    // An empty candidate ends a generation of candidates; there is nothing in it to pass.
    if (candidate === null || candidate.candidate === "") return;
    if (isOpen) pass(candidate);
    else waiting.push(candidate);
  });
  return () => {
    isOpen = true;
    waiting.splice(0).forEach(pass);
  };
}

function listenMuted(track) {
  if (track.kind !== "audio") return;
  const listener = new Audio();
  listener.muted = true;
  listener.srcObject = new MediaStream([track]);
  listener.play();
  // Nothing else holds on to it.
  listeners.add(listener);
}

async function connected(connection) {
  await new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`still ${connection.connectionState} after ${CONNECT_LIMIT_MS} ms`)),
      CONNECT_LIMIT_MS,
    );
    const look = () => {
      if (connection.connectionState !== "connected") return;
      clearTimeout(timer);
      resolve();
    };
    connection.addEventListener("connectionstatechange", look);
    look();
  });
}

const HEADER_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:";

function sections(sdp) {
  const [head, ...media] = sdp.split(/(?=^m=)/m);
  return { head, media };
}

function midOf(section) {
  return /^a=mid:(\S+)/m.exec(section)[1];
}

function withMedia(head, media) {
  return head.replace(/^a=group:BUNDLE.*/m, `a=group:BUNDLE ${media.map(midOf).join(" ")}`) + media.join("");
}

// No browser receives simulcast, so the receiver is told of one m-line for each layer: the rid header extension of a layer's
// packets is read there as the mid of its m-line.
function splitSimulcast(offer) {
  const { head, media } = sections(offer);
  return withMedia(
    head,
    media.flatMap((section) => {
      if (!/^a=simulcast:send/m.test(section)) return [section];
      const extension = new RegExp(`^a=extmap:(\\d+) ${HEADER_EXTENSION}rtp-stream-id`, "m").exec(section)[1];
      const common = section
        .split("\r\n")
        .filter((line) => !/^a=(rid|simulcast|ssrc|ssrc-group|msid):/.test(line))
        .filter((line) => !line.includes(HEADER_EXTENSION))
        .join("\r\n");
      return RIDS.map((rid) =>
        common.replace(/^a=mid:.*/m, `a=mid:${rid}\r\na=extmap:${extension} ${HEADER_EXTENSION}mid`),
      );
    }),
  );
}

// The receiver's answer to `splitSimulcast`, as the sender expects it.
function joinSimulcast(answer, offer) {
  const simulcast = sections(offer).media.find((section) => /^a=simulcast:send/m.test(section));
  const extensions = simulcast
    .split("\r\n")
    .filter((line) => line.includes(HEADER_EXTENSION))
    .join("\r\n");
  const { head, media } = sections(answer);
  const joined = media.flatMap((section) => {
    const layer = RIDS.indexOf(midOf(section));
    if (layer === -1) return [section];
    if (layer > 0) return [];
    const restored = section
      .replace(/^a=mid:.*/m, `a=mid:${midOf(simulcast)}`)
      .replace(new RegExp(`^a=extmap:\\d+ ${HEADER_EXTENSION}mid`, "m"), extensions);
    return [`${restored}${RIDS.map((rid) => `a=rid:${rid} recv\r\n`).join("")}a=simulcast:recv ${RIDS.join(";")}\r\n`];
  });
  return withMedia(head, joined);
}
