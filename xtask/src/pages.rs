//! The server of wasm-bindgen's test runner, kept from forgetting a connection.
//!
//! Its pool of threads (tiny_http 0.12, `TaskPool::spawn`) may count a thread as free that was just woken for another connection. A page that opens
//! several connections at once then has one that nobody reads, while all threads wait for more on connections that a browser keeps open: it never finishes
//! loading. Whenever one more connection comes, the thread that is made for it takes the forgotten one next.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result};

/// How long a connection stays forgotten.
const EVERY: Duration = Duration::from_millis(500);

/// An address for that server, to which a connection is made twice a second until this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<Sender<()>>,
    caller: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn keep_answering() -> Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .context("no free port on the loopback interface")?;
        let (stop, stopped) = channel();
        let caller = thread::spawn(move || {
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                // Nobody listens before the tests are compiled, nor between two binaries.
                TcpStream::connect_timeout(&address, EVERY).ok();
            }
        });
        Ok(Self {
            address,
            stop: Some(stop),
            caller: Some(caller),
        })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(caller) = self.caller.take() {
            // It cannot panic; were it to, there would be nothing left to stop.
            caller.join().ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_calls_again_and_again_until_dropped() {
        let server = Server::keep_answering().unwrap();
        let listener = TcpListener::bind(server.address()).unwrap();
        for _ in 0..2 {
            listener.accept().unwrap();
        }
        drop(server);
        listener.set_nonblocking(true).unwrap();
        while listener.accept().is_ok() {}
        thread::sleep(EVERY * 2);
        assert!(listener.accept().is_err(), "a connection after the end");
    }
}
