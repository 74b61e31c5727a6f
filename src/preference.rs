//! What a person prefers, by a name. It is kept in this browser.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/preference.js")]
extern "C" {
    /// What was chosen.
    pub(crate) fn preferred(name: &str) -> Option<String>;
    /// A number that was chosen, or the other one.
    #[wasm_bindgen(js_name = preferredNumber)]
    pub(crate) fn preferred_number(name: &str, otherwise: f64) -> f64;
    /// Keeps a choice; `None` forgets it. Gives whether that worked: storage may be full or switched off.
    pub(crate) fn prefer(name: &str, choice: Option<&str>) -> bool;
}
