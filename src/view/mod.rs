//! What pages are made of. They are functions that return views of one type, for the reason that `crate::erased` tells.

mod choice;
mod download;
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
mod summary;
mod table;
mod tabs;

pub(crate) use choice::choice;
pub use download::download;
pub(crate) use field::{field, input, one_of};
pub use icon::{Icon, icon};
pub(crate) use media::media;
pub(crate) use no_data::no_data;
pub(crate) use select::{Select, connection_choice};
pub use shown::Shown;
pub(crate) use summary::summary;

/// Moves the keyboard there.
pub(crate) fn focus(element: &web_sys::Element) {
    use wasm_bindgen::JsCast;

    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        // An element that cannot have the focus leaves it where it is.
        let _refused = element.focus();
    }
}
