// Starts the worker that reads recordings, and tells the page if that fails: a promise that fails in a worker is not told.
importScripts("callscope-reader.js");
wasm_bindgen({ module_or_path: "callscope-reader_bg.wasm" }).catch((error) => postMessage(String(error)));
