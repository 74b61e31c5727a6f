//! A load generator that does little: bodies are made before, and answers are only looked at for their status.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::batches::Batches;

/// Sends for that long over so many connections; microseconds from each batch to its answer.
pub(crate) fn run(
    address: &str,
    batches: &Batches,
    connections: usize,
    time: Duration,
) -> Vec<u32> {
    let next = AtomicUsize::new(0);
    let end = Instant::now() + time;
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| send(address, batches, &next, end)))
            .collect();
        senders
            .into_iter()
            .flat_map(|it| it.join().unwrap())
            .collect()
    })
}

fn send(address: &str, batches: &Batches, next: &AtomicUsize, end: Instant) -> Vec<u32> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut latencies = Vec::new();
    let mut answer = [0; 1024];
    let mut request = Vec::new();
    while Instant::now() < end {
        let Some(body) = batches.get(next.fetch_add(1, Ordering::Relaxed)) else {
            break;
        };
        request.clear();
        write!(
            request,
            "POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )
        .unwrap();
        request.extend_from_slice(body);
        let begun = Instant::now();
        stream.write_all(&request).unwrap();
        // The answer is one small write.
        let length = stream.read(&mut answer).unwrap();
        let took = begun.elapsed();
        let head = &answer[..length.min(12)];
        assert!(
            head == b"HTTP/1.1 201",
            "{}",
            String::from_utf8_lossy(&answer[..length])
        );
        latencies.push(u32::try_from(took.as_micros()).unwrap());
    }
    latencies
}
