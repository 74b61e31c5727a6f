// The examples, as their README says.

import assert from "node:assert/strict";
import { test } from "node:test";

import { serve } from "../../examples/plain/serve.mjs";
import { launch } from "./browser.mjs";

test("examples/plain: two tabs have a call, and both are told how it was", { timeout: 150_000 }, async () => {
  const [server, browser] = await Promise.all([serve(), launch()]);
  try {
    const context = await browser.newContext({ permissions: ["camera", "microphone"] });
    const problems = [];
    const tabs = await Promise.all(["first", "second"].map(() => context.newPage()));
    for (const tab of tabs) {
      tab.on("pageerror", (error) => problems.push(`threw ${error.stack ?? error}`));
      tab.on("console", (message) => message.type() === "error" && problems.push(`logged ${message.text()}`));
      await tab.goto(server.origin);
    }
    for (const tab of tabs) await tab.getByRole("button", { name: "Join the call" }).click();
    for (const tab of tabs) {
      await tab.getByText("The call is connected.").waitFor({ timeout: 20_000 });
      // The second interval is a whole one.
      for (const what of ["sent audio", "sent video", "all that is received"]) {
        const row = tab.getByRole("row", { name: what });
        await row.nth(1).waitFor({ timeout: 45_000 });
        assert.match(await row.first().innerText(), /\d[\d.]* kbps\s+0 %/, what);
      }
    }
    await tabs[0].getByRole("button", { name: "Leave" }).click();
    await tabs[0].getByText(/You left\. .*audio: 0 packets lost.*issues: none/).waitFor({ timeout: 15_000 });
    assert.deepEqual(problems, [], "nothing went wrong in the pages");
  } finally {
    await browser.close();
    server.close();
  }
});
