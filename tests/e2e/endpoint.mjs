// An application's server: a blank page with the module, and an endpoint that takes batches, or answers as a test wants it to.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const PACKAGE = fileURLToPath(new URL("../../npm/dist/", import.meta.url));
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

/**
 * @returns {Promise<{origin: string, received: object[], answer: (request: object) => object | number | null, close: () => Promise<void>}>}
 *   `received` holds every request for `/v1/batches` in order: its headers, its text, when it came and how it was answered. `answer` can be
 *   set: it gives a status, or `{status, headers, body}`, or null to hang up.
 */
export async function startEndpoint() {
  const endpoint = { received: [], answer: () => 201 };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    if (request.method === "POST" && pathname === "/v1/batches") {
      const chunks = [];
      try {
        for await (const chunk of request) chunks.push(chunk);
      } catch {
        // A page that was closed meanwhile: it has not been heard.
        return undefined;
      }
      const body = Buffer.concat(chunks);
      const { headers } = request;
      const packed = headers["content-encoding"] === "gzip";
      const text = (packed ? gunzipSync(body) : body).toString();
      const entry = { headers, packed, text, key: searchParams.get("key"), batch: JSON.parse(text), at: Date.now() };
      endpoint.received.push(entry);
      entry.status = endpoint.answer(entry);
      if (entry.status === null) return request.socket.destroy();
      const { status = entry.status, headers: more = {}, body: said = "" } = entry.status;
      entry.status = status;
      return response.writeHead(status, more).end(said);
    }
    if (pathname.startsWith("/callscope/")) {
      const file = join(PACKAGE, basename(pathname));
      const content = await readFile(file).catch(() => null);
      if (content !== null) return response.writeHead(200, { "content-type": TYPES[extname(file)] }).end(content);
    }
    if (pathname !== "/") return response.writeHead(404).end();
    return response.writeHead(200, { "content-type": "text/html" }).end('<!doctype html><title>A call</title><link rel="icon" href="data:,">');
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  endpoint.origin = `http://127.0.0.1:${server.address().port}`;
  endpoint.close = () =>
    new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
  return endpoint;
}
