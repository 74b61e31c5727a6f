//! What a batch changes: its session, what its participant adds to the roll-ups, and its room.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use callscope_core::wire::{Batch, Uuid};
use flate2::{Compression, write::DeflateEncoder};
use rusqlite::{Connection, OptionalExtension, params};

use super::rollup;
use super::rows::{self, SESSION, StoredSession, type_name};
use crate::model::{AccountSid, Contribution, Participant, Room, Session};
use crate::store::{Recorded, Result, StoreError, pack};

/// A batch with what is made of it before it is its turn to be written.
#[derive(Debug)]
pub(super) struct Prepared {
    account: AccountSid,
    batch: Batch,
    intervals: Vec<u8>,
    events: Option<String>,
    summary: Option<Vec<u8>>,
}

impl Prepared {
    pub(super) fn new(account: AccountSid, mut batch: Batch) -> Result<Self> {
        let json = |error: serde_json::Error| StoreError::Damaged(error.to_string());
        let intervals = pack::pack(&batch.intervals);
        let events = match batch.events.as_slice() {
            [] => None,
            events => Some(serde_json::to_string(events).map_err(json)?),
        };
        let summary = match &mut batch.end {
            Some(end) => {
                let packed = serde_json::to_vec(&end.summary).map_err(json)?;
                // Only their tags are needed from here on.
                end.summary.received.clear();
                end.summary.connections.clear();
                Some(deflate(&packed)?)
            }
            None => None,
        };
        Ok(Self {
            account,
            batch,
            intervals,
            events,
            summary,
        })
    }
}

fn deflate(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
    packer
        .write_all(bytes)
        .and_then(|()| packer.finish())
        .map_err(|error| StoreError::Database(Box::new(error)))
}

/// What the batches of one transaction change, beyond their own rows.
#[derive(Debug, Default)]
pub(super) struct Changes {
    accounts: BTreeMap<AccountSid, i64>,
    rooms: BTreeSet<(i64, i64)>,
    roll_ups: BTreeMap<i64, Contribution>,
}

impl Changes {
    /// Writes a batch and its session.
    pub(super) fn record(&mut self, on: &Connection, prepared: &Prepared) -> Result<Recorded> {
        let account = self.account(on, &prepared.account)?;
        let batch = &prepared.batch;
        let known = find(on, account, batch.session)?;
        match known {
            Some(known) => {
                if !insert_batch(on, known.id, prepared)? {
                    return Ok(Recorded::Repeated);
                }
                self.update(on, account, known, batch)?;
            }
            None => {
                let session = Session::of(batch);
                let room = self.room(on, account, &session)?;
                let id = insert_session(on, account, room, &session)?;
                insert_batch(on, id, prepared)?;
                self.changed(on, account, id, None, Some((room, &session)))?;
            }
        }
        Ok(Recorded::New)
    }

    fn update(
        &mut self,
        on: &Connection,
        account: i64,
        known: StoredSession,
        batch: &Batch,
    ) -> Result<()> {
        let before = known.session;
        let mut after = before.clone();
        after.add(batch);
        if after == before {
            return Ok(());
        }
        let only_longer = Session {
            last_at: after.last_at,
            ..before.clone()
        };
        if after == only_longer {
            return self.prolong(on, account, known.id, known.room_id, &before, &after);
        }
        let room = if after.room_sid() == before.room_sid() {
            known.room_id
        } else {
            self.room(on, account, &after)?
        };
        let mut statement = on.prepare_cached(
            "UPDATE session SET room_id = ?2, participant = ?3, started_at = ?4, last_at = ?5, ended_at = ?6, facts = ?7
             WHERE id = ?1",
        )?;
        statement.execute(params![
            known.id,
            room,
            after.participant_sid(),
            after.started_at,
            after.last_at,
            after.ended_at,
            rows::facts(&after)?,
        ])?;
        let before = Some((known.room_id, &before));
        self.changed(on, account, known.id, before, Some((room, &after)))
    }

