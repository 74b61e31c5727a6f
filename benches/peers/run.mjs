// Measures callscope and its peers in one run: see ../README.md.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

if (!fs.existsSync(new URL("node_modules", import.meta.url))) {
  console.error(`The peers are not installed: npm ci --prefix ${path.relative(".", import.meta.dirname) || "."}`);
  process.exit(1);
}
const { build, buildModule } = await import("./lib/own.mjs");
const { bundlePage } = await import("./lib/bundle.mjs");
const bundles = await import("./bundles.mjs");
const { launch } = await import("./lib/browser.mjs");
const { serve } = await import("./lib/server.mjs");
const { options } = await import("./lib/options.mjs");
const { STRETCH, WARM_UP, cold, garbage, real, warm } = await import("./lib/parts.mjs");
const { table } = await import("./report.mjs");

const FILES = { "/": "page/index.html", "/reports.js": "page/reports.js", "/reports.json": "templates/reports.json" };

const log = (...words) => console.error(new Date().toISOString().slice(11, 19), ...words);

async function main() {
  const chosen = options(process.argv.slice(2));
  const own = chosen.own ?? build(path.join(import.meta.dirname, "node_modules", ".callscope"), chosen.cargo);
  const module = chosen.module ?? buildModule();
  const server = await serve({
    made: { "/main.js": await bundlePage() },
    files: Object.fromEntries(Object.entries(FILES).map(([name, file]) => [name, path.join(import.meta.dirname, file)])),
    folders: { "/own/": own, "/module/": module },
  });
  let browser;
  const start = async (flags) => {
    await browser?.close();
    browser = await launch(chosen.chromium, server.url, flags);
  };
  try {
    await start("--expose-gc");
    const info = await browser.withPage((page) => page.evaluate(() => window.bench.info()));
    if (!info.isolated) log("the page is not isolated: the clock is coarse");
    const subjects = info.subjects.filter(({ name }) => !chosen.only || name === "floor" || chosen.only.includes(name));
    const names = subjects.map(({ name }) => name);
    const results = {
      when: new Date().toISOString(),
      chromium: browser.version,
      cpus: os.cpus().length,
      cpu: os.cpus()[0].model,
      load: os.loadavg()[0],
      options: { rounds: chosen.rounds, realRounds: chosen.realRounds, WARM_UP, STRETCH },
      sizes: info.sizes,
      subjects,
      bundles: [bundles.module(module), ...(await bundles.peers())],
    };
    if (chosen.warm) Object.assign(results, await warm(browser, names, chosen, log));
    if (chosen.cold) results.cold = await cold(browser, names, chosen, log);
    if (chosen.garbage) {
      // A young generation so large that nothing is collected meanwhile.
      await start("--expose-gc --min-semi-space-size=256 --max-semi-space-size=256");
      results.garbage = await garbage(browser, names, chosen, log);
    }
    if (chosen.real) {
      await start("--expose-gc --allow-natives-syntax");
      // Estimates of a boundary are of no library, and time goes by here as it does.
      const whole = names.filter((name) => !/^(null|bnd-.*|observertc-collect|.*-10s)$/.test(name));
      results.real = await real(browser, whole, chosen, log);
    }
    fs.writeFileSync(chosen.out, JSON.stringify(results));
    console.log(table(results));
  } finally {
    await browser?.close();
    server.close();
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
