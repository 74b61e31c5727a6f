// The gateway that the client reports to on its own account, /v1/VideoEvents. The reference is lib/util/insightspublisher of
// twilio-video:
//
//   client                                     server
//   connect {token, version, publisher}        connected {session}
//   event {session, group, name, payload, timestamp}

import { newSid } from "./sid.mjs";

const KEPT_EVENTS = 20_000;

/** The insights gateway. */
export class InsightsGateway {
  #sockets = new Set();

  /** @type {object[]} what was received, with `receivedAt` in milliseconds since the epoch */
  events = [];

  /** Whether clients are let in. */
  isOpen = true;

  /** @param {import("ws").WebSocket} socket */
  accept(socket) {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("message", (data) => {
      const message = JSON.parse(data);
      this.events.push({ receivedAt: Date.now(), ...message });
      if (this.events.length > KEPT_EVENTS) this.events.shift();
      if (message.type === "connect") socket.send(JSON.stringify({ type: "connected", session: newSid("IS"), version: 1 }));
    });
  }

  /** Cuts all connections; returns how many there were. */
  drop() {
    const cut = this.#sockets.size;
    for (const socket of this.#sockets) socket.terminate();
    return cut;
  }
}
