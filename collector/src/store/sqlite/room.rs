//! The row of a room, while a transaction changes it.

use callscope_core::wire::RoomType;
use rusqlite::{Connection, params};

use super::participant::Crowd;
use super::rows::{self, SESSION, type_name};
use crate::model::{Codecs, Contribution, Issues, Participant, Room, RoomFacts, RoomFold, Session};
use crate::store::{Result, StoreError};

/// A room as it is stored, and as it is to be.
#[derive(Debug)]
pub(super) struct OpenRoom {
    id: i64,
    stored: Option<RoomFacts>,
    stored_fold: Option<RoomFold>,
    fold: RoomFold,
    crowd: Crowd,
}

impl OpenRoom {
    /// Makes one. What it is comes with its sessions.
    pub(super) fn insert(on: &Connection, account: i64, session: &Session) -> Result<Self> {
        let mut statement = on.prepare_cached(
            "INSERT INTO room (account_id, sid, created_at, issues, codecs) VALUES (?1, ?2, ?3, -1, 0)",
        )?;
        statement.execute(params![account, session.room_sid(), session.started_at])?;
        Ok(Self {
            id: on.last_insert_rowid(),
            stored: None,
            stored_fold: None,
            fold: RoomFold::default(),
            crowd: Crowd::default(),
        })
    }

    /// Reads one, before any of its sessions is changed.
    pub(super) fn read(on: &Connection, id: i64, sum: &mut Contribution) -> Result<Self> {
        let mut statement = on.prepare_cached(
            "SELECT name, type, created_at, issues, codecs, fold, participants, participants_with_issues FROM room WHERE id = ?1",
        )?;
        let (stored, fold) = statement.query_row([id], |row| {
            let r#type: Option<String> = row.get(1)?;
            let issues: i64 = row.get(3)?;
            let facts = RoomFacts {
                name: row.get(0)?,
                r#type: r#type.and_then(|it| RoomType::named(&it)),
                created_at: row.get(2)?,
                issues: Issues::from_bits(u8::try_from(issues).unwrap_or_default()),
                codecs: Codecs::from_bits(row.get(4)?),
                participants: row.get(6)?,
                participants_with_issues: row.get(7)?,
            };
            let fold: Option<String> = row.get(5)?;
            Ok(((issues >= 0).then_some(facts), fold))
        })?;
        let fold = fold.map(|json| serde_json::from_str::<RoomFold>(&json));
        let stored_fold = fold.transpose().map_err(rows::damaged)?;
        let fold = match &stored_fold {
            Some(fold) => fold.clone(),
            None => adopted(&of_room(on, id)?, sum),
        };
        Ok(Self {
            id,
            stored,
            stored_fold,
            fold,
            crowd: Crowd::default(),
        })
    }

    pub(super) const fn id(&self) -> i64 {
        self.id
    }

    pub(super) fn room_type(&self) -> Option<RoomType> {
        self.fold.room_type()
    }

    /// Adds a participant, or with -1 takes them away.
    pub(super) fn count(
        &mut self,
        mut participant: Participant,
        sign: i64,
        sum: &mut Contribution,
    ) {
        participant.room_type = self.room_type();
        sum.participant(&participant, sign);
        self.fold.count(&participant, sign);
        self.crowd.count(&participant, sign);
    }

    /// A session of it is new, or is another than `before`.
    pub(super) fn follow(
        &mut self,
        on: &Connection,
        before: Option<&Session>,
        session: &Session,
        sum: &mut Contribution,
    ) -> Result<()> {
        if self.fold.follow(before, session) {
            return self.leave(on, sum);
        }
        self.hear(on, session, sum)
    }

    /// What a session says of the room. With the first one it is known what all that follow are counted as.
    pub(super) fn hear(
        &mut self,
        on: &Connection,
        session: &Session,
        sum: &mut Contribution,
    ) -> Result<()> {
        let before = self.room_type();
        self.fold.hear(session);
        if self.room_type() == before || self.fold.is_empty() {
            return Ok(());
        }
        self.retype(&of_room(on, self.id)?, before, sum);
        Ok(())
    }

    /// A session of it went to another room, or was over later than it is now.
    pub(super) fn leave(&mut self, on: &Connection, sum: &mut Contribution) -> Result<()> {
        let before = self.room_type();
        let left = of_room(on, self.id)?;
        self.fold.hear_again(&left);
        self.retype(&left, before, sum);
        Ok(())
    }

