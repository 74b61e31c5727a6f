//! The pages over all calls that are stored, in a collector or in this browser: dashboard, rooms, settings.

use crate::erased::{dynamic, nothing};
use crate::markup::*;
use crate::page::{dashboard_page, rooms_page, settings_page};
use crate::place::Place;

/// The element of `index.html` that they are mounted in.
const ROOT: &str = "overview";

/// Mounts them.
pub fn start() {
    crate::mount(ROOT, pages);
}

/// The page that the address names.
#[must_use]
pub fn pages() -> AnyView {
    let place = Place::follow();
    let parts = Memo::new(move |_| place.parts());
    dynamic(move || {
        let parts = parts.read();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        untrack(|| match parts.as_slice() {
            ["dashboard"] => dashboard_page(place),
            ["rooms"] => rooms_page(place),
            ["settings"] => settings_page(),
            _ => nothing(),
        })
    })
}
