//! The pages of one stored call: a room, a participant, each also of an export that was opened.

use crate::erased::nothing;
use crate::markup::*;
use crate::page::{participant_page, room_page};
use crate::stored::{OPENED, Shelf};

/// The element of `index.html` that they are mounted in.
const ROOT: &str = "room";

/// Mounts them.
pub fn start() {
    crate::mount(ROOT, pages);
}

/// The page that the address names.
#[must_use]
pub fn pages() -> AnyView {
    crate::place::pages(|place, parts| match parts {
        ["rooms", room] => room_page(place, Shelf::Source, room),
        ["rooms", room, "participants", participant] => {
            participant_page(place, Shelf::Source, room, participant)
        }
        [OPENED, "rooms", room] => room_page(place, Shelf::File, room),
        [OPENED, "rooms", room, "participants", participant] => {
            participant_page(place, Shelf::File, room, participant)
        }
        _ => nothing(),
    })
}
