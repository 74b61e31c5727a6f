//! What a batch changes: its session, what its participant adds to the roll-ups, and its room.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::Write as _;

use callscope_core::wire::{Batch, Uuid};
use flate2::{Compression, write::DeflateEncoder};
use rusqlite::{Connection, OptionalExtension, params};

use super::rollup;
use super::room::OpenRoom;
use super::rows::{self, SESSION, StoredSession};
use crate::model::{AccountSid, Contribution, Participant, Session};
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
    /// With their accounts.
    rooms: BTreeMap<i64, (i64, OpenRoom)>,
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
                self.changed(on, account, id, None, (room, &session))?;
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
        self.open(on, account, known.room_id)?;
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
        self.changed(on, account, known.id, before, (room, &after))
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
            return self.changed(on, account, id, Some((room, before)), (room, after));
        }
        let (room, sum) = self.opened(account, room)?;
        sum.time(room.room_type(), before.until(), after.until());
        Ok(())
    }

    /// A session came, changed or went to another room: so did its participant, and perhaps the room.
    fn changed(
        &mut self,
        on: &Connection,
        account: i64,
        id: i64,
        before: Option<(i64, &Session)>,
        after: (i64, &Session),
    ) -> Result<()> {
        let place = |(room, it): (i64, &Session)| (room, it.participant_sid());
        let stays = before.map(place) == Some(place(after));
        let mut others_before = None;
        for (it, sign) in [(before, -1), (Some(after), 1)] {
            let Some((room, session)) = it else { continue };
            let others = match others_before.take() {
                Some(others) if stays => others,
                _ => others(on, room, &session.participant_sid(), id)?,
            };
            let alone = Participant::of(&others);
            let together = Participant::of(others.iter().chain([session]));
            let (room, sum) = self.opened(account, room)?;
            // Without this session they were as they are without it.
            if let Some(alone) = alone {
                room.count(alone, -sign, sum);
            }
            if let Some(together) = together {
                room.count(together, sign, sum);
            }
            others_before = Some(others);
        }
        if let Some((room, _)) = before.filter(|it| it.0 != after.0) {
            let (room, sum) = self.opened(account, room)?;
            room.leave(on, sum)?;
        }
        let (room, sum) = self.opened(account, after.0)?;
        let before = before.filter(|it| it.0 == after.0);
        room.follow(on, before.map(|it| it.1), after.1, sum)
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
        let mut find =
            on.prepare_cached("SELECT id FROM room WHERE account_id = ?1 AND sid = ?2")?;
        let found = find.query_row(params![account, session.room_sid()], |row| row.get(0));
        if let Some(id) = found.optional()? {
            self.open(on, account, id)?;
            return Ok(id);
        }
        let mut room = OpenRoom::insert(on, account, session)?;
        let id = room.id();
        // Its type is what its first participant is counted as.
        room.hear(on, session, self.roll_ups.entry(account).or_default())?;
        self.rooms.insert(id, (account, room));
        Ok(id)
    }

    /// Reads a room, before anything of it is changed.
    fn open(&mut self, on: &Connection, account: i64, id: i64) -> Result<()> {
        if let Entry::Vacant(place) = self.rooms.entry(id) {
            let sum = self.roll_ups.entry(account).or_default();
            place.insert((account, OpenRoom::read(on, id, sum)?));
        }
        Ok(())
    }

    /// A room that was opened, and what the account's roll-ups change by.
    fn opened(&mut self, account: i64, id: i64) -> Result<(&mut OpenRoom, &mut Contribution)> {
        let room = self.rooms.get_mut(&id);
        let (_, room) = room.ok_or_else(|| StoreError::Damaged(format!("room {id}")))?;
        Ok((room, self.roll_ups.entry(account).or_default()))
    }

    /// Writes what the batches of the transaction changed together.
    pub(super) fn finish(mut self, on: &Connection) -> Result<()> {
        for (account, room) in std::mem::take(&mut self.rooms).into_values() {
            room.write(on, account, self.roll_ups.entry(account).or_default())?;
        }
        for (account, sum) in &self.roll_ups {
            rollup::add(on, *account, sum)?;
        }
        Ok(())
    }
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
