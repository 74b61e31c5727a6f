//! Stored calls, as the read API gives them (`/v1/insights/…`): asked of a collector, or of what this browser keeps.

mod asked;
mod dashboard;
mod json;
mod participant;
mod room;
pub(crate) mod source;
pub(crate) mod words;

pub(crate) use asked::Asked;
pub(crate) use dashboard::{Dashboard, Totals};
pub(crate) use json::Json;
pub(crate) use participant::{Client, Participant, Product, Tag};
pub(crate) use room::{Detected, Room, Rooms};
