// The dashboard as tests look at it, and calls that are made up so that it has something to show.

import assert from "node:assert/strict";

import { settled } from "./pages.mjs";

/** Opens the dashboard; gives the paths that it asked the read API for, as they are asked. */
export async function openDashboard(page, url, query = "") {
  const asked = [];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname === "/v1/insights/dashboard") asked.push(pathname + search);
  });
  await page.goto(`${url}/#/dashboard${query}`);
  await whole(page);
  return asked;
}

/** Waits until the dashboard and all that it asked for is there. */
export async function whole(page) {
  await page.getByTestId("figure-rooms").waitFor();
  await page.getByTestId("chart-usage").waitFor();
  await settled(page);
}

/** The cells of the table behind a chart. */
export async function table(page, chart) {
  const card = page.getByTestId(`chart-${chart}`);
  const button = card.getByRole("button", { name: "Table" });
  if ((await button.getAttribute("aria-pressed")) !== "true") await button.click();
  const rows = card.locator(".chart-table tr");
  await rows.nth(1).waitFor();
  return rows.evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));
}

/** The lines of the CSV of a chart, cell by cell; none of them has a comma. */
export async function csv(page, chart) {
  const button = page.getByTestId(`chart-${chart}`).getByRole("button", { name: "CSV" });
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  const text = (await (await download.createReadStream()).toArray()).join("");
  return text.trim().split("\r\n").map((line) => line.split(","));
}

/** Leads the keyboard to a column of a chart. */
export async function goTo(page, chart, column) {
  await page.getByTestId(`chart-${chart}`).locator(".chart-plot").focus();
  await page.keyboard.press("Home");
  for (let i = 0; i < column; i += 1) await page.keyboard.press("ArrowRight");
}

/** A number with so many decimals, half of the last one rounded up, as the page has it. */
export const decimal = (value, places) => (Math.floor(value * 10 ** places + 0.5) / 10 ** places).toFixed(places);

export const grouped = (value) => Math.floor(value + 0.5).toLocaleString("en-US");

export function minutes(value) {
  const isSmall = value < 9.95 && Math.abs(value - Math.round(value)) > 0.049;
  return `${isSmall ? decimal(value, 1) : grouped(value)} min`;
}

export const counted = (count, one) => `${grouped(count)} ${one}${count === 1 ? "" : "s"}`;

export const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);

/** A batch of a call of one participant, ten seconds long; with high packet loss, if that is said. */
export function batch({ number, start, hasIssue = false }) {
  const id = (kind) => `${String(number).padStart(8, "0")}-0000-4000-8000-${kind}00000000`;
  const track = `MT${number}`;
  const loss = { event: "issue", type: "packet_loss", raised: true, severity: "high", pc: "pc", track, kind: "audio", at: start + 9_000, value: 7.5, threshold: 5 };
  return {
    schema: 1,
    batch_id: id("2000"),
    seq: 0,
    session: id("1000"),
    started_at: start,
    sent_at: start + 11_000,
    room: { sid: `RM${number}`, name: null, type: "group" },
    participant: { sid: `PA${number}`, identity: null },
    client: { browser: { name: number % 2 ? "Chrome" : "Firefox" }, device: { manufacturer: number % 4 < 2 ? "Apple" : "Samsung", model: null } },
    intervals: [{ scope: "track", direction: "send", track, pc: "pc", kind: "audio", start, duration_ms: 10_000, bitrate_bps: 40_000 }],
    events: hasIssue ? [loss] : [],
  };
}

/** Has a collector take calls, one in each room. */
export async function post(collector, calls) {
  for (const call of calls) {
    const body = JSON.stringify(batch(call));
    const answer = await fetch(`${collector.url}/v1/batches`, { method: "POST", headers: { "content-type": "application/json" }, body });
    assert.equal(answer.status, 201, await answer.text());
  }
}
