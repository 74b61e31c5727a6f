//! An address that names no page.

use crate::markup::*;
use crate::route::Route;

/// Says so, and leads back.
pub(crate) fn not_found_page(path: &str) -> AnyView {
    view! {
        <div class="page narrow" data-testid="not-found">
            <h1>"There is no such page"</h1>
            <p>
                "The address ends in " <code>{format!("#{path}")}</code>
                ", and no page has that name. It may have been mistyped, or come from another version."
            </p>
            <p class="actions">
                <a class="button primary" href=Route::Live.href()>"Watch a live call"</a>
                <a class="button" href=Route::Replay.href()>"Replay a recording"</a>
            </p>
        </div>
    }
    .into_any()
}
