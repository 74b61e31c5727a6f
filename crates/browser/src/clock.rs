//! The page's clocks.

use callscope_core::Timestamp;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn since_origin() -> f64;

    #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
    static ORIGIN: f64;
}

/// Now, on the clock that the [timestamps of statistics](https://www.w3.org/TR/webrtc-stats/#dom-rtcstats-timestamp)
/// are on. It never runs backwards, and in some browsers it stands still while the machine sleeps.
pub(crate) fn now() -> Option<Timestamp> {
    Timestamp::new(ORIGIN.with(|origin| *origin) + since_origin())
}

/// Both clocks, in milliseconds: one that cannot be set, and one that does not sleep.
pub(crate) fn both() -> [f64; 2] {
    [since_origin(), js_sys::Date::now()]
}
