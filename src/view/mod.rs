//! What pages are made of.

#![expect(
    unreachable_pub,
    reason = "leptos makes what it generates for a component public"
)]

mod choice;
mod download;
mod figure;
mod findings;
mod icon;
mod interval_panel;
mod layers;
mod media;
mod received;
mod sent;
mod shown;
mod summary;
mod tabs;

pub use choice::Choice;
pub use download::download;
pub use icon::{Icon, icon};
pub use media::Media;
pub use shown::Shown;
pub use summary::Summary;

/// Moves the keyboard there.
pub(crate) fn focus(element: &web_sys::Element) {
    use wasm_bindgen::JsCast;

    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        // An element that cannot have the focus leaves it where it is.
        let _refused = element.focus();
    }
}
