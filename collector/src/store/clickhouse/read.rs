//! What is asked: sessions by the model's own fold, rooms by its counterpart in SQL, which the tests hold to the model.

use std::time::{SystemTime, UNIX_EPOCH};

use callscope_core::wire::{Event, Interval, Summary};
use clickhouse::Row;
use clickhouse::query::Query;
use serde::Deserialize;

use super::Clickhouse;
use super::rows::{self, SESSION, StoredSession, damaged};
use crate::model::{AccountSid, HOUR_MS, Room, Session};
use crate::store::{
    Cursor, IssueFilter, PageFrom, Result, RoomPage, RoomQuery, StoreError, in_order, pack,
};

/// Issues of a session: those of its summary, else those that were raised last. Of columns that are merged already.
pub(super) const ISSUES: &str = "if(tagged > 0, toUInt8(bitAnd(tagged, 255)), toUInt8(arrayReduce('groupBitOr',
    arrayMap((name, at) -> if(bitAnd(at, 1) = 1, toUInt8(substring(name, 1, 1)), toUInt8(0)), mapKeys(stood), mapValues(stood)))))";

/// The type of a room: what the first of its sessions says that says one; 0 if none does.
pub(super) const ROOM_TYPE: &str =
    "bitAnd(argMinIf(kind, (began, session), kind < 18446744073709551615), 255)";

/// Rooms of an account as their sessions make them. `WHICH` is a condition on sessions.
const ROOMS: &str = "
SELECT ifNull(substring(in_room, 9), concat('RM', lower(hex(session)))) AS sid, min(began) AS created_at,
    toInt64(bitShiftRight(cityHash64(sid), 1)) AS number, ROOM_TYPE AS type,
    argMinIf(substring(ifNull(room_named, ''), 9), (began, session), isNotNull(room_named)) AS name,
    countIf(isNotNull(room_named)) > 0 AS is_named, groupBitOr(ISSUES) AS issues, groupBitOr(codecs) AS codecs,
    max(greatest(last, ifNull(ended, last))) AS heard, toUInt64(count()) AS sessions, sum(batches) AS batches
FROM (
    SELECT session, min(started_at) AS began, max(last_at) AS last, max(ended_at) AS ended, min(room_sid) AS in_room,
        min(room_name) AS room_named, min(room_type) AS kind, max(issues) AS tagged, maxMap(standing) AS stood,
        groupBitOr(codec_bits) AS codecs, toUInt64(max(seq)) + 1 AS batches, account AS of_account
    FROM session WHERE WHICH GROUP BY account, session
)
GROUP BY of_account, sid";

/// From when on rooms are shown, of type `go` and others.
pub(super) fn shown_since(what: &str) -> String {
    let since = |what: &str| format!("(SELECT max(since) FROM kept WHERE what = '{what}')");
    format!("if(type = 1, {}, {})", since("go_rooms"), since(what))
}

pub(super) fn rooms_of(which: &str) -> String {
    ROOMS
        .replace("ROOM_TYPE", ROOM_TYPE)
        .replace("ISSUES", ISSUES)
        .replace("WHICH", which)
}

#[derive(Row, Deserialize)]
struct Found {
    created_at: i64,
    number: i64,
    sid: String,
}

#[derive(Row, Deserialize)]
struct Packed {
    #[serde(with = "serde_bytes")]
    packed: Vec<u8>,
}

/// A condition with what is put in for its question marks.
struct Condition(String, Vec<Value>);

enum Value {
    Number(i64),
    Text(String),
    Texts(Vec<String>),
}

