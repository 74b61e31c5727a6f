//! Roll-ups: of hours that are over as they were counted (`settle.rs`), else counted from a narrow row a session. SQL's counterpart of the model's
//! [`Contribution`](crate::model::Contribution), which the tests hold to it.

use clickhouse::Row;
use serde::Deserialize;

use super::Clickhouse;
use super::read::{ISSUES, ROOM_TYPE, shown_since};
use super::rows::type_number;
use crate::model::{AccountSid, HOUR_MS, MOST, Segment};
use crate::store::{Result, RollUpQuery, RollUps};

/// Sessions as their rows make them.
const SESSIONS: &str = "
    SELECT session, min(started_at) AS began, greatest(ifNull(max(ended_at), max(last_at)), min(started_at)) AS until, min(room) AS in_room,
        min(participant) AS person, min(room_type) AS kind, ifNull(min(segments), '') AS uses, max(issues) AS tagged, maxMap(standing) AS stood,
        arraySlice(arraySort(groupUniqArrayArray(recording)), 1, MOST) AS changes
    FROM presence WHERE account = 'ACCOUNT'AMONG GROUP BY session";

/// Sessions of all rooms in which somebody was then or later: what is counted from then on is made of these.
const SINCE: &str = " AND session GLOBAL IN (SELECT session FROM member WHERE account = 'ACCOUNT' AND room GLOBAL IN (
        SELECT arrayJoin(rooms) FROM presence WHERE account = 'ACCOUNT' AND greatest(last_at, ifNull(ended_at, last_at)) >= FROM * HOUR))";

/// Participants as their sessions make them, of the type that the first in the room says who says one. Keys begin with six bytes that are not the hash.
const PARTICIPANTS: &str = "
    SELECT *, bitAnd((min(first_type) OVER (PARTITION BY room)).4, 255) AS type FROM (
        SELECT substring(in_room, 6) AS room, substring(person, 6) AS participant, min(began) AS joined_at, max(until) AS left_at,
            min((kind = 18446744073709551615, began, session, kind)) AS first_type,
            argMin(uses, (began, session)) AS client, max(ISSUES) != 0 AS has_issues, arraySort(groupUniqArrayArray(changes)) AS recording
        FROM (SESSIONS) GROUP BY room, participant
    )";

/// All that is counted of some hours, a row each: what it is, its value, the room's type, whether with issues, how many.
const COUNTS: &str = "
SELECT toUInt8(0) AS kind, intDiv(created_at, HOUR) AS hour, '' AS value, type, has_issues, toInt64(count()) AS n, toInt64(0) AS more FROM (
    SELECT substring(in_room, 6) AS room, min(began) AS created_at, ROOM_TYPE AS type, max(ISSUES) != 0 AS has_issues
    FROM (SESSIONS) GROUP BY room
) WHERE hour >= FROM AND hour < TO GROUP BY hour, type, has_issues
UNION ALL
SELECT segment.1 AS kind, hour, segment.2 AS value, type, has_issues, toInt64(sum(many)) AS n, toInt64(0) AS more FROM (
    SELECT intDiv(joined_at, HOUR) AS hour, client, type, has_issues, count() AS many FROM (PARTICIPANTS) WHERE hour >= FROM AND hour < TO
    GROUP BY hour, client, type, has_issues
) ARRAY JOIN [SEGMENTS] AS segment GROUP BY kind, hour, value, type, has_issues
UNION ALL
SELECT TIME AS kind, hour, '' AS value, type, false AS has_issues, sumIf(ms, span.3 = 0) AS n, sumIf(ms, span.3 = 1) AS more FROM (TIMES)
WHERE hour >= FROM AND hour < TO GROUP BY hour, type";

/// A recording is on from a change to on until the next to off; one whose beginning was missed, from when they joined; one without an end, until
/// they left.
const TIMES: &str = "
    SELECT type, arrayJoin(arrayConcat([(joined_at, left_at, 0)], arrayFilter(span -> span.1 < span.2,
            arrayMap(place -> (ends[2 * place - 1], ends[2 * place], 1), range(1, intDiv(length(ends), 2) + 1))))) AS span,
        arrayJoin(range(intDiv(span.1, HOUR), intDiv(span.2 - 1, HOUR) + 1)) AS hour,
        least(span.2, (hour + 1) * HOUR) - greatest(span.1, hour * HOUR) AS ms
    FROM (
        SELECT type, joined_at, left_at, arrayFilter((at, place) -> place = 1 OR bitAnd(at, 1) != bitAnd(recording[place - 1], 1),
                recording, arrayEnumerate(recording)) AS turns,
            if(empty(turns), [], arrayConcat(if(bitAnd(turns[1], 1) = 0, [joined_at], []),
                arrayMap(at -> greatest(least(intDiv(at, 2), left_at), joined_at), turns),
                if(bitAnd(turns[-1], 1) = 1, [left_at], []))) AS ends
        FROM (PARTICIPANTS)
    )";

