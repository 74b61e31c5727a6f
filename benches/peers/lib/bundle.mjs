// Scripts as an application's bundler makes them.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

/** The folder whose packages are bundled. */
const here = fileURLToPath(new URL("..", import.meta.url));

/** One minified script of these lines, with the peers' packages in reach. */
export async function bundle(contents, plugins = []) {
  const result = await esbuild.build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    define: { global: "globalThis" },
    logLevel: "error",
    // What fetches its WebAssembly from beside itself, and what a page loads only when it needs it.
    external: ["/own/*", "/module/*", "/library/*"],
    plugins,
  });
  return result.outputFiles[0].contents;
}

/** The benchmark's page with every subject in it. */
export function bundlePage() {
  const folder = path.join(here, "subjects");
  const files = fs.readdirSync(folder).filter((file) => file.endsWith(".js"));
  const imports = files.sort().map((file, i) => `import s${i} from ${JSON.stringify(path.join(folder, file))};`);
  const contents = `${imports.join("\n")}\nexport const subjects = [${files.map((_, i) => `s${i}`)}];`;
  const subjects = {
    name: "subjects",
    setup(build) {
      build.onResolve({ filter: /^virtual:subjects$/ }, ({ path }) => ({ path, namespace: "virtual" }));
      build.onLoad({ filter: /.*/, namespace: "virtual" }, () => ({ contents, resolveDir: here }));
    },
  };
  return bundle('import "./page/main.js";', [subjects]);
}
