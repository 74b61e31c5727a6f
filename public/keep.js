// Has the demo call measured as applications have theirs measured: by the module, which keeps it in this browser, and sends it to the
// collector that serves this page, if one does. The page's own figures do not come from there. Loaded by src/later.js.

// Gives the session.
export async function keep(connection) {
  const { start } = await import(new URL("module/callscope.js", document.baseURI));
  const scope = await start({ endpoint: (await isCollector()) ? new URL("v1/batches", document.baseURI).href : undefined });
  const sid = (prefix) => prefix + crypto.randomUUID().replaceAll("-", "");
  const room = { sid: sid("RM"), name: "demo call", type: "peer_to_peer" };
  return scope.attachPeerConnection(connection, { name: "near", room, participant: { sid: sid("PA"), identity: "you" } });
}

// A static host answers with a page, or that there is none.
async function isCollector() {
  const response = await fetch("healthz").catch(() => null);
  return response?.ok === true && (await response.text()).trim() === "ok";
}
