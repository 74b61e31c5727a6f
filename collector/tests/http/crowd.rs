//! More clients than are good for a server, and slower ones.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::server::{Server, batch, serve};

const SLOW: usize = 10_000;

/// How long a good batch may take on a machine that does other things as well.
const IN_TIME: Duration = Duration::from_secs(5);

/// What 10,000 connections may need: a buffer of 8 KiB each, and what goes with it.
const MEMORY: u64 = 400 << 20;

/// Lets this process have so many connections.
fn may_open(files: u64) {
    let limit = getrlimit(Resource::Nofile);
    assert!(
        limit.maximum.is_none_or(|it| it >= files),
        "this test needs {files} open files in one process: raise the limit (`ulimit -Hn`)"
    );
    let current = limit.maximum;
    let maximum = limit.maximum;
    setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
}

fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
    let kilobytes = line.unwrap().trim().trim_end_matches(" kB");
    kilobytes.trim().parse::<u64>().unwrap() << 10
}

/// What one says, a byte at a time: nothing, a head that never ends, a body that never ends.
const TALK: [&[u8]; 3] = [
    b"",
    b"POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nX-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    b"POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{\"schema\":          ",
];

struct Slow {
    stream: TcpStream,
    left: &'static [u8],
}

impl Slow {
    fn new(server: &Server, number: usize) -> Self {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_nonblocking(true).unwrap();
        let talk = TALK[number % TALK.len()];
        // All but the last bytes at once: what matters is that it never ends.
        let (now, left) = talk.split_at(talk.len().saturating_sub(10));
        stream.write_all(now).unwrap();
        Self { stream, left }
    }

    fn says_a_byte(&mut self) {
        if let Some((byte, left)) = self.left.split_first() {
            self.left = left;
            drop(self.stream.write(&[*byte]));
        }
    }

    /// Whether the server has closed it; what it was told before is added to `told`.
    fn is_closed(&mut self, told: &mut Vec<u8>) -> bool {
        let mut some = [0; 1024];
        loop {
            match self.stream.read(&mut some) {
                Ok(0) => return true,
                Ok(read) => told.extend_from_slice(&some[..read]),
                Err(error) => return error.kind() != ErrorKind::WouldBlock,
            }
        }
    }
}

#[test]
fn among_ten_thousand_slow_ones_a_good_batch_is_answered_in_time() {
    may_open(SLOW as u64 + 1000);
    let server = Server::start(&["--request-timeout-s", "30"]);
    server.take(&batch(1, 0, 60));
    let before = memory(server.id());
    let begun = Instant::now();
    let mut slow: Vec<Slow> = (0..SLOW).map(|it| Slow::new(&server, it)).collect();
    let connected = begun.elapsed();
    let mut longest = Duration::ZERO;
    let mut most = 0;
    for seq in 1..=20 {
        for one in slow.iter_mut().skip(seq as usize % 5).step_by(5) {
            one.says_a_byte();
        }
        let asked = Instant::now();
        assert_eq!(server.take(&batch(1, seq, 3600)).status, 201);
        longest = longest.max(asked.elapsed());
        most = most.max(memory(server.id()));
    }
    let open = server.counted("callscope_connections ");
    assert!(
        begun.elapsed() < Duration::from_secs(30),
        "the first are over before the last are there"
    );
    assert!(open > SLOW as u64, "{open}");
    println!(
        "{SLOW} slow connections within {connected:.1?}, {open} open after 20 batches: the longest took {longest:.1?}; memory {} MB, {} MB before",
        most >> 20,
        before >> 20
    );
    assert!(longest < IN_TIME, "{longest:?}");
    assert!(most - before < MEMORY, "{most} bytes");
    // By its limits each of them is closed, and who said a whole head is told why.
    let mut told = Vec::new();
    while !slow.is_empty() {
        assert!(
            begun.elapsed() < Duration::from_secs(100),
            "{} are open still",
            slow.len()
        );
        slow.retain_mut(|one| !one.is_closed(&mut told));
        std::thread::sleep(Duration::from_millis(100));
    }
    let told = String::from_utf8_lossy(&told);
    let bodies = SLOW / TALK.len();
    assert_eq!(
        told.matches("the body came too slowly: try again").count(),
        bodies
    );
    assert_eq!(
        server.counted("callscope_batches_total{outcome=\"slow\"} "),
        bodies as u64
    );
    assert_eq!(
        server.counted("callscope_closed_connections_total{reason=\"slow\"} "),
        (SLOW - bodies) as u64
    );
    assert_eq!(
        server.counted("callscope_batches_total{outcome=\"new\"} "),
        21
    );
    assert!(server.counted("callscope_connections ") <= 2);
}

/// What a connection is told that is one too many.
fn told(server: &Server) -> String {
    let mut stream = server.connect();
    // Half of it comes after the answer.
    stream.write_all(b"POST /v1/batches HTTP/1.1\r\n").unwrap();
    drop(stream.write_all(b"Host: localhost\r\n\r\n"));
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn one_connection_too_many_is_told_so_and_the_rest_go_on() {
    let server = Server::start(&["--request-timeout-s", "2", "--max-connections", "40"]);
    let idle: Vec<TcpStream> = (0..40).map(|_| server.connect()).collect();
    for _ in 0..3 {
        let answer = told(&server);
        assert!(
            answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: 5"),
            "{answer}"
        );
        assert!(
            answer.contains("as many connections as the collector takes: try again"),
            "{answer}"
        );
    }
    // Those who say nothing are closed after their time.
    for mut stream in idle {
        assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    }
    assert_eq!(server.take(&batch(1, 0, 60)).status, 201);
    assert_eq!(
        server.counted("callscope_closed_connections_total{reason=\"many\"} "),
        3
    );
    assert_eq!(
        server.counted("callscope_closed_connections_total{reason=\"slow\"} "),
        40
    );
}

#[test]
fn with_few_open_files_it_takes_fewer_connections_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        "ulimit -n 300; exec \"$@\"",
        "sh",
        env!("CARGO_BIN_EXE_callscope"),
    ]);
    let command = serve(shell, folder.path(), &["--request-timeout-s", "2"]);
    let server = Server::started(command, folder);
    let told_before = server.told.join("\n");
    assert!(
        told_before.contains("no more than 150 connections at a time and not 16384"),
        "{told_before}"
    );
    let idle: Vec<TcpStream> = (0..150).map(|_| server.connect()).collect();
    assert!(told(&server).starts_with("HTTP/1.1 503"));
    for mut stream in idle {
        assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    }
    assert_eq!(server.take(&batch(1, 0, 60)).status, 201);
}

#[test]
fn who_does_not_read_the_answer_is_not_waited_for() {
    let app = tempfile::tempdir().unwrap();
    fs::write(app.path().join("index.html"), "<!doctype html>").unwrap();
    fs::write(app.path().join("large.bin"), vec![7; 64 << 20]).unwrap();
    let server = Server::start(&[
        "--request-timeout-s",
        "2",
        "--app",
        app.path().to_str().unwrap(),
    ]);
    let mut deaf: Vec<TcpStream> = (0..20).map(|_| server.connect()).collect();
    for stream in &mut deaf {
        stream
            .write_all(b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .unwrap();
    }
    let begun = Instant::now();
    while server.counted("callscope_closed_connections_total{reason=\"slow\"} ") < 20 {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "they are open still"
        );
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(memory(server.id()) < MEMORY);
    assert_eq!(server.take(&batch(1, 0, 60)).status, 201);
}
