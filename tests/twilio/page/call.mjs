// A call from the console, or by a test. `?sdk=VERSION` in the address chooses Twilio Video JS.

const USUAL_SDK = "2.36.0";

const ROOM_EVENTS = [
  "disconnected",
  "dominantSpeakerChanged",
  "participantConnected",
  "participantDisconnected",
  "participantReconnected",
  "participantReconnecting",
  "reconnected",
  "reconnecting",
  "recordingStarted",
  "recordingStopped",
  "trackDisabled",
  "trackEnabled",
  "trackPublished",
  "trackStarted",
  "trackSubscribed",
  "trackUnpublished",
  "trackUnsubscribed",
];
const PARTICIPANT_EVENTS = ["networkQualityLevelChanged", "trackPublicationFailed", "trackPublished"];

let room = null;

/** What happened, in order: `{event, code, detail}`, with the code of Twilio's error where there was one. */
const events = [];

/**
 * Joins a room with a microphone and a camera. `options` are those of Twilio's `connect`, and come before what is usual here.
 */
async function join(identity, name, options = {}) {
  const { token } = await (await fetch(`/token?${new URLSearchParams({ identity, room: name })}`)).json();
  const sockets = location.origin.replace("http", "ws");
  room = await Twilio.Video.connect(token, {
    name,
    wsServer: `${sockets}/signaling`,
    wsServerInsights: `${sockets}/v1/VideoEvents`,
    audio: true,
    video: { width: 640, height: 360 },
    ...options,
  });
  for (const event of ROOM_EVENTS) room.on(event, (...about) => note(`room.${event}`, about));
  for (const event of PARTICIPANT_EVENTS) room.localParticipant.on(event, (...about) => note(`local.${event}`, about));
  room.on("trackSubscribed", (track) => attach(track));
  room.on("trackUnsubscribed", (track) => track.detach?.().forEach((element) => element.remove()));
  // Some were subscribed to before anybody could listen.
  for (const { tracks } of room.participants.values()) {
    for (const { track } of tracks.values()) if (track !== null) attach(track);
  }
  Object.assign(window, { room });
  return { sid: room.sid, participant: room.localParticipant.sid, mediaRegion: room.mediaRegion };
}

/** Leaves the room, and lets go of microphone and camera. */
function leave() {
  for (const { track } of room.localParticipant.tracks.values()) track.stop?.();
  room.disconnect();
}

/** Publishes a new track of the microphone or the camera; the sid of its publication. */
async function publish(kind) {
  const track = await (kind === "audio" ? Twilio.Video.createLocalAudioTrack() : Twilio.Video.createLocalVideoTrack());
  return (await room.localParticipant.publishTrack(track)).trackSid;
}

/** Publishes no more what it did of that kind, or with that sid; the tracks are stopped. */
function unpublish(kindOrSid) {
  for (const { kind, trackSid, track } of [...room.localParticipant.tracks.values()]) {
    if (kind !== kindOrSid && trackSid !== kindOrSid) continue;
    room.localParticipant.unpublishTrack(track);
    track.stop();
  }
}

/** Mutes the tracks of that kind, or lets them be heard or seen again. */
function mute(kind, isMuted = true) {
  for (const { kind: own, track } of room.localParticipant.tracks.values()) {
    if (own === kind) track.enable(!isMuted);
  }
}

/** Publishes the screen; the sid of its publication. */
async function shareScreen() {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 5 } });
  const track = new Twilio.Video.LocalVideoTrack(stream.getVideoTracks()[0], { name: "screen" });
  return (await room.localParticipant.publishTrack(track)).trackSid;
}

function attach(track) {
  if (track.kind !== "data") document.body.append(track.attach());
}

function note(event, about) {
  const error = about.find((each) => each?.code !== undefined);
  const [first] = about;
  events.push({ event, code: error?.code ?? null, detail: first?.trackSid ?? first?.sid ?? first?.identity ?? String(first) });
}

function loadSdk(version) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `/sdk/${version}/twilio-video.js`;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`Twilio Video JS ${version} is not served here`));
    document.head.append(script);
  });
}

await loadSdk(new URLSearchParams(location.search).get("sdk") ?? USUAL_SDK);
Object.assign(window, { events, join, leave, mute, publish, shareScreen, unpublish, isReady: true });
