//! The demo call as an application has it measured: by the module, which keeps it. See `public/keep.js`.

use wasm_bindgen::prelude::*;
use web_sys::RtcPeerConnection;

#[wasm_bindgen(module = "/src/later.js")]
extern "C" {
    /// Has a connection measured and kept from now on, as far as it can be.
    pub(super) fn keep(connection: &RtcPeerConnection);

    /// The call is over.
    pub(super) fn release();
}
