// One call that is measured: what an application holds, and the other side of session.rs.

import { Batches, uuid } from "./batch.js";
import { SIGNALS } from "./names.js";
import { TwilioRoom } from "./twilio.js";
import { interval, issue, signal, standing, summary } from "./values.js";
import { failed, guarded, report } from "./guard.js";

// What is given, as session.rs numbers it.
const [INTERVAL, RUNNING, ISSUE, SIGNAL, TRACK, STANDING, SAMPLED, DONE, FAILED] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const LIVE_PERIOD_MS = 1000;
const MADE_OF = { [INTERVAL]: ["interval", interval], [RUNNING]: ["interval", interval], [ISSUE]: ["issue", issue], [SIGNAL]: ["signal", signal] };
const LIST_OF = { track: "tracks", received: "received", connection: "connections" };

export const now = () => Math.round(performance.timeOrigin + performance.now());

export class Session {
  id = null;
  room = null;
  participant = null;
  sdk = null;
  #measuring = null;
  #names;
  #options;
  #onEnd;
  // None where nothing is kept.
  #batches = null;
  // The participant as others may know it.
  #known = null;
  #twilio = null;
  #connections = new Map();
  #published = new Map();
  // What people call tracks, by the names that the browser and the room have for them.
  #labels = new Map();
  #listeners = [];
  // Names that the application knows better: of what is received, the sid of its track.
  #aliases = new Map();
  #waiting = new Map();
  #questions = 0;
  #summary;
  #stopped = null;

