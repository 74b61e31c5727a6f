//! Whose clock times are shown by: this browser's, or UTC.

use std::cell::Cell;

use crate::chart::Offsets;
use crate::preference::{prefer, preferred};

/// What the choice is kept as.
const ZONE: &str = "zone";

const UTC: &str = "utc";

thread_local! {
    static IS_UTC: Cell<Option<bool>> = const { Cell::new(None) };
}

/// Whether it is UTC.
pub(crate) fn is_utc() -> bool {
    IS_UTC.get().unwrap_or_else(|| {
        let is_utc = preferred(ZONE).as_deref() == Some(UTC);
        IS_UTC.set(Some(is_utc));
        is_utc
    })
}

/// Chooses, and keeps the choice where the browser keeps anything.
pub(crate) fn choose_utc(is_utc: bool) {
    IS_UTC.set(Some(is_utc));
    // What is not kept lasts until the page is left.
    let _unkept = prefer(ZONE, is_utc.then_some(UTC));
}

/// How many milliseconds the clock is ahead of UTC at `t`.
pub(crate) fn offset(t: f64) -> f64 {
    if is_utc() {
        return 0.0;
    }
    -js_sys::Date::new(&t.into()).get_timezone_offset() * 60_000.0
}

/// The same at any time of a span.
pub(crate) fn offsets(from: f64, to: f64) -> Offsets {
    Offsets::between(from, to, &offset)
}
