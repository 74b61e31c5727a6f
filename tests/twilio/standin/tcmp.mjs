// TCMP, version 2: how Twilio's client frames its messages on a WebSocket. The client's side is lib/twilioconnection.js of
// twilio-video, and that is the reference: the protocol is not published.
//
//   client                                     server
//   hello {version, timeout, [cookie], [body]}
//                                              welcome {negotiatedTimeout}, or busy {cookie, keepAlive, retryAfter},
//                                              or bad {reason}
//   msg {body}                                 msg {body}
//   heartbeat                                  heartbeat        three missed in a row end the connection
//   bye

const VERSION = 2;

/** The client asks for five seconds. */
const TIMEOUT_MS = { least: 1000, usual: 5000, most: 60_000 };

/** How much sooner than agreed a heartbeat is sent, so that it is not late: the client does the same. */
const HEARTBEAT_LEAD_MS = 200;

const RETRY_AFTER_MS = 500;

const CLOSED_NORMALLY = 1000;

/** The server's end of one client's connection. */
export class TcmpConnection {
  #socket;
  #heartbeat = null;
  #receive;
  #isBusy;

  /**
   * @param {import("ws").WebSocket} socket
   * @param {object} handlers
   * @param {(body: object) => void} handlers.receive takes what a message carries
   * @param {() => void} handlers.closed is called once, however the connection ended
   * @param {() => boolean} handlers.isBusy is asked at each hello: whether the client is to come back later
   */
  constructor(socket, { receive, closed, isBusy }) {
    this.#socket = socket;
    this.#receive = receive;
    this.#isBusy = isBusy;
    socket.on("message", (data) => this.#handle(data));
    socket.on("close", () => {
      clearInterval(this.#heartbeat);
      closed();
    });
  }

  /** Sends the body of a message; nothing happens if the connection has ended. */
  send(body) {
    this.#write({ type: "msg", body });
  }

  /** Ends the connection as a failing network does: without a word. */
  drop() {
    this.#socket.terminate();
  }

  #handle(data) {
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      this.#write({ type: "bad", reason: "a frame is JSON" });
      return;
    }
    switch (frame.type) {
      case "hello":
        this.#greet(frame);
        return;
      case "msg":
        this.#receive(frame.body);
        return;
      case "bye":
        this.#socket.close(CLOSED_NORMALLY);
        return;
      case "heartbeat":
        return;
      default:
        this.#write({ type: "bad", reason: `no frame is of type ${frame.type}` });
    }
  }

  #greet({ version, timeout = TIMEOUT_MS.usual, body }) {
    if (version !== VERSION) {
      this.#write({ type: "bad", reason: `version ${VERSION} is spoken here, not ${version}` });
      return;
    }
    if (this.#isBusy()) {
      this.#write({ type: "busy", cookie: "later", keepAlive: true, retryAfter: RETRY_AFTER_MS });
      return;
    }
    const negotiatedTimeout = Math.min(Math.max(timeout, TIMEOUT_MS.least), TIMEOUT_MS.most);
    this.#write({ type: "welcome", negotiatedTimeout });
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => this.#write({ type: "heartbeat" }), negotiatedTimeout - HEARTBEAT_LEAD_MS);
    if (body !== undefined) this.#receive(body);
  }

  #write(frame) {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}
