// A stand-in for Twilio Video's cloud on this machine: one HTTP server with the signaling service, the insights gateway, the
// page and the controls. Media goes over UDP, on 127.0.0.1 as everything here.

import { createServer } from "node:http";

import { WebSocketServer } from "ws";

import { controlledBy } from "./control.mjs";
import { filesOf } from "./files.mjs";
import { InsightsGateway } from "./insights.mjs";
import { Rooms } from "./rooms.mjs";
import { Signaling } from "./signaling.mjs";

/**
 * Starts the stand-in.
 *
 * @param {{port?: number, folders?: Record<string, string>}} options `port` is a free one if not given; `folders` are served
 *   besides the page, by the path under which they are to be found
 * @returns {Promise<{origin: string, close: () => Promise<void>}>}
 */
export async function startStandin({ port = 0, folders = {} } = {}) {
  const rooms = new Rooms();
  const signaling = new Signaling(rooms);
  const insights = new InsightsGateway();
  const control = controlledBy({ rooms, signaling, insights });
  const find = filesOf(folders);

  const server = createServer(async (request, response) => {
    try {
      await answer(request, response, { control, find });
    } catch (error) {
      console.error(`${request.method} ${request.url}: ${error.stack}`);
      response.writeHead(500, { "content-type": "text/plain" }).end("the stand-in failed; its output says why\n");
    }
  });

  const sockets = new WebSocketServer({ noServer: true });
  const services = { "/signaling": signaling, "/v1/VideoEvents": insights };
  server.on("upgrade", (request, socket, head) => {
    const service = services[new URL(request.url, "http://localhost").pathname];
    if (service === undefined || service.isOpen === false) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => service.accept(accepted));
  });

  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: async () => {
      rooms.close();
      signaling.drop(null);
      insights.drop();
      await new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      });
    },
  };
}

async function answer(request, response, { control, find }) {
  const url = new URL(request.url, "http://localhost");
  const controlled = await control(request, url);
  if (controlled !== null) {
    const { status, body } = controlled;
    // An application under development is served from somewhere else.
    const headers = { "content-type": "application/json", "access-control-allow-origin": "*" };
    response.writeHead(status, headers).end(`${JSON.stringify(body)}\n`);
    return;
  }
  const file = request.method === "GET" ? await find(url.pathname) : null;
  if (file === null) {
    response.writeHead(404, { "content-type": "text/plain" }).end("there is nothing here\n");
    return;
  }
  response.writeHead(200, { "content-type": file.type, "cache-control": "no-store" }).end(file.content);
}
