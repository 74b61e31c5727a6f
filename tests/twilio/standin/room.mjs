// What all rooms have in common: who is in them, and what these are told of one another.

import { perfectNetwork } from "./network.mjs";
import { RSP_VERSION } from "./participant.mjs";
import { newSid } from "./sid.mjs";

/** Twilio's own for a participant whose signaling connection is lost. */
const SESSION_TIMEOUT_SECONDS = 30;

/**
 * A room. Its two kinds differ in how media gets from one participant to another; each has
 *
 * - `connect(participant, message)`: brings up the media of one that has joined,
 * - `disconnect(participant)`: and ends it,
 * - `tracksChanged(participant)`: called when a participant's published tracks are other than they were,
 * - `subscribed(participant)`: under which id in its session descriptions a participant finds which track,
 * - `channels(participant, message)`: the data channels of the media server that the client is told of.
 */
export class Room {
  sid = newSid("RM");

  /** @type {Map<string, import("./participant.mjs").Participant>} those in the room, by sid */
  participants = new Map();

  #networks = new Map();
  #recording = { is_recording: false, revision: 1 };
  #subscribedRevisions = new WeakMap();
  #sessionTimers = new Map();
  #emptied;

  /**
   * @param {string} name
   * @param {(room: Room) => void} emptied is called when the last participant has left
   */
  constructor(name, emptied) {
    this.name = name;
    this.#emptied = emptied;
  }

  /** Where the room's media is handled, if anywhere; the client takes it for the sign of a media server. */
  get mediaRegion() {
    return null;
  }

  /** Everybody but one. */
  others(participant) {
    return [...this.participants.values()].filter((other) => other !== participant);
  }

  /** Lets a participant in: `message` is the client's `connect`. */
  join(participant, message) {
    this.participants.set(participant.sid, participant);
    participant.takeTracks(message.participant);
    participant.send(this.#wholeState("connected", participant, { channels: this.channels(participant, message) }));
    this.tellOthers(participant);
    this.connect(participant, message);
  }

  /** Takes a participant back whose signaling connection was lost: `message` is the client's `sync`. */
  resume(participant, message) {
    this.#stopSessionTimer(participant);
    participant.become("connected");
    const tracksChanged = participant.takeTracks(message.participant);
    const connections = [...participant.connections.keys()].map((id) => ({ id }));
    participant.send(this.#wholeState("synced", participant, { connections }));
    participant.sendKept();
    this.tellOthers(participant);
    if (tracksChanged) this.tracksChanged(participant);
    this.#receive(participant, message);
  }

  /** Takes what a client says has changed: `message` is its `update`. */
  update(participant, message) {
    if (participant.takeTracks(message.participant)) {
      participant.update({ published: participant.published() });
      this.tellOthers(participant);
      this.tracksChanged(participant);
    }
    this.#receive(participant, message);
  }

  /** Notes that a participant's signaling connection is lost. It may come back in time. */
  lose(participant) {
    participant.client = null;
    if (participant.state === "disconnected") return;
    participant.become("reconnecting");
    this.tellOthers(participant);
    const timer = setTimeout(() => this.leave(participant), SESSION_TIMEOUT_SECONDS * 1000);
    this.#sessionTimers.set(participant, timer);
  }

  /** Lets a participant go. */
  leave(participant) {
    if (participant.state === "disconnected") return;
    this.#stopSessionTimer(participant);
    participant.become("disconnected");
    this.participants.delete(participant.sid);
    this.disconnect(participant);
    this.tellOthers(participant);
    if (this.participants.size === 0) this.#emptied(this);
  }

  /** Ends the room for everybody, as Twilio's REST API can. */
  complete() {
    for (const participant of [...this.participants.values()]) {
      participant.send({ type: "disconnected", version: RSP_VERSION, session: participant.session, status: "completed" });
      this.leave(participant);
    }
  }

  /** Says that the room is being recorded, or no more; nothing is. */
  record(isRecording) {
    this.#recording = { is_recording: isRecording, revision: this.#recording.revision + 1 };
    for (const participant of this.participants.values()) participant.update({ recording: this.#recording });
  }

  /** Tells the others what a participant is now. */
  tellOthers(participant) {
    for (const other of this.others(participant)) {
      other.update({ participants: [participant.asSeenByOthers()], subscribed: this.subscriptions(other) });
    }
  }

  /** What a participant is subscribed to, as the client wants to be told. */
  subscriptions(participant) {
    const revision = (this.#subscribedRevisions.get(participant) ?? 0) + 1;
    this.#subscribedRevisions.set(participant, revision);
    return { revision, tracks: this.subscribed(participant) };
  }

  /** The network between a participant and the rest of the world. */
  networkOf({ identity }) {
    return this.#networks.get(identity) ?? this.#networks.get(null) ?? perfectNetwork();
  }

  /**
   * Changes the network of those called `identity`, also of those still to come; with null, of all that have none of their own.
   *
   * @param {string | null} identity
   * @param {import("./network.mjs").AccessNetwork} network
   */
  shape(identity, network) {
    this.#networks.set(identity, network);
    for (const path of this.paths()) path.reshape();
  }

  /** The ways that media takes: those of one participant, or all. */
  paths(participants = [...this.participants.values()]) {
    const connections = participants.flatMap((participant) => [...participant.connections.values()]);
    return [...new Set(connections.map(({ path }) => path).filter((path) => path !== null))];
  }

  #receive(participant, { peer_connections: states = [] }) {
    for (const state of states) participant.connections.get(state.id)?.receive(participant, state);
  }

  #stopSessionTimer(participant) {
    clearTimeout(this.#sessionTimers.get(participant));
    this.#sessionTimers.delete(participant);
  }

  #wholeState(type, participant, { channels = {}, connections = [] }) {
    const { session, sid, identity } = participant;
    return {
      type,
      version: RSP_VERSION,
      session,
      sid: this.sid,
      name: this.name,
      participant: { sid, identity },
      participants: this.others(participant).map((other) => other.asSeenByOthers()),
      published: participant.published(),
      subscribed: this.subscriptions(participant),
      peer_connections: connections,
      recording: this.#recording,
      options: {
        session_timeout: SESSION_TIMEOUT_SECONDS,
        signaling_region: "us1",
        ...(this.mediaRegion === null ? {} : { media_region: this.mediaRegion }),
      },
      media_signaling: Object.fromEntries(
        Object.entries(channels).map(([name, label]) => [name, { transport: { type: "data-channel", label } }]),
      ),
    };
  }
}
