//! Batches as browsers send them: real intervals with other figures, of many sessions.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

/// Bodies in the order in which they are sent, each gzipped.
#[derive(Debug)]
pub(crate) struct Batches {
    bodies: Vec<Vec<u8>>,
    plain: usize,
}

/// A small generator of numbers that are the same each time.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

impl Batches {
    pub(crate) fn make(count: usize, sessions: usize) -> Self {
        let rows = recorded();
        let now = i64::try_from(
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap()
                .as_millis(),
        )
        .unwrap();
        let threads = std::thread::available_parallelism().unwrap().get();
        let made: Vec<(Vec<Vec<u8>>, usize)> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|worker| {
                    let rows = &rows;
                    scope.spawn(move || {
                        let mut random = Random(u64::try_from(worker).unwrap() + 1);
                        let mut plain = 0;
                        let bodies = (worker..count)
                            .step_by(threads)
                            .map(|place| {
                                let json = batch(
                                    rows,
                                    place % sessions,
                                    place / sessions,
                                    now,
                                    &mut random,
                                )
                                .to_string();
                                plain = json.len();
                                let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
                                packer.write_all(json.as_bytes()).unwrap();
                                packer.finish().unwrap()
                            })
                            .collect();
                        (bodies, plain)
                    })
                })
                .collect();
            workers.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let plain = made[0].1;
        // Sessions come in no order that the database has them in, each with its batches one after the other.
        let mut each: Vec<_> = made
            .into_iter()
            .map(|(bodies, _)| bodies.into_iter())
            .collect();
        let workers = each.len();
        let bodies = (0..count)
            .filter_map(|place| each[place % workers].next())
            .collect();
        Self { bodies, plain }
    }

    pub(crate) fn len(&self) -> usize {
        self.bodies.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bodies.iter().map(Vec::len).sum()
    }

    pub(crate) fn plain_bytes(&self) -> usize {
        self.plain
    }

    pub(crate) fn get(&self, place: usize) -> Option<&[u8]> {
        self.bodies.get(place).map(Vec::as_slice)
    }

    /// How many batches a second bare inserts of rows of that size come to: nothing is unpacked, read or counted.
    pub(crate) fn bare_inserts(&self, path: &Path, group: usize) -> f64 {
        let mut connection = rusqlite::Connection::open(path).unwrap();
        connection
            .pragma_update(None, "journal_mode", "wal")
            .unwrap();
        connection
            .pragma_update(None, "synchronous", "full")
            .unwrap();
        connection
            .execute_batch("CREATE TABLE interval (id INTEGER PRIMARY KEY, session INTEGER, start INTEGER, figures BLOB)")
            .unwrap();
        let figures = [7_u8; 90];
        let begun = Instant::now();
        let mut batches = 0;
        while begun.elapsed().as_secs_f64() < 5.0 {
            let transaction = connection.transaction().unwrap();
            for _ in 0..group {
                let mut insert = transaction
                    .prepare_cached(
                        "INSERT INTO interval (session, start, figures) VALUES (?1, ?2, ?3)",
                    )
                    .unwrap();
                for row in 0..12 {
                    insert
                        .execute(rusqlite::params![batches, row, figures])
                        .unwrap();
                }
                batches += 1;
            }
            transaction.commit().unwrap();
        }
        f64::from(batches) / begun.elapsed().as_secs_f64()
    }
}

/// Four rows of a real call: sound, two simulcast videos, and what is received.
fn recorded() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/golden");
    let rows = |name: &str| -> Vec<Value> {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let mut whole: Value = serde_json::from_str(&text).unwrap();
        serde_json::from_value(whole["intervals"].take()).unwrap()
    };
    let simulcast = rows("chromium156-simulcast-sender.json");
    let call = rows("chromium156-loss8-delay150.json");
    let find = |rows: &[Value], key: &str, value: &str| {
        rows.iter().rfind(|row| row[key] == value).unwrap().clone()
    };
    let video = find(&simulcast, "kind", "video");
    vec![
        find(&call, "kind", "audio"),
        video.clone(),
        video,
        find(&call, "scope", "connection"),
    ]
}

fn batch(rows: &[Value], session: usize, seq: usize, now: i64, random: &mut Random) -> Value {
    let started = now - 3_600_000;
    let mut intervals = Vec::new();
    for ten in 0..3 {
        for (place, row) in rows.iter().enumerate() {
            let mut row = row.clone();
            vary(&mut row, random);
            row["start"] = json!(started + i64::try_from(seq * 3 + ten).unwrap() * 10_000);
            row["duration_ms"] = json!(9_990 + random.next(20));
            row["pc"] = json!("pc1");
            if row["scope"] == "track" {
                row["track"] = json!(format!("MT{session:030x}{place:02x}"));
            }
            intervals.push(row);
        }
    }
    let browser = ["Chrome", "Chrome", "Chrome", "Safari", "Firefox", "Edge"][session % 6];
    json!({
        "schema": 1,
        "batch_id": format!("{:08x}-{:04x}-4000-8000-{session:06x}{seq:06x}", random.next(1 << 32), random.next(1 << 16)),
        "session": format!("{:08x}-0000-4000-8000-{session:012x}", (session as u64).wrapping_mul(2_654_435_761) & 0xffff_ffff),
        "seq": seq,
        "started_at": started,
        "sent_at": now,
        "room": {"sid": format!("RM{:032x}", session / 4), "name": format!("room {}", session / 4), "type": "group"},
        "participant": {"sid": format!("PA{session:032x}"), "identity": format!("person {session}")},
        "client": {"os": {"name": "Windows", "version": "11"}, "browser": {"name": browser, "version": "156.0.8078.73"},
            "device": {"manufacturer": null, "model": null}, "sdk": {"name": "twilio-video.js", "version": "2.34.0"}, "module": "0.1.0"},
        "intervals": intervals,
        "events": [],
    })
}

/// Gives a row figures of its own, as large as they were.
fn vary(value: &mut Value, random: &mut Random) {
    match value {
        Value::Object(members) => members
            .iter_mut()
            .filter(|(name, _)| *name != "ssrc" && *name != "encoding_index")
            .for_each(|(_, value)| vary(value, random)),
        Value::Array(items) => items.iter_mut().for_each(|item| vary(item, random)),
        Value::Number(number) => {
            let figure = number.as_f64().unwrap() * (0.8 + random.next(400) as f64 / 1000.0);
            *value = if number.is_f64() {
                json!((figure * 1000.0).round() / 1000.0)
            } else {
                json!(figure.round() as i64)
            };
        }
        _ => {}
    }
}
