//! Deleting what is old, a little at a time.

use rusqlite::{Connection, TransactionBehavior, params};

use super::participant;
use crate::store::{Before, Purged, Result};

/// How many rooms are deleted in one transaction: others wait for it.
const ROOMS: i64 = 100;

/// Deletes some; whether that was all. Roll-ups outlive the rooms that they count.
pub(super) fn some(connection: &mut Connection, before: Before) -> Result<(Purged, bool)> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut purged = Purged::default();
    let rooms = old_rooms(&transaction, before)?;
    for room in &rooms {
        participant::forget(&transaction, *room)?;
        purged.batches += count(transaction.prepare_cached(
            "DELETE FROM batch WHERE session_id IN (SELECT id FROM session WHERE room_id = ?1)",
        )?.execute([room])?);
        purged.sessions += count(
            transaction
                .prepare_cached("DELETE FROM session WHERE room_id = ?1")?
                .execute([room])?,
        );
        purged.rooms += count(
            transaction
                .prepare_cached("DELETE FROM room WHERE id = ?1")?
                .execute([room])?,
        );
    }
    let is_done = rooms.len() < usize::try_from(ROOMS).unwrap_or(usize::MAX);
    if is_done {
        purged.roll_ups = old_roll_ups(&transaction, before)?;
    }
    transaction.commit()?;
    Ok((purged, is_done))
}

/// Rooms in which nothing happened since.
fn old_rooms(on: &Connection, before: Before) -> Result<Vec<i64>> {
    let mut statement = on.prepare_cached(
        "SELECT room.id FROM account CROSS JOIN room ON room.account_id = account.id
         WHERE room.created_at < max(?1, ?2)
         AND NOT EXISTS (SELECT 1 FROM session WHERE room_id = room.id
                         AND max(last_at, coalesce(ended_at, 0)) >= iif(room.type = 'go', ?2, ?1))
         LIMIT ?3",
    )?;
    let rooms = statement.query_map(params![before.rooms, before.go_rooms, ROOMS], |row| {
        row.get(0)
    })?;
    Ok(rooms.collect::<rusqlite::Result<_>>()?)
}

fn old_roll_ups(on: &Connection, before: Before) -> Result<u64> {
    let hour = crate::model::HOUR_MS;
    let (all, go) = (
        before.roll_ups.div_euclid(hour),
        before.go_rooms.div_euclid(hour),
    );
    let mut rows = 0;
    for table in ["rollup_room", "rollup_participant", "rollup_time"] {
        rows += count(on.execute(
            &format!("DELETE FROM {table} WHERE hour < ?1 OR (type = 'go' AND hour < ?2)"),
            params![all, go],
        )?);
    }
    Ok(rows)
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
