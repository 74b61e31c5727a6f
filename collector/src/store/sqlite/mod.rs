//! SQLite in a file: the store of one machine.
//!
//! One thread writes. It takes what has come while it was writing, writes it in one transaction and answers when that is on disk:
//! the more there is to do, the less each batch costs. Others read meanwhile, on connections of their own (write-ahead log).

mod apply;
mod participant;
mod purge;
mod read;
mod rollup;
mod room;
mod rows;
mod schema;
mod search;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use callscope_core::wire::{Batch, Event, Interval, Summary};
use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use super::{
    Before, History, Purged, Recorded, Result, RollUpQuery, RollUps, RoomPage, RoomQuery, Store,
    StoreError,
};
use crate::keys::StoredKey;
use crate::model::{AccountSid, Session};
use apply::Prepared;
use writer::{Command, Writer};

/// How many read at the same time.
const READERS: usize = 4;

/// How long one waits for another process, such as `callscope keys`.
const BUSY: Duration = Duration::from_secs(10);

/// A database in a file.
pub struct Sqlite {
    path: PathBuf,
    writer: Writer,
    readers: Arc<Readers>,
}

struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

impl Sqlite {
    /// Opens a database, or makes one.
    ///
    /// # Errors
    ///
    /// If it cannot be opened or written, or is of a later version.
    pub fn open(path: &Path) -> Result<Self> {
        let mut connection = Connection::open(path)?;
        if connection.is_readonly(rusqlite::MAIN_DB)? {
            return Err(StoreError::ReadOnly);
        }
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "cache_size", -128 * 1024)?;
        connection.pragma_update(None, "temp_store", "memory")?;
        // Once in 64 MiB: pages that are written again and again until then are copied once.
        connection.pragma_update(None, "wal_autocheckpoint", 16 * 1024)?;
        connection.pragma_update(None, "journal_size_limit", 128 << 20)?;
        connection.set_prepared_statement_cache_capacity(64);
        schema::migrate(&mut connection)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Writer::start(connection)?,
            readers: Arc::new(Readers {
                path: path.to_owned(),
                idle: Mutex::new(Vec::new()),
                permits: Semaphore::new(READERS),
            }),
        })
    }

    /// Reads on a thread that may wait for the disk.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        // As many as there are permits at a time: others wait here, and hold no thread.
        let _permit = self.readers.permits.acquire().await.map_err(closed)?;
        let readers = Arc::clone(&self.readers);
        tokio::task::spawn_blocking(move || readers.with(read))
            .await
            .map_err(closed)?
    }
}

impl Readers {
    fn with<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.open()?,
        };
        let answer = read(&connection);
        self.idle().push(connection);
        answer
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    }
}

fn closed(_: impl std::error::Error) -> StoreError {
    StoreError::Closed
}

#[async_trait]
impl History for Sqlite {
    type Error = StoreError;

    async fn record(&self, account: &AccountSid, batch: Batch) -> Result<Recorded> {
        let prepared = Prepared::new(account.clone(), batch)?;
        self.writer
            .ask(|answer| Command::Record(Box::new(prepared), answer))
            .await
    }

    async fn rooms(&self, account: &AccountSid, query: RoomQuery) -> Result<RoomPage> {
        let account = account.clone();
        self.read(move |on| read::rooms(on, &account, &query)).await
    }

    async fn sessions(&self, account: &AccountSid, room: &str) -> Result<Vec<Session>> {
        let (account, room) = (account.clone(), room.to_owned());
        self.read(move |on| read::sessions(on, &account, &room))
            .await
    }

    async fn intervals(&self, account: &AccountSid, session: &Session) -> Result<Vec<Interval>> {
        let (account, session) = (account.clone(), session.clone());
        self.read(move |on| read::intervals(on, &account, &session))
            .await
    }

    async fn events(&self, account: &AccountSid, session: &Session) -> Result<Vec<Event>> {
        let (account, session) = (account.clone(), session.clone());
        self.read(move |on| read::events(on, &account, &session))
            .await
    }

    async fn summary(&self, account: &AccountSid, session: &Session) -> Result<Option<Summary>> {
        let (account, session) = (account.clone(), session.clone());
        self.read(move |on| read::summary(on, &account, &session))
            .await
    }

    async fn roll_ups(&self, account: &AccountSid, query: RollUpQuery) -> Result<RollUps> {
        let account = account.clone();
        self.read(move |on| read::roll_ups(on, &account, &query))
            .await
    }

    async fn purge(&self, before: Before) -> Result<Purged> {
        let mut all = Purged::default();
        // A little at a time: batches come in between.
        loop {
            let (some, is_done) = self
                .writer
                .ask(|answer| Command::Purge(before, answer))
                .await?;
            all.rooms += some.rooms;
            all.sessions += some.sessions;
            all.batches += some.batches;
            all.roll_ups += some.roll_ups;
            if is_done {
                return Ok(all);
            }
        }
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn keys(&self) -> Result<Vec<StoredKey>> {
        self.read(read_keys).await
    }

    async fn add_key(&self, key: StoredKey) -> Result<()> {
        self.writer.ask(|answer| Command::AddKey(key, answer)).await
    }

    async fn revoke_key(&self, sid: &str) -> Result<bool> {
        let sid = sid.to_owned();
        self.writer
            .ask(|answer| Command::RevokeKey(sid, answer))
            .await
    }

    async fn check(&self) -> Result<()> {
        self.writer.ask(Command::Check).await?;
        self.read(|on| Ok(on.query_row("SELECT 1", [], |_| Ok(()))?))
            .await
    }
}

fn read_keys(on: &Connection) -> Result<Vec<StoredKey>> {
    let mut statement = on.prepare_cached(
        "SELECT sid, account, kind, name, hash, created_at FROM key ORDER BY created_at, sid",
    )?;
    let mut rows = statement.query([])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.push(StoredKey {
            sid: row.get(0)?,
            account: rows::parsed(row.get_ref(1)?.as_str().map_err(rows::damaged)?)?,
            kind: rows::parsed(row.get_ref(2)?.as_str().map_err(rows::damaged)?)?,
            name: row.get(3)?,
            hash: row.get(4)?,
            created_at: row.get(5)?,
        });
    }
    Ok(keys)
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
