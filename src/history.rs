//! The pages of calls that are stored, in a collector or in this browser: dashboard, rooms, a room, a participant, settings.

use crate::erased::{dynamic, nothing};
use crate::markup::*;
use crate::page::{dashboard_page, participant_page, room_page, rooms_page, settings_page};
use crate::place::Place;
use crate::stored::{OPENED, Shelf};

/// The element of `index.html` that they are mounted in.
const ROOT: &str = "history";

/// Mounts them.
pub fn start() {
    crate::mount(ROOT, History);
}

/// The page that the address names.
#[component]
pub fn History() -> impl IntoView {
    let place = Place::follow();
    let parts = Memo::new(move |_| place.parts());
    dynamic(move || {
        let parts = parts.read();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        untrack(|| match parts.as_slice() {
            ["dashboard"] => dashboard_page(place),
            ["rooms"] => rooms_page(place),
            ["rooms", room] => room_page(place, Shelf::Source, room),
            ["rooms", room, "participants", participant] => {
                participant_page(place, Shelf::Source, room, participant)
            }
            [OPENED, "rooms", room] => room_page(place, Shelf::File, room),
            [OPENED, "rooms", room, "participants", participant] => {
                participant_page(place, Shelf::File, room, participant)
            }
            ["settings"] => settings_page(),
            _ => nothing(),
        })
    })
}
