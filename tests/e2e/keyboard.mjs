// The keyboard alone, as somebody has it who uses nothing else: what has the focus can be seen, and is never lost.

import assert from "node:assert/strict";

/** More stops than that to the next thing, and nobody finds it. */
const MOST_STOPS = 60;

/** Presses Tab, or Shift and Tab, until that has the focus; every stop on the way has to be one that can be seen. */
export async function tabTo(page, target, { back = false, most = MOST_STOPS } = {}) {
  const passed = [];
  for (let stops = 0; stops < most; stops += 1) {
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
    const stop = await focused(page);
    passed.push(stop.words);
    assert.ok(stop.isSomething, `the focus is lost after ${passed.join(" > ")}`);
    assert.ok(stop.isVisible, `nothing shows that the focus is on ${stop.words}, after ${passed.join(" > ")}`);
    if (await has(target)) return;
  }
  assert.fail(`no way there in ${most} stops: ${passed.join(" > ")}`);
}

/** Whether the focus is on the first of what a locator finds. */
export async function has(target) {
  return (await target.count()) > 0 && target.first().evaluate((element) => element === document.activeElement);
}

/** Fails when nothing has the focus: who uses the keyboard alone would begin anew at the top. */
export async function expectFocus(page) {
  const { isSomething } = await focused(page);
  assert.ok(isSomething, `nothing has the focus at ${page.url()}`);
}

function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    const isSomething = element !== null && element !== document.body && element !== document.documentElement;
    if (!isSomething) return { isSomething, isVisible: false, words: "nothing" };
    const words = `${element.localName} ${element.getAttribute("aria-label") ?? element.innerText ?? ""}`.replace(/\s+/g, " ").slice(0, 60);
    const marks = ({ outlineStyle, outlineWidth, boxShadow }) => (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
    // A file's input is shown by its label.
    const shown = [element, element.nextElementSibling].filter(Boolean).slice(0, element.type === "file" ? 2 : 1);
    // The button for the calendar is within the browser's own control, which draws a ring around it.
    const isBrowsers = element.type === "datetime-local" && !element.matches(":focus-visible");
    const { width, height, right, bottom } = element.getBoundingClientRect();
    const isOnPage = width > 0 && height > 0 && right > 0 && bottom > 0;
    return { isSomething, isVisible: isOnPage && (isBrowsers || shown.some((it) => marks(getComputedStyle(it)))), words };
  });
}