fn bound(query: Query, values: Vec<Value>) -> Query {
    values.into_iter().fold(query, |query, value| match value {
        Value::Number(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Texts(texts) => query.bind(texts),
    })
}

/// Among which rooms a page is looked for.
enum Among {
    /// All of the account.
    All,
    /// Those with these sids.
    Sids(Vec<String>),
    /// Those that were created then or later.
    Since(i64),
}

/// How far back rooms are looked for before all are looked through.
const SPANS: [i64; 2] = [HOUR_MS, 24 * HOUR_MS];

/// Rooms with a session that began then or later: those that were created then or later, and some more.
const BEGUN_SINCE: &str =
    "SELECT word FROM found WHERE account = ? AND started_at >= ? AND startsWith(word, 'sid ')";

impl Among {
    /// Which sessions are read, and which rooms are whole then.
    fn conditions(&self, account: &AccountSid) -> (Condition, Option<Condition>) {
        let account = || Value::Text(account.to_string());
        match self {
            Self::All => (Condition("account = ?".to_owned(), vec![account()]), None),
            Self::Sids(sids) => {
                let words: Vec<String> = sids.iter().map(|sid| rows::sid_word(sid)).collect();
                let which = vec![account(), account(), Value::Texts(words.clone())];
                let whole = "concat('sid ', sid) IN ?".to_owned();
                (
                    Condition(BY_WORD.to_owned(), which),
                    Some(Condition(whole, vec![Value::Texts(words)])),
                )
            }
            Self::Since(since) => {
                let since = || Value::Number(*since);
                let which = BY_WORD.replace("IN ?", &format!("GLOBAL IN ({BEGUN_SINCE})"));
                // A session may have named another room first, of which nothing else is read: that is left out.
                let whole = format!("concat('sid ', sid) GLOBAL IN ({BEGUN_SINCE})");
                (
                    Condition(which, vec![account(), account(), account(), since()]),
                    Some(Condition(whole, vec![account(), since()])),
                )
            }
        }
    }
}

/// The latest time at which a room of the page can have been created.
fn latest(query: &RoomQuery) -> i64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|it| i64::try_from(it.as_millis()).ok())
        .unwrap_or(i64::MAX);
    let after = match query.from {
        PageFrom::After(at) => Some(at.created_at),
        _ => None,
    };
    [Some(now), query.created_before, after]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(now)
}

/// Sessions that may be of a room with one of those words.
const BY_WORD: &str =
    "account = ? AND session GLOBAL IN (SELECT session FROM found WHERE account = ? AND word IN ?)";

impl Clickhouse {
    /// The sessions that may be found under those words, each with its fold.
    async fn candidates(&self, account: &AccountSid, words: &[String]) -> Result<Vec<Session>> {
        let question = format!("SELECT {SESSION} FROM session WHERE {BY_WORD} GROUP BY session");
        let query = self
            .client
            .query(&question)
            .bind(account.as_str())
            .bind(account.as_str())
            .bind(words);
        let stored = query
            .fetch_all::<StoredSession>()
            .await
            .map_err(|error| self.failed(&error))?;
        rows::sessions(stored)
    }

