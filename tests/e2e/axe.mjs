// Whether a page can be used by everybody, as far as axe-core can tell.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const AXE = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));

/** Fails, with what and where, if axe-core finds anything in what the page shows now; `options` are axe-core's own. */
export async function expectAccessible(page, options = {}) {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ path: AXE });
  const found = await page.evaluate(async (asked) => {
    const { violations } = await window.axe.run(document, asked);
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  }, options);
  assert.deepEqual(found, []);
}
