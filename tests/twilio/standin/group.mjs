// A group room: each participant has one connection, with a media server that sends everybody the others' tracks.
//
// What a real one does and this does not: choose among simulcast layers (the first is forwarded, the others end here), switch
// tracks off, keep to bandwidth profiles and priorities, judge who speaks and how good a network is.

import { randomUUID } from "node:crypto";

import { MediaConnection } from "./media-connection.mjs";
import { MediaPath, perfectNetwork } from "./network.mjs";
import { Room } from "./room.mjs";

/** The data channels that the server has something to say on, by the client's name for them. */
const CHANNELS = ["active_speaker", "network_quality", "publisher_hints"];

/** Everybody is the dominant speaker in turn, for so long. */
const TURN_MS = 5000;

/** Twilio's best. */
const BEST_NETWORK_QUALITY = 5;

/** A room whose media goes through the server. */
export class GroupRoom extends Room {
  // By participant: its connection, what it is sent, its channels.
  #media = new Map();
  #turns = null;
  #networkQualities = new Map();

  get type() {
    return "group";
  }

  get mediaRegion() {
    return "us1";
  }

  channels(participant, { media_signaling: wanted = {} }) {
    const labels = Object.fromEntries(CHANNELS.filter((name) => wanted[name]).map((name) => [name, `${name}-${randomUUID()}`]));
    this.#media.set(participant, { labels, connection: null, forwarded: new Map(), channels: null });
    return labels;
  }

  connect(participant, { peer_connections: [initial] }) {
    this.#turns ??= setInterval(() => this.#giveTurn(), TURN_MS);
    const media = this.#media.get(participant);
    const path = new MediaPath({ near: () => this.networkOf(participant), far: perfectNetwork });
    media.connection = new MediaConnection(initial.id, path, {
      name: participant.identity,
      describe: (description) => {
        const state = { id: initial.id, description };
        participant.update({ subscribed: this.subscriptions(participant), peer_connections: [state] });
      },
      changed: () => this.#reconcileAll(),
      rtp: (mid, packet) => this.#forward(participant, mid, packet),
      ended: () => this.leave(participant),
    });
    participant.connections.set(initial.id, media.connection);
    media.connection.receive(participant, initial);
  }

  disconnect(participant) {
    this.#media.get(participant).connection.end();
    this.#media.delete(participant);
    this.#reconcileAll();
    if (this.participants.size === 0) clearInterval(this.#turns);
  }

  tracksChanged() {
    this.#reconcileAll();
  }

  subscribed(participant) {
    const forwarded = this.#media.get(participant)?.forwarded ?? new Map();
    return [...forwarded].map(([sid, { id }]) => ({ id, sid }));
  }

  /** From now on tells the participants called `identity` that their network's quality is `level`, from 0 to 5. */
  rateNetwork(identity, level) {
    this.#networkQualities.set(identity, level);
  }

  /**
   * Tells a publisher which simulcast layers of a track nobody needs.
   *
   * @param {string} trackSid
   * @param {boolean[]} layers by layer from the smallest, whether it is to be sent
   * @returns {boolean} whether there is such a track, and a way to tell its publisher
   */
  hint(trackSid, layers) {
    for (const [participant, { channels }] of this.#media) {
      const isPublisher = participant.tracks.some(({ sid }) => sid === trackSid);
      const channel = channels?.publisher_hints;
      if (!isPublisher || channel?.readyState !== "open") continue;
      const encodings = layers.map((enabled, layer) => ({ enabled, layer_index: layer }));
      say(channel, { type: "publisher_hints", publisher: { id: Date.now(), hints: [{ track: trackSid, encodings }] } });
      return true;
    }
    return false;
  }

  #forward(publisher, mid, packet) {
    for (const { forwarded } of this.#media.values()) {
      for (const track of forwarded.values()) {
        if (track.publisher === publisher && track.mid === mid) track.write(packet);
      }
    }
  }

  #reconcileAll() {
    for (const participant of this.participants.values()) this.#reconcile(participant);
  }

  // Brings what a participant is sent up to date with what the others publish.
  #reconcile(participant) {
    const media = this.#media.get(participant);
    if (!media?.connection?.isConnected) return;
    const opened = this.#openChannels(participant, media);
    const published = this.#arriving(participant);
    let isChanged = opened;
    for (const [sid, { id }] of media.forwarded) {
      if (published.has(sid)) continue;
      media.connection.stop(id);
      media.forwarded.delete(sid);
      isChanged = true;
    }
    for (const [sid, { publisher, kind, mid }] of published) {
      if (media.forwarded.has(sid)) continue;
      const id = randomUUID();
      const write = media.connection.send({ id, kind, streamId: publisher.sid });
      media.forwarded.set(sid, { id, publisher, mid, write });
      isChanged = true;
    }
    if (isChanged) media.connection.offer();
    else for (const { publisher, mid } of media.forwarded.values()) this.#media.get(publisher)?.connection.requestKeyFrame(mid);
  }

  // The others' tracks whose media arrives, by sid.
  #arriving(participant) {
    const found = new Map();
    for (const publisher of this.others(participant)) {
      const connection = this.#media.get(publisher)?.connection;
      for (const { id, sid, kind } of publisher.tracks) {
        const mid = kind === "data" ? null : (connection?.midOf(id) ?? null);
        if (mid !== null) found.set(sid, { publisher, kind, mid });
      }
    }
    return found;
  }

  #openChannels(participant, media) {
    if (media.channels !== null) return false;
    const opened = Object.entries(media.labels).map(([name, label]) => [name, media.connection.openChannel(label)]);
    media.channels = Object.fromEntries(opened);
    media.channels.network_quality?.onMessage.subscribe((message) => {
      this.#answerNetworkQuality(participant, media.channels.network_quality, JSON.parse(message.toString()));
    });
    return opened.length > 0;
  }

  #answerNetworkQuality(participant, channel, { reportLevel = 1, remoteReportLevel = 0 }) {
    const levelOf = ({ identity }) => this.#networkQualities.get(identity) ?? BEST_NETWORK_QUALITY;
    const level = levelOf(participant);
    const part = { send: level, recv: level };
    const local = reportLevel > 1 ? { level, audio: part, video: part } : level;
    const remotes = this.others(participant).map((other) => ({ sid: other.sid, level: levelOf(other) }));
    say(channel, { type: "network_quality", local, ...(remoteReportLevel > 0 ? { remotes } : {}) });
  }

  #giveTurn() {
    for (const [participant, { channels }] of this.#media) {
      const others = this.others(participant);
      const channel = channels?.active_speaker;
      if (others.length === 0 || channel?.readyState !== "open") continue;
      const { sid } = others[Math.floor(Date.now() / TURN_MS) % others.length];
      say(channel, { type: "active_speaker", participant: sid });
    }
  }
}

function say(channel, message) {
  channel.send(JSON.stringify(message));
}
