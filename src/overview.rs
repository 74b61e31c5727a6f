//! The pages over all calls that are stored, in a collector or in this browser: dashboard, rooms, settings.

use crate::erased::nothing;
use crate::markup::*;
use crate::page::{dashboard_page, rooms_page, settings_page};

/// The element of `index.html` that they are mounted in.
const ROOT: &str = "overview";

/// Mounts them.
pub fn start() {
    crate::mount(ROOT, pages);
}

/// The page that the address names.
#[must_use]
pub fn pages() -> AnyView {
    crate::place::pages(|place, parts| match parts {
        ["dashboard"] => dashboard_page(place),
        ["rooms"] => rooms_page(place),
        ["settings"] => settings_page(),
        _ => nothing(),
    })
}
