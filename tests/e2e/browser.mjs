// Chromium with fake devices, and pages that fail their test when something goes wrong in them unseen.

import assert from "node:assert/strict";

import { chromium } from "playwright-core";

const ARGUMENTS = [
  // Both sides of the call are on this machine, and the relay needs to see their real addresses.
  "--allow-loopback-in-peer-connection",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
  // The rest keeps the machine's two cores for the call.
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts the browser: `CHROMIUM`, or /usr/bin/chromium.
 *
 * @param {{ordinary?: boolean}} options `ordinary` leaves out what a user's browser does not have: no fake devices, no
 *   loopback candidates, addresses hidden behind mDNS names
 */
export function launch({ ordinary = false } = {}) {
  return chromium.launch(options(ordinary ? ["--disable-gpu", "--no-first-run"] : ARGUMENTS));
}

/** Starts it with what it keeps in a folder, as a user's; the context is closed with it. */
export function launchIn(folder) {
  return chromium.launchPersistentContext(folder, options(ARGUMENTS));
}

function options(args) {
  return {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    // Chromium's sandbox refuses to run as root, which is what containers give.
    args: process.getuid?.() === 0 ? [...args, "--no-sandbox"] : [...args],
  };
}

/**
 * Opens a page in a context of its own, runs `body` with it and closes it. Fails if the page threw, or wrote an error to the
 * console.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {{relay?: import("./relay.mjs").Relay, context?: object, beforeLoad?: Function | null}} options `relay` is put
 *   between the two sides of the page's call; `beforeLoad` is a function that the page runs before its own scripts
 * @param {(page: import("playwright-core").Page) => Promise<void>} body
 */
export async function withPage(browser, { relay, context: contextOptions = {}, beforeLoad = null }, body) {
  const context = await browser.newContext(contextOptions);
  const problems = [];
  try {
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(`threw ${error.stack ?? error}`));
    page.on("crash", () => problems.push("crashed"));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(`logged ${message.text()} (${message.location().url})`);
    });
    if (relay !== undefined) {
      await page.exposeFunction("callscopeRelay", (side, address, port) => relay.port(side, address, port));
    }
    if (beforeLoad !== null) await page.addInitScript(beforeLoad);
    try {
      await body(page);
    } catch (error) {
      if (problems.length > 0) error.message += `\nThe page ${problems.join("\nThe page ")}`;
      throw error;
    }
  } finally {
    await context.close();
  }
  assert.deepEqual(problems, [], "nothing went wrong in the page");
}