  constructor(Measuring, options, onEnd) {
    this.#options = options;
    this.#onEnd = onEnd;
    this.#summary = this.#collect();
    if (Measuring === null) return;
    this.id = uuid();
    if (options.keep !== null) this.#batches = new Batches(this, options, now());
    addEventListener("visibilitychange", this.#leave, true);
    addEventListener("pagehide", this.#leave);
    const { isTwilio, signals } = options;
    const { packetLossPct, rttMs, minPackets } = options.thresholds;
    let set = 0;
    SIGNALS.forEach((name, place) => (set |= signals === false || signals?.[name] === false ? 0 : 1 << place));
    // The other side calls `take` of this object, which the application does not see.
    const host = { take: (what, numbers) => guarded(() => this.#take(what, numbers)) };
    this.#measuring = new Measuring(host, packetLossPct, rttMs, minPackets, set, isTwilio);
    this.#names = this.#measuring.names();
    this.#pace();
  }

  get isOver() {
    return this.#stopped !== null;
  }

  on(type, listener, { live = false } = {}) {
    guarded(() => {
      this.off(type, listener);
      this.#listeners.push({ type, listener, live });
      if (live) this.#pace();
    });
    return this;
  }

  off(type, listener) {
    guarded(() => {
      const wasLive = this.#isWatched();
      this.#listeners = this.#listeners.filter((each) => each.type !== type || each.listener !== listener);
      if (wasLive && !this.#isWatched()) this.#pace();
    });
    return this;
  }

  summary() {
    return guarded(() => this.#collect()) ?? this.#summary;
  }

  flush() {
    return this.#flush(false);
  }

  stop() {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  // What follows is for those who attach, and not for applications.

  // Who takes part in what, by which software.
  call(room, participant, sdk) {
    Object.assign(this, { room, participant, sdk });
    this.#known = null;
    this.known = this.#identify().catch(failed);
  }

  connect(name, connection) {
    this.#connections.set(name, connection);
    this.#use((measuring) => measuring.attach(connection, this.#atom(name)));
  }

  disconnect(name) {
    this.#connections.delete(name);
    for (const [key, each] of this.#published) if (each.name === name) this.#published.delete(key);
    this.#use((measuring) => measuring.detach(this.#atom(name)));
  }

  publish(name, ssrc, sid) {
    this.#published.set(`${name} ${ssrc}`, { name, ssrc, sid });
    this.#use((measuring) => measuring.publish(this.#atom(name), ssrc, this.#atom(sid)));
  }

  unpublish(sid) {
    for (const [key, each] of this.#published) if (each.sid === sid) this.#published.delete(key);
    this.#use((measuring) => measuring.unpublish(this.#atom(sid)));
  }

  alias(name, known) {
    this.#aliases.set(name, known);
  }

  label(name, label) {
    this.#labels.set(name, label);
  }

  // What the debug page is told.
  told() {
    const { id, room } = this;
    const { isTwilio, thresholds } = this.#options;
    const [connections, published] = [this.#connections, this.#published];
    return { id, room, participant: this.#known, isTwilio, thresholds, labels: [...this.#labels], connections, published };
  }

  // Whether others may know who takes part.
  get isNamed() {
    return this.#options.identity === "plain";
  }

  event(type, details) {
    this.#tell("event", { type, at: now(), ...details }, false);
  }

  join(room, roomType) {
    if (this.isOver) return;
    const { sid, name, localParticipant: local } = room;
    // Only a group room is in a region; what has none may be of either type.
    const type = roomType ?? (room.mediaRegion ? "group" : null);
    this.call({ sid, name, type }, { sid: local.sid, identity: local.identity }, this.sdk);
    this.#twilio = new TwilioRoom(room, this);
    this.#twilio.start();
  }

  // Takes a sample now; the promise is kept when what came of it is given.
  sample() {
    return new Promise((resolve) => {
      const number = this.#questions++;
      this.#waiting.set(number, resolve);
      if (!this.#use((measuring) => (measuring.sample(number), true))) resolve();
    });
  }

  async #flush(isLeaving) {
    await this.sample();
    await this.#batches?.close({ isLeaving });
  }

  async #end() {
    // The connections are asked before anything else happens to them.
    const last = this.sample();
    this.#twilio?.close();
    await last;
    await this.#close();
  }

  // Lets go of everything, at once; resolves when what was measured is kept.
  #close(isLeaving = false) {
    const measuring = this.#measuring;
    if (measuring === null) return this.#onEnd(this);
    this.#twilio?.close();
    this.#use(() => measuring.finish());
    this.#summary = guarded(() => this.#collect()) ?? this.#summary;
    const { tracks, received, connections, issues } = this.#summary;
    const kept = this.#batches?.close({ final: { ended_at: now(), summary: { tracks, received, connections, issues } }, isLeaving });
    removeEventListener("visibilitychange", this.#leave, true);
    removeEventListener("pagehide", this.#leave);
    this.#measuring = null;
    guarded(() => measuring.free());
    this.#listeners = [];
    this.#onEnd(this);
    return kept;
  }

  // A page that is hidden may never be heard of again.
  #leave = ({ type, persisted }) => {
    if (type === "pagehide" && !persisted) {
      const kept = this.#close(true);
      this.#stopped ??= kept;
    } else if (document.visibilityState === "hidden") this.#flush(true).catch(failed);
  };

  async #identify() {
    const { participant } = this;
    if (participant === null) return null;
    const identity = await this.#options.identify(participant.identity ?? null);
    this.#known = { sid: participant.sid ?? null, identity };
    return this.#known;
  }

  #pace() {
    const isWatched = this.#isWatched();
    this.#use((measuring) => measuring.start(isWatched ? LIVE_PERIOD_MS : this.#options.period, isWatched));
  }

  #isWatched() {
    return this.#listeners.some(({ live }) => live);
  }

  #take(what, numbers) {
    if (what === DONE) {
      this.#waiting.get(numbers[0])?.();
      this.#waiting.delete(numbers[0]);
    } else if (what === SAMPLED) {
      this.#twilio?.sampled(numbers[0] === 1);
    } else if (what === FAILED) {
      failed(`${this.#name(numbers[0])} gave no report; it is asked again`);
    } else if (what === TRACK) {
      const { scope, ...track } = summary(numbers, this.#name);
      this.#summary[LIST_OF[scope]].push(track);
    } else if (what === STANDING) {
      this.#summary.issues.push(standing(numbers, this.#name));
    } else {
      const [type, make] = MADE_OF[what];
      const isHeard = this.#listeners.some((each) => each.type === type);
      if (isHeard || this.#batches !== null) this.#tell(type, make(numbers, this.#name), what === RUNNING);
    }
  }

  // A listener may take itself or others off while it is told, and what it throws is its own.
  #tell(type, value, isRunning) {
    if (!isRunning) this.#batches?.add(type, value);
    for (const each of [...this.#listeners]) {
      if (each.type !== type || (isRunning && !each.live)) continue;
      try {
        each.listener(value);
      } catch (error) {
        if (!each.hasFailed) report(error);
        each.hasFailed = true;
      }
    }
  }

  #collect() {
    const { room, participant } = this;
    // What was measured stays what it was when the session is over.
    if (this.isOver && this.#measuring === null) return this.#summary;
    this.#summary = { room, participant, tracks: [], received: [], connections: [], issues: [] };
    this.#use((measuring) => measuring.summarize());
    return this.#summary;
  }

  #use(act) {
    return this.#measuring === null ? undefined : guarded(() => act(this.#measuring));
  }

  #atom(name) {
    return this.#names.intern(name);
  }

  #name = (number) => {
    const name = this.#names.name(number);
    return this.#aliases.get(name) ?? name;
  };
}
