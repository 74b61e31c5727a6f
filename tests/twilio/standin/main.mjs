// `node standin/main.mjs [PORT]`: runs the stand-in until it is interrupted.

import { SDK_VERSIONS } from "./files.mjs";
import { startStandin } from "./standin.mjs";

const USUAL_PORT = 8787;

const [given = String(USUAL_PORT), ...rest] = process.argv.slice(2);
const port = Number(given);
if (rest.length > 0 || !Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`usage: node standin/main.mjs [PORT]\nPORT is a number up to 65535, and ${USUAL_PORT} if not given`);
  process.exit(2);
}

const { origin } = await startStandin({ port }).catch((error) => {
  console.error(`the stand-in cannot listen on port ${port}: ${error.message}`);
  process.exit(1);
});

const socketOrigin = origin.replace("http", "ws");
console.log(`A stand-in for Twilio Video, for this machine only: ${origin}

Open the page in two tabs and say in their consoles
  await join("alice", "kitchen")         and  await join("bob", "kitchen")
The page also has leave, publish, unpublish, mute, shareScreen; ?sdk=${SDK_VERSIONS.join(" or ?sdk=")} chooses Twilio Video JS.
A room whose name begins with "group" has a media server; any other is peer-to-peer.
Chromium wants --allow-loopback-in-peer-connection --disable-features=WebRtcHideLocalIpsWithMdns for that.

In an application of your own:
  const { token } = await (await fetch("${origin}/token?identity=alice")).json();
  connect(token, { name, wsServer: "${socketOrigin}/signaling", wsServerInsights: "${socketOrigin}/v1/VideoEvents" });

To lose a tenth of what alice sends:
  curl ${origin}/control/network -d '{"room": "kitchen", "identity": "alice", "up": {"loss": 0.1}}'
What really happened:
  curl ${origin}/control/rooms
README.md has the other controls.`);
