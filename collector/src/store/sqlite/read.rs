//! What is asked of the database, on connections that only read.

use std::io::Read as _;

use callscope_core::wire::{Event, Interval, Summary};
use flate2::read::DeflateDecoder;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::room::of_room;
use super::rows::{self, SESSION, damaged};
use super::{participant, rollup, search};
use crate::model::{AccountSid, Session};
use crate::store::{
    Cursor, IssueFilter, MOST_COUNTED, PageFrom, Result, RollUpQuery, RollUps, RoomPage, RoomQuery,
    RoomSort, StoreError, in_order, pack,
};

/// Conditions of a query with their values, in order.
#[derive(Default)]
struct Conditions {
    text: String,
    values: Vec<Value>,
}

impl Conditions {
    fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        if !self.text.is_empty() {
            self.text.push_str(" AND ");
        }
        self.text.push_str(condition);
        self.values.extend(values);
    }
}

pub(super) fn rooms(on: &Connection, account: &AccountSid, query: &RoomQuery) -> Result<RoomPage> {
    let Some(account) = rows::account(on, account)? else {
        return Ok(RoomPage::none(query));
    };
    let mut conditions = Conditions::default();
    conditions.and("account_id = ?", [account.into()]);
    filter(&mut conditions, query);
    if let Some(query) = &query.participant {
        let (text, values) = participant::condition(account, query);
        conditions.and(&text, values);
    }
    let mut table = "room";
    if let Some(prefix) = &query.search {
        let search = search::search(on, account, prefix)?;
        table = search.table;
        conditions.and(&search.condition, search.values);
    }
    let total = query
        .count
        .then(|| count(on, table, &conditions))
        .transpose()?;
    let is_backwards = matches!(query.from, PageFrom::Before(_));
    let (order, beyond) = match query.ascending != is_backwards {
        true => ("ASC", ">"),
        false => ("DESC", "<"),
    };
    // By time there is an index. By anything else the rooms that match are looked at one by one, which is bounded by how long they are kept.
    let (value, sorted) = match value(query.sort) {
        None => ("created_at", format!("created_at {order}, id {order}")),
        Some(value) => (
            value,
            format!("value {order}, created_at {order}, id {order}"),
        ),
    };
    let mut offset = 0;
    match query.from {
        PageFrom::Start => {}
        PageFrom::Offset(rooms) => offset = rooms,
        PageFrom::After(at) | PageFrom::Before(at) => {
            let place: [Value; 2] = [at.created_at.into(), at.number.into()];
            match query.sort {
                RoomSort::CreatedAt => {
                    conditions.and(&format!("(created_at, id) {beyond} (?, ?)"), place)
                }
                _ => conditions.and(
                    &format!("({value}, created_at, id) {beyond} (?, ?, ?)"),
                    [at.value.into()].into_iter().chain(place),
                ),
            }
        }
    }
    let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
    let text = format!(
        "SELECT {value} AS value, created_at, id, sid FROM {table} WHERE {} ORDER BY {sorted} LIMIT {} OFFSET {offset}",
        conditions.text,
        limit.saturating_add(1)
    );
    let mut statement = on.prepare_cached(&text)?;
    let found = statement.query_map(params_from_iter(conditions.values), |row| {
        let cursor = Cursor {
            value: row.get(0)?,
            created_at: row.get(1)?,
            number: row.get(2)?,
        };
        Ok((cursor, row.get::<_, String>(3)?))
    })?;
    let mut found: Vec<(Cursor, String)> = found.collect::<rusqlite::Result<_>>()?;
    let has_more = found.len() > query.limit;
    found.truncate(query.limit);
    if is_backwards {
        found.reverse();
    }
    let with_sessions = found.into_iter().map(|(cursor, sid)| {
        let sessions = of_room(on, cursor.number)?;
        Ok((cursor, sid, sessions))
    });
    Ok(RoomPage {
        rooms: with_sessions.collect::<Result<_>>()?,
        has_more,
        total: total.flatten(),
    })
}

/// What rooms are sorted by; `None` is the time when they were created.
const fn value(sort: RoomSort) -> Option<&'static str> {
    match sort {
        RoomSort::CreatedAt => None,
        // The end of sessions that told none moves with each batch, and is not written to the room.
        RoomSort::Duration => Some(
            "(iif(open > 0, (SELECT max(max(coalesce(ended_at, last_at), started_at)) FROM session WHERE room_id = room.id), until) - created_at)",
        ),
        RoomSort::Participants => Some("participants"),
        RoomSort::ParticipantsWithIssues => Some("participants_with_issues"),
    }
}

