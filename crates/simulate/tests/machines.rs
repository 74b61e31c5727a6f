//! The same plan gives the same batches: by every version, on every machine, in a browser as well.

#![expect(clippy::unwrap_used, reason = "tests")]

#[expect(dead_code, reason = "the other tests use the rest of it")]
mod simulated;

use callscope_core::wire::Batch;
use callscope_simulate::Plan;
use simulated::{DAY, END, batches, plan};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// FNV-1a over the batches as they are sent.
fn digest(batches: &[Batch]) -> u64 {
    let text = serde_json::to_string(batches).unwrap();
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn a_seed_and_an_end_give_what_they_always_gave() {
    let two_weeks = Plan {
        intervals: Some(20),
        seed: 21,
        from: END - 14 * DAY,
        ..plan(1200)
    };
    let found = [plan(60), two_weeks].map(|plan| digest(&batches(plan)));
    let always = [0x0d2d_e515_5a77_d13a, 0xdff3_2559_01d9_fc60];
    assert_eq!(found, always, "{found:x?}");
}
