//! The store over ClickHouse, by its real engine: the contract of the stores, and what only it has to hold.

#![expect(clippy::unwrap_used, reason = "tests")]

mod engine;
mod http;
#[path = "../stores/keys.rs"]
mod keys;
mod merge;
mod operation;
#[path = "../http/server.rs"]
#[expect(dead_code, reason = "the tests over HTTP use the rest of it")]
mod server;
mod settle;
#[path = "../../../crates/simulate/tests/simulated/mod.rs"]
#[expect(dead_code, reason = "the tests of the simulation use the rest of it")]
mod simulated;

use std::sync::Arc;

use callscope_collector::store::{Clickhouse, Store};
use tokio::runtime::Handle;

type Shared = Arc<dyn Store>;

pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_millis()).unwrap()
}

async fn open(address: &str) -> Shared {
    Arc::new(Clickhouse::open(&address.parse().unwrap()).await.unwrap())
}

fn clickhouse() -> ((), Shared) {
    let address = engine::database();
    let opened = tokio::task::block_in_place(|| Handle::current().block_on(open(&address)));
    ((), opened)
}

mod over_clickhouse {
    callscope_contract::contract!(super::clickhouse, untimed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_kept_until_they_are_revoked() {
    keys::are_kept_until_they_are_revoked(clickhouse().1).await;
}
