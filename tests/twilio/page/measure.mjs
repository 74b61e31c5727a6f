// Measures the page's call with the module, for tests, and keeps an account of what the module leaves in the page.

const MODULE = "/callscope/callscope.js";

/** Timers that the module has set and that are to come. */
const timers = new Set();
/** What was heard of the session: `{type, value}`, running intervals as `running`. */
const heard = [];

let scope = null;
let session = null;

watchTimers();

/** Starts the module and attaches it to the room that was joined, or to `what`. */
async function attach(options = {}, what = window.room, roomOptions = {}) {
  const { start } = await import(MODULE);
  scope = await start({ sampleEveryMs: 1000, ...options });
  session = scope.attachRoom(what, roomOptions);
  listen(session);
  Object.assign(window, { scope, session });
}

function listen(to) {
  to.on("interval", (value) => heard.push({ type: value.notes.includes("open") ? "running" : "interval", value }), { live: true });
  for (const type of ["issue", "signal", "event"]) to.on(type, (value) => heard.push({ type, value }));
}

/** The latest interval, running or not, of each track by sid and of each connection by its name. */
function latest() {
  const intervals = heard.filter(({ type }) => type === "interval" || type === "running").map(({ value }) => value);
  return Object.fromEntries(intervals.map((interval) => [interval.track ?? interval.pc, interval]));
}

/** How many listeners the room and its participants have. */
function listeners(room = window.room) {
  const emitters = [room, room.localParticipant, ...room.participants.values()];
  return emitters.flatMap((emitter) => emitter.eventNames().map((name) => emitter.listenerCount(name))).reduce((a, b) => a + b, 0);
}

/** How often the room was asked for its statistics since. */
function countAsked(room = window.room) {
  const { getStats } = room;
  const counted = { asked: 0 };
  room.getStats = (...options) => (counted.asked++, getStats.apply(room, options));
  return counted;
}

// A call of the page with itself, sound one way.
async function loopback() {
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  near.onicecandidate = ({ candidate }) => far.addIceCandidate(candidate);
  far.onicecandidate = ({ candidate }) => near.addIceCandidate(candidate);
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of stream.getTracks()) near.addTrack(track, stream);
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
  return { near, far };
}

// The module's are told by who sets them.
function watchTimers() {
  const { setTimeout, clearTimeout } = window;
  window.setTimeout = (act, ...rest) => {
    const isOurs = new Error().stack.includes(MODULE);
    const timer = setTimeout((...about) => {
      timers.delete(timer);
      act(...about);
    }, ...rest);
    if (isOurs) timers.add(timer);
    return timer;
  };
  window.clearTimeout = (timer) => {
    timers.delete(timer);
    clearTimeout(timer);
  };
}

Object.assign(window, { measure: { attach, countAsked, heard, latest, listeners, loopback, timers } });
