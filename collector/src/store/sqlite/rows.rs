//! Rows as the model's types, and back.

use std::str::FromStr;

use callscope_core::wire::{RoomType, Uuid};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

use crate::model::{AccountSid, Facts, Session};
use crate::store::{Result, StoreError};

/// The columns that [`session`] reads.
pub(super) const SESSION: &str = "id, room_id, uuid, started_at, last_at, ended_at, facts";

/// A session as it is stored.
#[derive(Clone, Debug)]
pub(super) struct StoredSession {
    pub(super) id: i64,
    pub(super) room_id: i64,
    pub(super) session: Session,
}

pub(super) fn session(row: &Row<'_>) -> Result<StoredSession> {
    let facts: Facts = serde_json::from_str(row.get_ref(6)?.as_str().map_err(damaged)?)
        .map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(StoredSession {
        id: row.get(0)?,
        room_id: row.get(1)?,
        session: Session {
            id: Uuid::from_bytes(row.get(2)?),
            started_at: row.get(3)?,
            last_at: row.get(4)?,
            ended_at: row.get(5)?,
            facts,
        },
    })
}

/// All that a query for sessions gives.
pub(super) fn sessions(
    connection: &Connection,
    query: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<StoredSession>> {
    let mut statement = connection.prepare_cached(query)?;
    let mut rows = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(session(row)?);
    }
    Ok(found)
}

/// The number of an account, if anything was stored for it.
pub(super) fn account(connection: &Connection, account: &AccountSid) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT id FROM account WHERE sid = ?1")?;
    let found = statement.query_row(params![account.as_str()], |row| row.get(0));
    Ok(found.optional()?)
}

pub(super) fn type_name(r#type: Option<RoomType>) -> &'static str {
    r#type.map_or("", RoomType::name)
}

pub(super) fn facts(session: &Session) -> Result<String> {
    serde_json::to_string(&session.facts).map_err(|error| StoreError::Damaged(error.to_string()))
}

pub(super) fn damaged(error: impl std::error::Error) -> StoreError {
    StoreError::Damaged(error.to_string())
}

pub(super) fn parsed<T: FromStr>(text: &str) -> Result<T>
where
    T::Err: std::error::Error,
{
    text.parse().map_err(damaged)
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            _ => Self::Database(Box::new(error)),
        }
    }
}
