//! Where the calls that are looked at are stored.

use crate::place::{encode, link};

/// The first part of the address of a page over a file.
pub(crate) const OPENED: &str = "opened";

/// The source that was chosen, or a file that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shelf {
    /// The source of the settings.
    Source,
    /// An export that the replay page opened.
    File,
}

impl Shelf {
    /// What to ask for a path below a room.
    pub(crate) fn room(self, room: &str, below: &str) -> String {
        format!(
            "{}/v1/insights/rooms/{}{below}",
            self.prefix(),
            encode(room)
        )
    }

    /// What to ask for a path below a participant.
    pub(crate) fn participant(self, room: &str, participant: &str, below: &str) -> String {
        let below = format!("/participants/{}{below}", encode(participant));
        self.room(room, &below)
    }

    /// A link to a room.
    pub(crate) fn room_link(self, room: &str) -> String {
        self.link(&["rooms", room])
    }

    /// A link to a participant.
    pub(crate) fn participant_link(self, room: &str, participant: &str) -> String {
        self.link(&["rooms", room, "participants", participant])
    }

    fn link(self, parts: &[&str]) -> String {
        let first = (self == Self::File).then_some(OPENED);
        let parts: Vec<&str> = first.into_iter().chain(parts.iter().copied()).collect();
        link(&parts, &[])
    }

    /// What `source.js` tells an opened file by.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Source => "",
            Self::File => "opened:",
        }
    }
}
