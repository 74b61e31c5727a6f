//! The contract of the stores, over each of them.

#![expect(clippy::unwrap_used, reason = "tests")]

mod contract;
mod hostile;

use std::sync::Arc;

use callscope_collector::store::{Sqlite, StoreError};
use callscope_core::wire::Batch;
use contract::batches::{Call, id};
use contract::{Shared, account, all_there_is, record, story};
use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;

fn sqlite() -> (TempDir, Shared) {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("callscope.db")).unwrap();
    (folder, Arc::new(store))
}

macro_rules! contract {
    ($($name:ident,)*) => {
        mod over_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let (_folder, store) = super::sqlite();
                    super::contract::$name(store).await;
                }
            )*
        }
    };
}

contract! {
    what_was_sent_is_given_back,
    a_repeated_batch_changes_nothing,
    the_last_batch_may_come_first,
    a_session_without_an_end_has_the_tags_that_stood,
    a_room_that_is_named_late_takes_its_session_along,
    rooms_are_found_by_each_filter,
    rooms_are_found_among_many,
    pages_go_on_and_back,
    roll_ups_are_what_the_rooms_say,
    the_type_of_a_room_decides_once_it_is_known,
    a_batch_costs_the_same_in_a_large_room,
    accounts_do_not_see_each_other,
    purging_keeps_what_is_to_be_kept,
    purging_goes_through_many,
    keys_are_kept_until_they_are_revoked,
    many_at_once_are_each_kept_once,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Any order, any repetition, any grouping into transactions: the same database.
    #[test]
    fn any_order_and_repetition_makes_the_same(order in Just((0..story().len()).collect::<Vec<_>>()).prop_shuffle(),
                                               repeated in prop::collection::vec((0..story().len(), 0..story().len()), 0..12),
                                               at_once in any::<bool>()) {
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
            let (_folder, store) = sqlite();
            if at_once {
                let mut waiting = Vec::new();
                for batch in batches {
                    let store = Arc::clone(&store);
                    waiting.push(tokio::spawn(async move { store.record(&account('a'), batch).await }));
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
        });
    }
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("callscope.db");
    let store: Shared = Arc::new(Sqlite::open(&path).unwrap());
    record(&store, &story()).await;
    let before = all_there_is(&store, &account('a')).await;
    drop(store);
    let store: Shared = Arc::new(Sqlite::open(&path).unwrap());
    assert_eq!(all_there_is(&store, &account('a')).await, before);
}

#[test]
fn a_database_of_a_later_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("callscope.db");
    drop(Sqlite::open(&path).unwrap());
    let later = rusqlite::Connection::open(&path).unwrap();
    later.pragma_update(None, "user_version", 99).unwrap();
    let error = Sqlite::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 99, .. }));
    assert!(
        error.to_string().contains("use a later callscope"),
        "{error}"
    );
}

#[tokio::test]
async fn a_database_of_the_first_version_goes_on() {
    // Where all know the type of their room, it counted as it is counted now.
    let knows = |batch: &Batch| ![id(5), id(6)].contains(&batch.session);
    let story: Vec<Batch> = story().into_iter().filter(knows).collect();
    let (_folder, expected) = sqlite();
    record(&expected, &story).await;
    let expected = all_there_is(&expected, &account('a')).await;
    for cut in 1..story.len() {
        let (before, after) = story.split_at(cut);
        let (_folder, store) = upgraded(before, "").await;
        record(&store, after).await;
        assert_eq!(all_there_is(&store, &account('a')).await, expected, "{cut}");
    }
}

#[tokio::test]
async fn who_was_counted_without_a_type_there_is_counted_with_it() {
    let mut untyped = Call::new(3, "RM1");
    untyped.room["type"] = json!(null);
    let before = [Call::new(1, "RM1").batch(0), untyped.batch(0)];
    let after = [untyped.batch(1), Call::new(1, "RM1").batch(1)];
    let (_folder, expected) = sqlite();
    record(&expected, &before).await;
    record(&expected, &after).await;
    let one_each = "UPDATE rollup_participant SET n = 1;
        INSERT INTO rollup_participant SELECT account_id, segment, hour, value, '', has_issues, 1 FROM rollup_participant;
        UPDATE rollup_time SET participant_ms = 30000;
        INSERT INTO rollup_time SELECT account_id, hour, '', 30000, 0 FROM rollup_time;";
    let (_folder, store) = upgraded(&before, one_each).await;
    record(&store, &after).await;
    assert_eq!(
        all_there_is(&store, &account('a')).await,
        all_there_is(&expected, &account('a')).await
    );
}

/// A database of the first version with those batches, opened by this one.
async fn upgraded(batches: &[Batch], roll_ups: &str) -> (TempDir, Shared) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("callscope.db");
    let store: Shared = Arc::new(Sqlite::open(&path).unwrap());
    record(&store, batches).await;
    drop(store);
    let earlier = rusqlite::Connection::open(&path).unwrap();
    earlier.execute_batch(roll_ups).unwrap();
    let back = "ALTER TABLE room DROP COLUMN fold; PRAGMA user_version = 1;";
    earlier.execute_batch(back).unwrap();
    drop(earlier);
    (folder, Arc::new(Sqlite::open(&path).unwrap()))
}
