//! What any [`History`] is held to. The tests of each run all of it:
//!
//! ```
//! mod over_memory {
//!     fn memory() -> ((), std::sync::Arc<callscope_insights::Memory>) {
//!         Default::default()
//!     }
//!     callscope_contract::contract!(memory);
//! }
//! ```

#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(clippy::must_use_candidate, reason = "tests use what they make")]
#![expect(missing_docs, reason = "the names of tests say what they hold")]

pub mod batches;
mod behind;
mod rooms;
mod sessions;
mod upkeep;

pub use behind::*;
pub use rooms::*;
pub use sessions::*;
pub use upkeep::*;

use std::sync::Arc;

use callscope_core::wire::{Batch, Event, Interval, IssueType, RoomType, Summary};
use callscope_insights::history::{
    Before, Cursor, History, IssueFilter, PageFrom, Recorded, RollUpQuery, RollUps, RoomQuery,
    RoomSort,
};
use callscope_insights::model::{AccountSid, Codecs, HOUR_MS, Participant, Room, Segment, Session};
use serde_json::json;

use batches::{Call, MONDAY, change, contents, id, loss, read, recording};

/// Makes a test of each promise. `$open` gives something to hold on to meanwhile, and a history in an `Arc`. One whose database is behind a network is
/// `untimed`: what a batch costs there, one after the other, is the way to it.
#[macro_export]
macro_rules! contract {
    ($open:path) => {
        $crate::contract!($open, untimed);
        $crate::contract!($open: a_batch_costs_the_same_in_a_large_room,);
    };
    ($open:path, untimed) => {
        $crate::contract! {
            $open:
            what_was_sent_is_given_back,
            a_repeated_batch_changes_nothing,
            the_last_batch_may_come_first,
            a_session_without_an_end_has_the_tags_that_stood,
            a_room_that_is_named_late_takes_its_session_along,
            rooms_are_found_by_each_filter,
            rooms_are_found_among_many,
            pages_go_on_and_back,
            rooms_are_sorted_by_each,
            rooms_are_found_by_who_was_in_them,
            who_was_there_is_as_they_came_to_be,
            pages_of_rooms_with_somebody_go_on_and_back,
            roll_ups_are_what_the_rooms_say,
            the_type_of_a_room_decides_once_it_is_known,
            accounts_do_not_see_each_other,
            purging_keeps_what_is_to_be_kept,
            purging_goes_through_many,
            many_at_once_are_each_kept_once,
        }
    };
    ($open:path: $($name:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let (_held, history) = $open();
                $crate::$name(history).await;
            }
        )*
    };
}

pub fn account(digit: char) -> AccountSid {
    format!("AC{}", digit.to_string().repeat(32))
        .parse()
        .unwrap()
}

pub async fn record<H: History + ?Sized>(store: &Arc<H>, batches: &[Batch]) {
    for batch in batches {
        store.record(&account('a'), batch.clone()).await.unwrap();
    }
}

/// Records batches as they come from many at a time, to one history after the other.
pub async fn record_at_once<H: History + ?Sized + 'static>(stores: &[Arc<H>], batches: Vec<Batch>) {
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
pub fn everything() -> RoomQuery {
    RoomQuery {
        limit: 1000,
        ..RoomQuery::default()
    }
}

/// All roll-ups of a segment.
pub fn all_of(segment: Segment) -> RollUpQuery {
    RollUpQuery {
        from: 0,
        to: i64::MAX / HOUR_MS,
        segment,
        types: Vec::new(),
    }
}

/// A session in its room, with all that is in it.
type Stored = (String, Session, Vec<Interval>, Vec<Event>, Option<Summary>);

/// Everything that a store answers of an account, in one order.
#[derive(Debug, PartialEq)]
pub struct Everything {
    sessions: Vec<Stored>,
    roll_ups: Vec<RollUps>,
}

pub async fn all_there_is<H: History + ?Sized>(store: &Arc<H>, account: &AccountSid) -> Everything {
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
        for types in [Vec::new(), vec![RoomType::Group], vec![RoomType::Go]] {
            let query = RollUpQuery {
                types,
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

async fn room<H: History + ?Sized>(store: &Arc<H>, sid: &str) -> Option<Room> {
    let sessions = store.sessions(&account('a'), sid).await.unwrap();
    Room::of(sid, &sessions)
}

async fn only_participant<H: History + ?Sized>(store: &Arc<H>, sid: &str) -> Participant {
    let mut room = room(store, sid).await.unwrap();
    assert_eq!(room.participants.len(), 1);
    room.participants.remove(0)
}

/// A few sessions with all that can happen, in batches.
pub fn story() -> Vec<Batch> {
    let mut late = Call::new(2, "RM1");
    late.room = json!(null);
    let mut no_sid = Call::new(3, "RM1");
    no_sid.participant = json!(null);
    // The same person once more, in a second session that overlaps.
    let mut again = Call::new(4, "RM1");
    again.participant = json!({"sid": "PA1", "identity": "another name"});
    again.start += 50_000;
    // One who came before them all and knows of the room no more than its sid, and one who says that it is another.
    let mut early = Call::new(5, "RM1");
    early.room = json!({"sid": "RM1", "name": null, "type": null});
    early.start -= 5_000;
    let mut other = Call::new(6, "RM1");
    other.room["type"] = json!("go");
    other.start += 10_000;
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
        early.batch(0),
        early.batch(1),
        other.batch(0),
        // Nothing is measured in it, and it knows that it began before all others: then it is who says what the room is.
        begun_earlier(&other, 1, MONDAY - 20_000),
    ]
}

/// The story in any order, with repetitions, one by one or all at once: the same is kept.
pub async fn any_order_makes_the_same<H: History + ?Sized + 'static>(
    expected: Arc<H>,
    store: Arc<H>,
    order: &[usize],
    at_once: bool,
) {
    record(&expected, &story()).await;
    let story = story();
    let batches: Vec<_> = order.iter().map(|&place| story[place].clone()).collect();
    if at_once {
        let mut waiting = Vec::new();
        for batch in batches {
            let store = Arc::clone(&store);
            waiting.push(tokio::spawn(async move {
                store.record(&account('a'), batch).await
            }));
        }
        for recorded in waiting {
            recorded.await.unwrap().unwrap();
        }
    } else {
        record(&store, &batches).await;
    }
    assert_eq!(
        all_there_is(&store, &account('a')).await,
        all_there_is(&expected, &account('a')).await
    );
}

/// An empty batch of a session that began earlier than was known.
pub fn begun_earlier(call: &Call, seq: u32, at: i64) -> Batch {
    let mut batch = call.json(seq);
    batch["started_at"] = json!(at);
    batch["intervals"] = json!([]);
    read(batch)
}
