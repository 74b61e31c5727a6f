//! Where batches are kept: one trait, so that a collector is the same over any store.

pub mod clickhouse;
mod pack;
pub mod sqlite;

use std::fmt;

use async_trait::async_trait;
use callscope_core::wire::{Batch, Event, Interval, RoomType, Summary};

use crate::config::Retention;
use crate::keys::StoredKey;
use crate::model::{AccountSid, Codecs, Segment, Session};

pub use clickhouse::Clickhouse;
pub use sqlite::Sqlite;

/// Keeps batches and answers what they come to. Everything is within one account.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync {
    /// Keeps a batch. When this returns, it is durable. One that is kept already changes nothing.
    async fn record(&self, account: &AccountSid, batch: Batch) -> Result<Recorded>;

    /// Rooms, newest first.
    async fn rooms(&self, account: &AccountSid, query: RoomQuery) -> Result<RoomPage>;

    /// The sessions of a room, by their start; none if there is no such room.
    async fn sessions(&self, account: &AccountSid, room: &str) -> Result<Vec<Session>>;

    /// The intervals of a session, by their start.
    async fn intervals(&self, account: &AccountSid, session: &Session) -> Result<Vec<Interval>>;

    /// What happened in a session, by time.
    async fn events(&self, account: &AccountSid, session: &Session) -> Result<Vec<Event>>;

    /// The summary of a session, if it came to its end.
    async fn summary(&self, account: &AccountSid, session: &Session) -> Result<Option<Summary>>;

    /// The roll-ups of some hours.
    async fn roll_ups(&self, account: &AccountSid, query: RollUpQuery) -> Result<RollUps>;

    /// Told how long things are kept, once, by who is about to serve or purge: a store that can deletes by itself what is a day older.
    async fn keep(&self, _retention: Retention) -> Result<()> {
        Ok(())
    }

    /// Deletes what is older than that.
    async fn purge(&self, before: Before) -> Result<Purged>;

    /// All keys.
    async fn keys(&self) -> Result<Vec<StoredKey>>;

    /// Adds a key.
    async fn add_key(&self, key: StoredKey) -> Result<()>;

    /// Deletes a key; whether there was one.
    async fn revoke_key(&self, sid: &str) -> Result<bool>;

    /// Whether it can keep and answer.
    async fn check(&self) -> Result<()>;
}

/// Whether a batch was new, as far as the store knows at once.
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
    /// Of that name or sid.
    pub search: Option<String>,
    /// Created at or after that.
    pub created_after: Option<i64>,
    /// Created before that.
    pub created_before: Option<i64>,
    /// With or without issues.
    pub issues: Option<IssueFilter>,
    /// From where on.
    pub from: PageFrom,
    /// How many.
    pub limit: usize,
}

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
    /// When the room was created.
    pub created_at: i64,
    /// The store's number of it.
    pub number: i64,
}

/// Some rooms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoomPage {
    /// Sids with their sessions, newest first.
    pub rooms: Vec<(Cursor, String, Vec<Session>)>,
    /// Whether there are more in the direction that was asked for.
    pub has_more: bool,
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
    /// Participants with issues, or without.
    pub has_issues: Option<bool>,
}

/// Roll-ups, each by hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollUps {
    /// Hour, whether with issues, how many rooms.
    pub rooms: Vec<(i64, bool, i64)>,
    /// Hour, value of the segment, how many participants.
    pub participants: Vec<(i64, Option<String>, i64)>,
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

/// Why a store does not do what it is asked.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// There is more to do than it can keep up with.
    Busy,
    /// It is being closed.
    Closed,
    /// It is of a later version.
    TooNew {
        /// Its version.
        found: i64,
        /// The one that this program knows.
        known: i64,
    },
    /// What is in it cannot be read.
    Damaged(String),
    /// The database's own.
    Database(Box<dyn std::error::Error + Send + Sync>),
}

/// What a store answers.
pub type Result<T> = std::result::Result<T, StoreError>;

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("the store is busy"),
            Self::Closed => f.write_str("the store is being closed"),
            Self::TooNew { found, known } => write!(
                f,
                "the database is of version {found} and this program knows {known}: use a later callscope"
            ),
            Self::Damaged(what) => write!(f, "what is stored is damaged: {what}"),
            Self::Database(_) => f.write_str("the database failed"),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Database(error) => Some(error.as_ref()),
            _ => None,
        }
    }
}

/// Puts the intervals of a session in order: by start, tracks first, by name.
fn in_order(intervals: &mut [Interval]) {
    intervals.sort_by_cached_key(|it| {
        let name = match it {
            Interval::Track(track) => (0, track.track.clone(), track.pc.clone()),
            Interval::Connection(connection) => (1, None, connection.pc.clone()),
        };
        (it.start(), name)
    });
}
