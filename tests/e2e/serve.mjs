// A static file server on a free port of 127.0.0.1, as plain as the one that the app will be put on.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the built app is: `BASE_DIST`, or `dist` at the root of the project. */
export const APP_FOLDER = process.env.BASE_DIST ?? fileURLToPath(new URL("../../dist", import.meta.url));

/** The folder of this harness, which holds the page of the loopback call. */
export const HARNESS_FOLDER = fileURLToPath(new URL(".", import.meta.url));

const CONTENT_TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/**
 * Serves `folder`; a path without an extension that is no file is answered with `index.html`, so that the app's own
 * routes can be opened directly.
 *
 * @param {string} folder
 * @returns {Promise<{origin: string, close: () => Promise<void>}>}
 */
export async function serve(folder) {
  const server = createServer(async (request, response) => {
    const file = await find(folder, new URL(request.url, "http://localhost").pathname);
    if (file === null) {
      response.writeHead(404, { "content-type": "text/plain" }).end("no such file\n");
      return;
    }
    const type = CONTENT_TYPES[extname(file.path)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(file.content);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}

async function find(folder, pathname) {
  const wanted = normalize(join(folder, decodeURIComponent(pathname)));
  const isInside = wanted === normalize(folder) || wanted.startsWith(normalize(folder + sep));
  if (!isInside) return null;
  const path = pathname.endsWith("/") ? join(wanted, "index.html") : wanted;
  const exact = await read(path);
  if (exact !== null || extname(path) !== "") return exact;
  return read(join(folder, "index.html"));
}

async function read(path) {
  try {
    return { path, content: await readFile(path) };
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "EISDIR") return null;
    throw error;
  }
}
