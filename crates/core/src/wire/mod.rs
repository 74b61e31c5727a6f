//! The wire: what the module sends to a collector, and what `callscope replay --format json` prints.
//!
//! These types are the definition of that JSON: `docs/wire.schema.json` is made from them, `docs/wire.md` explains it, and a test holds
//! what replay prints to them. They are here only with the feature `wire`, which the module in the browser does without. A reader ignores members that it does
//! not know, and takes a missing one for unknown.

mod batch;
mod check;
mod event;
mod figure;
mod interval;
mod summary;
mod uuid;
mod words;

pub use batch::{Batch, Client, Device, Final, Participant, Room, RoomType, SCHEMA, Software};
pub use check::{Bounds, MAX_TEXT, Refusal};
pub use event::{CallEvent, CallEventType, Event, IssueChange, Severity, Signal, SignalType};
pub use figure::decimals;
pub use interval::{
    ConnectionInterval, Interval, Layer, Path, ReceivedTrack, TrackInterval, TrackPart,
};
pub use summary::{
    ConnectionSummary, Distribution, Distributions, Issue, Media, PublishedSummary,
    ReceivedSummary, Summary,
};
pub use uuid::Uuid;
pub use words::{CandidateType, IssueType, Kind, Note, Receiving, Sending, Transport};
