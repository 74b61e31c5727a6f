// The participant's operating system, browser and device. What the browser does not say is null.

// Brands that are no names of browsers: "Not)A;Brand" and its like are there to be ignored.
const NO_BRAND = /Not.*Brand|^Chromium$/;
const NAMES = { "Google Chrome": "Chrome", "Microsoft Edge": "Edge" };

export async function client() {
  const data = navigator.userAgentData;
  const hints = await data?.getHighEntropyValues(["platformVersion", "model", "fullVersionList"]).catch(() => null);
  if (hints && !hints.mobile) return ofHints(hints);
  const { read } = await import("./user-agent.js");
  return read(navigator.userAgent, hints?.model, navigator.maxTouchPoints);
}

function ofHints({ platform, platformVersion, fullVersionList, model }) {
  const brands = fullVersionList ?? [];
  const { brand, version } = brands.find((each) => !NO_BRAND.test(each.brand)) ?? brands.find((each) => each.brand === "Chromium") ?? {};
  return {
    os: { name: platform || null, version: (platform === "Windows" ? windows(platformVersion) : platformVersion) || null },
    browser: { name: NAMES[brand] ?? brand ?? null, version: version ?? null },
    device: { manufacturer: platform === "macOS" ? "Apple" : null, model: model || null },
  };
}

// What is told is the version of an interface of its own: 13 came with Windows 11.
function windows(told) {
  const [major, minor] = (told ?? "").split(".").map(Number);
  return major >= 13 ? "11" : major > 0 ? "10" : ["", "7", "8", "8.1"][minor];
}
