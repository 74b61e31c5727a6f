//! What any store is held to. `stores.rs` runs it over each.

#![expect(clippy::unwrap_used, reason = "tests")]

pub(crate) mod batches;

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

pub(crate) async fn what_was_sent_is_given_back(store: Shared) {
    let call = Call::new(1, "RM1");
    let sent = [
        call.batch(0),
        call.with_events(
            1,
            &json!([
                change("MT1", MONDAY + 40_000, true),
                recording(MONDAY + 45_000, true)
            ]),
        ),
        call.last(2, &json!([loss("MT1")])),
    ];
    for batch in &sent {
        let recorded = store.record(&account('a'), batch.clone()).await.unwrap();
        assert_eq!(recorded, Recorded::New);
    }
    let sessions = store.sessions(&account('a'), "RM1").await.unwrap();
    assert_eq!(sessions.len(), 1);
    let session = &sessions[0];
    assert_eq!(session.id, id(1));
    assert_eq!(session.ended_at, Some(MONDAY + 90_000));
    let (mut intervals, events) = contents(&sent);
    intervals.sort_by_key(|it| (it.start(), matches!(it, Interval::Connection(_))));
    assert_eq!(
        store.intervals(&account('a'), session).await.unwrap(),
        intervals
    );
    assert_eq!(store.events(&account('a'), session).await.unwrap(), events);
    assert_eq!(
        store.summary(&account('a'), session).await.unwrap(),
        sent[2].end.clone().map(|end| end.summary)
    );
    let participant = only_participant(&store, "RM1").await;
    assert_eq!(participant.identity.as_deref(), Some("person 1"));
    assert_eq!(participant.client.browser.name.as_deref(), Some("Firefox"));
    assert_eq!(participant.codecs.names(), ["VP8"]);
    assert_eq!(participant.issues.len(), 1);
    assert_eq!(participant.recorded_ms(), Some(45_000));
}

pub(crate) async fn a_repeated_batch_changes_nothing(store: Shared) {
    let call = Call::new(1, "RM1");
    let batches = [call.batch(0), call.batch(1), call.last(2, &json!([]))];
    record(&store, &batches).await;
    let before = all_there_is(&store, &account('a')).await;
    for batch in &batches {
        // As a client sends it once more.
        let mut again = batch.clone();
        again.sent_at += 60_000;
        let recorded = store.record(&account('a'), again).await.unwrap();
        assert_eq!(recorded, Recorded::Repeated);
    }
    assert_eq!(all_there_is(&store, &account('a')).await, before);
}

pub(crate) async fn the_last_batch_may_come_first(store: Shared) {
    let call = Call::new(1, "RM1");
    record(&store, &[call.last(2, &json!([loss("MT1")]))]).await;
    let early = only_participant(&store, "RM1").await;
    assert!(early.is_over && early.tags().any());
    record(&store, &[call.batch(0), call.batch(1)]).await;
    let late = only_participant(&store, "RM1").await;
    assert_eq!(late, early);
    let sessions = store.sessions(&account('a'), "RM1").await.unwrap();
    let intervals = store.intervals(&account('a'), &sessions[0]).await.unwrap();
    assert_eq!(intervals.len(), 18);
}

