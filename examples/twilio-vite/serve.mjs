// Starts a stand-in for Twilio's cloud on this machine, and Vite's development server in front of it.

import { fileURLToPath, pathToFileURL } from "node:url";

import { createServer } from "vite";

import { startStandin } from "../../tests/twilio/standin/standin.mjs";

/**
 * @param {{port?: number, debugPage?: string}} options a free port if none is given; `debugPage` is where callscope's app is
 * @returns {Promise<{origin: string, standin: string, close: () => Promise<void>}>} where the app is, and the stand-in behind it
 */
export async function startExample({ port = 0, debugPage } = {}) {
  const standin = await startStandin();
  process.env.VITE_STANDIN = "yes";
  if (debugPage !== undefined) process.env.VITE_DEBUG_PAGE = debugPage;
  const vite = await createServer({
    root: fileURLToPath(new URL(".", import.meta.url)),
    logLevel: "warn",
    server: {
      host: "127.0.0.1",
      port,
      proxy: {
        "/token": standin.origin,
        "/signaling": { target: standin.origin, ws: true },
        "/v1/VideoEvents": { target: standin.origin, ws: true },
      },
    },
  });
  await vite.listen();
  return {
    origin: `http://127.0.0.1:${vite.httpServer.address().port}`,
    standin: standin.origin,
    close: async () => {
      await vite.close();
      await standin.close();
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { origin, standin } = await startExample({ port: Number(process.env.PORT ?? 5173) });
  console.log(`Open ${origin} in two tabs and join the same room under two names.
Chromium wants --allow-loopback-in-peer-connection --disable-features=WebRtcHideLocalIpsWithMdns for that: all is on this machine.
A tenth of what alice sends is lost after
  curl ${standin}/control/network -d '{"room": "group-kitchen", "identity": "alice", "up": {"loss": 0.1}}'`);
}