    pub(super) async fn sessions_of(
        &self,
        account: &AccountSid,
        sid: &str,
    ) -> Result<Vec<Session>> {
        let mut sessions = self.candidates(account, &[rows::sid_word(sid)]).await?;
        sessions.retain(|session| session.room_sid() == sid);
        let Some(room) = Room::of(sid, &sessions) else {
            return Ok(Vec::new());
        };
        let heard = sessions
            .iter()
            .map(|it| it.last_at.max(it.ended_at.unwrap_or(it.last_at)))
            .max();
        let since = self.shown_since(room.facts.r#type).await?;
        if heard < Some(since) {
            return Ok(Vec::new());
        }
        Ok(sessions)
    }

    async fn shown_since(&self, of: Option<callscope_core::wire::RoomType>) -> Result<i64> {
        let what = match of {
            Some(callscope_core::wire::RoomType::Go) => "go_rooms",
            _ => "rooms",
        };
        let query = self
            .client
            .query("SELECT max(since) FROM kept WHERE what = ?")
            .bind(what);
        query.fetch_one().await.map_err(|error| self.failed(&error))
    }

    /// The newest rooms are what is asked for most: they are looked for among those of the last hour first, then of the last day, then
    /// among all.
    pub(super) async fn find_rooms(
        &self,
        account: &AccountSid,
        query: &RoomQuery,
    ) -> Result<RoomPage> {
        let sids = self.named(account, query).await?;
        let spans = match query.from {
            PageFrom::Before(_) => &[][..],
            _ if sids.is_some() => &[],
            _ => &SPANS,
        };
        let enough = query.limit.saturating_add(1);
        let until = latest(query);
        for span in spans {
            let since = until - span;
            if query.created_after.is_some_and(|after| after > since) {
                break;
            }
            let found = self.page(account, query, &Among::Since(since)).await?;
            if found.len() >= enough {
                return self.filled(account, query, found).await;
            }
        }
        let among = match (sids, query.created_after, query.from) {
            (Some(sids), _, _) if sids.is_empty() => return Ok(RoomPage::default()),
            (Some(sids), _, _) => Among::Sids(sids),
            (None, Some(after), _) => Among::Since(after),
            (None, None, PageFrom::Before(at)) => Among::Since(at.created_at),
            (None, None, _) => Among::All,
        };
        let found = self.page(account, query, &among).await?;
        self.filled(account, query, found).await
    }

    /// One room more than is asked for, if there is one.
    async fn page(
        &self,
        account: &AccountSid,
        query: &RoomQuery,
        among: &Among,
    ) -> Result<Vec<Found>> {
        let (which, words) = among.conditions(account);
        let mut conditions = filter(query);
        if let Some(words) = words {
            conditions.push(words);
        }
        if let Among::Since(since) = among {
            conditions.push(Condition(
                "created_at >= ?".to_owned(),
                vec![Value::Number(*since)],
            ));
        }
        let mut offset = 0;
        let mut order = "DESC";
        match query.from {
            PageFrom::Start => {}
            PageFrom::Offset(rooms) => offset = rooms,
            PageFrom::After(at) => conditions.push(beyond("<", at)),
            PageFrom::Before(at) => {
                order = "ASC";
                conditions.push(beyond(">", at));
            }
        }
        let having: String = conditions
            .iter()
            .map(|it| format!(" AND {}", it.0))
            .collect();
        let limit = i64::try_from(query.limit)
            .unwrap_or(i64::MAX)
            .saturating_add(1);
        let question = format!(
            "SELECT created_at, number, sid FROM ({}) WHERE heard >= {}{having}
             ORDER BY created_at {order}, number {order} LIMIT {limit} OFFSET {offset}",
            rooms_of(&which.0),
            shown_since("rooms"),
        );
        let values = which
            .1
            .into_iter()
            .chain(conditions.into_iter().flat_map(|it| it.1));
        let found = bound(self.client.query(&question), values.collect());
        let found = found.fetch_all::<Found>().await;
        found.map_err(|error| self.failed(&error))
    }

    async fn filled(
        &self,
        account: &AccountSid,
        query: &RoomQuery,
        mut found: Vec<Found>,
    ) -> Result<RoomPage> {
        let has_more = found.len() > query.limit;
        found.truncate(query.limit);
        if matches!(query.from, PageFrom::Before(_)) {
            found.reverse();
        }
        Ok(RoomPage {
            rooms: self.with_sessions(account, found).await?,
            has_more,
        })
    }

    /// The rooms that a question for a name, or a name or sid, is about; `None` if it is about none.
    async fn named(&self, account: &AccountSid, query: &RoomQuery) -> Result<Option<Vec<String>>> {
        let mut words = Vec::new();
        if let Some(name) = &query.name {
            words.push(rows::name_word(name));
        }
        if let Some(search) = &query.search {
            // Of two questions both must hold: the narrower one is followed, the filter does the rest.
            if words.is_empty() {
                words.extend([rows::sid_word(search), rows::name_word(search)]);
            }
        }
        if words.is_empty() {
            return Ok(None);
        }
        let found = self.candidates(account, &words).await?;
        let mut sids: Vec<String> = found.iter().map(Session::room_sid).collect();
        sids.sort();
        sids.dedup();
        Ok(Some(sids))
    }

    async fn with_sessions(
        &self,
        account: &AccountSid,
        found: Vec<Found>,
    ) -> Result<Vec<(Cursor, String, Vec<Session>)>> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let words: Vec<String> = found.iter().map(|room| rows::sid_word(&room.sid)).collect();
        let mut sessions = std::collections::BTreeMap::<String, Vec<Session>>::new();
        for session in self.candidates(account, &words).await? {
            sessions
                .entry(session.room_sid())
                .or_default()
                .push(session);
        }
        let rooms = found.into_iter().filter_map(|room| {
            let cursor = Cursor {
                created_at: room.created_at,
                number: room.number,
            };
            // What left the room in between is there no more.
            let sessions = sessions.remove(&room.sid)?;
            Some((cursor, room.sid, sessions))
        });
        Ok(rooms.collect())
    }

