// A peer-to-peer room: every two participants have a connection with each other, and the server passes on what one says of it
// to the other. The reference for what a client does with that is lib/signaling/v2/peerconnection.js and
// peerconnectionmanager.js of twilio-video.

import { randomUUID } from "node:crypto";

import { MediaPath } from "./network.mjs";
import { Queue } from "./queue.mjs";
import { Room } from "./room.mjs";
import { mapCandidates } from "./sdp.mjs";

/** Newer than any that a client will have reached: its last. */
const LAST_REVISION = 1_000_000;

/** A room in which media goes from one participant to the other. */
export class PeerToPeerRoom extends Room {
  #hasPublisherHints;

  /**
   * @param {string} name
   * @param {(room: Room) => void} emptied
   * @param {{publisherHints?: boolean}} options `publisherHints` offers the client the channel without which it gives up
   *   adaptive simulcast; nothing is ever said on it
   */
  constructor(name, emptied, { publisherHints = false } = {}) {
    super(name, emptied);
    this.#hasPublisherHints = publisherHints;
  }

  get type() {
    return "peer_to_peer";
  }

  channels(_participant, { media_signaling: wanted = {} }) {
    return this.#hasPublisherHints && wanted.publisher_hints ? { publisher_hints: `hints-${randomUUID()}` } : {};
  }

  /**
   * Every client makes an offer before it knows the room. A newcomer's goes to the first of the others; for each further one it
   * is asked for an offer more. Where there is nobody yet, the offer stays unanswered until somebody comes, whose own is taken.
   */
  connect(participant, { peer_connections: [initial] }) {
    let offer = initial;
    for (const other of this.others(participant)) {
      closeUnanswered(other);
      if (offer === null) {
        const id = randomUUID();
        this.#link(participant, id, other);
        participant.update({ peer_connections: [{ id, description: { type: "create-offer", revision: 1 } }] });
      } else {
        this.#link(participant, offer.id, other).receive(participant, offer);
        offer = null;
      }
    }
    if (offer !== null) participant.connections.set(offer.id, new UnansweredOffer());
  }

  disconnect(participant) {
    for (const connection of participant.connections.values()) connection.end(participant);
  }

  tracksChanged() {
    // The participants negotiate that with one another.
  }

  subscribed(participant) {
    return this.others(participant).flatMap(({ tracks }) => tracks.map(({ id, sid }) => ({ id, sid })));
  }

  #link(participant, id, other) {
    const path = new MediaPath({ near: () => this.networkOf(participant), far: () => this.networkOf(other) });
    return new Link({ near: { participant, id }, far: { participant: other, id: randomUUID() } }, path);
  }
}

/** What stands for a connection while there is nobody at its other end. */
class UnansweredOffer {
  path = null;

  receive() {
    // What the client says of it interests nobody.
  }

  end() {
    // There is nobody to be told.
  }
}

function closeUnanswered(participant) {
  for (const [id, connection] of participant.connections) {
    if (connection instanceof UnansweredOffer) closeConnection(participant, id);
  }
}

function closeConnection(participant, id) {
  participant.connections.delete(id);
  participant.update({ peer_connections: [{ id, description: { type: "close", revision: LAST_REVISION } }] });
}

/** The connection between two participants. Each knows it by an id of its own. */
class Link {
  #ends;
  #queue;
  #offering = null;
  #passed = new Set();

  constructor(ends, path) {
    this.#ends = ends;
    this.path = path;
    const { near, far } = ends;
    this.#queue = new Queue(`between ${near.participant.identity} and ${far.participant.identity}`);
    for (const { participant, id } of [near, far]) participant.connections.set(id, this);
  }

  /** Which end a participant is at. */
  endOf(participant) {
    return this.#ends.near.participant === participant ? "near" : "far";
  }

  /** Takes what one of the two says of the connection, and passes it on to the other. */
  receive(participant, { description, ice }) {
    this.#queue.run(async () => {
      const from = this.endOf(participant);
      const to = this.#ends[from === "near" ? "far" : "near"];
      const news = {};
      if (description !== undefined && this.#isNews(from, description)) {
        news.description = await this.#relayedDescription(from, description);
      }
      if (ice !== undefined) news.ice = await this.#relayedIce(from, ice);
      if (Object.keys(news).length === 0) return;
      to.participant.update({ peer_connections: [{ id: to.id, ...news }] });
      if (description?.type === "close") this.#forget();
    });
  }

  /** Ends the connection because one of the two has left: the other is told to close it. */
  end(participant) {
    const { near, far } = this.#ends;
    const other = participant === near.participant ? far : near;
    this.#forget();
    closeConnection(other.participant, other.id);
  }

  #forget() {
    for (const { participant, id } of Object.values(this.#ends)) participant.connections.delete(id);
    this.#queue.run(() => this.path.end());
  }

  // A client that is back from a lost connection says again what it said before. And of two offers at a time the later is left
  // out: who made it takes its own back when it gets the other's, answers that, and offers again.
  #isNews(from, { type, revision }) {
    const said = `${from} ${type} ${revision}`;
    if (this.#passed.has(said)) return false;
    if (type === "offer") {
      if (this.#offering !== null && this.#offering !== from) return false;
      this.#offering = from;
    }
    if (type === "answer") this.#offering = null;
    this.#passed.add(said);
    return true;
  }

  async #relayedDescription(from, description) {
    if (description.sdp === undefined) return description;
    const sdp = await mapCandidates(description.sdp, (candidate) => this.path.relayed(from, candidate));
    return { ...description, sdp };
  }

  async #relayedIce(from, ice) {
    const candidates = [];
    for (const each of ice.candidates ?? []) {
      const candidate = await this.path.relayed(from, each.candidate ?? "");
      if (candidate !== null) candidates.push({ ...each, candidate });
    }
    return { ...ice, candidates };
  }
}
