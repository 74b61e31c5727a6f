//! How a ClickHouse is spoken to: over HTTP, with TLS if its address says so.

use std::time::Duration;

use clickhouse::{Client, Compression};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;

use super::address::{Address, Layout};
use super::failure::Failure;
use crate::tls;

/// How long it may take to connect.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a connection waits for more to do: less than the three seconds after which ClickHouse gives it up.
const IDLE: Duration = Duration::from_secs(2);

/// A client without a database.
pub(super) fn client(at: &Address) -> Result<Client, Failure> {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(PATIENCE));
    connector.set_nodelay(true);
    let mut pool = legacy::Client::builder(TokioExecutor::new());
    pool.pool_idle_timeout(IDLE);
    let client = if at.url.starts_with("https:") {
        let connector = tls::connector(connector);
        let connector = connector.map_err(|error| Failure::Strange(error.to_string()))?;
        Client::with_http_client(pool.build(connector))
    } else {
        Client::with_http_client(pool.build(connector))
    };
    Ok(settled(client, at))
}

/// Inserts are collected by the server, together with those of others, and answered when they are written.
fn settled(client: Client, at: &Address) -> Client {
    let client = client
        .with_url(&at.url)
        .with_user(&at.user)
        .with_password(&at.password)
        .with_product_info("callscope", env!("CARGO_PKG_VERSION"))
        // What is large is packed already.
        .with_compression(Compression::None)
        .with_setting("async_insert", "1")
        .with_setting("wait_for_async_insert", "1");
    match &at.layout {
        Layout::Single => client,
        // Not answered before it is with its shard, on as many replicas as are wanted.
        Layout::Cluster { quorum, .. } => client
            .with_setting("distributed_foreground_insert", "1")
            .with_setting("insert_quorum", quorum),
    }
}
