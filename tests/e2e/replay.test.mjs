// The app's replay page, with recordings: its reader is a worker of its own, which only the built app has.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

import { launch, withPage } from "./browser.mjs";
import { APP_FOLDER, serve } from "./serve.mjs";

const TIMEOUT_MS = 60_000;

/** A minute of two connections with 8 % loss and 150 ms of delay each way. */
const PACKED = await fixture("chromium156-loss8-delay150.jsonl.gz");

/** What Chrome writes, packed; the page is given it plain as well. */
const INTERNALS = await fixture("chromium156-webrtc-internals-dump.json.gz");

let server;
let browser;

before(async () => {
  server = await serve(APP_FOLDER);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

describe("the replay page", { timeout: TIMEOUT_MS }, () => {
  test("nothing of the reader is loaded before a recording is opened", async () => {
    await withReplay(async (page) => {
      const loaded = () =>
        page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name.split("/").at(-1)));
      assert.ok((await loaded()).every((name) => !name.includes("reader")), `loaded: ${await loaded()}`);
      await open(page, "call.jsonl.gz", PACKED);
      assert.ok((await loaded()).includes("reader.js"));
    });
  });

  test("a packed recording shows its tracks and issues", async () => {
    await withReplay(async (page) => {
      await open(page, "call.jsonl.gz", PACKED);
      const tracks = await page.getByTestId("sent-tracks").innerText();
      assert.match(tracks, /Audio[^]*1280 × 720/);
      const found = await page.getByTestId("findings").innerText();
      assert.match(found, /High packet loss/);
      assert.match(found, /packets lost, threshold 5 %/);
      assert.match(found, /High round trip time/);
      assert.match(await page.getByTestId("summary").innerText(), /p99/);

      // One of the two connections is shown at first; all of them on demand.
      assert.doesNotMatch(tracks, /far/);
      await page.getByTestId("connection").selectOption("");
      await page.getByTestId("sent-tracks").getByText("far").first().waitFor();
    });
  });

  test("it saves what the command line prints", async () => {
    await withReplay(async (page) => {
      await open(page, "call.jsonl.gz", PACKED);
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-json").click()]);
      assert.equal(download.suggestedFilename(), "call-callscope.json");
      const saved = JSON.parse(await readFile(await download.path(), "utf8"));
      const golden = JSON.parse((await fixture("golden/chromium156-loss8-delay150.json")).toString());
      for (const what of ["tracks", "issues", "warnings", "oddities"]) {
        assert.deepEqual(saved[what], golden[what], what);
      }
      assert.equal(saved.intervals.length, golden.intervals.length);
    });
  });

  test("a webrtc_internals_dump gives the same, packed or not", async () => {
    const plain = gunzipSync(INTERNALS);
    const summaries = [];
    for (const [name, content] of [["dump.json.gz", INTERNALS], ["dump.json", plain]]) {
      await withReplay(async (page) => {
        await open(page, name, content);
        summaries.push(await page.getByTestId("summary").innerText());
      });
    }
    assert.match(summaries[0], /\d/);
    assert.equal(summaries[0], summaries[1]);
  });

  test("an interval says where its figures come from", async () => {
    await withReplay(async (page) => {
      await open(page, "call.jsonl.gz", PACKED);
      const plot = page.locator(".chart-plot").first();
      await plot.focus();
      // The chart has its place on the page with the next frame.
      await page.waitForTimeout(200);
      for (const key of ["End", "Enter"]) {
        await page.keyboard.press(key);
        await page.waitForTimeout(50);
      }
      const panel = page.getByTestId("interval-panel");
      await panel.waitFor();
      const text = await panel.innerText();
      assert.match(text, /bytesSent/);
      assert.match(text, /Packet loss/);
      await page.keyboard.press("Escape");
      await panel.waitFor({ state: "detached" });
      assert.ok(await plot.evaluate((element) => document.activeElement === element), "the keyboard is back");
    });
  });

  test("damage is told and the rest is measured", async () => {
    await withReplay(async (page) => {
      await open(page, "damaged.jsonl", Buffer.from(lines("a").replace("\n", "\nnot a report\n")));
      assert.match(await page.getByTestId("warnings").innerText(), /line 2: not JSON/);
      assert.match(await page.getByTestId("sent-tracks").innerText(), /kbps/);
    });
  });

  test("a recording cut off in its packing is read as far as it goes", async () => {
    await withReplay(async (page) => {
      await open(page, "cut.jsonl.gz", PACKED.subarray(0, PACKED.length / 2));
      assert.match(await page.getByTestId("warnings").innerText(), /compressed data/);
      assert.match(await page.getByTestId("sent-tracks").innerText(), /Audio/);
    });
  });

  test("what is no recording is refused in a sentence", async () => {
    await withReplay(async (page) => {
      for (const [name, content] of [["picture.png", "\x89PNG\r\n\x1a\n"], ["empty.json", ""]]) {
        await choose(page, name, Buffer.from(content, "latin1"));
        const error = page.getByTestId("replay-error");
        await error.getByText("recording").first().waitFor();
        assert.match((await error.innerText()).trim(), /recording[^]*\.$/, name);
        assert.ok(await page.getByTestId("recording-file").isVisible(), "another can be chosen");
      }
    });
  });

  test("a recording can be dropped", async () => {
    await withReplay(async (page) => {
      await page.evaluate((text) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], "dropped.jsonl"));
        document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer }));
      }, lines("b"));
      await page.getByTestId("recording").getByText("dropped.jsonl").waitFor();
    });
  });

  test("reading a long recording can be given up", async () => {
    // Some 120 MB of reports, a megabyte packed.
    const report = lines("c");
    const packed = gzipSync(Buffer.from(report.repeat(Math.ceil(120e6 / report.length))), { level: 1 });
    await withReplay(async (page) => {
      await page.evaluate(watchFrames);
      await choose(page, "long.jsonl.gz", packed);
      await page.getByTestId("reading").waitFor();
      await page.waitForFunction(() => document.querySelector("progress")?.value > 0.02);
      await page.getByTestId("cancel-reading").click();
      await page.getByTestId("recording-file").waitFor();
      const longest = await page.evaluate(() => window.longestFrame);
      console.log(`the longest the page stood still while reading: ${longest.toFixed(0)} ms`);
    });
  });
});

async function withReplay(body) {
  await withPage(browser, {}, async (page) => {
    await page.goto(`${server.origin}/index.html#/replay`);
    await page.getByTestId("recording-file").waitFor();
    await body(page);
  });
}

/** Gives the page a file as its picker does. */
async function choose(page, name, buffer) {
  await page.getByTestId("recording-file").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
}

async function open(page, name, buffer) {
  await choose(page, name, buffer);
  await page.getByTestId("recording").waitFor({ timeout: 30_000 });
}

/** A track of 100 kbps for half a minute. */
function lines(pc) {
  let text = "";
  for (let second = 0; second <= 30; second += 1) {
    const at = 1_700_000_000_000 + 1000 * second;
    const stats = {
      type: "outbound-rtp",
      id: "O",
      timestamp: at,
      ssrc: 7,
      kind: "video",
      mediaSourceId: "SV1",
      bytesSent: 12_500 * second,
      packetsSent: 50 * second,
    };
    text += `${JSON.stringify({ pc, at, stats: [stats] })}\n`;
  }
  return text;
}

function fixture(name) {
  return readFile(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)));
}

// What follows runs in the page.

function watchFrames() {
  window.longestFrame = 0;
  let last = performance.now();
  const next = (now) => {
    window.longestFrame = Math.max(window.longestFrame, now - last);
    last = now;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}
