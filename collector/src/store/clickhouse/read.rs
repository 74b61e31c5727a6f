//! What is asked: sessions by the model's own fold, rooms by its counterpart in SQL, which the tests hold to the model.

use std::time::{SystemTime, UNIX_EPOCH};

use clickhouse::Row;
use serde::Deserialize;

use super::Clickhouse;
use super::filter::{Condition, Value, bound};
use super::rows::{self, SESSION, StoredSession};
use crate::model::{AccountSid, HOUR_MS, Room, Session};
use crate::store::{Cursor, MOST_COUNTED, PageFrom, Result, RoomPage, RoomQuery, RoomSort};

/// Issues of a session: those of its summary, else those that were raised last. Of columns that are merged already.
pub(super) const ISSUES: &str = "if(tagged > 0, toUInt8(bitAnd(tagged, 255)), toUInt8(arrayReduce('groupBitOr',
    arrayMap((name, at) -> if(bitAnd(at, 1) = 1, toUInt8(substring(name, 1, 1)), toUInt8(0)), mapKeys(stood), mapValues(stood)))))";

/// The type of a room: what the first of its sessions says that says one; 0 if none does.
pub(super) const ROOM_TYPE: &str =
    "bitAnd(argMinIf(kind, (began, session), kind < 18446744073709551615), 255)";

/// Rooms of an account as their sessions make them. `WHICH` is a condition on sessions, and `MATCHING` one on participants if they are told apart.
const ROOMS: &str = "
SELECT of_room AS sid, min(began) AS created_at,
    toInt64(bitShiftRight(cityHash64(sid), 1)) AS number, ROOM_TYPE AS type,
    argMinIf(substring(ifNull(room_named, ''), 9), (began, session), isNotNull(room_named)) AS name,
    countIf(isNotNull(room_named)) > 0 AS is_named, groupBitOr(ISSUES) AS issues, groupBitOr(codecs) AS codecs,
    max(greatest(last, ifNull(ended, last))) AS heard, toUInt64(count()) AS sessions, sum(batches) AS batches,
    max(greatest(ifNull(ended, last), began)) - created_at AS duration, toInt64(uniqExact(person)) AS participants,
    toInt64(uniqExactIf(person, ISSUES != 0)) AS participants_with_issuesMATCHING
FROM (SESSIONS)
GROUP BY of_account, sid";

const SESSIONS: &str = "
    SELECT session, min(started_at) AS began, max(last_at) AS last, max(ended_at) AS ended,
        ifNull(substring(min(room_sid), 9), concat('RM', lower(hex(session)))) AS of_room, min(room_name) AS room_named, min(room_type) AS kind,
        ifNull(substring(min(participant_sid), 9), concat('PA', lower(hex(session)))) AS person, max(issues) AS tagged, maxMap(standing) AS stood,
        groupBitOr(codec_bits) AS codecs, toUInt64(max(seq)) + 1 AS batches, account AS of_accountUSES
    FROM session WHERE WHICH GROUP BY account, session";

/// The same, each with what its participant is counted as: what they use is what their first session says, if it says anything.
const OF_PARTICIPANTS: &str = "
    SELECT *, min(began) OVER participant AS joined_at, argMin(uses, (began, session)) OVER participant AS client,
        max(ISSUES != 0) OVER participant AS has_issues
    FROM (SESSIONS) WINDOW participant AS (PARTITION BY of_account, of_room, person)";

/// From when on rooms are shown, of type `go` and others.
pub(super) fn shown_since(what: &str) -> String {
    let since = |what: &str| format!("(SELECT max(since) FROM kept WHERE what = '{what}')");
    format!("if(type = 1, {}, {})", since("go_rooms"), since(what))
}

pub(super) fn rooms_of(which: &str) -> String {
    rooms_with(which, None)
}

/// Rooms, with how many participants are like that as `matching`.
fn rooms_with(which: &str, participant: Option<&str>) -> String {
    let (sessions, matching, uses) = match participant {
        Some(condition) => (
            OF_PARTICIPANTS.replace("SESSIONS", SESSIONS),
            format!(", countIf({condition}) AS matching"),
            ", ifNull(min(client), '') AS uses",
        ),
        None => (SESSIONS.to_owned(), String::new(), ""),
    };
    ROOMS
        .replace("SESSIONS", &sessions)
        .replace("MATCHING", &matching)
        .replace("USES", uses)
        .replace("ROOM_TYPE", ROOM_TYPE)
        .replace("ISSUES", ISSUES)
        .replace("WHICH", which)
}

#[derive(Row, Deserialize)]
struct Found {
    value: i64,
    created_at: i64,
    number: i64,
    sid: String,
}

/// Among which rooms a page is looked for.
enum Among {
    /// All of the account.
    All,
    /// Those with these sids.
    Sids(Vec<String>),
    /// Those that were created then or later.
    Since(i64),
    /// Those that somebody joined then or later, and before another time.
    Joined(i64, i64),
}

/// How far back rooms are looked for before all are looked through.
const SPANS: [i64; 2] = [HOUR_MS, 24 * HOUR_MS];

