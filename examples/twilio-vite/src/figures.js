// The figures of a session as they come.

/** A figure that the browser does not tell is null, which is not zero. */
const figure = (value, unit) => (value === null ? "unknown" : `${Number(value.toFixed(1))} ${unit}`);

export class Figures {
  #rows = new Map();
  #body;
  #log;

  constructor(session, body, log) {
    this.#body = body;
    this.#log = log;
    // `live` also gives the interval that is running, every second.
    session.on("interval", (interval) => this.#show(interval), { live: true });
    session.on("issue", ({ type, kind, raised, value, threshold }) =>
      this.#note(`${type} on ${kind} ${raised ? "raised" : "cleared"}: ${value.toFixed(1)}, threshold ${threshold}`),
    );
    session.on("signal", ({ type, kind, end }) => this.#note(`${type}${kind ? ` on ${kind}` : ""} ${end === null ? "began" : "ended"}`));
    session.on("event", ({ type, at, ...details }) => this.#note([type, ...Object.values(details)].join(" ")));
  }

  #show(interval) {
    if (interval.scope !== "track") return;
    let row = this.#rows.get(interval.track);
    if (row === undefined) {
      row = this.#body.insertRow();
      for (let cell = 0; cell < 5; cell += 1) row.insertCell();
      this.#rows.set(interval.track, row);
    }
    const { kind, track, bitrate_bps: bitrate, packet_loss_pct: loss, rtt_ms: rtt, layers } = interval;
    const name = `${interval.screen_share ? "screen" : kind} ${track}`;
    const kbps = bitrate === null ? null : bitrate / 1000;
    const texts = [name, figure(kbps, "kbps"), figure(loss, "%"), figure(rtt, "ms"), layers?.length ?? ""];
    texts.forEach((text, place) => (row.cells[place].textContent = text));
  }

  #note(text) {
    const item = document.createElement("li");
    item.textContent = `${new Date().toLocaleTimeString()}: ${text}`;
    this.#log.prepend(item);
  }
}
