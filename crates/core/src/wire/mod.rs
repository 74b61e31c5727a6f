//! The wire: what the module sends to a collector, and what `callscope replay --format json` prints.
//!
//! These types are the one definition of that JSON; `docs/wire.schema.json` is made from them and `docs/wire.md` explains it.
//! They are here only with the feature `wire`, which the module in the browser does without. A reader ignores members that it does
//! not know, and takes a missing one for unknown.

mod batch;
mod check;
mod event;
mod figure;
mod interval;
mod summary;
mod uuid;

pub use batch::{Batch, Client, Device, Final, Participant, Room, RoomType, SCHEMA, Software};
pub use check::{Bounds, MAX_TEXT, Refusal};
pub use event::{CallEvent, CallEventType, Event, IssueChange, Severity, Signal, SignalType};
pub use figure::{decimals, rounded};
pub use interval::{
    CandidateType, ConnectionInterval, Interval, IssueType, Kind, Layer, Note, Path, ReceivedTrack,
    Receiving, Sending, TrackInterval, TrackPart, Transport,
};
pub use summary::{
    ConnectionSummary, Distribution, Distributions, Issue, Media, PublishedSummary,
    ReceivedSummary, Summary,
};
pub use uuid::Uuid;