/// Rooms with a session that began then or later: those that were created then or later, and some more.
const BEGUN_SINCE: &str =
    "SELECT word FROM found WHERE account = ? AND started_at >= ? AND startsWith(word, 'sid ')";

/// Rooms that a session named that began in a time. Not every batch has to name the room, nor to know when the session began.
const BEGUN_BETWEEN: &str = "SELECT word FROM found WHERE account = ? AND started_at >= ? AND startsWith(word, 'sid ') AND session GLOBAL IN (
    SELECT session FROM found WHERE account = ? AND started_at >= ? AND started_at < ?)";

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
                let begun = Condition(
                    BEGUN_SINCE.to_owned(),
                    vec![account(), Value::Number(*since)],
                );
                Self::of_words(account, &begun)
            }
            Self::Joined(after, before) => {
                let after = || Value::Number(*after);
                let before = Value::Number(*before);
                let begun = Condition(
                    BEGUN_BETWEEN.to_owned(),
                    vec![account(), after(), account(), after(), before],
                );
                Self::of_words(account, &begun)
            }
        }
    }

    /// Those with words that are asked for.
    fn of_words(account: impl Fn() -> Value, begun: &Condition) -> (Condition, Option<Condition>) {
        let Condition(words, values) = begun;
        let which = BY_WORD.replace("IN ?", &format!("GLOBAL IN ({words})"));
        let own = [account(), account()];
        let of_sessions = own.into_iter().chain(values.iter().cloned()).collect();
        // A session may have named another room first, of which nothing else is read: that is left out.
        let whole = format!("concat('sid ', sid) GLOBAL IN ({words})");
        (
            Condition(which, of_sessions),
            Some(Condition(whole, values.clone())),
        )
    }
}

/// Whether rooms are read with the least first.
const fn is_rising(query: &RoomQuery) -> bool {
    query.ascending != matches!(query.from, PageFrom::Before(_))
}

/// Among which rooms is looked that are not found by a word: of two times, the later is the shorter way.
fn among(query: &RoomQuery, created_after: Option<i64>) -> Among {
    let participant = query.participant.as_ref();
    let joined_after = participant.and_then(|it| it.joined_after);
    match (joined_after, created_after) {
        (Some(joined), created) if created.is_none_or(|created| created <= joined) => {
            let before = participant.and_then(|it| it.joined_before);
            Among::Joined(joined, before.unwrap_or(i64::MAX))
        }
        (_, Some(created)) => Among::Since(created),
        (_, None) => Among::All,
    }
}

const fn cursor(query: &RoomQuery) -> Option<Cursor> {
    match query.from {
        PageFrom::After(at) | PageFrom::Before(at) => Some(at),
        PageFrom::Start | PageFrom::Offset(_) => None,
    }
}

/// The latest time at which a room of the page can have been created.
fn latest(query: &RoomQuery) -> i64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|it| i64::try_from(it.as_millis()).ok())
        .unwrap_or(i64::MAX);
    let from = cursor(query).map(|at| at.created_at);
    [Some(now), query.created_before, from]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(now)
}

