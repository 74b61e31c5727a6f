// examples/twilio-vite as its README says, and the package as applications get it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { launch, withPage } from "../e2e/browser.mjs";
import { APP_FOLDER, serve } from "../e2e/serve.mjs";
import { startExample } from "../../examples/twilio-vite/serve.mjs";
import { control } from "./call.mjs";

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL("../../npm", import.meta.url));
const EXAMPLE = new URL("../../examples/twilio-vite/", import.meta.url);

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

test("examples/twilio-vite: two join, and who loses packets is told of it", { timeout: 150_000 }, async () => {
  const example = await startExample();
  try {
    const room = `group-${Date.now()}`;
    await withPage(browser, {}, async (alice) => {
      await withPage(browser, {}, async (bob) => {
        await joined(alice, example, room, "alice");
        await joined(bob, example, room, "bob");
        for (const page of [alice, bob]) {
          for (const kind of ["audio", "video"]) {
            const row = page.getByRole("row", { name: `${kind} MT` });
            await row.getByText(/\d kbps/).waitFor({ timeout: 20_000 });
          }
        }
        await control(example.standin, "/control/network", { room, identity: "alice", up: { loss: 0.15 } });
        await alice.getByText(/packet_loss on audio raised: \d+\.\d, threshold 5/).waitFor({ timeout: 60_000 });
        assert.equal(await bob.getByText(/packet_loss/).count(), 0, "bob lost nothing");

        await alice.getByRole("button", { name: "Mute" }).click();
        await alice.getByText(/track_disabled/).waitFor({ timeout: 10_000 });
        await alice.getByRole("button", { name: "Leave" }).click();
        await alice.getByText(/The call is over: 2 tracks were published, packet_loss on audio/).waitFor({ timeout: 15_000 });
        await bob.getByText(/participant_disconnected/).waitFor({ timeout: 15_000 });
      });
    });
  } finally {
    await example.close();
  }
});

test("examples/twilio-vite: the call is watched in callscope, with the names of room, people and tracks", { timeout: 150_000 }, async () => {
  const app = await serve(APP_FOLDER);
  const example = await startExample({ debugPage: `${app.origin}/` });
  try {
    const room = `group-${Date.now()}`;
    await withPage(browser, {}, async (alice) => {
      await withPage(browser, {}, async (bob) => {
        await joined(alice, example, room, "alice");
        await joined(bob, example, room, "bob");
        const [watching] = await Promise.all([
          alice.context().waitForEvent("page"),
          alice.getByRole("button", { name: "Watch in callscope" }).click(),
        ]);
        await watching.setViewportSize({ width: 1280, height: 1400 });
        await watching.getByTestId("room").getByText(room).waitFor({ timeout: 20_000 });
        await watching.getByTestId("participant").getByText("alice").waitFor();
        const rows = (kind) => watching.getByRole("row").filter({ has: watching.locator(".track-name", { hasText: kind }) });
        for (const kind of ["Audio", "Video"]) await rows(kind).first().getByText(/[1-9][\d.]* [kM]bps/).first().waitFor({ timeout: 20_000 });
        await watching.getByRole("tab", { name: "Receive" }).click();
        for (const name of ["Audio, bob", "Video, bob"]) await watching.getByText(name, { exact: true }).first().waitFor({ timeout: 20_000 });

        await alice.getByRole("button", { name: "Share screen" }).click();
        await watching.getByRole("tab", { name: "Send" }).click();
        await rows("screen").first().waitFor({ timeout: 20_000 });
        if (process.env.SCREENSHOTS) await picture(watching, example, room);
        await alice.getByRole("button", { name: "Leave" }).click();
        await watching.getByTestId("connection-state").getByText("ended").waitFor({ timeout: 15_000 });
      });
    });
  } finally {
    await example.close();
    await app.close();
  }
});

// After a minute and a half, the last third of it with loss.
async function picture(watching, example, room) {
  await watching.waitForTimeout(45_000);
  await control(example.standin, "/control/network", { room, identity: "alice", up: { loss: 0.12 } });
  await watching.waitForTimeout(45_000);
  await watching.screenshot({ path: join(process.env.SCREENSHOTS, "debug-page.png") });
  await watching.setViewportSize({ width: 390, height: 1400 });
  await watching.screenshot({ path: join(process.env.SCREENSHOTS, "debug-page-390.png") });
  await watching.emulateMedia({ colorScheme: "dark" });
  await watching.setViewportSize({ width: 1280, height: 1400 });
  await watching.screenshot({ path: join(process.env.SCREENSHOTS, "debug-page-dark.png") });
}

async function joined(page, example, room, identity) {
  await page.goto(example.origin);
  await page.getByLabel("Name").fill(identity);
  await page.getByLabel("Room").fill(room);
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByText(`In ${room} as ${identity}.`).waitFor({ timeout: 30_000 });
}

test("the package that npm packs works in a fresh Vite app and in a plain page", { timeout: 90_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "callscope-app-"));
  try {
    const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: PACKAGE });
    const [{ filename, files }] = JSON.parse(stdout);
    const packed = files.map(({ path }) => path).sort();
    assert.deepEqual(packed, ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "dist/callscope.js", "dist/callscope.wasm", "dist/debug.js", "dist/otlp.js", "dist/user-agent.LICENSE.md", "dist/user-agent.js", "index.d.ts", "package.json"]);
    const installed = join(folder, "node_modules", "callscope");
    await mkdir(installed, { recursive: true });
    await run("tar", ["-xzf", join(folder, filename), "--strip-components=1", "-C", installed]);

    const script = `const scope = await start(); document.body.textContent = \`measures: \${scope.isMeasuring}\`;`;
    const page = (source) => `<!doctype html><link rel="icon" href="data:,"><body><script type="module">${source}</script>`;
    await writeFile(join(folder, "index.html"), page('import "./main.js";'));
    await writeFile(join(folder, "main.js"), `import { start } from "callscope"; ${script}`);
    await writeFile(join(folder, "plain.html"), page(`import { start } from "./node_modules/callscope/dist/callscope.js"; ${script}`));

    const { build } = await import(pathToFileURL(createRequire(EXAMPLE).resolve("vite")).href);
    await build({ root: folder, configFile: false, logLevel: "warn", build: { target: "es2022" } });
    for (const [root, path] of [[join(folder, "dist"), ""], [folder, "plain.html"]]) {
      const server = await serve(root);
      try {
        await withPage(browser, {}, async (opened) => {
          await opened.goto(`${server.origin}/${path}`);
          await opened.getByText("measures: true").waitFor({ timeout: 10_000 });
        });
      } finally {
        await server.close();
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
