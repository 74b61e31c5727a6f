//! The contract of the stores, over each of them.

#![expect(clippy::unwrap_used, reason = "tests")]

mod contract;
mod hostile;

use std::sync::Arc;

use callscope_collector::store::{Sqlite, StoreError};
use contract::{Shared, account, all_there_is, record, story};
use proptest::prelude::*;
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
    sessions_of_a_room_come_by_their_start,
    a_repeated_batch_changes_nothing,
    the_last_batch_may_come_first,
    a_session_without_an_end_has_the_tags_that_stood,
    a_room_that_is_named_late_takes_its_session_along,
    rooms_are_found_by_each_filter,
    pages_go_on_and_back,
    roll_ups_are_what_the_rooms_say,
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
