// Serves this folder, and the package under /callscope/, under a policy as strict as the module bears.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../../npm/dist/", import.meta.url));
const FILES = new Set(["/index.html", "/main.js", "/call.js", "/style.css"]);
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:";

/** Serves on a port of 127.0.0.1, or on any that is free. */
export async function serve(port = 0) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const file = fileOf(pathname === "/" ? "/index.html" : pathname);
    const content = file === null ? null : await readFile(file).catch(() => null);
    if (content === null) {
      response.writeHead(404, { "content-type": "text/plain" }).end("no such file\n");
      return;
    }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain", "content-security-policy": POLICY }).end(content);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return { origin: `http://localhost:${server.address().port}`, close: () => (server.closeAllConnections(), server.close()) };
}

function fileOf(pathname) {
  if (FILES.has(pathname)) return join(FOLDER, pathname);
  const inPackage = pathname.startsWith("/callscope/") ? normalize(join(PACKAGE, pathname.slice("/callscope/".length))) : "";
  return inPackage.startsWith(PACKAGE) ? inPackage : null;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { origin } = await serve(Number(process.env.PORT ?? 8090));
  console.log(`Open ${origin} in two tabs, and press the button in both.`);
}
