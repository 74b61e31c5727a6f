// The debug page: the app in a window of its own, from another origin, that watches the calls of the page that opened it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { serve as serveExample } from "../../examples/plain/serve.mjs";
import { launch } from "./browser.mjs";
import { APP_FOLDER, serve } from "./serve.mjs";
import { simulateCall } from "./simulated.mjs";

const ROOM = { sid: "RM1", name: "standup", type: "group" };
const ANNA = { sid: "PA1", identity: "anna@example.com" };
const AUDIO_BPS = 40_000;
const VIDEO_BPS = 8 * 20_000 * 6;

let host;
let app;
let browser;

before(async () => {
  [host, app, browser] = await Promise.all([serveExample(), serve(APP_FOLDER), launch()]);
});

after(async () => {
  await browser?.close();
  host?.close();
  await app?.close();
});

test("a call is watched from another origin, and whichever side is loaded again", { timeout: 120_000 }, async () => {
  await withHost({}, async ({ page, open, problems }) => {
    await call(page, { about: { room: ROOM, participant: ANNA } });
    const watching = await open();
    problems(watching);
    await shows(watching, { room: "standup", participant: "anna@example.com" });
    await watching.getByText(`A call of ${host.origin}`).waitFor();
    await measures(watching);

    await watching.reload();
    await shows(watching, { room: "standup", participant: "anna@example.com" });
    await measures(watching);

    await page.reload();
    await call(page, { about: { room: { ...ROOM, name: "retro" }, participant: ANNA } });
    await shows(watching, { room: "retro", participant: "anna@example.com" });
    // The call before can still be looked at.
    await watching.getByTestId("call").selectOption({ label: "standup, anna@example.com" });
    await watching.getByTestId("connection-state").getByText("ended").waitFor();
    await watching.getByTestId("call").selectOption({ label: "retro, anna@example.com" });
    await measures(watching);

    await page.evaluate(() => window.measured.session.stop());
    await watching.getByTestId("connection-state").getByText("ended").waitFor();
    await watching.getByTestId("watch-note").getByText("measures no call now").waitFor();
  });
});

test("it is asked every second while it is watched, and as before when the window is closed", { timeout: 60_000 }, async () => {
  await withHost({}, async ({ page, open, problems }) => {
    await call(page, { about: { room: ROOM } });
    const watching = await open();
    problems(watching);
    await shows(watching, { room: "standup", participant: "not told" });
    const asked = () => page.evaluate(() => window.asked);
    const [before, begun] = [await asked(), performance.now()];
    await page.waitForTimeout(4000);
    const [watched, seconds] = [(await asked()) - before, (performance.now() - begun) / 1000];
    // Once a second, and the module's own.
    assert.ok(watched >= seconds - 1 && watched <= seconds + 2, `${watched} times in ${seconds} seconds`);
    await watching.close({ runBeforeUnload: true });
    await page.waitForTimeout(1500);
    const closed = await asked();
    await page.waitForTimeout(4000);
    assert.ok((await asked()) - closed <= 1, `${(await asked()) - closed} times after it was closed`);
  });
});

test("people go by their hash there, too", { timeout: 60_000 }, async () => {
  await withHost({}, async ({ page, open, problems }) => {
    await call(page, { options: { identity: "hash" }, about: { room: ROOM, participant: ANNA } });
    const watching = await open();
    problems(watching);
    await watching.getByTestId("participant").getByText(/^[0-9a-f]{64}$/).waitFor();
    assert.ok(!(await watching.evaluate(() => window.callscope.report())).includes("anna"));
  });
});

test("a page of another origin than that which was opened is not answered", { timeout: 30_000 }, async () => {
  const elsewhere = `${host.origin.replace("localhost", "127.0.0.1")}/style.css`;
  await withHost({ debugPage: elsewhere }, async ({ page, open }) => {
    await call(page, { about: { room: ROOM } });
    // The window goes on to the app, which asks from there.
    const watching = await open();
    await watching.evaluate((url) => (location.href = url), app.origin);
    await watching.getByTestId("watch-note").getByText("Waiting for the page").waitFor();
    await watching.waitForTimeout(3000);
    await watching.getByTestId("watch-note").getByText("Waiting for the page").waitFor();
    assert.equal(await watching.getByTestId("room").count(), 0);
  });
});

