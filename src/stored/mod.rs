//! Stored calls, as the read API gives them (`/v1/insights/…`): asked of a collector, or of what this browser keeps.

mod asked;
mod dashboard;
mod event;
mod json;
pub(crate) mod keep;
mod participant;
mod room;
mod rows;
mod shelf;
pub(crate) mod source;
pub(crate) mod words;

pub(crate) use asked::{Asked, Progress, answer, has_failed, is_waiting, trouble};
pub(crate) use dashboard::{Dashboard, Totals};
pub(crate) use event::{Event, Happening};
pub(crate) use json::Json;
pub(crate) use participant::{Participant, Tag};
pub(crate) use room::{Detected, Room, Rooms};
pub(crate) use rows::Intervals;
pub(crate) use shelf::{OPENED, Shelf};
