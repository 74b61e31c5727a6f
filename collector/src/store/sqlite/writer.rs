//! The thread that writes.

use std::thread::{self, JoinHandle};

use rusqlite::{Connection, ErrorCode, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use super::apply::{Changes, Prepared};
use super::purge;
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

fn run(mut connection: Connection, mut queue: mpsc::Receiver<Command>) {
    let mut group: Vec<Waiting> = Vec::with_capacity(GROUP);
    while let Some(mut command) = queue.blocking_recv() {
        loop {
            match command {
                Command::Record(prepared, answer) => group.push((prepared, answer)),
                other => {
                    write_group(&mut connection, &mut group);
                    obey(&mut connection, other);
                }
            }
            match queue.try_recv() {
                Ok(next) if group.len() < GROUP => command = next,
                Ok(next) => {
                    write_group(&mut connection, &mut group);
                    command = next;
                }
                Err(_) => break,
            }
        }
        write_group(&mut connection, &mut group);
    }
}

/// Writes what waits in one transaction, and answers when that is durable.
fn write_group(connection: &mut Connection, group: &mut Vec<Waiting>) {
    if group.is_empty() {
        return;
    }
    let written = write(
        connection,
        group.iter().map(|(prepared, _)| prepared.as_ref()),
    );
    let group = std::mem::take(group);
    match written {
        Ok(recorded) => {
            for ((_, answer), recorded) in group.into_iter().zip(recorded) {
                reply(answer, Ok(recorded));
            }
        }
        // One of them cannot be written: it alone is to fail.
        Err(error) if group.len() > 1 && !is_of_the_disk(&error) => {
            for (prepared, answer) in group {
                let written = write(connection, std::iter::once(prepared.as_ref()));
                let only = written.and_then(|it| it.first().copied().ok_or(StoreError::Closed));
                reply(answer, only);
            }
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, cause = ?error, batches = group.len(), "batches could not be stored");
            let mut error = Some(error);
            for (_, answer) in group {
                let same = error.take().unwrap_or(StoreError::Busy);
                reply(answer, Err(same));
            }
        }
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
    let StoreError::Database(error) = error else {
        return false;
    };
    let code = error
        .downcast_ref::<rusqlite::Error>()
        .and_then(rusqlite::Error::sqlite_error_code);
    matches!(
        code,
        Some(
            ErrorCode::DiskFull
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::CannotOpen
        )
    )
}

fn obey(connection: &mut Connection, command: Command) {
    match command {
        Command::Record(..) => {}
        Command::Purge(before, answer) => reply(answer, purge::some(connection, before)),
        Command::AddKey(key, answer) => reply(answer, add_key(connection, &key)),
        Command::RevokeKey(sid, answer) => {
            let deleted = connection.execute("DELETE FROM key WHERE sid = ?1", [sid]);
            reply(answer, deleted.map(|rows| rows > 0).map_err(Into::into));
        }
        Command::Check(answer) => reply(answer, check(connection)),
    }
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

/// Whether a transaction can begin to write.
fn check(connection: &mut Connection) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute("UPDATE account SET sid = sid WHERE id = -1", [])?;
    transaction.rollback()?;
    Ok(())
}

/// Who does not wait any more need not be told.
fn reply<T>(answer: Answer<T>, result: Result<T>) {
    drop(answer.send(result));
}
