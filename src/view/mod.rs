//! What pages are made of. They are functions that return views of one type, for the reason that `crate::erased` tells.

mod choice;
mod download;
mod facts;
mod field;
mod figure;
mod findings;
mod icon;
mod interval_panel;
mod media;
mod no_data;
mod received;
mod select;
mod sent;
mod shown;
mod sort_head;
mod summary;
mod table;
mod tabs;
mod take_away;

pub(crate) use choice::choice;
pub use download::download;
pub(crate) use facts::{Line, fact_list};
pub(crate) use field::{input, one_of};
pub use icon::{Icon, icon};
pub(crate) use media::{RECEIVE, SEND, intervals, media};
pub(crate) use no_data::no_data;
pub(crate) use received::{received, received_chart, received_tables};
pub(crate) use select::{Select, connection_choice};
pub(crate) use sent::{sent, sent_charts, sent_tables};
pub use shown::{Apart, Shown};
pub(crate) use sort_head::Sorting;
pub(crate) use summary::summary;
pub(crate) use take_away::take_away;

use crate::markup::*;

/// The tabs of what was measured here: what is sent, and what is received.
pub(crate) fn both_ways(shown: Shown) -> AnyView {
    let tab = RwSignal::new(SEND);
    media(shown, tab, move || {
        if tab.get_untracked() == SEND {
            sent(shown)
        } else {
            received(shown)
        }
    })
}

/// Moves the keyboard there.
pub(crate) fn focus(element: &web_sys::Element) {
    use wasm_bindgen::JsCast;

    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        // An element that cannot have the focus leaves it where it is.
        let _refused = element.focus();
    }
}
