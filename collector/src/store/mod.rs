//! Where batches are kept: one trait, so that a collector is the same over any store.

pub mod clickhouse;
mod pack;
pub mod sqlite;

use std::fmt;

use async_trait::async_trait;

use crate::config::Retention;
use crate::keys::StoredKey;

pub use callscope_insights::history::*;
pub use clickhouse::Clickhouse;
pub use sqlite::Sqlite;

/// A history that lasts, with the keys to it.
#[async_trait]
pub trait Store: History<Error = StoreError> {
    /// Told how long things are kept, once, by who is about to serve or purge: a store that can deletes by itself what is a day older.
    async fn keep(&self, _retention: Retention) -> Result<()> {
        Ok(())
    }

    /// All keys.
    async fn keys(&self) -> Result<Vec<StoredKey>>;

    /// Adds a key.
    async fn add_key(&self, key: StoredKey) -> Result<()>;

    /// Deletes a key; whether there was one.
    async fn revoke_key(&self, sid: &str) -> Result<bool>;

    /// Whether it can keep and answer.
    async fn check(&self) -> Result<()>;
}

/// Why a store does not do what it is asked.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// There is more to do than it can keep up with.
    Busy,
    /// It is being closed.
    Closed,
    /// Its disk is full.
    Full,
    /// It, or its disk, can only be read.
    ReadOnly,
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
            Self::Full => f.write_str("its disk is full: make room on it"),
            Self::ReadOnly => f.write_str(
                "it can only be read: let this program write it, its folder and its disk",
            ),
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
