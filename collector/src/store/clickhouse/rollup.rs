//! Roll-ups: counted from a narrow row a session, because what repeats must not be added twice. SQL's counterpart of the model's
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
    FROM presence WHERE account = ? GROUP BY session";

/// Participants as their sessions make them, of the type that the first in the room says who says one. Keys begin with six bytes that are not the hash.
const PARTICIPANTS: &str = "
    SELECT *, bitAnd((min(first_type) OVER (PARTITION BY room)).4, 255) AS type FROM (
        SELECT substring(in_room, 6) AS room, substring(person, 6) AS participant, min(began) AS joined_at, max(until) AS left_at,
            min((kind = 18446744073709551615, began, session, kind)) AS first_type,
            argMin(uses, (began, session)) AS client, max(ISSUES) != 0 AS has_issues, arraySort(groupUniqArrayArray(changes)) AS recording
        FROM (SESSIONS) GROUP BY room, participant
    )";

const ROOMS: &str = "
SELECT intDiv(created_at, HOUR) AS hour, has_issues, toInt64(count()) AS n FROM (
    SELECT substring(in_room, 6) AS room, min(began) AS created_at, ROOM_TYPE AS type, max(ISSUES) != 0 AS has_issues
    FROM (SESSIONS) GROUP BY room
) WHERE WITHIN GROUP BY hour, has_issues ORDER BY hour, has_issues";

/// Grouped by all of a client first: the segment is read once of each.
const COUNTS: &str = "
SELECT hour, VALUE AS value, toInt64(sum(many)) AS n, toInt64(sum(of_these)) AS with_issues FROM (
    SELECT intDiv(joined_at, HOUR) AS hour, client, count() AS many, countIf(has_issues) AS of_these FROM (PARTICIPANTS) WHERE WITHIN
    GROUP BY hour, client
) GROUP BY hour, value ORDER BY hour, value";

/// A recording is on from a change to on until the next to off; one whose beginning was missed, from when they joined; one without an end, until
/// they left.
const TIMES: &str = "
SELECT hour, sumIf(ms, span.3 = 0) AS present, sumIf(ms, span.3 = 1) AS recorded FROM (
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
    )
) WHERE WITHIN GROUP BY hour HAVING present != 0 OR recorded != 0 ORDER BY hour";

#[derive(Row, Deserialize)]
struct RoomCount {
    hour: i64,
    has_issues: bool,
    n: i64,
}

#[derive(Row, Deserialize)]
struct ParticipantCount {
    hour: i64,
    value: String,
    n: i64,
    with_issues: i64,
}

#[derive(Row, Deserialize)]
struct Time {
    hour: i64,
    present: i64,
    recorded: i64,
}

impl Clickhouse {
    pub(super) async fn all_roll_ups(
        &self,
        account: &AccountSid,
        query: &RollUpQuery,
    ) -> Result<RollUps> {
        let asked = within(query);
        let counts = COUNTS.replace("VALUE", &value(query.segment));
        let (rooms, participants, time) = tokio::try_join!(
            self.rolled_up::<RoomCount>(account, ROOMS, &asked),
            self.rolled_up::<ParticipantCount>(account, &counts, &asked),
            self.rolled_up::<Time>(account, TIMES, &asked),
        )?;
        let named = |it: ParticipantCount| {
            let value = Some(it.value).filter(|it| !it.is_empty());
            (it.hour, value, it.n, it.with_issues)
        };
        Ok(RollUps {
            rooms: rooms
                .into_iter()
                .map(|it| (it.hour, it.has_issues, it.n))
                .collect(),
            participants: participants.into_iter().map(named).collect(),
            time: time
                .into_iter()
                .map(|it| (it.hour, it.present, it.recorded))
                .collect(),
        })
    }

    async fn rolled_up<T>(
        &self,
        account: &AccountSid,
        question: &str,
        within: &str,
    ) -> Result<Vec<T>>
    where
        T: clickhouse::RowOwned + clickhouse::RowRead,
    {
        let question = question
            .replace("PARTICIPANTS", PARTICIPANTS)
            .replace("SESSIONS", SESSIONS)
            .replace("ROOM_TYPE", ROOM_TYPE)
            .replace("ISSUES", ISSUES)
            .replace("WITHIN", within)
            .replace("HOUR", &HOUR_MS.to_string())
            .replace("MOST", &MOST.to_string());
        let found = self
            .client
            .query(&question)
            .bind(account.as_str())
            .fetch_all()
            .await;
        found.map_err(|error| self.failed(&error))
    }
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
        "hour >= {} AND hour < {} AND hour >= intDiv({}, HOUR){of_type}",
        query.from,
        query.to,
        shown_since("roll_ups")
    )
}
