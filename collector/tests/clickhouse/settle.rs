//! Hours that were counted and are read as they were: whatever comes for them later, and whenever, the figures are those of SQLite.

use std::sync::Arc;
use std::time::{Duration, Instant};

use callscope_collector::config::Retention;
use callscope_collector::model::{HOUR_MS, Segment};
use callscope_collector::store::{Clickhouse, RollUpQuery, RollUps};
use callscope_contract::batches::{Call, MONDAY};
use callscope_contract::{account, all_of, record, record_at_once, story};
use callscope_core::wire::{Batch, RoomType};

use crate::merge::sqlite;
use crate::simulated::{END, batches, plan};
use crate::{Shared, engine};

async fn opened() -> (String, Arc<Clickhouse>) {
    let address = engine::database();
    let store = Clickhouse::open(&address.parse().unwrap()).await.unwrap();
    (address, Arc::new(store))
}

/// Counts all there is, and lets time go by: what came until now is long ago.
async fn settle(address: &str, store: &Clickhouse, before: i64) {
    store.settle(&account('a'), before, 0).await.unwrap();
    engine::ask(address, "TRUNCATE TABLE touched");
}

/// All roll-ups, in one order.
async fn figures(store: &Shared) -> Vec<RollUps> {
    let mut all = Vec::new();
    for segment in Segment::ALL {
        for types in [Vec::new(), vec![RoomType::Group], vec![RoomType::Go]] {
            let query = RollUpQuery {
                types,
                ..all_of(segment)
            };
            let mut found = store.roll_ups(&account('a'), query).await.unwrap();
            found.rooms.sort();
            found.participants.sort();
            found.time.sort();
            all.push(found);
        }
    }
    all
}

async fn check(store: &Shared, so_far: &[Batch]) {
    let (_folder, expected) = sqlite();
    record_at_once(std::slice::from_ref(&expected), so_far.to_vec()).await;
    assert_eq!(figures(store).await, figures(&expected).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_for_hours_that_were_counted_is_counted() {
    let story = story();
    let after = MONDAY / HOUR_MS + 5;
    for cut in (1..story.len()).step_by(3) {
        let (address, settling) = opened().await;
        let store: Shared = settling.clone();
        let (first, rest) = story.split_at(cut);
        record(&store, first).await;
        settle(&address, &settling, after).await;
        check(&store, first).await;
        // By one collector after the other, with a repetition, and counted again in between.
        for (place, batch) in rest.iter().enumerate() {
            record(&store, &[batch.clone(), first[place % cut].clone()]).await;
            if place % 3 == 1 {
                settle(&address, &settling, after).await;
            }
        }
        check(&store, &story).await;
        settle(&address, &settling, after).await;
        settle(&address, &settling, after).await;
        check(&store, &story).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hours_that_are_over_are_read_as_they_were_counted() {
    let (address, settling) = opened().await;
    let store: Shared = settling.clone();
    let day = batches(plan(120));
    let is_early = |place: usize| !place.is_multiple_of(5);
    let of = |early: bool| {
        let some = day.iter().enumerate();
        let some = some.filter(|(place, _)| is_early(*place) == early);
        some.map(|(_, batch)| batch.clone()).collect::<Vec<_>>()
    };
    let (early, late) = (of(true), of(false));
    let before = END / HOUR_MS - 2;
    record_at_once(std::slice::from_ref(&store), early.clone()).await;
    settle(&address, &settling, before).await;
    check(&store, &early).await;
    record_at_once(std::slice::from_ref(&store), late).await;
    check(&store, &day).await;
    settle(&address, &settling, before).await;
    check(&store, &day).await;
    // Nothing is read of them but what was counted: without all else the figures of these hours are the same.
    let all = figures(&store).await;
    settle(&address, &settling, END / HOUR_MS + 100).await;
    engine::ask(&address, "TRUNCATE TABLE presence");
    assert_eq!(figures(&store).await, all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_serves_counts_what_is_over() {
    let (address, settling) = opened().await;
    let store: Shared = settling.clone();
    let mut call = Call::new(1, "RM1");
    call.start = crate::now() - 24 * HOUR_MS;
    record(&store, &[call.batch(0)]).await;
    let before = figures(&store).await;
    let day = 24 * HOUR_MS;
    let retention = Retention {
        rooms: 7 * day,
        go_rooms: 2 * day,
        dashboard: 14 * day,
    };
    store.keep(retention).await.unwrap();
    let begun = Instant::now();
    while engine::ask(&address, "SELECT count() FROM counted_to") == "0\n" {
        assert!(begun.elapsed() < Duration::from_secs(60), "nobody counts");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let counted = engine::ask(&address, "SELECT sum(n) FROM counted WHERE kind = 0");
    assert_eq!(counted, "1\n");
    engine::ask(&address, "TRUNCATE TABLE touched");
    engine::ask(&address, "TRUNCATE TABLE presence");
    assert_eq!(figures(&store).await, before);
}
