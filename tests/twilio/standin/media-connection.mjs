// The media server's end of one client's connection: negotiation, the tracks that arrive, the tracks that are sent, and data
// channels. WebRTC itself is werift's.

import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters } from "werift";

import { Queue } from "./queue.mjs";
import { mapCandidates, trackIdsByMid, withInactiveKept, withStartBitrate, withTrackIds } from "./sdp.mjs";

const LOOPBACK = "127.0.0.1";

/**
 * Enough for three simulcast layers. The server does not estimate bandwidth, and without that Chromium would begin with 300
 * kbit/s and go up by 8 % a second.
 */
const START_KBPS = 2500;

const CODECS = {
  audio: [
    new RTCRtpCodecParameters({ mimeType: "audio/opus", clockRate: 48_000, channels: 2, payloadType: 111, rtcpFeedback: [] }),
  ],
  video: [
    new RTCRtpCodecParameters({
      mimeType: "video/VP8",
      clockRate: 90_000,
      payloadType: 96,
      rtcpFeedback: [{ type: "nack" }, { type: "nack", parameter: "pli" }, { type: "ccm", parameter: "fir" }],
    }),
  ],
};

/** The media server's end of a connection. */
export class MediaConnection {
  #connection;
  #queue;
  #publishedIds = new Map();
  #received = new Map();
  #sent = new Map();
  #knownCandidates = new Set();
  #revision = 1;
  #isOffering = false;
  #hasToOffer = false;
  #handlers;

