//! ClickHouse: the store of more than one machine.
//!
//! Any number of collectors write at once and none of them reads before it writes. A batch is inserted as one row, from which views fill the tables. All
//! that these merge is a minimum, a maximum or a union, so that a batch that comes again, at any time and through any collector, changes nothing;
//! what has to be added up is added up when it is asked for. `docs/adr/008-clickhouse.md` says why.

mod address;
mod connect;
mod contents;
mod failure;
mod filter;
mod keys;
mod purge;
mod read;
mod rollup;
mod rows;
mod schema;
mod settle;
mod tables;
mod writer;

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use callscope_core::wire::{Batch, Event, Interval, Summary};
use clickhouse::Client;

use super::{
    Before, History, Purged, Recorded, Result, RollUpQuery, RollUps, RoomPage, RoomQuery, Store,
    StoreError,
};
use crate::config::Retention;
use crate::keys::StoredKey;
use crate::model::{AccountSid, Session};
use failure::Failure;
use rows::Incoming;
use writer::Writer;

pub use address::{Address, NoAddress};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A database of a ClickHouse.
pub struct Clickhouse {
    at: Address,
    client: Client,
    writer: Writer,
    /// Ends with this.
    settling: OnceLock<settle::Settling>,
}

impl Clickhouse {
    /// Opens a database, or makes one.
    ///
    /// # Errors
    ///
    /// If nobody answers there, it cannot be written, or is of a later version.
    pub async fn open(at: &Address) -> Result<Self> {
        let anywhere = connect::client(at)?;
        let client = anywhere.clone().with_database(&at.database);
        in_time(at, schema::migrate(&anywhere, &client, at)).await?;
        let writer = Writer::start(client.clone(), at.clone());
        Ok(Self {
            at: at.clone(),
            client,
            writer,
            settling: OnceLock::new(),
        })
    }

    fn failed(&self, error: &clickhouse::error::Error) -> StoreError {
        let failure = Failure::of(error, &self.at);
        match failure {
            Failure::Strange(what) => StoreError::Damaged(what),
            failure => failure.into(),
        }
    }
}

async fn in_time<T>(at: &Address, asked: impl Future<Output = Result<T>>) -> Result<T> {
    let late = |_late| StoreError::from(Failure::Late { at: at.to_string() });
    tokio::time::timeout(PATIENCE, asked).await.map_err(late)?
}

#[async_trait]
impl History for Clickhouse {
    type Error = StoreError;

    async fn record(&self, account: &AccountSid, batch: Batch) -> Result<Recorded> {
        self.writer.write(Incoming::new(account, &batch)?).await
    }

    async fn rooms(&self, account: &AccountSid, query: RoomQuery) -> Result<RoomPage> {
        in_time(&self.at, self.find_rooms(account, &query)).await
    }

    async fn sessions(&self, account: &AccountSid, room: &str) -> Result<Vec<Session>> {
        in_time(&self.at, self.sessions_of(account, room)).await
    }

    async fn intervals(&self, account: &AccountSid, session: &Session) -> Result<Vec<Interval>> {
        in_time(&self.at, self.all_intervals(account, session)).await
    }

    async fn events(&self, account: &AccountSid, session: &Session) -> Result<Vec<Event>> {
        in_time(&self.at, self.all_events(account, session)).await
    }

    async fn summary(&self, account: &AccountSid, session: &Session) -> Result<Option<Summary>> {
        in_time(&self.at, self.last_summary(account, session)).await
    }

    async fn roll_ups(&self, account: &AccountSid, query: RollUpQuery) -> Result<RollUps> {
        in_time(&self.at, self.all_roll_ups(account, &query)).await
    }

    async fn purge(&self, before: Before) -> Result<Purged> {
        self.hide(before).await
    }
}

#[async_trait]
impl Store for Clickhouse {
    async fn keep(&self, retention: Retention) -> Result<()> {
        in_time(&self.at, schema::keep(&self.client, &self.at, &retention)).await?;
        self.settling.get_or_init(|| settle::Settling::start(self));
        Ok(())
    }

    async fn keys(&self) -> Result<Vec<StoredKey>> {
        in_time(&self.at, self.all_keys()).await
    }

    async fn add_key(&self, key: StoredKey) -> Result<()> {
        in_time(&self.at, self.insert_key(key)).await
    }

    async fn revoke_key(&self, sid: &str) -> Result<bool> {
        in_time(&self.at, self.mark_revoked(sid)).await
    }

    async fn check(&self) -> Result<()> {
        let checked = async {
            schema::version(&self.client, &self.at).await?;
            match schema::read_only(&self.client, &self.at).await? {
                0 => Ok(()),
                _ => Err(StoreError::Busy),
            }
        };
        in_time(&self.at, checked).await
    }
}

impl fmt::Debug for Clickhouse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clickhouse")
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
