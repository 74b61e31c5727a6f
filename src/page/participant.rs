//! participant.

use crate::markup::*;
use crate::place::Place;

/// The page.
pub(crate) fn participant_page(_place: Place, _room: &str, _participant: &str) -> AnyView {
    view! { <div class="page"><h1>"participant"</h1></div> }.into_any()
}