    /// Counts everybody as of the type that the room is now known to have.
    fn retype(&self, sessions: &[Session], before: Option<RoomType>, sum: &mut Contribution) {
        if self.room_type() == before {
            return;
        }
        for mut participant in participants(sessions) {
            participant.room_type = before;
            sum.participant(&participant, -1);
            participant.room_type = self.room_type();
            sum.participant(&participant, 1);
        }
    }

    /// Writes what it came to, and goes without it if nobody is left.
    pub(super) fn write(self, on: &Connection, account: i64, sum: &mut Contribution) -> Result<()> {
        self.crowd.write(on, account, self.id)?;
        if self.stored_fold.as_ref() == Some(&self.fold) {
            return Ok(());
        }
        let Some(facts) = self.fold.facts() else {
            if let Some(stored) = &self.stored {
                sum.room(stored, -1);
            }
            on.prepare_cached("DELETE FROM room WHERE id = ?1")?
                .execute([self.id])?;
            return Ok(());
        };
        let fold = serde_json::to_string(&self.fold);
        let fold = fold.map_err(|error| StoreError::Damaged(error.to_string()))?;
        if self.stored.as_ref() == Some(&facts) {
            on.prepare_cached("UPDATE room SET fold = ?2, open = ?3, until = ?4 WHERE id = ?1")?
                .execute(params![self.id, fold, self.fold.open(), self.fold.until()])?;
            return Ok(());
        }
        if let Some(stored) = &self.stored {
            sum.room(stored, -1);
        }
        sum.room(&facts, 1);
        let mut statement = on.prepare_cached(
            "UPDATE room SET name = ?2, type = ?3, created_at = ?4, issues = ?5, codecs = ?6, fold = ?7,
             participants = ?8, participants_with_issues = ?9, open = ?10, until = ?11 WHERE id = ?1",
        )?;
        statement.execute(params![
            self.id,
            facts.name,
            facts.r#type.map(|it| type_name(Some(it))),
            facts.created_at,
            facts.issues.bits(),
            facts.codecs.bits(),
            fold,
            facts.participants,
            facts.participants_with_issues,
            self.fold.open(),
            self.fold.until(),
        ])?;
        Ok(())
    }
}

/// Everybody who was in a room.
pub(super) fn participants_of(on: &Connection, room: i64) -> Result<Vec<Participant>> {
    Ok(participants(&of_room(on, room)?))
}

fn participants(sessions: &[Session]) -> Vec<Participant> {
    Room::of("", sessions).map_or_else(Vec::new, |room| room.participants)
}

/// All sessions of a room.
pub(super) fn of_room(on: &Connection, room: i64) -> Result<Vec<Session>> {
    let query = format!("SELECT {SESSION} FROM session WHERE room_id = ?1");
    let found = rows::sessions(on, &query, [room])?;
    Ok(found.into_iter().map(|stored| stored.session).collect())
}

/// The fold of a room that an earlier version stored. There each participant was counted as of the type that they told.
fn adopted(sessions: &[Session], sum: &mut Contribution) -> RoomFold {
    let fold = RoomFold::of(sessions);
    for mut participant in participants(sessions) {
        let own = sessions
            .iter()
            .filter(|it| it.participant_sid() == participant.sid);
        let own = Participant::of(own).and_then(|it| it.room_type);
        if own != participant.room_type {
            sum.participant(&participant, 1);
            participant.room_type = own;
            sum.participant(&participant, -1);
        }
    }
    fold
}

/// Counts what rooms that an earlier version stored are sorted by.
pub(super) fn count_all(on: &Connection) -> Result<()> {
    let mut rooms = on.prepare("SELECT id, fold IS NOT NULL FROM room")?;
    let rooms = rooms.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rooms: Vec<(i64, bool)> = rooms.collect::<rusqlite::Result<_>>()?;
    for (id, has_fold) in rooms {
        let fold = RoomFold::of(&of_room(on, id)?);
        let Some(facts) = fold.facts() else { continue };
        // One that has none yet is adopted when it changes.
        let json = has_fold.then(|| serde_json::to_string(&fold)).transpose();
        on.prepare_cached(
            "UPDATE room SET fold = ?2, participants = ?3, participants_with_issues = ?4, open = ?5, until = ?6 WHERE id = ?1",
        )?
        .execute(params![
            id,
            json.map_err(rows::damaged)?,
            facts.participants,
            facts.participants_with_issues,
            fold.open(),
            fold.until(),
        ])?;
    }
    Ok(())
}
