//! The pages, one a file.

mod live;
mod not_found;
mod replay;
mod watched;

pub(crate) use live::live_page;
pub(crate) use not_found::not_found_page;
pub(crate) use replay::replay_page;

use crate::erased::dynamic;
use crate::markup::*;

/// What went wrong, and what to try, while there is something.
fn alert(testid: &'static str, error: RwSignal<Option<String>>) -> AnyView {
    dynamic(move || match error.get() {
        Some(error) => view! {
            <div class="alert" role="alert" data-testid=testid>
                {error}
            </div>
        }
        .into_any(),
        None => ().into_any(),
    })
}
