//! What any store is held to. `stores.rs` runs it over each.

#![expect(clippy::unwrap_used, reason = "tests")]

pub(crate) mod batches;
mod rooms;
mod sessions;
mod upkeep;

pub(crate) use rooms::*;
pub(crate) use sessions::*;
pub(crate) use upkeep::*;

use std::sync::Arc;

use callscope_collector::keys::{KeyKind, StoredKey};
use callscope_collector::model::{
    AccountSid, Codecs, HOUR_MS, Participant, Room, Segment, Session,
};
use callscope_collector::store::{
    Before, Cursor, IssueFilter, PageFrom, Recorded, RollUpQuery, RollUps, RoomQuery, Store,
};
use callscope_core::wire::{Batch, Event, Interval, IssueType, RoomType, Summary};
use serde_json::json;

use batches::{Call, MONDAY, change, contents, id, loss, read, recording};

pub(crate) type Shared = Arc<dyn Store>;

pub(crate) fn account(digit: char) -> AccountSid {
    format!("AC{}", digit.to_string().repeat(32))
        .parse()
        .unwrap()
}

pub(crate) async fn record(store: &Shared, batches: &[Batch]) {
    for batch in batches {
        store.record(&account('a'), batch.clone()).await.unwrap();
    }
}

/// Records batches as they come from many at a time, to one collector after the other.
pub(crate) async fn record_at_once(stores: &[Shared], batches: Vec<Batch>) {
    let mut waiting = Vec::new();
    for (place, batch) in batches.into_iter().enumerate() {
        let store = Arc::clone(&stores[place % stores.len()]);
        waiting.push(tokio::spawn(async move {
            store.record(&account('a'), batch).await
        }));
    }
    for recorded in waiting {
        recorded.await.unwrap().unwrap();
    }
}

/// All rooms.
pub(crate) fn everything() -> RoomQuery {
    RoomQuery {
        limit: 1000,
        ..RoomQuery::default()
    }
}

/// All roll-ups of a segment.
pub(crate) fn all_of(segment: Segment) -> RollUpQuery {
    RollUpQuery {
        from: 0,
        to: i64::MAX / HOUR_MS,
        segment,
        types: Vec::new(),
        has_issues: None,
    }
}

/// A session in its room, with all that is in it.
type Stored = (String, Session, Vec<Interval>, Vec<Event>, Option<Summary>);

/// Everything that a store answers of an account, in one order.
#[derive(Debug, PartialEq)]
pub(crate) struct Everything {
    sessions: Vec<Stored>,
    roll_ups: Vec<RollUps>,
}

pub(crate) async fn all_there_is(store: &Shared, account: &AccountSid) -> Everything {
    let mut sessions = Vec::new();
    let page = store.rooms(account, everything()).await.unwrap();
    assert!(!page.has_more);
    for (_, sid, of_room) in page.rooms {
        assert!(Room::of(&sid, &of_room).is_some(), "{sid} is empty");
        for session in of_room {
            let intervals = store.intervals(account, &session).await.unwrap();
            let mut events = store.events(account, &session).await.unwrap();
            events.sort_by_key(|event| serde_json::to_string(event).unwrap());
            let summary = store.summary(account, &session).await.unwrap();
            sessions.push((sid.clone(), session, intervals, events, summary));
        }
    }
    sessions.sort_by(|one, other| (&one.0, one.1.id).cmp(&(&other.0, other.1.id)));
    let mut roll_ups = Vec::new();
    for segment in Segment::ALL {
        for has_issues in [None, Some(true), Some(false)] {
            let query = RollUpQuery {
                has_issues,
                ..all_of(segment)
            };
            let mut found = store.roll_ups(account, query).await.unwrap();
            found.rooms.sort();
            found.participants.sort();
            found.time.sort();
            roll_ups.push(found);
        }
    }
    Everything { sessions, roll_ups }
}

async fn room(store: &Shared, sid: &str) -> Option<Room> {
    let sessions = store.sessions(&account('a'), sid).await.unwrap();
    Room::of(sid, &sessions)
}

async fn only_participant(store: &Shared, sid: &str) -> Participant {
    let mut room = room(store, sid).await.unwrap();
    assert_eq!(room.participants.len(), 1);
    room.participants.remove(0)
}

/// A few sessions with all that can happen, in batches.
pub(crate) fn story() -> Vec<Batch> {
    let mut late = Call::new(2, "RM1");
    late.room = json!(null);
    let mut no_sid = Call::new(3, "RM1");
    no_sid.participant = json!(null);
    // The same person once more, in a second session that overlaps.
    let mut again = Call::new(4, "RM1");
    again.participant = json!({"sid": "PA1", "identity": "another name"});
    again.start += 50_000;
    let mut dropped = Call::new(1, "RM1").json(3);
    dropped["dropped"] = json!({"expired": 2, "full": 1});
    let one = Call::new(1, "RM1");
    vec![
        one.batch(0),
        one.with_events(
            1,
            &json!([
                recording(MONDAY + 31_000, true),
                change("MT1", MONDAY + 33_000, true)
            ]),
        ),
        one.with_events(
            2,
            &json!([
                recording(MONDAY + 65_000, false),
                change("MT1", MONDAY + 70_000, false)
            ]),
        ),
        read(dropped),
        one.last(4, &json!([loss("MT1")])),
        late.batch(0),
        Call::new(2, "RM1").batch(1),
        // Another room than it was in: the first that was named stands.
        Call::new(2, "RM2").batch(2),
        no_sid.batch(0),
        no_sid.with_events(
            1,
            &json!([
                change("MT3", MONDAY + 33_000, true),
                recording(MONDAY + 35_000, true)
            ]),
        ),
        again.batch(0),
        again.last(1, &json!([])),
    ]
}
