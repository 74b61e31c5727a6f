//! The web worker that answers the read API from what the module keeps in this browser, as a collector would.
//!
//! `public/local.js` starts it, reads the module's IndexedDB and speaks with the page. What is sent to the worker has an `id`, which its
//! answer has, too: `{id, status, body}`, where `body` is JSON as text.
//!
//! | message | answer |
//! |---|---|
//! | `{id, path}` | what a collector answers to `GET` of that path, with its query, under `/v1/insights/` |
//! | `{id, kept: true}` | how much is kept: `{batches, waiting, characters, first_at, last_at, damaged}` |
//! | `{id, clear: "history"}` | deletes what is history only, and not what waits to be sent: `{deleted, left}` |
//! | `{id, clear: "all"}` | deletes what waits to be sent, too |

mod fold;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use fold::Fold;

/// What was read so far.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Local(Fold);

#[wasm_bindgen]
impl Local {
    /// Nothing was.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a batch that was kept at that time: its session, or nothing if it is damaged.
    pub fn add(&self, text: &str, kept_at: f64) -> Option<String> {
        self.0.add(text, whole(kept_at))
    }

    /// Goes without a session.
    pub fn forget(&self, session: &str) {
        self.0.forget(session);
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
