//! The tables, and how a database of an earlier version becomes one of this.

use rusqlite::{Connection, TransactionBehavior};

use crate::store::{Result, StoreError};

/// The steps from an empty database to one of this version; each is one version. Steps are only ever added.
const STEPS: [&str; 4] = [
    r"
CREATE TABLE account (id INTEGER PRIMARY KEY, sid TEXT NOT NULL UNIQUE);

CREATE TABLE key (
    sid TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    hash BLOB NOT NULL,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE room (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    sid TEXT NOT NULL,
    name TEXT,
    type TEXT,
    created_at INTEGER NOT NULL,
    issues INTEGER NOT NULL,
    codecs INTEGER NOT NULL,
    UNIQUE (account_id, sid)
);
CREATE INDEX room_by_time ON room (account_id, created_at, id);
CREATE INDEX room_by_name ON room (account_id, name, created_at, id);

CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    uuid BLOB NOT NULL,
    room_id INTEGER NOT NULL,
    participant TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    ended_at INTEGER,
    facts TEXT NOT NULL,
    UNIQUE (account_id, uuid)
);
CREATE INDEX session_by_room ON session (room_id, participant);

-- Batches are added at the end, so that a commit of many writes few pages; the index holds the key only.
CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL,
    batch_id BLOB NOT NULL,
    intervals BLOB NOT NULL,
    events TEXT,
    summary BLOB
);
CREATE UNIQUE INDEX batch_by_session ON batch (session_id, batch_id);

CREATE TABLE rollup_room (
    account_id INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    type TEXT NOT NULL,
    has_issues INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (account_id, hour, type, has_issues)
) WITHOUT ROWID;

-- By segment first: a dashboard reads one.
CREATE TABLE rollup_participant (
    account_id INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    value TEXT NOT NULL,
    type TEXT NOT NULL,
    has_issues INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (account_id, segment, hour, value, type, has_issues)
) WITHOUT ROWID;

CREATE TABLE rollup_time (
    account_id INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    type TEXT NOT NULL,
    participant_ms INTEGER NOT NULL,
    recorded_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, hour, type)
) WITHOUT ROWID;
",
    // Of a room that was stored before, it is made of its sessions when one of them changes.
    "ALTER TABLE room ADD COLUMN fold TEXT;",
    // What rooms are sorted by. `until` is of the sessions that told their end, and `open` how many did not.
    "ALTER TABLE room ADD COLUMN participants INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE room ADD COLUMN participants_with_issues INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE room ADD COLUMN open INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE room ADD COLUMN until INTEGER;",
    // By when they joined first: rooms that are behind a part of a chart are those of some time.
    "CREATE TABLE participant (
    account_id INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    room_id INTEGER NOT NULL,
    device_manufacturer TEXT NOT NULL,
    operating_system TEXT NOT NULL,
    browser TEXT NOT NULL,
    sdk TEXT NOT NULL,
    has_issues INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (account_id, joined_at, room_id, device_manufacturer, operating_system, browser, sdk, has_issues)
) WITHOUT ROWID;",
];

/// The version from which on rooms have counts.
const WITH_COUNTS: i64 = 3;

/// The version from which on there are participants.
const WITH_PARTICIPANTS: i64 = 4;

/// Brings a database to this version.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    for (step, version) in STEPS
        .iter()
        .zip(1_i64..)
        .skip_while(|(_, version)| *version <= found)
    {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        if version == WITH_COUNTS {
            super::room::count_all(&transaction)?;
        }
        if version == WITH_PARTICIPANTS {
            super::participant::add_all(&transaction)?;
        }
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Writes the version once more: the least that shows that one can write.
pub(super) fn rewrite(connection: &mut Connection) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()?;
    Ok(())
}
