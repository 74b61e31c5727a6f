// What a page of stored calls shows, once all of it is there.

/** The part of the app that is shown. */
const SHOWN = "#main > :not([hidden])";

/** Fewer frames than that without a change, and something may still be on its way. */
const STILL_FRAMES = 12;

const PATIENCE_MS = 15_000;

/** Opens an address of the app, as a link to it does where the app is open already, and waits until all of the page is there. */
export async function open(page, url) {
  const { origin, hash } = new URL(url);
  const isOpen = new URL(page.url()).origin === origin;
  if (isOpen) await page.evaluate(follow, hash);
  else await page.goto(url);
  await settled(page);
}

/** Waits until nothing of the page is on its way any more, and nothing of it changes. */
export async function settled(page) {
  await page.waitForFunction(isStill, { shown: SHOWN, frames: STILL_FRAMES }, { polling: "raf", timeout: PATIENCE_MS });
}

/** What the page says: its text. */
export function words(page) {
  return page.locator(SHOWN).innerText();
}

/**
 * All that the page shows: its title, its text with the tables behind the charts, what it says to those who cannot see it with where its links
 * lead, and the pictures of its charts.
 */
export async function everything(page) {
  const tables = page.locator(`${SHOWN} >> button[title='Show as table'][aria-pressed=false]`);
  await tables.evaluateAll((buttons) => buttons.forEach((button) => button.click()));
  await settled(page);
  const shown = page.locator(SHOWN);
  return {
    title: await page.title(),
    text: (await shown.innerText()).split("\n"),
    said: (await shown.ariaSnapshot()).split("\n"),
    pictures: await shown.locator("canvas").evaluateAll(pictures),
  };
}

// What follows runs in the page.

// Resolves when the app was told.
function follow(hash) {
  if (location.hash === hash) return undefined;
  return new Promise((followed) => {
    addEventListener("hashchange", () => requestAnimationFrame(followed), { once: true });
    location.hash = hash;
  });
}

function isStill({ shown, frames }) {
  const part = document.querySelector(shown);
  const isToCome = (element) => element.textContent.endsWith("\u2026");
  const isWaiting = !part || part.id === "loading" || part.querySelector("[aria-busy=true], .skeleton") || [...part.querySelectorAll(".muted, [role=status]")].some(isToCome);
  // Canvases are drawn at a frame, and what they show is no text.
  const now = isWaiting ? null : part.innerHTML;
  const before = window.lastSeen ?? { html: null, frames: 0 };
  const seen = { html: now, frames: now !== null && now === before.html ? before.frames + 1 : 0 };
  const isOver = seen.frames >= frames;
  // Whoever asks next waits anew.
  window.lastSeen = isOver ? undefined : seen;
  return isOver;
}

// Each picture by its size and a digest of its pixels.
async function pictures(canvases) {
  const digest = async (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  return Promise.all(canvases.map(async (canvas) => `${canvas.width} x ${canvas.height}: ${await digest(canvas)}`));
}
