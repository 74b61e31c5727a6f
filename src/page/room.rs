//! room.

use crate::markup::*;
use crate::place::Place;

/// The page.
pub(crate) fn room_page(_place: Place, _room: &str) -> AnyView {
    view! { <div class="page"><h1>"room"</h1></div> }.into_any()
}
