//! The store over ClickHouse, by its real engine: the contract of the stores, and what only it has to hold.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../stores/contract/mod.rs"]
mod contract;
mod engine;
mod http;
mod merge;
mod operation;
#[path = "../http/server.rs"]
#[expect(dead_code, reason = "the tests over HTTP use the rest of it")]
mod server;
#[path = "../simulated/mod.rs"]
#[expect(dead_code, reason = "the tests of the simulation use the rest of it")]
mod simulated;

use std::sync::Arc;

use callscope_collector::store::Clickhouse;
use contract::Shared;

pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_millis()).unwrap()
}

async fn open(address: &str) -> Shared {
    Arc::new(Clickhouse::open(&address.parse().unwrap()).await.unwrap())
}

macro_rules! contract {
    ($($name:ident,)*) => {
        mod over_clickhouse {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let store = super::open(&super::engine::database()).await;
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
