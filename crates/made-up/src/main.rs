//! The web worker that makes calls up, so that somebody can look around before there are any, and answers the read API from them as a
//! collector would. Nothing of it is kept, and nothing is sent.
//!
//! `public/made-up.js` starts it and speaks with the page: what is sent to it is `{id, path, until}`, its answer is `{id, status, body}`, where
//! `body` is JSON as text. The calls are those of the two weeks until `until`, the same each time.

mod made;
mod rooms;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use made::Made;

/// Calls that are made up.
#[wasm_bindgen]
#[derive(Debug)]
pub struct MadeUp(Made);

#[wasm_bindgen]
impl MadeUp {
    /// Of the two weeks until then.
    ///
    /// # Errors
    ///
    /// If there can be none.
    #[wasm_bindgen(constructor)]
    pub fn new(until: f64) -> Result<Self, JsError> {
        Ok(Self(Made::until(whole(until))?))
    }

    /// Answers a path with its query: the status, and JSON.
    #[must_use]
    pub fn answer(&self, url: &str, now: f64) -> Array {
        let (status, body) = self.0.answer(url, whole(now));
        Array::of2(&status.into(), &body.into())
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a time in milliseconds since the epoch"
)]
fn whole(time: f64) -> i64 {
    time as i64
}

fn main() {
    console_error_panic_hook::set_once();
}
