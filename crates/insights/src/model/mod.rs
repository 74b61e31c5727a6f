//! What batches come to: sessions, participants, rooms and roll-ups, as functions of what was sent. No store, no clock.
//!
//! Whatever the order in which batches come, and however often, the same is made of them: a session is a fold over its batches
//! that commutes, a participant one over sessions, a room one over participants.

mod account;
mod participant;
mod rollup;
mod room;
mod room_fold;
mod session;

pub use account::{AccountSid, NoAccountSid};
pub use participant::Participant;
pub use rollup::{Contribution, HOUR_MS, RoomKey, Segment, TagKey, TimeKey};
pub use room::{Codecs, Issues, Room, RoomFacts};
pub use room_fold::RoomFold;
pub use session::{ClientJson, Facts, MOST, Said, Session, Standing, TagsJson};
