// The page and what it loads, on this machine only.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = fileURLToPath(new URL("..", import.meta.url));
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};
const FILES = { "/": "page/index.html", "/reports.js": "page/reports.js", "/reports.json": "templates/reports.json" };

/** Serves the page with every subject in it, and callscope's own from that folder. Cross-origin isolation makes the clock fine: 5 µs. */
export async function serve(own) {
  const script = await bundle();
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const file = pathname.startsWith("/own/")
      ? within(own, pathname.slice(5))
      : pathname in FILES && path.join(here, FILES[pathname]);
    const body = pathname === "/main.js" ? script : file && fs.existsSync(file) ? fs.readFileSync(file) : null;
    response.writeHead(body ? 200 : 404, {
      "content-type": TYPES[path.extname(pathname)] ?? "text/html",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cache-control": "no-store",
    });
    response.end(body ?? "");
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

function within(folder, name) {
  const file = path.resolve(folder, name);
  return file.startsWith(path.resolve(folder) + path.sep) ? file : null;
}

async function bundle() {
  const folder = path.join(here, "subjects");
  const files = fs.readdirSync(folder).filter((file) => file.endsWith(".js"));
  const imports = files.sort().map((file, i) => `import s${i} from ${JSON.stringify(path.join(folder, file))};`);
  const contents = `${imports.join("\n")}\nexport const subjects = [${files.map((_, i) => `s${i}`)}];`;
  const result = await esbuild.build({
    entryPoints: [path.join(here, "page/main.js")],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    define: { global: "globalThis" },
    logLevel: "error",
    // It fetches its module from beside itself.
    external: ["/own/*"],
    plugins: [
      {
        name: "subjects",
        setup(build) {
          build.onResolve({ filter: /^virtual:subjects$/ }, ({ path }) => ({ path, namespace: "virtual" }));
          build.onLoad({ filter: /.*/, namespace: "virtual" }, () => ({ contents, resolveDir: here }));
        },
      },
    ],
  });
  return result.outputFiles[0].contents;
}
