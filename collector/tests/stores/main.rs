//! The contract of the stores, over each of them.

#![expect(clippy::unwrap_used, reason = "tests")]

mod hostile;
mod keys;

use std::sync::Arc;

use callscope_collector::store::{Sqlite, Store, StoreError};
use callscope_contract::batches::{Call, id};
use callscope_contract::{
    account, all_there_is, any_order_makes_the_same, check_orders, check_participants, record,
    rooms_are_sorted_by_each, story,
};
use callscope_core::wire::Batch;
use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;

type Shared = Arc<dyn Store>;

fn sqlite() -> (TempDir, Shared) {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("callscope.db")).unwrap();
    (folder, Arc::new(store))
}

mod over_sqlite {
    callscope_contract::contract!(super::sqlite);
}

#[tokio::test]
async fn keys_are_kept_until_they_are_revoked() {
    let (_folder, store) = sqlite();
    keys::are_kept_until_they_are_revoked(store).await;
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
            let mut order = order;
            for (which, place) in repeated {
                order.insert(place.min(order.len()), which);
            }
            let ((_folder, expected), (_other, store)) = (sqlite(), sqlite());
            any_order_makes_the_same(expected, Arc::clone(&store), &order, at_once).await;
            check_participants(&store).await;
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
        check_participants(&store).await;
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

#[tokio::test]
async fn rooms_of_an_earlier_version_are_sorted_and_found_by_who_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("callscope.db");
    rooms_are_sorted_by_each(Arc::new(Sqlite::open(&path).unwrap())).await;
    for (version, more) in [(2, ""), (1, "ALTER TABLE room DROP COLUMN fold;")] {
        let earlier = rusqlite::Connection::open(&path).unwrap();
        earlier.execute_batch(more).unwrap();
        let back = "ALTER TABLE room DROP COLUMN participants;
            ALTER TABLE room DROP COLUMN participants_with_issues;
            ALTER TABLE room DROP COLUMN open;
            ALTER TABLE room DROP COLUMN until;
            DROP TABLE participant;";
        earlier.execute_batch(back).unwrap();
        earlier
            .pragma_update(None, "user_version", version)
            .unwrap();
        drop(earlier);
        let store = Arc::new(Sqlite::open(&path).unwrap());
        check_orders(&store).await;
        check_participants(&store).await;
    }
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
    let back = "ALTER TABLE room DROP COLUMN fold; ALTER TABLE room DROP COLUMN participants;
        ALTER TABLE room DROP COLUMN participants_with_issues; ALTER TABLE room DROP COLUMN open;
        ALTER TABLE room DROP COLUMN until; DROP TABLE participant; PRAGMA user_version = 1;";
    earlier.execute_batch(back).unwrap();
    drop(earlier);
    (folder, Arc::new(Sqlite::open(&path).unwrap()))
}
