//! The single-page app, in three parts that `index.html` loads when one of their pages is opened first: the pages of calls that are measured
//! here ([`calls`]), those over all calls that are stored ([`overview`]), and those of one of them ([`room`]).

mod address;
pub mod calls;
pub mod chart;
pub mod demo;
mod erased;
pub mod live;
mod markup;
pub mod model;
mod order;
pub mod overview;
pub mod page;
mod place;
mod preference;
pub mod replay;
pub mod room;
mod stored;
mod threshold;
pub mod view;
mod zone;

/// Mounts a part of the app in its place in `index.html`.
fn mount(root: &str, pages: fn() -> leptos::prelude::AnyView) {
    use wasm_bindgen::JsCast;

    console_error_panic_hook::set_once();
    let root = leptos::prelude::document().get_element_by_id(root);
    if let Some(root) = root {
        leptos::mount::mount_to(root.unchecked_into(), pages).forget();
    }
}