/// The kind of what is counted as time. Rooms are 0, and each segment is one more than its number.
const TIME: u8 = 100;

#[derive(Row, Deserialize)]
struct Count {
    kind: u8,
    hour: i64,
    value: String,
    has_issues: bool,
    n: i64,
    more: i64,
}

const fn kind(segment: Segment) -> u8 {
    segment.number() + 1
}

/// The question for what is counted from sessions, of hours from one up to another.
pub(super) fn counts(account: &AccountSid, from: i64, to: i64, segments: &[Segment]) -> String {
    // From the first hour on it is all sessions.
    let among = if from > 0 { SINCE } else { "" };
    let segments = segments
        .iter()
        .map(|it| format!("({}, {})", kind(*it), value(*it)));
    let segments = segments.collect::<Vec<_>>().join(", ");
    COUNTS
        .replace("TIMES", TIMES)
        .replace("PARTICIPANTS", PARTICIPANTS)
        .replace("SESSIONS", SESSIONS)
        .replace("AMONG", among)
        .replace("SEGMENTS", &segments)
        .replace("ROOM_TYPE", ROOM_TYPE)
        .replace("ISSUES", ISSUES)
        .replace("ACCOUNT", account.as_str())
        .replace("FROM * HOUR", &format!("{}", from.saturating_mul(HOUR_MS)))
        .replace(
            "hour >= FROM AND hour < TO",
            &format!("hour >= {from} AND hour < {to}"),
        )
        .replace("HOUR", &HOUR_MS.to_string())
        .replace("MOST", &MOST.to_string())
        .replace("TIME AS kind", &format!("toUInt8({TIME}) AS kind"))
}

impl Clickhouse {
    /// Hours that nothing came for since they were counted are read as they were counted, and the others are counted now.
    pub(super) async fn all_roll_ups(
        &self,
        account: &AccountSid,
        query: &RollUpQuery,
    ) -> Result<RollUps> {
        let open = self
            .first_open(account)
            .await?
            .clamp(query.from, query.to.max(query.from));
        let mut parts = Vec::new();
        if query.from < open {
            let of = [0, kind(query.segment), TIME]
                .map(|it| it.to_string())
                .join(", ");
            parts.push(format!(
                "SELECT kind, hour, value, type, has_issues, n, more FROM counted WHERE account = '{account}' AND kind IN ({of})
                 AND hour >= {} AND hour < {open} AND (hour, version) IN (
                    SELECT hour, max(version) FROM counted_hour WHERE account = '{account}' AND hour >= {} AND hour < {open} GROUP BY hour)",
                query.from, query.from
            ));
        }
        if open < query.to {
            parts.push(counts(account, open, query.to, &[query.segment]));
        }
        if parts.is_empty() {
            return Ok(RollUps::default());
        }
        let question = format!(
            "SELECT kind, hour, value, has_issues, sum(n) AS n, sum(more) AS more FROM ({}) WHERE {}
             GROUP BY kind, hour, value, has_issues HAVING n != 0 OR more != 0 ORDER BY kind, hour, value, has_issues",
            parts.join(" UNION ALL "),
            within(query)
        );
        let found = self.client.query(&question).fetch_all::<Count>().await;
        Ok(rolled_up(found.map_err(|error| self.failed(&error))?))
    }
}

fn rolled_up(counts: Vec<Count>) -> RollUps {
    let mut all = RollUps::default();
    for it in counts {
        match it.kind {
            0 => all.rooms.push((it.hour, it.has_issues, it.n)),
            TIME => all.time.push((it.hour, it.n, it.more)),
            _ => {
                let value = Some(it.value).filter(|it| !it.is_empty());
                let with_issues = if it.has_issues { it.n } else { 0 };
                match all.participants.last_mut() {
                    // Those with issues come after those without.
                    Some(last) if last.0 == it.hour && last.1 == value => {
                        last.2 += it.n;
                        last.3 += with_issues;
                    }
                    _ => all.participants.push((it.hour, value, it.n, with_issues)),
                }
            }
        }
    }
    all
}

/// Of the segments of a client, which are an array of JSON. Nothing is unknown as nothing.
fn value(segment: Segment) -> String {
    match segment {
        Segment::All => "''".to_owned(),
        _ => format!(
            "JSONExtractString(substring(client, 9), {})",
            segment.number() + 1
        ),
    }
}

fn within(query: &RollUpQuery) -> String {
    let types = query
        .types
        .iter()
        .map(|it| type_number(Some(*it)).to_string());
    let types = types.collect::<Vec<_>>().join(", ");
    let of_type = if types.is_empty() {
        String::new()
    } else {
        format!(" AND type IN ({types})")
    };
    format!(
        "hour >= intDiv({}, {HOUR_MS}){of_type}",
        shown_since("roll_ups")
    )
}
