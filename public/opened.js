// An export of stored calls: it is shown by the pages of those, which find it here. Loaded by src/later.js.

async function text(file) {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isPacked = head[0] === 0x1f && head[1] === 0x8b;
  return new Response(isPacked ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file).text();
}

export async function open(file) {
  let saved;
  try {
    saved = JSON.parse(await text(file));
  } catch {
    throw new Error("The export is cut off or damaged: save it again.");
  }
  if (saved.callscope_export !== 1 || !saved.answers || !saved.room) {
    throw new Error(`The export is of another version (${saved.callscope_export}) than this app reads (1): open it with the app that saved it.`);
  }
  globalThis.callscopeOpened = saved;
  const below = saved.participant ? `/participants/${encodeURIComponent(saved.participant)}` : "";
  location.hash = `#/opened/rooms/${encodeURIComponent(saved.room)}${below}`;
}
