// The participant's system, from the user agent string: loaded where there are no Client Hints, and for the makers of phones.

import { UAParser } from "ua-parser-js";

const NAMES = { "Mac OS": "macOS", "Mobile Safari": "Safari", "Mobile Chrome": "Chrome", "Mobile Firefox": "Firefox" };

export function read(userAgent, model, touchPoints) {
  // Android's reduced user agent has "K" for the model.
  const text = model ? userAgent.replace("; K)", `; ${model})`) : userAgent;
  const { os, browser, device } = new UAParser(text).getResult();
  // An iPad says that it is a Macintosh, which has no touch screen.
  const isIPad = os.name === "Mac OS" && touchPoints > 1;
  return {
    os: isIPad ? { name: "iPadOS", version: null } : { name: named(os.name), version: isFrozen(os) ? null : (os.version ?? null) },
    browser: { name: named(browser.name), version: browser.version ?? null },
    device: {
      manufacturer: device.vendor ?? null,
      model: isIPad ? "iPad" : device.model === "Macintosh" ? null : (device.model ?? null),
    },
  };
}

const named = (name) => NAMES[name] ?? name ?? null;

// Every Windows since 10 says 10, every macOS since 10.15 says that, every reduced Android says 10.
function isFrozen({ name, version }) {
  return (name === "Windows" && version === "10") || (name === "Mac OS" && /^10\.15/.test(version)) || (name === "Android" && version === "10");
}
