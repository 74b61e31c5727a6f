// A page and what it loads, on this machine only.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/**
 * Serves by path: what was made, the file of that name or, where the path ends with a slash, what is in that folder.
 * Cross-origin isolation makes the clock fine: 5 µs.
 */
export async function serve({ made = {}, files = {}, folders = {} }) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const file = files[pathname] ?? within(folders, pathname);
    const body = made[pathname] ?? (file && fs.existsSync(file) ? fs.readFileSync(file) : null);
    response.writeHead(body ? 200 : 404, {
      "content-type": TYPES[path.extname(file ?? pathname)] ?? "text/html",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cache-control": "no-store",
    });
    response.end(body ?? "");
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

function within(folders, pathname) {
  const start = Object.keys(folders).find((start) => pathname.startsWith(start));
  if (start === undefined) return null;
  const folder = path.resolve(folders[start]);
  const file = path.resolve(folder, pathname.slice(start.length));
  return file.startsWith(folder + path.sep) ? file : null;
}