    /// A column of each batch of a session, in the order in which they were sent.
    async fn of_batches(
        &self,
        account: &AccountSid,
        session: &Session,
        column: &str,
    ) -> Result<Vec<Vec<u8>>> {
        let question = format!(
            "SELECT packed FROM (SELECT seq, batch, version, {column} AS packed FROM batch WHERE account = ? AND session = unhex(?)
             ORDER BY seq, batch, version DESC LIMIT 1 BY batch) WHERE packed != '' ORDER BY seq, batch"
        );
        let query = self
            .client
            .query(&question)
            .bind(account.as_str())
            .bind(session.id.simple());
        let rows = query
            .fetch_all::<Packed>()
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(rows.into_iter().map(|row| row.packed).collect())
    }

    pub(super) async fn all_intervals(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Vec<Interval>> {
        let mut all = Vec::new();
        for packed in self.of_batches(account, session, "intervals").await? {
            let some = pack::unpack(&packed);
            all.extend(
                some.map_err(|pack::Damaged| {
                    StoreError::Damaged("intervals of a batch".to_owned())
                })?,
            );
        }
        in_order(&mut all);
        Ok(all)
    }

    pub(super) async fn all_events(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Vec<Event>> {
        let mut all: Vec<Event> = Vec::new();
        for json in self.of_batches(account, session, "events").await? {
            all.extend(
                serde_json::from_slice::<Vec<Event>>(&json).map_err(|error| damaged(&error))?,
            );
        }
        all.sort_by_key(Event::at);
        Ok(all)
    }

    pub(super) async fn last_summary(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Option<Summary>> {
        let all = self.of_batches(account, session, "summary").await?;
        let last = all.last().map(|json| serde_json::from_slice(json));
        last.transpose().map_err(|error| damaged(&error))
    }
}

fn beyond(sign: &str, at: Cursor) -> Condition {
    let values = vec![Value::Number(at.created_at), Value::Number(at.number)];
    Condition(format!("(created_at, number) {sign} (?, ?)"), values)
}

fn filter(query: &RoomQuery) -> Vec<Condition> {
    let mut all = Vec::new();
    let mut and = |text: String, values: Vec<Value>| all.push(Condition(text, values));
    if !query.types.is_empty() {
        let types = query
            .types
            .iter()
            .map(|it| rows::type_number(Some(*it)).to_string());
        and(
            format!("type IN ({})", types.collect::<Vec<_>>().join(", ")),
            vec![],
        );
    }
    if query.codecs.bits() != 0 {
        and(
            format!("bitAnd(codecs, {}) != 0", query.codecs.bits()),
            vec![],
        );
    }
    if let Some(name) = &query.name {
        and(
            "is_named AND name = ?".to_owned(),
            vec![Value::Text(name.clone())],
        );
    }
    if let Some(search) = &query.search {
        let values = vec![Value::Text(search.clone()), Value::Text(search.clone())];
        and("(sid = ? OR is_named AND name = ?)".to_owned(), values);
    }
    if let Some(after) = query.created_after {
        and("created_at >= ?".to_owned(), vec![Value::Number(after)]);
    }
    if let Some(before) = query.created_before {
        and("created_at < ?".to_owned(), vec![Value::Number(before)]);
    }
    match query.issues {
        Some(IssueFilter::With) => and("issues != 0".to_owned(), vec![]),
        Some(IssueFilter::Without) => and("issues = 0".to_owned(), vec![]),
        Some(IssueFilter::Any(bits)) => and(format!("bitAnd(issues, {bits}) != 0"), vec![]),
        None => {}
    }
    all
}
