//! The tables of roll-ups.

use rusqlite::{Connection, params, params_from_iter};

use super::rows::type_name;
use crate::model::Contribution;
use crate::store::{Result, RollUpQuery, RollUps};

/// Adds to them. Rows that come to nothing are deleted: the same batches make the same tables in any order.
pub(super) fn add(on: &Connection, account: i64, sum: &Contribution) -> Result<()> {
    for (key, &n) in sum.rooms.iter().filter(|(_, n)| **n != 0) {
        let key = params![account, key.hour, type_name(key.r#type), key.has_issues, n];
        on.prepare_cached(
            "INSERT INTO rollup_room VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        )?
        .execute(key)?;
        if n < 0 {
            on.prepare_cached(
                "DELETE FROM rollup_room WHERE account_id = ?1 AND hour = ?2 AND type = ?3 AND has_issues = ?4 AND n = 0 AND ?5 < 0",
            )?
            .execute(key)?;
        }
    }
    for (key, &n) in sum.participants.iter().filter(|(_, n)| **n != 0) {
        let value = key.value.as_deref().unwrap_or_default();
        let r#type = type_name(key.r#type);
        let segment = key.segment.number();
        let key = params![account, segment, key.hour, value, r#type, key.has_issues, n];
        on.prepare_cached(
            "INSERT INTO rollup_participant VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        )?
        .execute(key)?;
        if n < 0 {
            on.prepare_cached(
                "DELETE FROM rollup_participant WHERE account_id = ?1 AND segment = ?2 AND hour = ?3 AND value = ?4 AND type = ?5
                 AND has_issues = ?6 AND n = 0 AND ?7 < 0",
            )?
            .execute(key)?;
        }
    }
    for (key, &(present, recorded)) in sum.time.iter().filter(|(_, ms)| **ms != (0, 0)) {
        let key = params![account, key.hour, type_name(key.r#type), present, recorded];
        on.prepare_cached(
            "INSERT INTO rollup_time VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET participant_ms = participant_ms + excluded.participant_ms,
             recorded_ms = recorded_ms + excluded.recorded_ms",
        )?
        .execute(key)?;
        if present < 0 || recorded < 0 {
            on.prepare_cached(
                "DELETE FROM rollup_time WHERE account_id = ?1 AND hour = ?2 AND type = ?3 AND participant_ms = 0
                 AND recorded_ms = 0 AND (?4 < 0 OR ?5 < 0)",
            )?
            .execute(key)?;
        }
    }
    Ok(())
}

/// Reads them, each kind in one walk along its key.
pub(super) fn read(on: &Connection, account: i64, query: &RollUpQuery) -> Result<RollUps> {
    let types: Vec<&str> = query.types.iter().map(|it| it.name()).collect();
    let of_type = match types.len() {
        0 => String::new(),
        n => format!(" AND type IN ({})", vec!["?"; n].join(", ")),
    };
    let with = |numbers: &[i64]| {
        let numbers: Vec<_> = numbers
            .iter()
            .map(|it| rusqlite::types::Value::from(*it))
            .collect();
        let types = types
            .iter()
            .map(|it| rusqlite::types::Value::from((*it).to_owned()));
        params_from_iter(numbers.into_iter().chain(types).collect::<Vec<_>>())
    };
    let span = [account, query.from, query.to];
    let rooms = on
        .prepare_cached(&format!(
            "SELECT hour, has_issues, sum(n) FROM rollup_room WHERE account_id = ? AND hour >= ? AND hour < ?{of_type}
             GROUP BY hour, has_issues"
        ))?
        .query_map(with(&span), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let participants = on
        .prepare_cached(&format!(
            "SELECT hour, value, sum(n), sum(iif(has_issues, n, 0)) FROM rollup_participant WHERE account_id = ? AND segment = ? AND hour >= ? AND hour < ?
             {of_type} GROUP BY hour, value"
        ))?
        .query_map(
            with(&[account, i64::from(query.segment.number()), query.from, query.to]),
            |row| {
                let value: String = row.get(1)?;
                Ok((row.get(0)?, Some(value).filter(|it| !it.is_empty()), row.get(2)?, row.get(3)?))
            },
        )?
        .collect::<rusqlite::Result<_>>()?;
    let time = on
        .prepare_cached(&format!(
            "SELECT hour, sum(participant_ms), sum(recorded_ms) FROM rollup_time WHERE account_id = ? AND hour >= ? AND hour < ?
             {of_type} GROUP BY hour"
        ))?
        .query_map(with(&span), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(RollUps {
        rooms,
        participants,
        time,
    })
}
