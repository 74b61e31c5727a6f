//! Who was in which rooms, as the roll-ups count them: by this, rooms are found that are behind a part of a chart.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::room::participants_of;
use crate::model::{Participant, Segment};
use crate::store::{ParticipantQuery, Result};

/// What rooms are found by of a participant. Of those of one room that are equal in it, it is counted how many there are.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    joined_at: i64,
    device_manufacturer: String,
    operating_system: String,
    browser: String,
    sdk: String,
    has_issues: bool,
}

impl Key {
    fn of(participant: &Participant) -> Self {
        // Nothing is unknown, as in the roll-ups.
        let value = |segment: Segment| {
            segment
                .of(&participant.client)
                .unwrap_or_default()
                .to_owned()
        };
        Self {
            joined_at: participant.joined_at,
            device_manufacturer: value(Segment::DeviceManufacturer),
            operating_system: value(Segment::OperatingSystem),
            browser: value(Segment::Browser),
            sdk: value(Segment::Sdk),
            has_issues: participant.tags().any(),
        }
    }
}

/// How many participants more or less a room has.
#[derive(Debug, Default)]
pub(super) struct Crowd(BTreeMap<Key, i64>);

impl Crowd {
    /// Adds a participant, or with -1 takes them away.
    pub(super) fn count(&mut self, participant: &Participant, sign: i64) {
        *self.0.entry(Key::of(participant)).or_default() += sign;
    }

    /// Adds them to those that are stored. Rows that come to nothing are deleted: the same batches make the same table in any order.
    pub(super) fn write(&self, on: &Connection, account: i64, room: i64) -> Result<()> {
        for (key, &n) in self.0.iter().filter(|(_, n)| **n != 0) {
            let key = params![
                account,
                key.joined_at,
                room,
                key.device_manufacturer,
                key.operating_system,
                key.browser,
                key.sdk,
                key.has_issues,
                n
            ];
            on.prepare_cached(
                "INSERT INTO participant VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET n = n + excluded.n",
            )?
            .execute(key)?;
            if n < 0 {
                on.prepare_cached(
                    "DELETE FROM participant WHERE account_id = ?1 AND joined_at = ?2 AND room_id = ?3 AND device_manufacturer = ?4
                     AND operating_system = ?5 AND browser = ?6 AND sdk = ?7 AND has_issues = ?8 AND n = 0 AND ?9 < 0",
                )?
                .execute(key)?;
            }
        }
        Ok(())
    }
}

/// Adds those of rooms that an earlier version stored.
pub(super) fn add_all(on: &Connection) -> Result<()> {
    let mut rooms = on.prepare("SELECT account_id, id FROM room")?;
    let rooms = rooms.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rooms: Vec<(i64, i64)> = rooms.collect::<rusqlite::Result<_>>()?;
    for (account, room) in rooms {
        let mut crowd = Crowd::default();
        for participant in participants_of(on, room)? {
            crowd.count(&participant, 1);
        }
        crowd.write(on, account, room)?;
    }
    Ok(())
}

/// Deletes those of a room whose sessions are there still: these say where they are.
pub(super) fn forget(on: &Connection, room: i64) -> Result<()> {
    on.prepare_cached(
        "DELETE FROM participant WHERE account_id = (SELECT account_id FROM room WHERE id = ?1)
         AND joined_at IN (SELECT min(started_at) FROM session WHERE room_id = ?1 GROUP BY participant) AND room_id = ?1",
    )?
    .execute([room])?;
    Ok(())
}

/// That a room has such a one, as a condition with its values. It is a walk along the time that is asked for.
pub(super) fn condition(account: i64, query: &ParticipantQuery) -> (String, Vec<Value>) {
    let mut text = "id IN (SELECT room_id FROM participant WHERE account_id = ?".to_owned();
    let mut values: Vec<Value> = vec![account.into()];
    let mut and = |condition: &str, more: Vec<Value>| {
        text.push_str(" AND ");
        text.push_str(condition);
        values.extend(more);
    };
    if let Some(after) = query.joined_after {
        and("joined_at >= ?", vec![after.into()]);
    }
    if let Some(before) = query.joined_before {
        and("joined_at < ?", vec![before.into()]);
    }
    if let Some(has_issues) = query.has_issues {
        and("has_issues = ?", vec![has_issues.into()]);
    }
    if let Some(uses) = &query.uses {
        let is_in = if uses.is_other { "NOT IN" } else { "IN" };
        let places = vec!["?"; uses.values.len()].join(", ");
        let column = match uses.segment {
            Segment::All => "''",
            segment => segment.name(),
        };
        let values = uses.values.iter();
        let values = values.map(|it| it.clone().unwrap_or_default().into());
        and(&format!("{column} {is_in} ({places})"), values.collect());
    }
    text.push(')');
    (text, values)
}
