// The files that the stand-in serves: its page, and the client library in each version that is installed.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

const PAGE_FOLDER = fileURLToPath(new URL("../page", import.meta.url));

const CONTENT_TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** The versions of Twilio Video JS by number, and the names under which npm has installed them; the first is the usual one. */
const SDK_PACKAGES = { "2.36.0": "twilio-video", "2.32.0": "twilio-video-2.32" };

/** The versions of Twilio Video JS that are served. */
export const SDK_VERSIONS = Object.keys(SDK_PACKAGES);

/**
 * Which files are served where.
 *
 * @param {Record<string, string>} folders further folders by the path under which they are served, such as `/examples/`
 * @returns {(pathname: string) => Promise<{type: string, content: Buffer} | null>} finds a file
 */
export function filesOf(folders) {
  const served = [
    ...Object.entries(SDK_PACKAGES).map(([version, name]) => [`/sdk/${version}/`, distributionOf(name)]),
    ...Object.entries(folders),
    ["/", PAGE_FOLDER],
  ];
  return async (pathname) => {
    const [prefix, folder] = served.find(([start]) => pathname.startsWith(start));
    const within = decoded(pathname.slice(prefix.length));
    if (within === null) return null;
    const path = normalize(join(folder, within === "" || within.endsWith("/") ? `${within}index.html` : within));
    if (!path.startsWith(normalize(folder + sep))) return null;
    try {
      return { type: CONTENT_TYPES[extname(path)] ?? "application/octet-stream", content: await readFile(path) };
    } catch (error) {
      if (error.code === "ENOENT" || error.code === "EISDIR" || error.code === "ENOTDIR") return null;
      throw error;
    }
  };
}

function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function distributionOf(name) {
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), "dist");
}
