// RSP, version 2: what Twilio's client and its Room service say to each other inside TCMP messages. The reference is the
// client: lib/signaling/v2/twilioconnectiontransport.js and room.js of twilio-video.
//
//   client                                     server
//   ice {token}                                iced {ice_servers}
//   connect {name, token, participant,         connected: the whole state of the room
//     peer_connections, media_signaling}
//   update {participant, peer_connections}     update: what has changed
//   sync {session, participant,                synced: the whole state again, for a client that had lost its connection
//     peer_connections}
//   disconnect                                 disconnected {status}, error {code, message}
//
// Every part of the state has a revision, and the client ignores what is not newer than what it knows.

import { Participant, RSP_VERSION } from "./participant.mjs";
import { newSid, readToken } from "./sid.mjs";
import { TcmpConnection } from "./tcmp.mjs";

const INVALID_TOKEN = { code: 20101, message: "Invalid Access Token" };
const SESSION_EXPIRED = { code: 53204, message: "Participant session expired" };

/** Messages kept for whoever wants to read what was said. */
const KEPT_MESSAGES = 5000;

/** The signaling service: takes connections and passes what the clients say to their rooms. */
export class Signaling {
  #rooms;
  #clients = new Set();
  #busyAnswers = 0;

  /** @type {{at: number, direction: "in" | "out", identity: string | null, body: object}[]} what was said */
  messages = [];

  /** @param {import("./rooms.mjs").Rooms} rooms */
  constructor(rooms) {
    this.#rooms = rooms;
  }

  /** @param {import("ws").WebSocket} socket */
  accept(socket) {
    const connection = new TcmpConnection(socket, {
      receive: (body) => {
        this.#note("in", client, body);
        this.#receive(client, body);
      },
      closed: () => this.#closed(client),
      isBusy: () => this.#takeBusyAnswer(),
    });
    const client = {
      participant: null,
      send: (body) => {
        this.#note("out", client, body);
        connection.send(body);
      },
      drop: () => connection.drop(),
    };
    this.#clients.add(client);
  }

  /** Answers the next `times` hellos that the client should come back later. */
  busy(times) {
    this.#busyAnswers = times;
  }

  /**
   * Cuts the connections of those called `identity`, or of everybody if null.
   *
   * @returns {number} how many there were
   */
  drop(identity) {
    const cut = [...this.#clients].filter(({ participant }) => identity === null || participant?.identity === identity);
    for (const client of cut) client.drop();
    return cut.length;
  }

  #takeBusyAnswer() {
    if (this.#busyAnswers === 0) return false;
    this.#busyAnswers -= 1;
    return true;
  }

  #receive(client, body) {
    const { participant } = client;
    switch (body.type) {
      case "ice":
        client.send({ type: "iced", version: 1, ice_servers: [] });
        return;
      case "connect":
        this.#connect(client, body);
        return;
      case "sync":
        this.#sync(client, body);
        return;
      case "update":
        participant?.room.update(participant, body);
        return;
      case "disconnect":
        participant?.room.leave(participant);
        return;
      default:
        client.send(error({ code: 53000, message: `no message is of type ${body.type}` }));
    }
  }

  #connect(client, body) {
    const grants = readToken(body.token);
    if (grants === null) {
      client.send(error(INVALID_TOKEN));
      return;
    }
    const room = this.#rooms.open(body.name ?? grants.room ?? newSid("RM"));
    client.participant = new Participant(room, grants.identity);
    client.participant.client = client;
    room.join(client.participant, body);
  }

  #sync(client, body) {
    const participant = this.#rooms.participantOf(body.session);
    if (participant === null) {
      client.send(error(SESSION_EXPIRED));
      return;
    }
    client.participant = participant;
    participant.client = client;
    participant.room.resume(participant, body);
  }

  #closed(client) {
    this.#clients.delete(client);
    const { participant } = client;
    // One that is back on another connection has lost nothing.
    if (participant?.client === client) participant.room.lose(participant);
  }

  #note(direction, { participant }, body) {
    this.messages.push({ at: Date.now(), direction, identity: participant?.identity ?? null, body: withoutSecrets(body) });
    if (this.messages.length > KEPT_MESSAGES) this.messages.shift();
  }
}

function error({ code, message }) {
  return { type: "error", version: RSP_VERSION, code, message };
}

// Neither tokens nor whole session descriptions are worth keeping.
function withoutSecrets(body) {
  const shorten = (member, value) => {
    if (member === "token") return "…";
    if (member === "sdp" && typeof value === "string") return `… ${value.length} characters`;
    return value;
  };
  return JSON.parse(JSON.stringify(body, shorten));
}
