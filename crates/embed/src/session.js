// One call that is measured: what an application holds, and what those hold who attach it.

import { version } from "../../../npm/package.json";
import { batching, uuid } from "../../browser/src/batch.js";
import { forget } from "../../browser/src/forget.js";
import { failed, guarded, report } from "../../browser/src/guard.js";
import { watchPage } from "../../browser/src/sampler.js";
import { twilioRoom } from "../../browser/src/twilio.js";
import { measure } from "./measuring.js";

const LIVE_PERIOD_MS = 1000;
const LIST_OF = { track: "tracks", received: "received", connection: "connections" };

const now = () => Math.round(performance.timeOrigin + performance.now());

// Gives what is for those who attach; its `session` is what the application holds. `onEnd` hears that it is over.
export function attached(options, onEnd) {
  const { isMeasuring, isTwilio, thresholds, signals, keep } = options;
  const startedAt = now();
  const connections = new Map();
  const published = new Map();
  // What people call tracks, by the names that the browser and the room have for them.
  const labels = new Map();
  // Names that the application knows better: of what is received, the sid of its track.
  const aliases = new Map();
  let listeners = [];
  let measuring = null;
  // None where nothing is kept.
  let batches = null;
  // The participant as others may know it, when that is told, and the promise of it.
  let known = null;
  let identified = null;
  let twilio = null;
  let endWatch;
  let summary;
  let stopped = null;

  const session = {
    id: isMeasuring ? uuid() : null,
    room: null,
    participant: null,
    get isOver() {
      return stopped !== null;
    },
    on(type, listener, { live = false } = {}) {
      guarded(() => {
        session.off(type, listener);
        listeners.push({ type, listener, live });
        if (live) pace();
      });
      return session;
    },
    off(type, listener) {
      guarded(() => {
        const wasLive = isWatched();
        listeners = listeners.filter((each) => each.type !== type || each.listener !== listener);
        if (wasLive && !isWatched()) pace();
      });
      return session;
    },
    summary: () => guarded(collect) ?? summary,
    flush: () => flush(false),
    stop: () => (stopped ??= end()),
  };

  const call = {
    session,
    connections,
    published,
    // The software that makes the call.
    sdk: null,
    // Whether others may know who takes part.
    isNamed: options.identity === "plain",

    // Who takes part in what.
    begin(room, participant) {
      Object.assign(session, { room, participant });
      known = null;
      identified = identify(participant).catch(failed);
    },
    join(room, roomType) {
      if (session.isOver) return;
      const { sid, name, localParticipant: local } = room;
      // Only a group room is in a region; what has none may be of either type.
      const type = roomType ?? (room.mediaRegion ? "group" : null);
      call.begin({ sid, name, type }, { sid: local.sid, identity: local.identity });
      twilio = twilioRoom(room, call);
      twilio.start();
    },
    connect(name, connection) {
      connections.set(name, connection);
      use("attach", name, connection);
    },
    disconnect(name) {
      connections.delete(name);
      forget(published, (each) => each.name === name);
      use("detach", name);
    },
    publish(name, ssrc, sid) {
      published.set(`${name} ${ssrc}`, { name, ssrc, sid });
      use("publish", name, ssrc, sid);
    },
    unpublish(sid) {
      forget(published, (each) => each.sid === sid);
      use("unpublish", sid);
    },
    alias: (name, sid) => aliases.set(name, sid),
    label: (name, label) => labels.set(name, label),
    event: (type, details) => tell("event", { type, at: now(), ...details }),
    // Takes a sample now; the promise is kept when what came of it is given.
    sample: () => new Promise((resolve) => use("sample", resolve) || resolve()),
    // What the debug page is told.
    told() {
      const { id, room } = session;
      return { id, room, participant: known, isTwilio, thresholds, labels: [...labels], connections, published };
    },
  };

  // What is given, in the order of session.rs.
  const hear = [
    (interval) => tell("interval", interval),
    (interval) => tell("interval", interval, true),
    (change) => tell("issue", change),
    (signal) => tell("signal", signal),
    ({ scope, ...track }) => summary[LIST_OF[scope]].push(track),
    (issue) => summary.issues.push(issue),
    (sendsAnew) => twilio?.sampled(sendsAnew),
  ];

  // A listener may take itself or others off while it is told, and what it throws is its own.
  function tell(type, value, isRunning = false) {
    if (!isRunning) batches?.add(type, value);
    for (const each of [...listeners]) {
      if (each.type !== type || (isRunning && !each.live)) continue;
      try {
        each.listener(value);
      } catch (error) {
        if (!each.hasFailed) report(error);
        each.hasFailed = true;
      }
    }
  }

  function use(what, ...given) {
    return measuring !== null && guarded(() => measuring[what](...given));
  }

  function pace() {
    use("start", isWatched() ? LIVE_PERIOD_MS : options.period, isWatched());
  }

  function isWatched() {
    return listeners.some(({ live }) => live);
  }

  // What was measured stays what it was when the session is over.
  function collect() {
    if (measuring !== null || !session.isOver) {
      const { room, participant } = session;
      summary = { room, participant, tracks: [], received: [], connections: [], issues: [] };
      use("summarize");
    }
    return summary;
  }

  async function identify(participant) {
    if (participant === null) return;
    known = { sid: participant.sid ?? null, identity: await options.identify(participant.identity ?? null) };
  }

  // What a batch says of the session.
  async function about() {
    const { id, room } = session;
    const { sdk } = call;
    await identified;
    const client = { ...(await options.client), sdk, module: version };
    return { session: id, started_at: startedAt, room, participant: known, client };
  }

  async function flush(isLeaving) {
    await call.sample();
    await batches?.close({ isLeaving });
  }

  async function end() {
    // The connections are asked before anything else happens to them.
    const last = call.sample();
    twilio?.close();
    await last;
    await close();
  }

  // Lets go of everything, at once; resolves when what was measured is kept.
  function close(isLeaving = false) {
    let kept;
    if (measuring !== null) {
      twilio?.close();
      use("finish");
      const { room, participant, ...rest } = session.summary();
      kept = batches?.close({ final: { ended_at: now(), summary: rest }, isLeaving });
      endWatch();
      use("free");
      measuring = null;
      listeners = [];
    }
    onEnd(call);
    return kept;
  }

  // A page that is hidden may never be heard of again.
  function leave(what, isKept) {
    if (what === "pagehide" && !isKept) {
      const kept = close(true);
      stopped ??= kept;
    } else if (what === "pagehide" || what === "hidden") flush(true).catch(failed);
  }

  collect();
  if (isMeasuring) {
    if (keep !== null) batches = batching(about, options);
    endWatch = watchPage(leave);
    measuring = measure(hear, (name) => aliases.get(name) ?? name, thresholds, signals, isTwilio);
    pace();
  }
  return call;
}
