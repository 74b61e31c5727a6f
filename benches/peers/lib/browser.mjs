// Chromium, its pages and its meters.
import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-precise-memory-info",
  "--autoplay-policy=no-user-gesture-required",
];

/** Starts a browser whose JavaScript engine gets those flags, and that gets those arguments beside the usual ones. */
export async function launch(executable, url, flags, more = []) {
  const executablePath = executable.includes("/") ? executable : which(executable);
  const browser = await chromium.launch({
    executablePath,
    ignoreDefaultArgs: ["--headless", "--headless=old"],
    args: [...ARGUMENTS, ...more, `--js-flags=${flags}`],
  });
  // Libraries look at the browser's name: it must be that of a browser with a window.
  const major = browser.version().split(".")[0];
  const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`;

  /** Does something in a fresh page. */
  async function withPage(work) {
    const context = await browser.newContext({ userAgent });
    try {
      const page = await context.newPage();
      page.on("pageerror", (error) => console.error("in the page:", error.message));
      await page.goto(url);
      await page.evaluate(() => window.benchReady);
      return await work(page, context);
    } finally {
      await context.close();
    }
  }

  return { withPage, version: browser.version(), processes: () => processes(browser), close: () => browser.close() };
}

function which(name) {
  const folder = process.env.PATH.split(path.delimiter).find((folder) => fs.existsSync(path.join(folder, name)));
  if (folder) return path.join(folder, name);
  throw new Error(`there is no ${name} on PATH: name a Chromium with --chromium or CHROMIUM`);
}

/** A page's meters: what its main thread has done so far, in µs, all of it and scripts alone; its heap after a collection, in bytes. */
export async function meters(page, context) {
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  return {
    async thread() {
      const { TaskDuration, ScriptDuration } = await read();
      return { task: TaskDuration * 1e6, script: ScriptDuration * 1e6 };
    },
    async heap() {
      await session.send("HeapProfiler.collectGarbage");
      return (await read()).JSHeapUsedSize;
    },
  };
}

/** Reads what all threads of the renderers have done so far, in µs; it counts in steps of 10 ms. */
async function processes(browser) {
  const session = await browser.newBrowserCDPSession();
  return async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "renderer").reduce((sum, { cpuTime }) => sum + cpuTime, 0) * 1e6;
  };
}
