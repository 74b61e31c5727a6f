//! The contract of the stores, over each of them.

#![expect(clippy::unwrap_used, reason = "tests")]

mod hostile;
mod keys;

use std::sync::Arc;

use callscope_collector::store::{Sqlite, Store, StoreError};
use callscope_contract::{account, all_there_is, any_order_makes_the_same, record, story};
use proptest::prelude::*;
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
            any_order_makes_the_same(expected, store, &order, at_once).await;
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
