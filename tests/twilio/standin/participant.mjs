// One participant of one room, as the signaling service knows it.

import { newSid } from "./sid.mjs";

/** The version of the protocol in which a participant is spoken to. */
export const RSP_VERSION = 2;

/** A participant: its tracks, its session, and the connections over which its media goes. */
export class Participant {
  sid = newSid("PA");
  session = newSid("SE");

  /** @type {"connected" | "reconnecting" | "disconnected"} */
  state = "connected";

  /** @type {{id: string, sid: string, kind: string, name: string, enabled: boolean, priority: string}[]} what is published */
  tracks = [];

  /** What takes messages to the client; null while its signaling connection is lost. */
  client = null;

  /**
   * The client's connections by the id that the client gave them, or was given. `receive` takes what the client says of one.
   *
   * @type {Map<string, {receive: (participant: Participant, state: object) => void}>}
   */
  connections = new Map();

  #revision = 1;
  #tracksRevision = -1;
  #publishedRevision = 0;
  #trackSids = new Map();
  #unsent = [];

  /**
   * @param {import("./room.mjs").Room} room
   * @param {string} identity
   */
  constructor(room, identity) {
    this.room = room;
    this.identity = identity;
  }

  /** Sends part of the room's state; it is kept for a client that is not there. */
  update(changes) {
    this.send({ type: "update", version: RSP_VERSION, session: this.session, ...changes });
  }

  /** Sends a whole message. */
  send(message) {
    if (this.client === null) this.#unsent.push(message);
    else this.client.send(message);
  }

  /** Sends what was kept while the client was not there. */
  sendKept() {
    for (const message of this.#unsent.splice(0)) this.send(message);
  }

  /** Changes the state, which the others are then to be told. */
  become(state) {
    this.state = state;
    this.#revision += 1;
  }

  /**
   * Takes over what the client says it publishes. A track has its sid for as long as it is published.
   *
   * @param {{revision: number, tracks: object[]} | undefined} said
   * @returns {boolean} whether that was news
   */
  takeTracks(said) {
    if (said === undefined || said.revision <= this.#tracksRevision) return false;
    this.#tracksRevision = said.revision;
    const sids = new Map(said.tracks.map(({ id }) => [id, this.#trackSids.get(id) ?? newSid("MT")]));
    this.#trackSids = sids;
    this.tracks = said.tracks.map((track) => ({ ...track, sid: sids.get(track.id) }));
    this.#publishedRevision += 1;
    this.#revision += 1;
    return true;
  }

  /** What the client is told of its own tracks. */
  published() {
    return {
      revision: this.#publishedRevision,
      tracks: this.tracks.map(({ id, sid }) => ({ id, sid, state: "ready" })),
    };
  }

  /** What the others are told of this participant. */
  asSeenByOthers() {
    const { sid, identity, state } = this;
    const tracks = this.tracks.map(({ sid: track, name, kind, enabled, priority }) => {
      return { sid: track, name, kind, enabled, priority: priority ?? "standard" };
    });
    return { sid, identity, state, revision: this.#revision, tracks };
  }
}