  /**
   * @param {string} id by which the client knows it
   * @param {import("./network.mjs").MediaPath} path the client is at its near end
   * @param {object} handlers
   * @param {string} handlers.name whose connection it is, for reports
   * @param {(description: object) => void} handlers.describe takes the server's offers and answers to the client
   * @param {() => void} handlers.changed is called when it is connected, and when a track's media has come to be expected
   * @param {(mid: string, packet: import("werift").RtpPacket) => void} handlers.rtp takes what arrives
   * @param {() => void} handlers.ended is called when the client closed it
   */
  constructor(id, path, handlers) {
    this.id = id;
    this.path = path;
    this.#handlers = handlers;
    this.#queue = new Queue(`media of ${handlers.name}`);
    this.#connection = new RTCPeerConnection({
      codecs: CODECS,
      bundlePolicy: "max-bundle",
      iceServers: [],
      iceUseIpv6: false,
      iceInterfaceAddresses: { udp4: LOOPBACK },
      iceAdditionalHostAddresses: [LOOPBACK],
    });
    this.#connection.connectionStateChange.subscribe(() => handlers.changed());
    this.#connection.onTrack.subscribe((track) => this.#expect(track));
  }

  get isConnected() {
    return this.#connection.connectionState === "connected";
  }

  /** Which end a participant is at: the server is the other. */
  endOf() {
    return "near";
  }

  /** Takes what the client says of the connection. */
  receive(_participant, { description, ice }) {
    this.#queue.run(async () => {
      // The client may say something while it is being left.
      if (this.#connection.connectionState === "closed") return;
      if (description?.type === "offer") await this.#answer(description);
      else if (description?.type === "answer") await this.#takeAnswer(description);
      else if (description?.type === "close") this.#handlers.ended();
      for (const each of ice?.candidates ?? []) await this.#addCandidate(each);
    });
  }

  /** The section of the session description in which a published track's media arrives; null until it can. */
  midOf(trackId) {
    const [mid] = [...this.#publishedIds].find(([, id]) => id === trackId) ?? [null];
    return this.#received.has(mid) ? mid : null;
  }

  /**
   * Prepares a track to be sent; `offer` then tells the client.
   *
   * @param {{id: string, kind: "audio" | "video", streamId: string}} track `id` is what the client will find in the offer
   * @returns {(packet: import("werift").RtpPacket) => void} sends a packet that has arrived from its publisher
   */
  send({ id, kind, streamId }) {
    const output = new MediaStreamTrack({ kind, id, streamId });
    // Not only to send: the client uses the same section of the session description for the next track that it publishes.
    const transceiver = this.#connection.addTransceiver(output, { direction: "sendrecv" });
    this.#sent.set(id, { transceiver, streamId });
    // A sender renumbers the packet it is given, and each client has one of its own.
    return (packet) => output.writeRtp(packet.clone());
  }

  /** Sends a track no more; `offer` then tells the client. */
  stop(id) {
    this.#sent.get(id).transceiver.setDirection("recvonly");
    this.#sent.delete(id);
  }

  /** Asks the client for a whole picture, for somebody who has just come. */
  requestKeyFrame(mid) {
    const received = this.#received.get(mid);
    if (received?.track.kind !== "video" || received.ssrc === null) return;
    this.#queue.run(() => received.receiver.sendRtcpPLI(received.ssrc));
  }

  /** Opens a data channel; `offer` then tells the client. */
  openChannel(label) {
    const channel = this.#connection.createDataChannel(label);
    // werift numbers the channels from here on once it has started SCTP, but the browser can be the first to do that.
    const { sctpTransport } = this.#connection;
    sctpTransport.dataChannelId ??= sctpTransport.isServer ? 0 : 1;
    return channel;
  }

  /** Offers the client what has changed, as soon as nothing else is under negotiation. */
  offer() {
    this.#hasToOffer = true;
    this.#queue.run(async () => {
      if (!this.#hasToOffer || this.#isOffering || this.#connection.signalingState !== "stable") return;
      this.#hasToOffer = false;
      this.#isOffering = true;
      this.#revision += 1;
      await this.#connection.setLocalDescription(await this.#connection.createOffer());
      await this.#describe("offer");
    });
  }

  /** Ends the connection. */
  end() {
    this.#queue.run(async () => {
      await this.#connection.close();
      await this.path.end();
    });
  }

  async #answer({ revision, sdp }) {
    // The client takes its offer back when it gets ours, and makes it again.
    if (this.#isOffering) return;
    this.#revision = Math.max(this.#revision, revision);
    this.#publishedIds = trackIdsByMid(sdp);
    await this.#connection.setRemoteDescription({ type: "offer", sdp: await this.#withRelayed("near", sdp) });
    await this.#connection.setLocalDescription(await this.#connection.createAnswer());
    await this.#describe("answer");
    this.#handlers.changed();
    await this.#followIceRestart();
  }

  async #takeAnswer({ sdp }) {
    if (!this.#isOffering) return;
    this.#publishedIds = trackIdsByMid(sdp);
    await this.#connection.setRemoteDescription({ type: "answer", sdp: await this.#withRelayed("near", sdp) });
    this.#isOffering = false;
    if (this.#hasToOffer) this.offer();
    this.#handlers.changed();
  }

  async #describe(type) {
    const { sdp } = this.#connection.localDescription;
    const ids = [...this.#sent].map(([trackId, { transceiver, streamId }]) => [transceiver.mid, { streamId, trackId }]);
    const relayed = await this.#withRelayed("far", sdp);
    const adapted = withStartBitrate(withInactiveKept(withTrackIds(relayed, new Map(ids))), START_KBPS);
    this.#handlers.describe({ type, revision: this.#revision, sdp: adapted });
  }

  #withRelayed(end, sdp) {
    return mapCandidates(sdp, (candidate) => this.path.relayed(end, candidate));
  }

  async #addCandidate({ candidate, ...rest }) {
    const relayed = await this.path.relayed("near", candidate ?? "");
    if (relayed === null || this.#knownCandidates.has(candidate)) return;
    this.#knownCandidates.add(candidate);
    await this.#connection.addIceCandidate({ ...rest, candidate: relayed });
  }

  // werift starts ICE only for a connection that has none yet, and after a restart this is one that already had DTLS.
  async #followIceRestart() {
    const [ice] = this.#connection.iceTransports;
    if (this.#connection.dtlsTransports[0].state !== "connected" || ice.state !== "new") return;
    ice.start().catch((error) => console.error(`media of ${this.#handlers.name}: ICE restart: ${error.message}`));
  }

  // Said again with every offer of the client for as long as the track is sent.
  #expect(track) {
    const transceiver = this.#connection.getTransceivers().find(({ receiver }) => receiver.tracks.includes(track));
    const { mid, receiver } = transceiver ?? {};
    if (mid === undefined || this.#received.get(mid)?.track === track) return;
    const received = { track, receiver, ssrc: null };
    this.#received.set(mid, received);
    track.onReceiveRtp.subscribe((packet) => {
      received.ssrc = packet.header.ssrc;
      this.#handlers.rtp(mid, packet);
    });
  }
}
