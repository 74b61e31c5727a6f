//! dashboard.

use crate::markup::*;
use crate::place::Place;

/// The page.
pub(crate) fn dashboard_page(_place: Place) -> AnyView {
    view! { <div class="page"><h1>"dashboard"</h1></div> }.into_any()
}
