//! The app in a real browser: it is mounted, clicked, and its DOM is read.

#![cfg(target_arch = "wasm32")]

#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod web {
    mod live;
    mod page;

    wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
}
