//! What the collector can take: `cargo bench -p callscope-collector --bench ingest [-- --seconds N --connections N --participants N --folder DIR]`.
//!
//! Batches go over loopback to the real binary and are counted when they are answered, which is when they are durable. The load
//! generator runs on the same cores; its share is told. The same rows as bare inserts are the limit that the disk and SQLite set.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a benchmark: what fails ends it"
)]

mod batches;
mod client;
mod dashboard;
mod process;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use batches::Batches;

/// What can be said to it.
#[derive(Debug)]
struct Options {
    seconds: u64,
    connections: usize,
    participants: u32,
    folder: PathBuf,
}

fn options() -> Options {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let place = arguments.iter().position(|it| it == name)?;
        arguments.get(place + 1).cloned()
    };
    let number =
        |name: &str, otherwise: u64| after(name).map_or(otherwise, |it| it.parse().unwrap());
    Options {
        seconds: number("--seconds", 15),
        connections: usize::try_from(number("--connections", 256)).unwrap(),
        participants: u32::try_from(number("--participants", 1_000_000)).unwrap(),
        // Not memory: what is durable there costs nothing.
        folder: after("--folder")
            .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from),
    }
}

fn main() {
    let options = options();
    std::fs::create_dir_all(&options.folder).unwrap();
    println!(
        "{} cores, database in {}",
        std::thread::available_parallelism().unwrap(),
        options.folder.display()
    );
    let folder = tempfile::tempdir_in(&options.folder).unwrap();
    let batches = Batches::make(usize::try_from(options.seconds).unwrap() * 12_000, 20_000);
    let per_batch = batches.bytes() as f64 / batches.len() as f64;
    println!(
        "{} batches of 12 intervals, {:.0} bytes each gzipped, {:.0} before",
        batches.len(),
        per_batch,
        batches.plain_bytes() as f64
    );
    ingest(&options, &batches, &folder.path().join("served.db"));
    let bare = batches.bare_inserts(&folder.path().join("bare.db"), 70);
    println!("bare inserts of the same rows, 70 a commit, fsync each: {bare:.0} batches/s");
    drop(batches);
    if options.participants > 0 {
        dashboard::measure(&folder.path().join("dashboard.db"), options.participants);
    }
}

fn ingest(options: &Options, batches: &Batches, path: &std::path::Path) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_callscope"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--max-batches-per-second",
            "1000000",
            "--store",
        ])
        .arg(format!("sqlite:{}", path.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = lines
        .find_map(|line| {
            let line = line.unwrap();
            let (_, rest) = line.split_once("listening at http://")?;
            rest.split(|it: char| !it.is_ascii_digit() && it != '.' && it != ':')
                .next()
                .map(str::to_owned)
        })
        .unwrap();
    std::thread::spawn(move || {
        lines
            .map_while(Result::ok)
            .for_each(|line| println!("{line}"))
    });
    let before = (process::cpu(child.id()), process::cpu(std::process::id()));
    let begun = Instant::now();
    let mut latencies = client::run(
        &address,
        batches,
        options.connections,
        Duration::from_secs(options.seconds),
    );
    let took = begun.elapsed().as_secs_f64();
    let server = process::cpu(child.id()) - before.0;
    let own = process::cpu(std::process::id()) - before.1;
    latencies.sort_unstable();
    let at = |share: f64| {
        let place = (latencies.len() as f64 * share) as usize;
        latencies
            .get(place.min(latencies.len() - 1))
            .copied()
            .unwrap_or_default() as f64
            / 1000.0
    };
    let count = latencies.len() as f64;
    println!(
        "{:.0} batches/s durable before their answers ({:.0} in {took:.1} s over {} connections)",
        count / took,
        count,
        options.connections
    );
    println!(
        "latency: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    );
    println!(
        "processor: collector {:.2} cores ({:.0} µs a batch), load generator {:.2} cores; memory of the collector {} MB",
        server / took,
        server / count * 1e6,
        own / took,
        process::memory(child.id()) >> 20
    );
    Command::new("kill")
        .arg(child.id().to_string())
        .status()
        .unwrap();
    child.wait().unwrap();
    let size = std::fs::metadata(path).unwrap().len() as f64;
    println!(
        "database: {:.0} bytes a batch, {:.0} KB a participant-hour (120 batches)",
        size / count,
        size / count * 120.0 / 1000.0
    );
}