test("the app is watched from where its operator allows, and from nowhere else", { timeout: 60_000 }, async () => {
  for (const [allowed, isShown] of [[`https://calls.example ${host.origin}`, true], ["https://calls.example", false]]) {
    await withHost({}, async ({ page, open, context }) => {
      await context.route(`${app.origin}/`, async (route) => {
        const response = await route.fetch();
        const body = (await response.text()).replace(/<meta[^>]*callscope-feed[^>]*>/, `<meta name="callscope-feed" content="${allowed}">`);
        assert.ok(body.includes(allowed));
        await route.fulfill({ response, body });
      });
      await call(page, { about: { room: ROOM } });
      const watching = await open();
      if (isShown) return shows(watching, { room: "standup", participant: "not told" });
      await watching.getByTestId("watch-note").getByText("Waiting for the page").waitFor();
      await watching.waitForTimeout(3000);
      assert.equal(await watching.getByTestId("room").count(), 0);
    });
  }
});

test("a window opened by anything else waits for nobody", { timeout: 30_000 }, async () => {
  const page = await browser.newPage();
  await page.goto(app.origin);
  await page.getByTestId("start-call").waitFor();
  assert.equal(await page.getByTestId("watch-note").count(), 0);
  await page.close();
});

// A page with the module that opens the debug page by a click, as browsers want it.
async function withHost({ debugPage = `${app.origin}/` }, body) {
  const context = await browser.newContext();
  const seen = [];
  const problems = (page) => {
    page.on("pageerror", (error) => seen.push(`threw ${error.stack ?? error}`));
    page.on("console", (message) => message.type() === "error" && seen.push(`logged ${message.text()}`));
  };
  try {
    const page = await context.newPage();
    problems(page);
    await page.goto(host.origin);
    const open = async () => {
      await page.evaluate((url) => {
        const button = Object.assign(document.createElement("button"), { textContent: "Watch", onclick: () => window.measured.scope.openDebugPage(url) });
        document.body.prepend(button);
      }, debugPage);
      const [opened] = await Promise.all([context.waitForEvent("page"), page.getByRole("button", { name: "Watch" }).click()]);
      return opened;
    };
    await body({ page, open, problems, context });
  } finally {
    await context.close();
  }
  assert.deepEqual(seen, [], "nothing went wrong in the pages");
}

async function call(page, { options = {}, about }) {
  // The example has started the module already.
  await page.evaluate(async () => {
    const { start } = await import("/callscope/callscope.js");
    const page = sessionStorage.getItem("callscope.debug");
    await (await start()).stop();
    // Which forgets the window; a page that is loaded again does not.
    if (page !== null) sessionStorage.setItem("callscope.debug", page);
  });
  await page.evaluate(simulateCall, { changes: false, options, about });
}

async function shows(watching, { room, participant }) {
  await watching.getByTestId("room").getByText(room, { exact: true }).waitFor({ timeout: 20_000 });
  await watching.getByTestId("participant").getByText(participant, { exact: true }).waitFor();
}

// The figures of the window are those of the call.
async function measures(watching) {
  const rateOf = async (kind) => {
    const { intervals } = JSON.parse(await watching.evaluate(() => window.callscope.report()));
    return intervals.filter((interval) => interval.kind === kind && interval.bitrate_bps !== null).at(-1)?.bitrate_bps;
  };
  for (const [kind, expected] of [["audio", AUDIO_BPS], ["video", VIDEO_BPS]]) {
    let rate;
    for (let tries = 0; tries < 150 && rate === undefined; tries += 1) {
      rate = await rateOf(kind);
      await watching.waitForTimeout(200);
    }
    assert.ok(Math.abs(rate - expected) < 0.03 * expected, `${kind}: ${rate} bit/s`);
  }
}