    /// Most batches only tell that the session went on.
    fn prolong(
        &mut self,
        on: &Connection,
        account: i64,
        id: i64,
        room: i64,
        before: &Session,
        after: &Session,
    ) -> Result<()> {
        let mut statement = on.prepare_cached("UPDATE session SET last_at = ?2 WHERE id = ?1")?;
        statement.execute(params![id, after.last_at])?;
        let is_alone = before.facts.recording.is_empty()
            && others(on, room, &after.participant_sid(), id)?.is_empty();
        if !is_alone {
            return self.changed(on, account, id, Some((room, before)), Some((room, after)));
        }
        let r#type = after.facts.room_type.as_ref().map(|said| said.value);
        let sum = self.roll_ups.entry(account).or_default();
        sum.time(r#type, before.until(), after.until());
        Ok(())
    }

    /// A session came, changed or went to another room: so did its participant, and perhaps the room.
    fn changed(
        &mut self,
        on: &Connection,
        account: i64,
        id: i64,
        before: Option<(i64, &Session)>,
        after: Option<(i64, &Session)>,
    ) -> Result<()> {
        let place = |it: Option<(i64, &Session)>| it.map(|(room, it)| (room, it.participant_sid()));
        let stays = place(before) == place(after);
        let mut others_before = None;
        for (it, sign) in [(before, -1), (after, 1)] {
            let Some((room, session)) = it else { continue };
            self.rooms.insert((account, room));
            let others = match others_before.take() {
                Some(others) if stays => others,
                _ => others(on, room, &session.participant_sid(), id)?,
            };
            let sum = self.roll_ups.entry(account).or_default();
            let alone = Participant::of(&others);
            let together = Participant::of(others.iter().chain([session]));
            // Without this session they were as they are without it.
            if let Some(alone) = alone {
                sum.participant(&alone, -sign);
            }
            if let Some(together) = together {
                sum.participant(&together, sign);
            }
            others_before = Some(others);
        }
        Ok(())
    }

    fn account(&mut self, on: &Connection, account: &AccountSid) -> Result<i64> {
        if let Some(&id) = self.accounts.get(account) {
            return Ok(id);
        }
        let id = match rows::account(on, account)? {
            Some(id) => id,
            None => {
                on.execute("INSERT INTO account (sid) VALUES (?1)", [account.as_str()])?;
                on.last_insert_rowid()
            }
        };
        self.accounts.insert(account.clone(), id);
        Ok(id)
    }

    /// The number of the room of a session, which is made if it is new.
    fn room(&mut self, on: &Connection, account: i64, session: &Session) -> Result<i64> {
        let sid = session.room_sid();
        let mut find =
            on.prepare_cached("SELECT id FROM room WHERE account_id = ?1 AND sid = ?2")?;
        let found = find.query_row(params![account, sid], |row| row.get(0));
        let id = match found.optional()? {
            Some(id) => id,
            None => {
                // What it is comes with its sessions, at the end of the transaction.
                let mut insert = on.prepare_cached(
                    "INSERT INTO room (account_id, sid, created_at, issues, codecs) VALUES (?1, ?2, ?3, -1, 0)",
                )?;
                insert.execute(params![account, sid, session.started_at])?;
                on.last_insert_rowid()
            }
        };
        self.rooms.insert((account, id));
        Ok(id)
    }

    /// Writes what the batches of the transaction changed together.
    pub(super) fn finish(mut self, on: &Connection) -> Result<()> {
        for (account, room) in std::mem::take(&mut self.rooms) {
            let sum = self.roll_ups.entry(account).or_default();
            update_room(on, room, sum)?;
        }
        for (account, sum) in &self.roll_ups {
            rollup::add(on, *account, sum)?;
        }
        Ok(())
    }
}

/// Makes a room what its sessions say, and goes without it if none is left.
fn update_room(on: &Connection, id: i64, sum: &mut Contribution) -> Result<()> {
    let Some((sid, before)) = rollup::room(on, id)? else {
        return Ok(());
    };
    let query = format!("SELECT {SESSION} FROM session WHERE room_id = ?1");
    let sessions: Vec<Session> = rows::sessions(on, &query, [id])?
        .into_iter()
        .map(|stored| stored.session)
        .collect();
    let after = Room::of(&sid, &sessions).map(|room| room.facts);
    if before == after && after.is_some() {
        return Ok(());
    }
    if let Some(before) = &before {
        sum.room(before, -1);
    }
    let Some(after) = after else {
        on.prepare_cached("DELETE FROM room WHERE id = ?1")?
            .execute([id])?;
        return Ok(());
    };
    sum.room(&after, 1);
    let mut statement = on.prepare_cached(
        "UPDATE room SET name = ?2, type = ?3, created_at = ?4, issues = ?5, codecs = ?6 WHERE id = ?1",
    )?;
    statement.execute(params![
        id,
        after.name,
        after.r#type.map(|it| type_name(Some(it))),
        after.created_at,
        after.issues.bits(),
        after.codecs.bits(),
    ])?;
    Ok(())
}

fn find(on: &Connection, account: i64, session: Uuid) -> Result<Option<StoredSession>> {
    let query = format!("SELECT {SESSION} FROM session WHERE account_id = ?1 AND uuid = ?2");
    let found = rows::sessions(on, &query, params![account, session.as_bytes()])?;
    Ok(found.into_iter().next())
}

/// The other sessions of a participant.
fn others(on: &Connection, room: i64, participant: &str, id: i64) -> Result<Vec<Session>> {
    let query = format!(
        "SELECT {SESSION} FROM session WHERE room_id = ?1 AND participant = ?2 AND id <> ?3"
    );
    let found = rows::sessions(on, &query, params![room, participant, id])?;
    Ok(found.into_iter().map(|stored| stored.session).collect())
}

fn insert_session(on: &Connection, account: i64, room: i64, session: &Session) -> Result<i64> {
    let mut statement = on.prepare_cached(
        "INSERT INTO session (account_id, uuid, room_id, participant, started_at, last_at, ended_at, facts)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    statement.execute(params![
        account,
        session.id.as_bytes(),
        room,
        session.participant_sid(),
        session.started_at,
        session.last_at,
        session.ended_at,
        rows::facts(session)?,
    ])?;
    Ok(on.last_insert_rowid())
}

/// Whether it was new.
fn insert_batch(on: &Connection, session: i64, prepared: &Prepared) -> Result<bool> {
    let mut statement = on.prepare_cached(
        "INSERT OR IGNORE INTO batch (session_id, batch_id, intervals, events, summary) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let inserted = statement.execute(params![
        session,
        prepared.batch.batch_id.as_bytes(),
        prepared.intervals,
        prepared.events,
        prepared.summary,
    ])?;
    Ok(inserted == 1)
}