/// How many rooms match; `None` if there are too many to count.
fn count(on: &Connection, table: &str, conditions: &Conditions) -> Result<Option<usize>> {
    let text = format!(
        "SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {} LIMIT {})",
        conditions.text,
        MOST_COUNTED + 1
    );
    let mut statement = on.prepare_cached(&text)?;
    let values = params_from_iter(conditions.values.iter());
    let found: i64 = statement.query_row(values, |row| row.get(0))?;
    let found = usize::try_from(found).ok();
    Ok(found.filter(|found| *found <= MOST_COUNTED))
}

fn filter(conditions: &mut Conditions, query: &RoomQuery) {
    // A room that was only just made in a transaction that failed is never seen; this guards the fold all the same.
    conditions.and("issues >= 0", []);
    if !query.types.is_empty() {
        let places = vec!["?"; query.types.len()].join(", ");
        conditions.and(
            &format!("type IN ({places})"),
            query.types.iter().map(|it| it.name().to_owned().into()),
        );
    }
    if query.codecs.bits() != 0 {
        conditions.and("codecs & ? <> 0", [i64::from(query.codecs.bits()).into()]);
    }
    if let Some(name) = &query.name {
        conditions.and("name = ?", [name.clone().into()]);
    }
    if let Some(after) = query.created_after {
        conditions.and("created_at >= ?", [after.into()]);
    }
    if let Some(before) = query.created_before {
        conditions.and("created_at < ?", [before.into()]);
    }
    match query.issues {
        Some(IssueFilter::With) => conditions.and("issues <> 0", []),
        Some(IssueFilter::Without) => conditions.and("issues = 0", []),
        Some(IssueFilter::Any(bits)) => {
            conditions.and("issues & ? <> 0", [i64::from(bits).into()]);
        }
        None => {}
    }
}

pub(super) fn sessions(on: &Connection, account: &AccountSid, room: &str) -> Result<Vec<Session>> {
    let query = format!(
        "SELECT {SESSION} FROM session WHERE room_id =
         (SELECT room.id FROM room JOIN account ON account.id = room.account_id WHERE account.sid = ?1 AND room.sid = ?2)
         ORDER BY started_at, uuid"
    );
    let found = rows::sessions(on, &query, params![account.as_str(), room])?;
    Ok(found.into_iter().map(|stored| stored.session).collect())
}

/// Calls with a column of each batch of a session.
fn each_batch(
    on: &Connection,
    account: &AccountSid,
    session: &Session,
    column: &str,
    mut each: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut statement = on.prepare_cached(&format!(
        "SELECT {column} FROM batch WHERE {column} IS NOT NULL AND session_id =
         (SELECT session.id FROM session JOIN account ON account.id = session.account_id
          WHERE account.sid = ?1 AND session.uuid = ?2)"
    ))?;
    let mut rows = statement.query(params![account.as_str(), session.id.as_bytes()])?;
    while let Some(row) = rows.next()? {
        each(row.get_ref(0)?.as_bytes().map_err(damaged)?)?;
    }
    Ok(())
}

pub(super) fn intervals(
    on: &Connection,
    account: &AccountSid,
    session: &Session,
) -> Result<Vec<Interval>> {
    let mut all = Vec::new();
    each_batch(on, account, session, "intervals", |bytes| {
        let some = pack::unpack(bytes)
            .map_err(|pack::Damaged| StoreError::Damaged("intervals of a batch".to_owned()))?;
        all.extend(some);
        Ok(())
    })?;
    in_order(&mut all);
    Ok(all)
}

pub(super) fn events(
    on: &Connection,
    account: &AccountSid,
    session: &Session,
) -> Result<Vec<Event>> {
    let mut all: Vec<Event> = Vec::new();
    each_batch(on, account, session, "events", |bytes| {
        let some: Vec<Event> = serde_json::from_slice(bytes).map_err(damaged)?;
        all.extend(some);
        Ok(())
    })?;
    all.sort_by_key(Event::at);
    Ok(all)
}

pub(super) fn summary(
    on: &Connection,
    account: &AccountSid,
    session: &Session,
) -> Result<Option<Summary>> {
    let mut last = None;
    each_batch(on, account, session, "summary", |bytes| {
        let mut json = Vec::new();
        DeflateDecoder::new(bytes)
            .read_to_end(&mut json)
            .map_err(damaged)?;
        last = Some(serde_json::from_slice(&json).map_err(damaged)?);
        Ok(())
    })?;
    Ok(last)
}

pub(super) fn roll_ups(
    on: &Connection,
    account: &AccountSid,
    query: &RollUpQuery,
) -> Result<RollUps> {
    match rows::account(on, account)? {
        Some(account) => rollup::read(on, account, query),
        None => Ok(RollUps::default()),
    }
}
