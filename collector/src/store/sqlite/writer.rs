//! The thread that writes.

use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use super::apply::{Changes, Prepared};
use super::{purge, schema};
use crate::keys::StoredKey;
use crate::store::{Before, Purged, Recorded, Result, StoreError};

/// How many wait: more than that come too fast, and are told to come again.
const QUEUE: usize = 8192;

/// The most in one transaction: the last of them waits for all.
const GROUP: usize = 1024;

type Answer<T> = oneshot::Sender<Result<T>>;

/// What the thread is told to do.
#[derive(Debug)]
pub(super) enum Command {
    Record(Box<Prepared>, Answer<Recorded>),
    /// A part of it, and whether that was the last.
    Purge(Before, Answer<(Purged, bool)>),
    AddKey(StoredKey, Answer<()>),
    RevokeKey(String, Answer<bool>),
    Check(Answer<()>),
}

/// Its handle: the thread ends when all that it was told is done and this is dropped.
pub(super) struct Writer {
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self> {
        let (commands, queue) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || run(connection, queue))
            .map_err(|error| StoreError::Database(Box::new(error)))?;
        Ok(Self {
            commands: Some(commands),
            thread: Some(thread),
        })
    }

    pub(super) async fn ask<T>(&self, command: impl FnOnce(Answer<T>) -> Command) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let commands = self.commands.as_ref().ok_or(StoreError::Closed)?;
        commands
            .try_send(command(answer))
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => StoreError::Busy,
                mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
            })?;
        answered.await.map_err(|_closed| StoreError::Closed)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

type Waiting = (Box<Prepared>, Answer<Recorded>);

/// How long a write shows that one can write: who asks whether it is so would otherwise cause as many.
const SHOWN: Duration = Duration::from_secs(5);

/// What the thread has.
struct Desk {
    connection: Connection,
    group: Vec<Waiting>,
    /// When something was written last.
    written: Option<Instant>,
    /// Whether the last try failed.
    fails: bool,
}

fn run(connection: Connection, mut queue: mpsc::Receiver<Command>) {
    let mut desk = Desk {
        connection,
        group: Vec::with_capacity(GROUP),
        written: None,
        fails: false,
    };
    while let Some(mut command) = queue.blocking_recv() {
        loop {
            match command {
                Command::Record(prepared, answer) => desk.group.push((prepared, answer)),
                other => {
                    desk.write_group();
                    desk.obey(other);
                }
            }
            match queue.try_recv() {
                Ok(next) if desk.group.len() < GROUP => command = next,
                Ok(next) => {
                    desk.write_group();
                    command = next;
                }
                Err(_) => break,
            }
        }
        desk.write_group();
    }
}

impl Desk {
    /// Writes what waits in one transaction, and answers when that is durable.
    fn write_group(&mut self) {
        if self.group.is_empty() {
            return;
        }
        let group = std::mem::take(&mut self.group);
        let written = self.write(group.iter().map(|(prepared, _)| prepared.as_ref()));
        match written {
            Ok(recorded) => {
                for ((_, answer), recorded) in group.into_iter().zip(recorded) {
                    reply(answer, Ok(recorded));
                }
            }
            // One of them cannot be written: it alone is to fail.
            Err(error) if group.len() > 1 && !is_of_the_disk(&error) => {
                for (prepared, answer) in group {
                    let written = self.write(std::iter::once(prepared.as_ref()));
                    let only = written.and_then(|it| it.first().copied().ok_or(StoreError::Closed));
                    reply(answer, only);
                }
            }
            Err(error) => {
                for (_, answer) in group {
                    reply(answer, Err(same(&error)));
                }
            }
        }
    }

    fn write<'a>(&mut self, group: impl Iterator<Item = &'a Prepared>) -> Result<Vec<Recorded>> {
        let written = write(&mut self.connection, group);
        self.tried(written.as_ref().err());
        written
    }

    /// Told once when it cannot write, and once when it can again: it is tried thousands of times a second.
    fn tried(&mut self, error: Option<&StoreError>) {
        match error {
            None => {
                if std::mem::take(&mut self.fails) {
                    tracing::info!("the store can be written again");
                }
                self.written = Some(Instant::now());
            }
            Some(error) if is_of_the_disk(error) => {
                if !std::mem::replace(&mut self.fails, true) {
                    tracing::error!(error = error as &dyn std::error::Error, cause = ?error, "the store cannot be written");
                }
                self.written = None;
            }
            Some(_) => {}
        }
    }

    fn obey(&mut self, command: Command) {
        let connection = &mut self.connection;
        match command {
            Command::Record(..) => {}
            Command::Purge(before, answer) => reply(answer, purge::some(connection, before)),
            Command::AddKey(key, answer) => reply(answer, add_key(connection, &key)),
            Command::RevokeKey(sid, answer) => {
                let deleted = connection.execute("DELETE FROM key WHERE sid = ?1", [sid]);
                reply(answer, deleted.map(|rows| rows > 0).map_err(Into::into));
            }
            Command::Check(answer) => reply(answer, self.check()),
        }
    }

    /// Whether it can write, which only writing shows.
    fn check(&mut self) -> Result<()> {
        if self.written.is_some_and(|at| at.elapsed() < SHOWN) {
            return Ok(());
        }
        let written = schema::rewrite(&mut self.connection);
        self.tried(written.as_ref().err());
        written
    }
}

/// The same once more, for the next who waits.
fn same(error: &StoreError) -> StoreError {
    match error {
        StoreError::Full => StoreError::Full,
        StoreError::ReadOnly => StoreError::ReadOnly,
        StoreError::Database(error) => StoreError::Database(error.to_string().into()),
        other => StoreError::Database(other.to_string().into()),
    }
}

fn write<'a>(
    connection: &mut Connection,
    group: impl Iterator<Item = &'a Prepared>,
) -> Result<Vec<Recorded>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut changes = Changes::default();
    let recorded = group
        .map(|prepared| changes.record(&transaction, prepared))
        .collect::<Result<Vec<_>>>()?;
    changes.finish(&transaction)?;
    transaction.commit()?;
    Ok(recorded)
}

/// Whether it would be the same with any batch.
fn is_of_the_disk(error: &StoreError) -> bool {
    let error = match error {
        StoreError::Full | StoreError::ReadOnly => return true,
        StoreError::Database(error) => error,
        _ => return false,
    };
    let code = error
        .downcast_ref::<rusqlite::Error>()
        .and_then(rusqlite::Error::sqlite_error_code);
    matches!(
        code,
        Some(
            ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::CannotOpen
        )
    )
}

fn add_key(connection: &Connection, key: &StoredKey) -> Result<()> {
    connection.execute(
        "INSERT INTO key (sid, account, kind, name, hash, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            key.sid,
            key.account.as_str(),
            key.kind.name(),
            key.name,
            key.hash,
            key.created_at
        ],
    )?;
    Ok(())
}

/// Who does not wait any more need not be told.
fn reply<T>(answer: Answer<T>, result: Result<T>) {
    drop(answer.send(result));
}
