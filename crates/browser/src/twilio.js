// Attaches to a room of Twilio Video JS by its public API alone.
//
// The room tells which ssrc belongs to which track sid, by `room.getStats()`; that asks the browser once for each track, so it is
// done when what is published has changed and never for a sample. While it asks, a hook on
// `RTCPeerConnection.prototype.getStats` sees the connections; which of them is whose, their ssrcs tell.

import { failed, guarded } from "./guard.js";

// How often and how soon the room is asked again when tracks are not going out yet, in milliseconds.
const RETRIES = [250, 500, 1000, 2000, 4000, 8000, 16_000];
// How long the room's answer is waited for before it is asked again, in milliseconds.
const PATIENCE = 10_000;
const HOOK = Symbol.for("callscope.getStats");
const MEDIA_LOST = 53405;
const SOURCE_ID = /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i;
const SENT = ["localAudioTrackStats", "localVideoTrackStats"];
const RECEIVED = ["remoteAudioTrackStats", "remoteVideoTrackStats"];

export function twilioRoom(room, call) {
  const { localParticipant, participants } = room;
  // Connections by the id that the room gives them, and what is told of their ssrcs.
  const { connections, published } = call;
  let retry = 0;
  // Whether the room told of a connection that was not found.
  let isOneMissing = false;
  let timer = null;
  // When the room was asked, if it has not answered.
  let asked = -Infinity;
  let isReconnecting = false;
  let isClosed = false;
  const ends = [];

  function start() {
    if (room.state === "disconnected") return call.session.stop();
    hook();
    listen();
    harvest();
  }

  // A sample was taken: what is published no more has all that it counted.
  function sampled(sendsAnew) {
    if (isClosed) return;
    const gone = new Set(Array.from(published.values(), ({ sid }) => sid).filter((sid) => !localParticipant.tracks.has(sid)));
    gone.forEach(call.unpublish);
    // No event says that a track was unpublished here, and an ssrc can change without one.
    if (sendsAnew || gone.size > 0) harvest();
  }

  function close() {
    isClosed = true;
    clearTimeout(timer);
    for (const end of ends.splice(0)) guarded(end);
  }

  function listen() {
    const plain = () => ({});
    const code = (error) => ({ code: error?.code ?? null });
    const about = (participant) => ({ participant: participant?.sid ?? null });
    const media = (publication, participant) => ({ ...about(participant), track: publication?.trackSid ?? publication?.sid ?? null });
    // The local participant names the track, not its publication.
    const localMedia = (track) =>
      media([...localParticipant.tracks.values()].find((each) => each.track === track), localParticipant);
    const quality = ({ sid }) => ({ networkQualityLevelChanged: (level) => ({ participant: sid, level }) });
    const remote = (participant) => on(participant, quality(participant));
    on(room, {
      disconnected: (_, error) => code(error),
      reconnecting(error) {
        isReconnecting = true;
        call.sample();
        return { reason: error?.code === MEDIA_LOST ? "media" : "signaling", ...code(error) };
      },
      // One comes right after connecting, too.
      reconnected() {
        const wasReconnecting = isReconnecting;
        isReconnecting = false;
        changed();
        return wasReconnecting && {};
      },
      participantConnected(participant) {
        remote(participant);
        changed();
        return about(participant);
      },
      participantDisconnected(participant) {
        changed();
        return about(participant);
      },
      trackSubscribed: changed,
      trackUnsubscribed: changed,
      trackEnabled: media,
      trackDisabled: media,
      dominantSpeakerChanged: about,
      recordingStarted: plain,
      recordingStopped: plain,
    });
    // When that was told.
    on(room, { disconnected: () => void call.session.stop() });
    on(localParticipant, {
      trackPublished: changed,
      trackEnabled: localMedia,
      trackDisabled: localMedia,
      ...quality(localParticipant),
    });
    participants.forEach(remote);
    if (room.isRecording) call.event("recording_started", {});
  }

  // A listener is given what the emitter gives; what it returns is told of an event of that name, as it is written there.
  function on(emitter, listeners) {
    for (const [type, listener] of Object.entries(listeners)) {
      const name = type.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const heard = (...given) =>
        guarded(() => {
          const details = !isClosed && listener(...given);
          if (details) call.event(name, details);
        });
      emitter.on(type, heard);
      ends.push(() => emitter.removeListener(type, heard));
    }
  }

  // What goes out or comes in has changed: a sample first, for what is over.
  function changed() {
    retry = 0;
    call.sample().then(harvest);
  }

  // Whether something that is published is not known to go out on a connection yet.
  function isIncomplete() {
    const told = new Set(Array.from(published.values(), ({ name, sid }) => `${name} ${sid}`));
    const sent = [...localParticipant.tracks.values()].filter(({ kind }) => kind !== "data");
    const ids = [...connections.keys()];
    return isOneMissing || ids.length === 0 || sent.some(({ trackSid }) => ids.some((id) => !told.has(`${id} ${trackSid}`)));
  }

  async function harvest() {
    const now = performance.now();
    if (isClosed || now - asked < PATIENCE) return;
    asked = now;
    clearTimeout(timer);
    try {
      const seen = new Set();
      const reports = await watching(seen, () => room.getStats());
      if (!isClosed && (await learn(reports, seen))) call.sample();
    } catch (error) {
      failed(error);
    }
    asked = -Infinity;
    clearTimeout(timer);
    if (!isClosed && retry < RETRIES.length && isIncomplete()) timer = setTimeout(harvest, RETRIES[retry++]);
  }

  // Takes from the room's reports which connections and tracks there are; tells whether one is new.
  async function learn(reports, seen) {
    let isNew = false;
    isOneMissing = false;
    const ids = new Set(reports.map(({ peerConnectionId }) => peerConnectionId));
    for (const id of connections.keys()) if (!ids.has(id)) call.disconnect(id);
    const known = new Set(connections.values());
    const owners = await Promise.all([...seen].filter((each) => !known.has(each)).map(ssrcsOf));
    if (isClosed) return false;
    for (const report of reports) {
      const id = report.peerConnectionId;
      // A track that does not go out yet is told with no ssrc.
      const [sent, received] = [SENT, RECEIVED].map((parts) =>
        parts.flatMap((part) => report[part]).filter(({ ssrc }) => Number(ssrc) > 0),
      );
      if (!connections.has(id)) {
        // Other libraries' connections own none of them.
        const owner = owners.find(({ ssrcs }) => [...sent, ...received].some(({ ssrc }) => ssrcs.has(Number(ssrc))));
        if (owner === undefined) {
          isOneMissing = true;
          continue;
        }
        call.connect(id, owner.connection);
        isNew = true;
      }
      for (const { ssrc, trackSid } of sent) {
        if (published.get(`${id} ${ssrc}`)?.sid === trackSid || !localParticipant.tracks.has(trackSid)) continue;
        call.publish(id, Number(ssrc), trackSid);
        isNew = true;
      }
    }
    name();
    return isNew;
  }

  // Received tracks by their sids, and all by what people call them.
  function name() {
    // A track that was given no name has the first id of its source for one.
    const given = ({ trackName }) => (SOURCE_ID.test(trackName) ? [] : [trackName]);
    for (const publication of localParticipant.tracks.values()) {
      for (const name of given(publication)) call.label(publication.trackSid, name);
    }
    for (const { sid, identity, tracks } of participants.values()) {
      for (const publication of tracks.values()) {
        const source = publication.track?.mediaStreamTrack;
        if (!source) continue;
        call.alias(source.id, publication.trackSid);
        call.label(source.id, [call.isNamed ? identity : sid, ...given(publication)].join(", "));
      }
    }
  }

  return { start, sampled, close };
}

// The ssrcs that a connection's own report names.
async function ssrcsOf(connection) {
  const ssrcs = new Set();
  const report = await connection.getStats();
  report.forEach(({ ssrc }) => ssrcs.add(Number(ssrc)));
  return { connection, ssrcs };
}

// Puts every connection that is asked for statistics meanwhile into a set.
async function watching(seen, ask) {
  const watchers = RTCPeerConnection.prototype[HOOK];
  watchers.add(seen);
  try {
    return await ask();
  } finally {
    watchers.delete(seen);
  }
}

// Once for the page, and for good: to take it out again could take out what others have put over it. It changes nothing: the
// same object is asked, with the same arguments, and gives the same answer. A second copy of the module uses the first's.
function hook() {
  const { prototype } = RTCPeerConnection;
  if (HOOK in prototype) return;
  const watchers = new Set();
  const { getStats } = prototype;
  const hooked = {
    getStats() {
      for (const seen of watchers) seen.add(this);
      return getStats.apply(this, arguments);
    },
  };
  const descriptor = Object.getOwnPropertyDescriptor(prototype, "getStats");
  Object.defineProperty(prototype, "getStats", { ...descriptor, value: hooked.getStats });
  Object.defineProperty(prototype, HOOK, { value: watchers });
}
