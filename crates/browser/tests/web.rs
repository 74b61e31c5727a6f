//! The reader and the sampler in a browser: a real call of three layers, and all that a page can put in their way.

#[cfg(target_arch = "wasm32")]
#[expect(clippy::unwrap_used, reason = "tests")]
mod web {
    mod page;
    mod reading;
    mod sampling;

    wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
}
