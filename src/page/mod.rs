//! The pages, one a file.

mod dashboard;
mod live;
mod participant;
mod replay;
mod room;
mod rooms;
mod settings;
mod watched;

pub(crate) use dashboard::dashboard_page;
pub(crate) use live::live_page;
pub(crate) use participant::participant_page;
pub(crate) use replay::replay_page;
pub(crate) use room::room_page;
pub(crate) use rooms::rooms_page;
pub(crate) use settings::settings_page;

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
