//! What is kept, as it is asked for: one trait, so that answers are the same over any store.

use std::fmt;

use async_trait::async_trait;
use callscope_core::wire::{Batch, Event, Interval, RoomType, Summary};

use crate::model::{AccountSid, Codecs, Segment, Session};

pub use crate::behind::{ParticipantQuery, Uses};

/// Keeps batches and answers what they come to. Everything is within one account.
#[async_trait]
pub trait History: fmt::Debug + Send + Sync {
    /// Why it does not do what it is asked.
    type Error: fmt::Debug + Send + 'static;

    /// Keeps a batch. When this returns, it is durable. One that is kept already changes nothing.
    async fn record(&self, account: &AccountSid, batch: Batch) -> Result<Recorded, Self::Error>;

    /// Rooms that match, a page of them.
    async fn rooms(&self, account: &AccountSid, query: RoomQuery) -> Result<RoomPage, Self::Error>;

    /// The sessions of a room; none if there is no such room.
    async fn sessions(&self, account: &AccountSid, room: &str)
    -> Result<Vec<Session>, Self::Error>;

    /// The intervals of a session, by their start.
    async fn intervals(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Vec<Interval>, Self::Error>;

    /// What happened in a session, by time.
    async fn events(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Vec<Event>, Self::Error>;

    /// The summary of a session, if it came to its end.
    async fn summary(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Option<Summary>, Self::Error>;

    /// The roll-ups of some hours.
    async fn roll_ups(
        &self,
        account: &AccountSid,
        query: RollUpQuery,
    ) -> Result<RollUps, Self::Error>;

    /// Deletes what is older than that.
    async fn purge(&self, before: Before) -> Result<Purged, Self::Error>;
}

/// Whether a batch was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is kept from now on.
    New,
    /// It was kept already.
    Repeated,
}

/// Which rooms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoomQuery {
    /// Of these types; of any if there is none.
    pub types: Vec<RoomType>,
    /// With any of these codecs.
    pub codecs: Codecs,
    /// Of that name.
    pub name: Option<String>,
    /// With a name or sid that begins with that.
    pub search: Option<String>,
    /// Created at or after that.
    pub created_after: Option<i64>,
    /// Created before that.
    pub created_before: Option<i64>,
    /// With or without issues.
    pub issues: Option<IssueFilter>,
    /// With a participant who is like that.
    pub participant: Option<ParticipantQuery>,
    /// By what they are sorted.
    pub sort: RoomSort,
    /// The least first, else the most.
    pub ascending: bool,
    /// From where on.
    pub from: PageFrom,
    /// How many.
    pub limit: usize,
    /// Whether all that match are counted.
    pub count: bool,
}

/// By what rooms are sorted. Those that are equal in it are sorted by when they were created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoomSort {
    /// When they were created.
    #[default]
    CreatedAt,
    /// How long they were, or are by now.
    Duration,
    /// How many participants they had.
    Participants,
    /// How many of them have issues.
    ParticipantsWithIssues,
}

impl RoomSort {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::CreatedAt,
        Self::Duration,
        Self::Participants,
        Self::ParticipantsWithIssues,
    ];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::Duration => "duration",
            Self::Participants => "participants",
            Self::ParticipantsWithIssues => "participants_with_issues",
        }
    }
}

/// So many rooms that match are counted: of more it is not known how many there are.
pub const MOST_COUNTED: usize = 100_000;

/// Which issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueFilter {
    /// Any.
    With,
    /// None.
    Without,
    /// One of these bits.
    Any(u8),
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PageFrom {
    /// At the newest.
    #[default]
    Start,
    /// That many later.
    Offset(u32),
    /// After that one.
    After(Cursor),
    /// Before that one.
    Before(Cursor),
}

/// A place among rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// What they are sorted by, of the room.
    pub value: i64,
    /// When the room was created.
    pub created_at: i64,
    /// The store's number of it.
    pub number: i64,
}

/// Some rooms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoomPage {
    /// Sids with their sessions, in the order that was asked for.
    pub rooms: Vec<(Cursor, String, Vec<Session>)>,
    /// Whether there are more in the direction that was asked for.
    pub has_more: bool,
    /// How many match, if that was asked for and is no more than [`MOST_COUNTED`].
    pub total: Option<usize>,
}

impl RoomPage {
    /// What is found where there is nothing.
    #[must_use]
    pub fn none(query: &RoomQuery) -> Self {
        Self {
            total: query.count.then_some(0),
            ..Self::default()
        }
    }
}

/// Which roll-ups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollUpQuery {
    /// From that hour on.
    pub from: i64,
    /// Up to that hour, without it.
    pub to: i64,
    /// By what participants are told apart.
    pub segment: Segment,
    /// Of rooms of these types; of any if there is none.
    pub types: Vec<RoomType>,
}

/// Roll-ups, each by hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollUps {
    /// Hour, whether with issues, how many rooms.
    pub rooms: Vec<(i64, bool, i64)>,
    /// Hour, value of the segment, how many participants, how many of them with issues.
    pub participants: Vec<(i64, Option<String>, i64, i64)>,
    /// Hour, milliseconds of participants, milliseconds recorded.
    pub time: Vec<(i64, i64, i64)>,
}

/// Times before which things are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// Rooms and participants.
    pub rooms: i64,
    /// Rooms of the type `go`, and their roll-ups.
    pub go_rooms: i64,
    /// Roll-ups.
    pub roll_ups: i64,
}

/// How much was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Rooms.
    pub rooms: u64,
    /// Sessions.
    pub sessions: u64,
    /// Batches.
    pub batches: u64,
    /// Rows of roll-ups.
    pub roll_ups: u64,
}

/// Puts the intervals of a session in order: by start, tracks first, by name.
pub fn in_order(intervals: &mut [Interval]) {
    intervals.sort_by_cached_key(|it| {
        let name = match it {
            Interval::Track(track) => (0, track.track.clone(), track.pc.clone()),
            Interval::Connection(connection) => (1, None, connection.pc.clone()),
        };
        (it.start(), name)
    });
}
