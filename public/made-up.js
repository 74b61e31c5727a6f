// Starts the worker that makes calls up and answers from them (crates/made-up says what is asked and answered). They are in its memory only.

importScripts("callscope-made-up.js");
const starting = wasm_bindgen({ module_or_path: "callscope-made-up_bg.wasm" });
// A failure is told to each who asks.
starting.catch(() => {});

let made = null;
// Until when the calls are that were made last.
let madeUntil = null;

onmessage = async ({ data: { id, path, until } }) => {
  try {
    await starting;
    if (until !== madeUntil) {
      made?.free();
      made = null;
      made = new wasm_bindgen.MadeUp(until);
      madeUntil = until;
    }
    const [status, body] = made.answer(path, Date.now());
    postMessage({ id, status, body });
  } catch (error) {
    const message = `calls cannot be made up: ${error}`;
    postMessage({ id, status: 500, body: JSON.stringify({ code: 20500, message, more_info: null, status: 500 }) });
  }
};
