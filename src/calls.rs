//! The pages of calls that are measured in this page: the one going on now, and recordings.

use crate::address::follow;
use crate::erased::{dynamic, effect, nothing};
use crate::live::Live;
use crate::markup::*;
use crate::page::{live_page, replay_page};
use crate::replay::Replay;

/// The element of `index.html` that they are mounted in.
const ROOT: &str = "calls";

/// Mounts them.
pub fn start() {
    crate::mount(ROOT, pages);
}

/// A call, and a recording, stay while another page is looked at.
#[must_use]
pub fn pages() -> AnyView {
    let live = Live::new();
    live.export();
    live.watch();
    let replay = Replay::new();
    let address = follow();
    // The navigation, which index.html has, marks that a call is going on.
    effect(move || {
        if let Some(root) = document().document_element() {
            let marked = root.toggle_attribute_with_force("data-live", live.is_running());
            debug_assert!(marked.is_ok(), "the attribute's name is valid");
        }
    });
    let page = Memo::new(move |_| address.with(|address| address.path.clone()));
    dynamic(move || match page.read().as_str() {
        "" | "live" => live_page(live),
        "replay" => replay_page(replay),
        _ => nothing(),
    })
}
