import { start } from "/callscope/callscope.js";
import { Call } from "./call.js";

const find = (id) => document.getElementById(id);

const scope = await start();
let call = null;

find("start").addEventListener("click", async () => {
  find("start").disabled = true;
  call = new Call();
  find("local").srcObject = await call.media();
  call.onremote = (stream) => (find("remote").srcObject = stream);
  call.onstate = (state) => (find("status").textContent = `The call is ${state}.`);

  // This is all that callscope needs.
  const session = scope.attachPeerConnection(call.connection, { name: "the other tab" });
  session.on("interval", show);
  session.on("issue", tell);
  session.on("signal", tell);

  call.join();
  find("leave").disabled = false;
  find("leave").onclick = async () => {
    find("leave").disabled = true;
    await session.stop();
    call.leave();
    const { tracks, issues } = session.summary();
    const lost = tracks.map(({ kind, packets_lost: lost }) => `${kind}: ${lost ?? "unknown"} packets lost`);
    find("status").textContent = `You left. ${lost.join(", ")}; issues: ${issues.map(({ type }) => type).join(", ") || "none"}.`;
  };
});

// A figure that the browser does not tell is null, which is not zero.
const figure = (value, unit) => (value === null ? "unknown" : `${Number(value.toFixed(1))} ${unit}`);

function show(interval) {
  const until = new Date(interval.start + 10_000).toLocaleTimeString();
  const row = find("intervals").insertRow(0);
  const cells =
    interval.scope === "track"
      ? [until, `sent ${interval.kind}`, kbps(interval), figure(interval.packet_loss_pct, "%"), figure(interval.rtt_ms, "ms")]
      : [until, "all that is received", kbps(interval), figure(interval.packet_loss_pct, "%"), figure(interval.ice_rtt_ms, "ms")];
  for (const text of cells) row.insertCell().textContent = text;
}

function kbps({ bitrate_bps: bitrate }) {
  return figure(bitrate === null ? null : bitrate / 1000, "kbps");
}

function tell({ type, value, threshold }) {
  find("found").textContent = `${type}: ${Number(value.toFixed(1))}, threshold ${threshold}`;
}
