// All rooms of the stand-in.

import { GroupRoom } from "./group.mjs";
import { PeerToPeerRoom } from "./peer-to-peer.mjs";

/** The types of rooms, by Twilio's names for them. */
const TYPES = { group: GroupRoom, peer_to_peer: PeerToPeerRoom };

/** A room that nobody declared is a group room if its name begins like this. */
const GROUP_NAME = /^group/;

/** The rooms by name. One that nobody declared comes to be when somebody joins it, and goes when the last one leaves. */
export class Rooms {
  #rooms = new Map();

  /**
   * Creates a room before anybody joins it.
   *
   * @param {string} name
   * @param {{type?: string, publisherHints?: boolean}} options `type` is `group` or `peer_to_peer`
   */
  declare(name, { type = GROUP_NAME.test(name) ? "group" : "peer_to_peer", ...options } = {}) {
    if (this.#rooms.has(name)) throw new RangeError(`there is a room ${name} already`);
    if (!Object.hasOwn(TYPES, type)) throw new RangeError(`a room is ${Object.keys(TYPES).join(" or ")}, not ${type}`);
    const room = new TYPES[type](name, () => this.#rooms.delete(name), options);
    this.#rooms.set(name, room);
    return room;
  }

  /** The room of that name, which is created if need be. */
  open(name) {
    return this.#rooms.get(name) ?? this.declare(name);
  }

  /** The room of that name or sid, or null. */
  find(name) {
    return [...this.#rooms.values()].find((room) => room.name === name || room.sid === name) ?? null;
  }

  /** The participant whose session it is, or null. */
  participantOf(session) {
    const participants = [...this.#rooms.values()].flatMap((room) => [...room.participants.values()]);
    return participants.find((participant) => participant.session === session) ?? null;
  }

  /** Everything about all rooms, with what really happened to the media of each participant. */
  describe() {
    return [...this.#rooms.values()].map((room) => ({
      name: room.name,
      sid: room.sid,
      type: room.type,
      participants: [...room.participants.values()].map(describeParticipant),
    }));
  }

  /** Ends all rooms. */
  close() {
    for (const room of [...this.#rooms.values()]) room.complete();
  }
}

function describeParticipant(participant) {
  const { sid, identity, state, tracks } = participant;
  const connections = [...participant.connections]
    .filter(([, { path }]) => path !== null)
    .map(([id, connection]) => ({ id, ...connection.path.truth(connection.endOf(participant)) }));
  return { sid, identity, state, tracks, connections };
}
