//! The pages of one stored call: a room, a participant, each also of an export that was opened.

use crate::erased::{dynamic, nothing};
use crate::markup::*;
use crate::page::{participant_page, room_page};
use crate::place::Place;
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
    let place = Place::follow();
    let parts = Memo::new(move |_| place.parts());
    dynamic(move || {
        let parts = parts.read();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        untrack(|| match parts.as_slice() {
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
    })
}
