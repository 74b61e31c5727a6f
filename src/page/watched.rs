//! What the live page says of the calls of another page, which it was opened to watch.

use std::sync::Arc;

use super::live::item;
use crate::erased::{all, text, when};
use crate::live::Live;
use crate::markup::*;
use crate::view::Select;

/// Whether the other page is there.
pub(super) fn watch_note(live: Live) -> AnyView {
    let note = move || {
        view! {
            <p class="card note" role="status" data-testid="watch-note">
                {text(move || live.note.get().unwrap_or_default())}
            </p>
        }
        .into_any()
    };
    when(move || live.note.with(Option::is_some), note)
}

/// The calls of the other page, where there are several.
pub(super) fn call_choice(live: Live) -> AnyView {
    Select {
        label: "Call",
        testid: "call",
        all: None,
        least: 2,
        numbers: Arc::new(move || (1..=live.calls.get()).collect()),
        name: Arc::new(move |number| live.title(number)),
        chosen: Arc::new(move || Some(live.chosen.get())),
        choose: Arc::new(move |number| live.choose(number.unwrap_or_default())),
    }
    .view()
}

/// The room and the participant.
pub(super) fn who(live: Live) -> AnyView {
    let part = move |place: usize| {
        text(move || {
            let [room, participant, _] = live.about();
            let part = if place == 0 { room } else { participant };
            part.unwrap_or_else(|| "not told".to_owned())
        })
    };
    all([
        item("Room".into_any(), "room", part(0)),
        item("Participant".into_any(), "participant", part(1)),
    ])
}

/// Whose call it is.
pub(super) fn watched_source(live: Live) -> AnyView {
    let words = move || {
        let [_, _, about] = live.about();
        about.unwrap_or_default()
    };
    view! {
        <p class="muted source" data-testid="watched-source">
            {text(words)}
        </p>
    }
    .into_any()
}
