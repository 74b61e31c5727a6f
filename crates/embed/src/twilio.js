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

export class TwilioRoom {
  #room;
  #session;
  // Connections by the id that the room gives them.
  #connections = new Map();
  // The sid that was told for a connection and ssrc.
  #told = new Map();
  #retry = 0;
  // Whether the room told of a connection that was not found.
  #isOneMissing = false;
  #timer = null;
  // When the room was asked, if it has not answered.
  #asked = -Infinity;
  #isReconnecting = false;
  #isClosed = false;
  #ends = [];

  constructor(room, session) {
    this.#room = room;
    this.#session = session;
  }

  start() {
    if (this.#room.state === "disconnected") {
      this.#session.stop();
      return;
    }
    hook();
    this.#listen();
    this.#harvest();
  }

  // A sample was taken: what is published no more has all that it counted.
  sampled(sendsAnew) {
    if (this.#isClosed) return;
    const { tracks } = this.#room.localParticipant;
    const gone = new Set([...this.#told.values()].filter((sid) => !tracks.has(sid)));
    for (const [key, sid] of this.#told) if (gone.has(sid)) this.#told.delete(key);
    for (const sid of gone) this.#session.unpublish(sid);
    // No event says that a track was unpublished here, and an ssrc can change without one.
    if (sendsAnew || gone.size > 0) this.#harvest();
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const end of this.#ends) guarded(end);
    this.#ends = [];
  }

  #listen() {
    const { localParticipant, participants } = this.#room;
    const session = this.#session;
    const changed = () => this.#changed();
    const plain = (tell) => tell({});
    const about = (tell, participant) => tell({ participant: participant?.sid ?? null });
    const media = (tell, publication, participant) =>
      tell({ participant: participant?.sid ?? null, track: publication?.trackSid ?? publication?.sid ?? null });
    const localMedia = (tell, track) => media(tell, this.#publicationOf(track), localParticipant);
    const networkQuality = ({ sid }) => (tell, level) => tell({ participant: sid, level });
    const remote = (participant) => this.#on(participant, { networkQualityLevelChanged: networkQuality(participant) });
    this.#on(this.#room, {
      disconnected: (tell, _, error) => {
        tell({ code: error?.code ?? null });
        session.stop();
      },
      reconnecting: (tell, error) => {
        this.#isReconnecting = true;
        const reason = error?.code === MEDIA_LOST ? "media" : "signaling";
        tell({ reason, code: error?.code ?? null });
        session.sample();
      },
      // One comes right after connecting, too.
      reconnected: (tell) => {
        if (this.#isReconnecting) tell({});
        this.#isReconnecting = false;
        changed();
      },
      participantConnected: (tell, participant) => {
        about(tell, participant);
        remote(participant);
        changed();
      },
      participantDisconnected: (tell, participant) => {
        about(tell, participant);
        changed();
      },
      trackSubscribed: changed,
      trackUnsubscribed: changed,
      trackEnabled: media,
      trackDisabled: media,
      dominantSpeakerChanged: about,
      recordingStarted: plain,
      recordingStopped: plain,
    });
    this.#on(localParticipant, {
      trackPublished: changed,
      trackEnabled: localMedia,
      trackDisabled: localMedia,
      networkQualityLevelChanged: networkQuality(localParticipant),
    });
    for (const participant of participants.values()) remote(participant);
    if (this.#room.isRecording) session.event("recording_started", {});
  }

  // A listener is given what tells the session of an event of that name, as it is written there, and what the emitter gives.
  #on(emitter, listeners) {
    for (const [type, listener] of Object.entries(listeners)) {
      const name = type.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const tell = (details) => this.#session.event(name, details);
      const heard = (...given) => guarded(() => this.#isClosed || listener(tell, ...given));
      emitter.on(type, heard);
      this.#ends.push(() => emitter.removeListener(type, heard));
    }
  }

  // The local participant names the track, not its publication.
  #publicationOf(track) {
    return [...this.#room.localParticipant.tracks.values()].find((publication) => publication.track === track);
  }

  // What goes out or comes in has changed: a sample first, for what is over.
  #changed() {
    this.#retry = 0;
    this.#session.sample().then(() => this.#harvest());
  }

  // Whether something that is published is not known to go out on a connection yet, and there is time for it.
  #isIncomplete() {
    if (this.#retry >= RETRIES.length) return false;
    const published = [...this.#room.localParticipant.tracks.values()].filter(({ kind }) => kind !== "data");
    const told = new Set(Array.from(this.#told, ([key, sid]) => `${key.split(" ")[0]} ${sid}`));
    const ids = [...this.#connections.keys()];
    if (this.#isOneMissing || ids.length === 0) return true;
    return published.some(({ trackSid }) => ids.some((id) => !told.has(`${id} ${trackSid}`)));
  }

  async #harvest() {
    const now = performance.now();
    if (this.#isClosed || now - this.#asked < PATIENCE) return;
    this.#asked = now;
    clearTimeout(this.#timer);
    try {
      const seen = new Set();
      const reports = await watching(seen, () => this.#room.getStats());
      if (!this.#isClosed && (await this.#learn(reports, seen))) this.#session.sample();
    } catch (error) {
      failed(error);
    }
    this.#asked = -Infinity;
    clearTimeout(this.#timer);
    if (!this.#isClosed && this.#isIncomplete()) {
      this.#timer = setTimeout(() => this.#harvest(), RETRIES[this.#retry++]);
    }
  }

  // Takes from the room's reports which connections and tracks there are; tells whether one is new.
  async #learn(reports, seen) {
    let isNew = false;
    this.#isOneMissing = false;
    const ids = new Set(reports.map(({ peerConnectionId }) => peerConnectionId));
    for (const id of this.#connections.keys()) if (!ids.has(id)) this.#forget(id);
    const known = new Set(this.#connections.values());
    const owners = await Promise.all([...seen].filter((each) => !known.has(each)).map(ssrcsOf));
    if (this.#isClosed) return false;
    for (const report of reports) {
      const id = report.peerConnectionId;
      // A track that does not go out yet is told with no ssrc.
      const [sent, received] = [SENT, RECEIVED].map((parts) =>
        parts.flatMap((part) => report[part]).filter(({ ssrc }) => Number(ssrc) > 0),
      );
      if (!this.#connections.has(id)) {
        // Other libraries' connections own none of them.
        const owner = owners.find(({ ssrcs }) => [...sent, ...received].some(({ ssrc }) => ssrcs.has(Number(ssrc))));
        if (owner === undefined) {
          this.#isOneMissing = true;
          continue;
        }
        this.#connections.set(id, owner.connection);
        this.#session.connect(id, owner.connection);
        isNew = true;
      }
      for (const { ssrc, trackSid } of sent) {
        const key = `${id} ${ssrc}`;
        if (this.#told.get(key) === trackSid || !this.#room.localParticipant.tracks.has(trackSid)) continue;
        this.#told.set(key, trackSid);
        this.#session.publish(id, Number(ssrc), trackSid);
        isNew = true;
      }
    }
    this.#name();
    return isNew;
  }

  // Received tracks by their sids, and all by what people call them.
  #name() {
    const session = this.#session;
    const { localParticipant, participants } = this.#room;
    // A track that was given no name has the first id of its source for one.
    const given = ({ trackName }) => (SOURCE_ID.test(trackName) ? [] : [trackName]);
    for (const publication of localParticipant.tracks.values()) {
      for (const name of given(publication)) session.label(publication.trackSid, name);
    }
    for (const { sid, identity, tracks } of participants.values()) {
      for (const publication of tracks.values()) {
        const source = publication.track?.mediaStreamTrack;
        if (!source) continue;
        session.alias(source.id, publication.trackSid);
        session.label(source.id, [session.isNamed ? identity : sid, ...given(publication)].join(", "));
      }
    }
  }

  #forget(id) {
    this.#connections.delete(id);
    for (const key of this.#told.keys()) if (key.startsWith(`${id} `)) this.#told.delete(key);
    this.#session.disconnect(id);
  }
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
