//! Connections: as many as may be, each as slow as it may be, and each to its end when the collector is stopped.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Shared;
use crate::metrics::Closed;
use crate::problem::Problem;

/// How long requests that came before the end may take after it.
const LAST_CALL: Duration = Duration::from_secs(25);

/// How long to wait when no connection can be taken, as when there are no file descriptors left.
const PAUSE: Duration = Duration::from_millis(100);

/// How many wait to be taken. Of more than that each waits a second before it tries again.
const BACKLOG: u32 = 4096;

/// How many are told at a time that there are too many: more are only closed.
const TURNED_AWAY: usize = 64;

/// How long one of those has to hear it.
const FAREWELL: Duration = Duration::from_secs(2);

/// How much of what it sends is thrown away meanwhile.
const MOST_UNREAD: u64 = 1 << 20;

/// Listens at an address.
pub(super) fn at(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // The port of a collector that was just stopped.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves `most` connections at a time until `stop`, then answers what was asked.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    shared: Shared,
    most: usize,
    stop: impl Future<Output = ()>,
) {
    let permits = Arc::new(Semaphore::new(most));
    let farewells = Arc::new(Semaphore::new(TURNED_AWAY));
    let graceful = GracefulShutdown::new();
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(shared.config.request_timeout);
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else {
            shared.metrics.closed(Closed::Many);
            if let Ok(permit) = Arc::clone(&farewells).try_acquire_owned() {
                tokio::spawn(turn_away(stream, permit));
            }
            continue;
        };
        prepare(&stream, shared.config.request_timeout);
        let service = TowerToHyperService::new(router.clone());
        let connection = server.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        let shared = Arc::clone(&shared);
        shared.metrics.connected();
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
                if is_slow(&error) {
                    shared.metrics.closed(Closed::Slow);
                }
            }
            shared.metrics.disconnected();
            drop(permit);
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(LAST_CALL) => tracing::warn!("some requests took too long and were cut off"),
    }
}

/// Answers are small: they go out at once. Who does not read them is not waited for any longer than who does not send.
fn prepare(stream: &TcpStream, within: Duration) {
    drop(stream.set_nodelay(true));
    #[cfg(target_os = "linux")]
    drop(socket2::SockRef::from(stream).set_tcp_user_timeout(Some(within)));
    #[cfg(not(target_os = "linux"))]
    let _ = within;
}

/// Whether the head of a request came too slowly, or nobody read the answer.
fn is_slow(error: &hyper::Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|it| it.downcast_ref::<io::Error>());
    error.is_timeout() || cause.is_some_and(|it| it.kind() == io::ErrorKind::TimedOut)
}

/// Tells that there are as many connections as there may be.
async fn turn_away(mut stream: TcpStream, permit: OwnedSemaphorePermit) {
    let message = "there are as many connections as the collector takes: try again";
    let problem = Problem::for_now(StatusCode::SERVICE_UNAVAILABLE, "busy", message, 5);
    let body = problem.json().to_string();
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\ncontent-length: {}\r\nretry-after: 5\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let telling = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        // What is not read when it is closed takes the answer down with it.
        tokio::io::copy(&mut stream.take(MOST_UNREAD), &mut tokio::io::sink()).await
    };
    // It is no matter whether they heard it.
    drop(tokio::time::timeout(FAREWELL, telling).await);
    drop(permit);
}