pub(crate) async fn a_session_without_an_end_has_the_tags_that_stood(store: Shared) {
    let call = Call::new(1, "RM1");
    let raised = call.with_events(0, &json!([change("MT1", MONDAY + 10_000, true)]));
    let cleared = call.with_events(1, &json!([change("MT1", MONDAY + 40_000, false)]));
    // Whatever comes first, the later change stands.
    record(&store, &[cleared, raised]).await;
    let participant = only_participant(&store, "RM1").await;
    assert!(!participant.tags().any());
    assert!(!participant.is_over);
    assert!(participant.is_live(MONDAY + 61_000, 300_000));
    assert!(!participant.is_live(MONDAY + 360_001, 300_000));
    let again = call.with_events(2, &json!([change("MT1", MONDAY + 70_000, true)]));
    record(&store, &[again]).await;
    let participant = only_participant(&store, "RM1").await;
    assert_eq!(participant.issues.len(), 1);
    assert_eq!(participant.issues[0].r#type, IssueType::PacketLoss);
    assert_eq!(participant.issues[0].tracks, ["MT1"]);
}

pub(crate) async fn a_room_that_is_named_late_takes_its_session_along(store: Shared) {
    let mut call = Call::new(1, "RM1");
    call.room = json!(null);
    call.participant = json!(null);
    record(&store, &[call.batch(0)]).await;
    let own = format!("RM{}", id(1).simple());
    let alone = only_participant(&store, &own).await;
    assert_eq!(alone.sid, format!("PA{}", id(1).simple()));
    let named = Call::new(1, "RM1");
    record(&store, &[named.batch(1)]).await;
    assert_eq!(room(&store, &own).await, None);
    assert_eq!(only_participant(&store, "RM1").await.sid, "PA1");
    let found = all_there_is(&store, &account('a')).await;
    assert_eq!(found.roll_ups[0].rooms, [(MONDAY / HOUR_MS, false, 1)]);
    assert_eq!(
        found.roll_ups[0].participants,
        [(MONDAY / HOUR_MS, None, 1)]
    );
    assert_eq!(found.roll_ups[0].time, [(MONDAY / HOUR_MS, 60_000, 0)]);
}

pub(crate) async fn rooms_are_found_by_each_filter(store: Shared) {
    let mut batches = Vec::new();
    for number in 0..10_u32 {
        let mut call = Call::new(number, &format!("RM{number}"));
        call.start = MONDAY + i64::from(number) * 60_000;
        call.room["type"] =
            json!(["group", "go", "peer_to_peer", "group_small"][number as usize % 4]);
        let issues = if number < 3 {
            json!([loss("MT")])
        } else {
            json!([])
        };
        batches.push(call.last(0, &issues));
    }
    record(&store, &batches).await;
    let mut opus = Call::new(99, "RM99").json(0);
    opus["intervals"][0]["codec"] = json!("audio/opus (111, minptime=10)");
    opus["started_at"] = json!(MONDAY - 1);
    record(&store, &[read(opus)]).await;
    let ask = async |query: RoomQuery| -> Vec<String> {
        let query = RoomQuery {
            limit: 100,
            ..query
        };
        let page = store.rooms(&account('a'), query).await.unwrap();
        page.rooms.into_iter().map(|(_, sid, _)| sid).collect()
    };
    let all: Vec<String> = (0..10)
        .rev()
        .map(|it| format!("RM{it}"))
        .chain(["RM99".to_owned()])
        .collect();
    assert_eq!(ask(RoomQuery::default()).await, all);
    let types = vec![RoomType::Go, RoomType::PeerToPeer];
    assert_eq!(
        ask(RoomQuery {
            types,
            ..RoomQuery::default()
        })
        .await,
        ["RM9", "RM6", "RM5", "RM2", "RM1"]
    );
    let codecs = Codecs::named("opus").unwrap();
    assert_eq!(
        ask(RoomQuery {
            codecs,
            ..RoomQuery::default()
        })
        .await,
        ["RM99"]
    );
    let name = Some("name of RM4".to_owned());
    assert_eq!(
        ask(RoomQuery {
            name,
            ..RoomQuery::default()
        })
        .await,
        ["RM4"]
    );
    for search in ["name of RM4", "RM4"] {
        let search = Some(search.to_owned());
        assert_eq!(
            ask(RoomQuery {
                search,
                ..RoomQuery::default()
            })
            .await,
            ["RM4"]
        );
    }
    let created_after = Some(MONDAY + 480_000);
    assert_eq!(
        ask(RoomQuery {
            created_after,
            ..RoomQuery::default()
        })
        .await,
        ["RM9", "RM8"]
    );
    let created_before = Some(MONDAY + 60_000);
    assert_eq!(
        ask(RoomQuery {
            created_before,
            ..RoomQuery::default()
        })
        .await,
        ["RM0", "RM99"]
    );
    for (issues, expected) in [
        (IssueFilter::With, 3),
        (IssueFilter::Without, 8),
        (IssueFilter::Any(1), 3),
        (IssueFilter::Any(2), 0),
    ] {
        let issues = Some(issues);
        assert_eq!(
            ask(RoomQuery {
                issues,
                ..RoomQuery::default()
            })
            .await
            .len(),
            expected
        );
    }
    let search = Some("' OR 1=1 --".to_owned());
    assert!(
        ask(RoomQuery {
            search,
            ..RoomQuery::default()
        })
        .await
        .is_empty()
    );
}

pub(crate) async fn pages_go_on_and_back(store: Shared) {
    let batches: Vec<Batch> = (0..7)
        .map(|number| Call::new(number, &format!("RM{number}")).batch(0))
        .collect();
    // All at the same time: then it is the store's number that orders them.
    record(&store, &batches).await;
    let ask = async |from: PageFrom| {
        let query = RoomQuery {
            from,
            limit: 3,
            ..RoomQuery::default()
        };
        let page = store.rooms(&account('a'), query).await.unwrap();
        let sids: Vec<String> = page.rooms.iter().map(|room| room.1.clone()).collect();
        let cursors: Vec<Cursor> = page.rooms.iter().map(|room| room.0).collect();
        (sids, cursors, page.has_more)
    };
    let (first, cursors, has_more) = ask(PageFrom::Start).await;
    assert!(has_more && first.len() == 3);
    let (second, next, has_more) = ask(PageFrom::After(cursors[2])).await;
    assert!(has_more && second.len() == 3);
    let (third, _, has_more) = ask(PageFrom::After(next[2])).await;
    assert!(!has_more && third.len() == 1);
    let mut all = [first.clone(), second.clone(), third.clone()].concat();
    all.sort();
    assert_eq!(all, (0..7).map(|it| format!("RM{it}")).collect::<Vec<_>>());
    let (back, _, has_more) = ask(PageFrom::Before(next[0])).await;
    assert_eq!(back, first);
    assert!(!has_more);
    assert_eq!(ask(PageFrom::Offset(6)).await.0, third);
}

pub(crate) async fn roll_ups_are_what_the_rooms_say(store: Shared) {
    let mut batches = Vec::new();
    for number in 0..6_u32 {
        let mut call = Call::new(number, if number < 4 { "RM1" } else { "RM2" });
        call.start = MONDAY + HOUR_MS - 45_000;
        batches.push(call.batch(0));
        batches.push(call.with_events(
            1,
            &json!([
                recording(call.start + 30_000, true),
                recording(call.start + 50_000, false)
            ]),
        ));
        let issues = if number == 5 {
            json!([loss("MT5")])
        } else {
            json!([])
        };
        batches.push(call.last(2, &issues));
    }
    record(&store, &batches).await;
    let hour = MONDAY / HOUR_MS;
    let all = store
        .roll_ups(&account('a'), all_of(Segment::Browser))
        .await
        .unwrap();
    let mut rooms = all.rooms;
    rooms.sort();
    assert_eq!(rooms, [(hour, false, 1), (hour, true, 1)]);
    let mut participants = all.participants;
    participants.sort();
    let named = |name: &str| Some(name.to_owned());
    assert_eq!(
        participants,
        [(hour, named("Chrome"), 3), (hour, named("Firefox"), 3)]
    );
    let mut time = all.time;
    time.sort();
    assert_eq!(
        time,
        [
            (hour, 6 * 45_000, 6 * 15_000),
            (hour + 1, 6 * 45_000, 6 * 5_000)
        ]
    );
    let ask = async |query: RollUpQuery| store.roll_ups(&account('a'), query).await.unwrap();
    let with = ask(RollUpQuery {
        has_issues: Some(true),
        ..all_of(Segment::DeviceManufacturer)
    })
    .await;
    assert_eq!(with.participants, [(hour, None, 1)]);
    let later = ask(RollUpQuery {
        from: hour + 1,
        ..all_of(Segment::All)
    })
    .await;
    assert_eq!(
        (
            later.rooms.len(),
            later.participants.len(),
            later.time.len()
        ),
        (0, 0, 1)
    );
    let go = ask(RollUpQuery {
        types: vec![RoomType::Go],
        ..all_of(Segment::All)
    })
    .await;
    assert_eq!(go, RollUps::default());
}

pub(crate) async fn accounts_do_not_see_each_other(store: Shared) {
    let call = Call::new(1, "RM1");
    let batch = call.last(0, &json!([loss("MT1")]));
    record(&store, std::slice::from_ref(&batch)).await;
    let before = all_there_is(&store, &account('a')).await;
    // Another account with the same sids, the same session and the same batch.
    let mut other = call.clone();
    other.participant["identity"] = json!("somebody else");
    other.start += 1_000;
    let recorded = store.record(&account('b'), other.batch(0)).await.unwrap();
    assert_eq!(recorded, Recorded::New);
    assert_eq!(all_there_is(&store, &account('a')).await, before);
    let theirs = store.sessions(&account('b'), "RM1").await.unwrap();
    assert_eq!(
        Room::of("RM1", &theirs).unwrap().participants[0]
            .identity
            .as_deref(),
        Some("somebody else")
    );
    assert_eq!(
        store.summary(&account('b'), &theirs[0]).await.unwrap(),
        None
    );
    assert!(
        store
            .sessions(&account('c'), "RM1")
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store
            .intervals(&account('c'), &theirs[0])
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store
            .rooms(&account('c'), everything())
            .await
            .unwrap()
            .rooms
            .is_empty()
    );
    assert_eq!(
        store
            .roll_ups(&account('c'), all_of(Segment::All))
            .await
            .unwrap(),
        RollUps::default()
    );
}

pub(crate) async fn purging_keeps_what_is_to_be_kept(store: Shared) {
    const DAY: i64 = 86_400_000;
    let mut batches = Vec::new();
    for (number, days, kind) in [
        (1, 15, "group"),
        (2, 8, "group"),
        (3, 3, "go"),
        (4, 3, "group"),
        (5, 1, "go"),
    ] {
        let mut call = Call::new(number, &format!("RM{number}"));
        call.start = MONDAY - days * DAY;
        call.room["type"] = json!(kind);
        batches.push(call.last(0, &json!([])));
    }
    // A room that goes on for days is not old.
    let mut long = Call::new(6, "RM6");
    long.start = MONDAY - 9 * DAY;
    let mut last = long.json(1);
    last["intervals"][0]["start"] = json!(MONDAY - DAY);
    batches.push(long.batch(0));
    batches.push(read(last));
    record(&store, &batches).await;
    let before = Before {
        rooms: MONDAY - 7 * DAY,
        go_rooms: MONDAY - 2 * DAY,
        roll_ups: MONDAY - 14 * DAY,
    };
    let purged = store.purge(before).await.unwrap();
    assert_eq!((purged.rooms, purged.sessions, purged.batches), (3, 3, 3));
    let left = store.rooms(&account('a'), everything()).await.unwrap();
    let left: Vec<String> = left.rooms.into_iter().map(|room| room.1).collect();
    assert_eq!(left, ["RM5", "RM4", "RM6"]);
    let counted = store
        .roll_ups(&account('a'), all_of(Segment::All))
        .await
        .unwrap();
    let mut hours: Vec<i64> = counted
        .rooms
        .iter()
        .map(|it| (MONDAY / HOUR_MS - it.0) / 24)
        .collect();
    hours.sort();
    // The one of 8 days ago is counted still, the `go` room of 3 days ago no more.
    assert_eq!(hours, [1, 3, 8, 9]);
    assert_eq!(store.purge(before).await.unwrap().rooms, 0);
}

pub(crate) async fn purging_goes_through_many(store: Shared) {
    let batches: Vec<Batch> = (0..250)
        .map(|number| Call::new(number, &format!("RM{number}")).batch(0))
        .collect();
    record(&store, &batches).await;
    let before = Before {
        rooms: MONDAY + 60_000,
        go_rooms: MONDAY + 60_000,
        roll_ups: MONDAY + 2 * HOUR_MS,
    };
    let purged = store.purge(before).await.unwrap();
    assert_eq!((purged.rooms, purged.batches), (250, 250));
    assert!(
        store
            .rooms(&account('a'), everything())
            .await
            .unwrap()
            .rooms
            .is_empty()
    );
    assert_eq!(
        store
            .roll_ups(&account('a'), all_of(Segment::Sdk))
            .await
            .unwrap(),
        RollUps::default()
    );
}

pub(crate) async fn keys_are_kept_until_they_are_revoked(store: Shared) {
    assert!(store.keys().await.unwrap().is_empty());
    let (ingest, _) = StoredKey::new(account('a'), KeyKind::Ingest, "the app".to_owned()).unwrap();
    let (read, _) = StoredKey::new(account('b'), KeyKind::Read, String::new()).unwrap();
    store.add_key(ingest.clone()).await.unwrap();
    store.add_key(read.clone()).await.unwrap();
    assert!(store.add_key(read.clone()).await.is_err());
    let mut keys = store.keys().await.unwrap();
    keys.sort_by_key(|key| key.kind.name());
    assert_eq!(keys, [ingest.clone(), read.clone()]);
    assert!(store.revoke_key(&ingest.sid).await.unwrap());
    assert!(!store.revoke_key(&ingest.sid).await.unwrap());
    assert_eq!(store.keys().await.unwrap(), [read]);
    store.check().await.unwrap();
}

pub(crate) async fn many_at_once_are_each_kept_once(store: Shared) {
    let mut waiting = Vec::new();
    for number in 0..40_u32 {
        let call = Call::new(number, &format!("RM{}", number / 4));
        for seq in [0, 1, 0, 2, 1] {
            let (store, batch) = (Arc::clone(&store), call.batch(seq));
            waiting.push(tokio::spawn(async move {
                store.record(&account('a'), batch).await
            }));
        }
    }
    let mut new = 0;
    for recorded in waiting {
        new += usize::from(recorded.await.unwrap().unwrap() == Recorded::New);
    }
    assert_eq!(new, 120);
    let found = all_there_is(&store, &account('a')).await;
    assert_eq!(found.sessions.len(), 40);
    assert!(found.sessions.iter().all(|session| session.2.len() == 18));
    let hour = MONDAY / HOUR_MS;
    assert_eq!(found.roll_ups[0].rooms, [(hour, false, 10)]);
    assert_eq!(found.roll_ups[0].participants, [(hour, None, 40)]);
    assert_eq!(found.roll_ups[0].time, [(hour, 40 * 90_000, 0)]);
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