/// Of so many sessions that are found by a word each room is looked at.
const FEW: usize = 2000;

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
        let sids = self.searched(account, query).await?;
        let among = match (sids, query.created_after) {
            (Some(sids), _) if sids.is_empty() => return Ok(RoomPage::none(query)),
            (Some(sids), _) => Among::Sids(sids),
            (None, created_after) => among(query, created_after),
        };
        let (found, total) = tokio::try_join!(
            self.found(account, query, &among),
            self.counted(account, query, &among),
        )?;
        self.filled(account, query, found, total).await
    }

    /// The rooms of a page, and one more if there is one.
    async fn found(
        &self,
        account: &AccountSid,
        query: &RoomQuery,
        among: &Among,
    ) -> Result<Vec<Found>> {
        let is_by_time = query.sort == RoomSort::CreatedAt;
        if matches!(among, Among::Sids(_) | Among::Joined(..)) || !is_by_time {
            return self.page(account, query, among).await;
        }
        if is_rising(query) {
            // From the cursor on, whatever else is asked.
            let since = cursor(query).map(|at| at.created_at);
            return match since.max(query.created_after) {
                Some(since) => self.page(account, query, &Among::Since(since)).await,
                None => self.page(account, query, among).await,
            };
        }
        let until = latest(query);
        for span in SPANS {
            let since = until - span;
            if query.created_after.is_some_and(|after| after > since) {
                break;
            }
            let found = self.page(account, query, &Among::Since(since)).await?;
            if found.len() > query.limit {
                return Ok(found);
            }
        }
        self.page(account, query, among).await
    }

    /// A question for rooms among some, with what is put in.
    fn question(
        query: &RoomQuery,
        account: &AccountSid,
        among: &Among,
        more: Option<Condition>,
    ) -> (String, Vec<Value>) {
        let (which, whole) = among.conditions(account);
        let mut conditions = super::filter::conditions(query);
        conditions.extend(whole);
        if let Among::Since(since) = among {
            let values = vec![Value::Number(*since)];
            conditions.push(Condition("created_at >= ?".to_owned(), values));
        }
        conditions.extend(more);
        let participant = query.participant.as_ref().map(super::filter::participant);
        let (matching, values) = match participant {
            Some(Condition(text, values)) => {
                conditions.push(Condition("matching != 0".to_owned(), Vec::new()));
                (Some(text), values)
            }
            None => (None, Vec::new()),
        };
        let having: String = conditions
            .iter()
            .map(|it| format!(" AND {}", it.0))
            .collect();
        let from = format!(
            "FROM ({}) WHERE heard >= {}{having}",
            rooms_with(&which.0, matching.as_deref()),
            shown_since("rooms")
        );
        // What is asked of participants stands first.
        let values = values
            .into_iter()
            .chain(which.1)
            .chain(conditions.into_iter().flat_map(|it| it.1));
        (from, values.collect())
    }

    /// How many rooms match, if that is asked; `None` if there are too many.
    async fn counted(
        &self,
        account: &AccountSid,
        query: &RoomQuery,
        among: &Among,
    ) -> Result<Option<usize>> {
        if !query.count {
            return Ok(None);
        }
        let (from, values) = Self::question(query, account, among, None);
        let question = format!("SELECT toUInt64(count()) {from}");
        let asked = bound(self.client.query(&question), values);
        let total = asked.fetch_one::<u64>().await;
        let total = usize::try_from(total.map_err(|error| self.failed(&error))?).ok();
        Ok(total.filter(|total| *total <= MOST_COUNTED))
    }

    /// One room more than is asked for, if there is one.
    async fn page(
        &self,
        account: &AccountSid,
        query: &RoomQuery,
        among: &Among,
    ) -> Result<Vec<Found>> {
        let value = query.sort.name();
        let (order, sign) = if is_rising(query) {
            ("ASC", ">")
        } else {
            ("DESC", "<")
        };
        let beyond = cursor(query).map(|at| match query.sort {
            RoomSort::CreatedAt => Condition(
                format!("(created_at, number) {sign} (?, ?)"),
                [at.created_at, at.number].map(Value::Number).into(),
            ),
            _ => Condition(
                format!("({value}, created_at, number) {sign} (?, ?, ?)"),
                [at.value, at.created_at, at.number]
                    .map(Value::Number)
                    .into(),
            ),
        });
        let offset = match query.from {
            PageFrom::Offset(rooms) => rooms,
            _ => 0,
        };
        let limit = i64::try_from(query.limit)
            .unwrap_or(i64::MAX)
            .saturating_add(1);
        let (from, values) = Self::question(query, account, among, beyond);
        let question = format!(
            "SELECT {value} AS value, created_at, number, sid {from}
             ORDER BY value {order}, created_at {order}, number {order} LIMIT {limit} OFFSET {offset}"
        );
        let found = bound(self.client.query(&question), values);
        let found = found.fetch_all::<Found>().await;
        found.map_err(|error| self.failed(&error))
    }

    async fn filled(
        &self,
        account: &AccountSid,
        query: &RoomQuery,
        mut found: Vec<Found>,
        total: Option<usize>,
    ) -> Result<RoomPage> {
        let has_more = found.len() > query.limit;
        found.truncate(query.limit);
        if matches!(query.from, PageFrom::Before(_)) {
            found.reverse();
        }
        Ok(RoomPage {
            rooms: self.with_sessions(account, found).await?,
            has_more,
            total,
        })
    }

    /// The sids of the rooms that a question for a name, or for the beginning of a name or sid, is about; `None` if it is about no such thing, or
    /// about so many that the newest of them are found sooner among the newest.
    async fn searched(
        &self,
        account: &AccountSid,
        query: &RoomQuery,
    ) -> Result<Option<Vec<String>>> {
        // Of two questions both must hold: the narrower one is followed, the filter does the rest.
        let (which, words) = match (&query.name, &query.search) {
            (Some(name), _) => ("word = ?", vec![rows::name_word(name)]),
            (None, Some(prefix)) => (
                "(startsWith(word, ?) OR startsWith(word, ?))",
                vec![rows::sid_word(prefix), rows::name_word(prefix)],
            ),
            (None, None) => return Ok(None),
        };
        let question = format!(
            "SELECT ifNull(substring(min(room_sid), 9), concat('RM', lower(hex(session)))) AS sid FROM session
             WHERE account = ? AND session GLOBAL IN (SELECT DISTINCT session FROM found WHERE account = ? AND {which} LIMIT {}) GROUP BY session",
            FEW + 1
        );
        let account = || Value::Text(account.to_string());
        let words = words.into_iter().map(Value::Text);
        let values = [account(), account()].into_iter().chain(words);
        let asked = bound(self.client.query(&question), values.collect());
        let mut sids = asked
            .fetch_all::<String>()
            .await
            .map_err(|error| self.failed(&error))?;
        // Of more than a few some may be missing.
        if sids.len() > FEW {
            return Ok(None);
        }
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
                value: room.value,
                created_at: room.created_at,
                number: room.number,
            };
            // What left the room in between is there no more.
            let sessions = sessions.remove(&room.sid)?;
            Some((cursor, room.sid, sessions))
        });
        Ok(rooms.collect())
    }
}
