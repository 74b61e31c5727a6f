import { start } from "callscope";
import { connect } from "twilio-video";

import { Figures } from "./figures.js";
import { Tiles } from "./tiles.js";
import "./style.css";

const find = (id) => document.getElementById(id);

// A stand-in for Twilio's cloud on this machine, if `cargo xtask example twilio-vite` started one; with an account of your own, `/token` is yours and this is nothing.
const origin = location.origin.replace("http", "ws");
const cloud = import.meta.env.VITE_STANDIN ? { wsServer: `${origin}/signaling`, wsServerInsights: `${origin}/v1/VideoEvents` } : {};

// The app that shows the call when it is watched: `cargo xtask run` serves one there.
const scope = await start({ debugPage: import.meta.env.VITE_DEBUG_PAGE ?? "http://localhost:8080/" });

find("join").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { identity, room: name } = Object.fromEntries(new FormData(event.target));
  find("join").hidden = true;
  find("status").textContent = "Connecting…";
  try {
    const { token } = await (await fetch(`/token?${new URLSearchParams({ identity, room: name })}`)).json();
    const room = await connect(token, { name, audio: true, video: { width: 640, height: 360 }, ...cloud });

    // This is all that callscope needs.
    const session = scope.attachRoom(room, { roomType: name.startsWith("group") ? "group" : "peer_to_peer" });

    new Figures(session, find("tracks"), find("log"));
    new Tiles(room, find("tiles"));
    control(room, session);
  } catch (error) {
    find("join").hidden = false;
    find("status").textContent = `The room could not be joined: ${error.message}. Correct the name or the room and try again.`;
  }
});

function control(room, session) {
  const { localParticipant } = room;
  find("controls").hidden = false;
  find("status").textContent = `In ${room.name} as ${localParticipant.identity}.`;
  find("mute").onclick = () => {
    const [{ track }] = localParticipant.audioTracks.values();
    track.isEnabled ? track.disable() : track.enable();
    find("mute").textContent = track.isEnabled ? "Mute" : "Unmute";
  };
  find("share").onclick = async () => {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: true });
    await localParticipant.publishTrack(stream.getVideoTracks()[0], { name: "screen" });
  };
  find("watch").onclick = () => scope.openDebugPage();
  find("leave").onclick = () => room.disconnect();
  room.on("disconnected", async () => {
    find("controls").hidden = true;
    // The module stops by itself when the room is over; this waits until it has.
    await session.stop();
    const { tracks, issues } = session.summary();
    const found = issues.map(({ type, media }) => `${type} on ${media}`).join(", ") || "no issues";
    find("status").textContent = `The call is over: ${tracks.length} tracks were published, ${found}.`;
  });
}
