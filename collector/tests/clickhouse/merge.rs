//! Whatever comes in whatever order, however often and through whichever collector, and whenever ClickHouse merges it: what is answered is what
//! SQLite answers, figure by figure.

use std::sync::Arc;

use callscope_collector::config::Retention;
use callscope_collector::model::{HOUR_MS, Segment};
use callscope_collector::store::{
    IssueFilter, PageFrom, ParticipantQuery, Recorded, RollUpQuery, RoomQuery, Sqlite, Uses,
};
use callscope_contract::batches::{Call, loss, read};
use callscope_contract::{
    account, all_of, all_there_is, check_participants, everything, record, record_at_once, story,
};
use callscope_core::wire::RoomType;
use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;

use crate::simulated::{batches, plan};
use crate::{Shared, engine, open};

pub(crate) fn sqlite() -> (TempDir, Shared) {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("callscope.db")).unwrap();
    (folder, Arc::new(store))
}

/// Merges all that there is to merge, now.
fn merge(address: &str) {
    for table in [
        "batch", "session", "found", "presence", "member", "kept", "key",
    ] {
        engine::ask(address, &format!("OPTIMIZE TABLE {table} FINAL"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn any_order_repetition_collector_and_merge_makes_what_sqlite_makes(
        order in Just((0..story().len()).collect::<Vec<_>>()).prop_shuffle(),
        repeated in prop::collection::vec((0..story().len(), 0..story().len()), 0..12),
        at_once in any::<bool>(),
        collectors in 1..3_usize,
        is_merged in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let (_folder, expected) = sqlite();
            record(&expected, &story()).await;
            let mut order = order;
            for (which, place) in repeated {
                order.insert(place.min(order.len()), which);
            }
            let story = story();
            let batches: Vec<_> = order.iter().map(|&place| story[place].clone()).collect();
            let address = engine::database();
            let mut stores = Vec::new();
            for _ in 0..collectors {
                stores.push(open(&address).await);
            }
            if at_once {
                record_at_once(&stores, batches).await;
            } else {
                for (place, batch) in batches.iter().enumerate() {
                    record(&stores[place % stores.len()], std::slice::from_ref(batch)).await;
                }
            }
            if is_merged {
                merge(&address);
            }
            assert_eq!(
                all_there_is(&stores[0], &account('a')).await,
                all_there_is(&expected, &account('a')).await
            );
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_comes_again_through_another_collector_or_much_later_changes_nothing() {
    let address = engine::database();
    let first = open(&address).await;
    record(&first, &story()).await;
    let before = all_there_is(&first, &account('a')).await;
    merge(&address);
    // A collector that was just started, or another one, knows nothing of what was stored: it is the database that does.
    let other = open(&address).await;
    for mut batch in story() {
        batch.sent_at += 3_600_000;
        other.record(&account('a'), batch).await.unwrap();
    }
    assert_eq!(all_there_is(&first, &account('a')).await, before);
    merge(&address);
    assert_eq!(all_there_is(&other, &account('a')).await, before);
    let rows = engine::ask(
        &address,
        "SELECT count(), uniqExact(account, session, batch) FROM batch",
    );
    let all = story().len();
    assert_eq!(rows, format!("{all}\t{all}\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_batches_with_one_name_one_stands_whenever_they_are_merged() {
    let address = engine::database();
    let store = open(&address).await;
    let one = Call::new(1, "RM1").json(0);
    let mut other = one.clone();
    other["intervals"][0]["bitrate_bps"] = json!(1);
    other["dropped"] = json!({"full": 7});
    let mut third = one.clone();
    third["dropped"] = json!({"full": 9});
    for batch in [one, other, third] {
        // Each by a collector of its own, which has not seen the others.
        let store = open(&address).await;
        assert_eq!(
            store.record(&account('a'), read(batch)).await.unwrap(),
            Recorded::New
        );
    }
    let before = all_there_is(&store, &account('a')).await;
    merge(&address);
    assert_eq!(all_there_is(&store, &account('a')).await, before);
    let sessions = store.sessions(&account('a'), "RM1").await.unwrap();
    assert_eq!(sessions[0].facts.dropped.values().sum::<u64>(), 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_simulated_day_is_counted_and_found_as_over_sqlite() {
    let (_folder, expected) = sqlite();
    let address = engine::database();
    let store = open(&address).await;
    let mut day = batches(plan(120));
    // Whoever is recorded, and whoever never told their end.
    for (place, batch) in day.iter_mut().enumerate() {
        if place % 7 == 0 {
            batch.end = None;
        }
    }
    record(&expected, &day).await;
    record_at_once(std::slice::from_ref(&store), day).await;
    let same =
        all_there_is(&expected, &account('a')).await == all_there_is(&store, &account('a')).await;
    assert!(same, "sessions or roll-ups differ");
    let mut asked = Vec::new();
    for segment in Segment::ALL {
        for types in [
            vec![RoomType::Go],
            vec![RoomType::Group, RoomType::PeerToPeer],
        ] {
            asked.push(RollUpQuery {
                types,
                ..all_of(segment)
            });
        }
        let now = crate::simulated::END / HOUR_MS;
        asked.push(RollUpQuery {
            from: now - 10,
            to: now - 3,
            ..all_of(segment)
        });
    }
    for query in asked {
        let mut pair = Vec::new();
        for store in [&expected, &store] {
            let mut found = store.roll_ups(&account('a'), query.clone()).await.unwrap();
            found.rooms.sort();
            found.participants.sort();
            found.time.sort();
            pair.push(found);
        }
        assert_eq!(pair[0], pair[1], "{query:?}");
    }
    for issues in [
        IssueFilter::With,
        IssueFilter::Without,
        IssueFilter::Any(1),
        IssueFilter::Any(2),
    ] {
        let query = RoomQuery {
            issues: Some(issues),
            types: vec![RoomType::Group],
            ..everything()
        };
        let mut pair = Vec::new();
        for store in [&expected, &store] {
            let page = store.rooms(&account('a'), query.clone()).await.unwrap();
            pair.push(page.rooms.into_iter().map(|it| it.1).collect::<Vec<_>>());
        }
        assert_eq!(pair[0], pair[1], "{issues:?}");
    }
    check_participants(&store).await;
    let end = crate::simulated::END;
    for hours in [1, 5, 20] {
        for value in ["Chrome", "Firefox", "nothing"] {
            for created_after in [None, Some(end - 12 * HOUR_MS)] {
                let query = RoomQuery {
                    created_after,
                    count: true,
                    participant: Some(ParticipantQuery {
                        joined_after: Some(end - hours * HOUR_MS),
                        joined_before: Some(end - HOUR_MS / 2),
                        uses: Some(Uses {
                            segment: Segment::Browser,
                            values: vec![Some(value.to_owned()), None],
                            is_other: hours == 5,
                        }),
                        has_issues: None,
                    }),
                    ..everything()
                };
                let mut pair = Vec::new();
                for store in [&expected, &store] {
                    let page = store.rooms(&account('a'), query.clone()).await.unwrap();
                    let sids: Vec<_> = page.rooms.into_iter().map(|it| it.1).collect();
                    pair.push((sids, page.total));
                }
                assert_eq!(pair[0], pair[1], "{query:?}");
            }
        }
    }
}

/// The newest are looked for by themselves: that finds what a look through all finds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newest_rooms_are_the_newest_of_all() {
    let (_folder, expected) = sqlite();
    let store = open(&engine::database()).await;
    let now = crate::now();
    let mut calls = Vec::new();
    for number in 0..40_u32 {
        let mut call = Call::new(number, &format!("RM{}", number / 2));
        // Ten in the last hour, ten on this day; the second of each room is there much later, and every fifth names another room first.
        let age = [5, 30, 70, 600, 3000, 9000][number as usize % 6] * i64::from(number + 1) * 1000;
        call.start = now - age;
        calls.push(call.batch(1));
        if number % 5 == 0 {
            call.room =
                json!({"sid": format!("RM{}", 19 - number / 2), "name": "first", "type": "go"});
            calls.push(call.batch(0));
        }
    }
    record(&expected, &calls).await;
    record_at_once(std::slice::from_ref(&store), calls).await;
    for limit in [1, 3, 8, 30] {
        for created_after in [None, Some(now - 3000 * 1000)] {
            let mut pages = Vec::new();
            for store in [&expected, &store] {
                let mut from = PageFrom::Start;
                let mut sids = Vec::new();
                loop {
                    let query = RoomQuery {
                        limit,
                        created_after,
                        from,
                        ..RoomQuery::default()
                    };
                    let page = store.rooms(&account('a'), query).await.unwrap();
                    sids.extend(
                        page.rooms
                            .iter()
                            .map(|it| (it.0.created_at, it.1.clone(), it.2.len())),
                    );
                    match page.rooms.last() {
                        Some(last) if page.has_more => from = PageFrom::After(last.0),
                        _ => break,
                    }
                }
                pages.push(sids);
            }
            assert_eq!(pages[0], pages[1], "{limit} {created_after:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clickhouse_itself_deletes_what_is_a_day_too_old() {
    const DAY: i64 = 24 * HOUR_MS;
    let address = engine::database();
    let store = open(&address).await;
    let now = crate::now();
    let of = |number: u32, days: i64, kind: &str| {
        let mut call = Call::new(number, &format!("RM{number}"));
        call.start = now - days * DAY - HOUR_MS;
        call.room["type"] = json!(kind);
        call.last(0, &json!([loss("MT")]))
    };
    let calls = [
        of(1, 1, "group"),
        of(2, 6, "go"),
        of(3, 9, "group"),
        of(4, 16, "group"),
        of(5, 1, "go"),
    ];
    record(&store, &calls).await;
    let rows = |table: &str| engine::ask(&address, &format!("SELECT count() FROM {table}"));
    assert_eq!(rows("session"), "5\n");
    let mut retention = Retention {
        rooms: 7 * DAY,
        go_rooms: 2 * DAY,
        dashboard: 14 * DAY,
    };
    store.keep(retention).await.unwrap();
    merge(&address);
    assert_eq!(
        (
            rows("batch"),
            rows("session"),
            rows("found"),
            rows("presence")
        ),
        ("2\n".into(), "2\n".into(), "4\n".into(), "3\n".into())
    );
    // Told the same again it does nothing; told something else, that counts from then on.
    let altered = || {
        engine::ask(
            &address,
            "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'batch'",
        )
    };
    let before = altered();
    store.keep(retention).await.unwrap();
    assert_eq!(altered(), before);
    retention.rooms = 30 * DAY;
    store.keep(retention).await.unwrap();
    assert_ne!(altered(), before);
    assert!(
        altered().contains(&format!("259200, {}", 31 * DAY / 1000)),
        "{}",
        altered()
    );
    let left = store.rooms(&account('a'), everything()).await.unwrap();
    assert_eq!(left.rooms.len(), 2);
}
