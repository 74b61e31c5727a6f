//! The way of a batch from its bytes into the store, given real batches that were tampered with.
//!
//! The changes come from a seed, so that a run can be repeated: `CALLSCOPE_FUZZ_SEED=7 CALLSCOPE_FUZZ_CASES=100000 cargo test -p
//! callscope-collector --test fuzz`. What was found goes into `corpus/`, which is tried first: the batches in `taken/` are taken, those in
//! `refused/` are not. The real ones are of a Chromium that called itself.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test: what fails ends it"
)]

mod mutate;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{env, fs};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use callscope_collector::config::{Config, Options};
use callscope_collector::model::{AccountSid, Contribution, Room, Segment};
use callscope_collector::serve::{State, app};
use callscope_collector::store::{RollUpQuery, RollUps, RoomQuery, Sqlite, Store};
use callscope_core::wire::{Batch, RoomType, Uuid};
use fastrand::Rng;
use flate2::{Compression, write::GzEncoder};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::io::Write as _;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// How many changed batches are sent, if there is the time.
const CASES: u64 = 4000;

/// Enough for them on a machine that does nothing else.
const MOST: Duration = Duration::from_secs(12);

/// How often all that is stored is looked at.
const LOOK_EVERY: u64 = 500;

const HOUR_MS: i64 = 3_600_000;

fn corpus(which: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz/corpus")
        .join(which);
    let files = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut all: Vec<_> = files
        .map(|it| (it.clone(), fs::read(it).unwrap()))
        .collect();
    all.sort();
    assert!(!all.is_empty());
    all
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// Moves all times, so that the batch is one of a minute ago.
fn lately(bytes: &[u8]) -> Value {
    fn shift(tree: &mut Value, by: i64) {
        match tree {
            Value::Object(members) => members.values_mut().for_each(|it| shift(it, by)),
            Value::Array(items) => items.iter_mut().for_each(|it| shift(it, by)),
            Value::Number(number) => {
                if let Some(ms) = number.as_i64().filter(|it| *it > 1_500_000_000_000) {
                    *tree = (ms + by).into();
                }
            }
            _ => {}
        }
    }
    let mut batch: Value = serde_json::from_slice(bytes).unwrap();
    let by = now() - 60_000 - batch["started_at"].as_i64().unwrap();
    shift(&mut batch, by);
    batch
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A collector without a port.
struct Collector {
    router: Router,
    store: Arc<dyn Store>,
    database: rusqlite::Connection,
    _folder: TempDir,
}

impl Collector {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("callscope.db");
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(&path).unwrap());
        let options = Options {
            max_batches_per_second: Some(u32::MAX),
            ..Options::default()
        };
        let config = Config::new(options, None).unwrap();
        let state = State::new(Arc::clone(&store), config).await.unwrap();
        Self {
            router: app(state),
            store,
            database: rusqlite::Connection::open(path).unwrap(),
            _folder: folder,
        }
    }

    /// Sends a body; the status, after what every answer is held to.
    async fn post(&self, body: &[u8], encoding: Option<&str>) -> u16 {
        let before = self.batches();
        let mut request = Request::post("/v1/batches").header("host", "localhost");
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        let request = request.body(Body::from(body.to_vec())).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let told = answer.into_body().collect().await.unwrap().to_bytes();
        let told: Value = serde_json::from_slice(&told).unwrap();
        match status {
            200 | 201 => assert!(told["batch_id"].is_string(), "{told}"),
            400 | 413 | 415 | 422 => {
                let sentence = told["message"].as_str().unwrap();
                assert!(sentence.len() > 10 && sentence.len() < 2000, "{told}");
            }
            _ => panic!("{status}: {told}"),
        }
        assert_eq!(self.batches(), before + i64::from(status == 201), "{told}");
        status
    }

    fn batches(&self) -> i64 {
        let mut count = self
            .database
            .prepare_cached("SELECT count(*) FROM batch")
            .unwrap();
        count.query_row([], |row| row.get(0)).unwrap()
    }

    /// All that is stored is whole: each session has what its batches had, and the roll-ups are what the rooms come to.
    async fn check(&self, taken: &BTreeMap<Uuid, (usize, usize)>) {
        let account = AccountSid::local();
        let query = RoomQuery {
            limit: 100_000,
            ..RoomQuery::default()
        };
        let rooms = self.store.rooms(&account, query).await.unwrap().rooms;
        let mut found = BTreeMap::new();
        let mut sum = Contribution::default();
        for (_, sid, sessions) in &rooms {
            for session in sessions {
                let intervals = self.store.intervals(&account, session).await.unwrap().len();
                let events = self.store.events(&account, session).await.unwrap().len();
                self.store.summary(&account, session).await.unwrap();
                assert_eq!(found.insert(session.id, (intervals, events)), None);
            }
            let room = Room::of(sid, sessions).unwrap();
            sum.room(&room.facts, 1);
            for participant in &room.participants {
                sum.participant(participant, 1);
            }
        }
        assert_eq!(found, *taken);
        let types = RoomType::ALL.iter().map(|it| vec![*it]);
        let types = types.chain([Vec::new()]);
        for (types, segment) in
            types.flat_map(|it| Segment::ALL.map(|segment| (it.clone(), segment)))
        {
            let expected = counted(&sum, segment, &types);
            let query = RollUpQuery {
                from: i64::MIN / HOUR_MS,
                to: i64::MAX / HOUR_MS,
                segment,
                types,
            };
            let stored = self.store.roll_ups(&account, query).await.unwrap();
            assert_eq!(sorted(stored), sorted(expected));
        }
    }
}

/// What the roll-ups of a segment are to be, of rooms of these types, or of any.
fn counted(sum: &Contribution, segment: Segment, types: &[RoomType]) -> RollUps {
    let is_asked =
        |it: Option<RoomType>| types.is_empty() || it.is_some_and(|it| types.contains(&it));
    let mut rooms = BTreeMap::new();
    for (key, n) in sum.rooms.iter().filter(|(key, _)| is_asked(key.r#type)) {
        *rooms.entry((key.hour, key.has_issues)).or_insert(0) += n;
    }
    let mut participants = BTreeMap::new();
    for (key, n) in sum
        .participants
        .iter()
        .filter(|(key, _)| key.segment == segment && is_asked(key.r#type))
    {
        let sum = participants.entry((key.hour, key.value.clone()));
        let (all, with_issues) = sum.or_insert((0, 0));
        *all += n;
        *with_issues += if key.has_issues { *n } else { 0 };
    }
    let mut time = BTreeMap::new();
    for (key, (present, recorded)) in sum.time.iter().filter(|(key, _)| is_asked(key.r#type)) {
        let at = time.entry(key.hour).or_insert((0, 0));
        *at = (at.0 + present, at.1 + recorded);
    }
    RollUps {
        rooms: rooms
            .into_iter()
            .map(|((hour, issues), n)| (hour, issues, n))
            .collect(),
        participants: participants
            .into_iter()
            .map(|((hour, value), (all, with))| (hour, value, all, with))
            .collect(),
        time: time
            .into_iter()
            .filter(|it| it.1 != (0, 0))
            .map(|(hour, ms)| (hour, ms.0, ms.1))
            .collect(),
    }
}

fn sorted(mut all: RollUps) -> RollUps {
    all.rooms.sort();
    all.participants.sort();
    all.time.sort();
    all
}

#[tokio::test]
async fn the_corpus_is_answered_as_it_says() {
    let collector = Collector::new().await;
    for (path, bytes) in corpus("taken") {
        let bytes = lately(&bytes).to_string().into_bytes();
        assert!(
            matches!(collector.post(&bytes, None).await, 200 | 201),
            "{path:?}"
        );
        assert_eq!(
            collector.post(&gzip(&bytes), Some("gzip")).await,
            200,
            "{path:?}"
        );
    }
    for (path, bytes) in corpus("refused") {
        let is_packed = path.extension().is_some_and(|it| it == "gz");
        let status = collector.post(&bytes, is_packed.then_some("gzip")).await;
        assert!(status >= 400, "{path:?}: {status}");
    }
}

#[tokio::test]
async fn whatever_is_made_of_real_batches_is_refused_or_stored_whole() {
    let number = |name: &str, otherwise| env::var(name).map_or(otherwise, |it| it.parse().unwrap());
    let seed = number("CALLSCOPE_FUZZ_SEED", 1);
    let cases = number("CALLSCOPE_FUZZ_CASES", CASES);
    let most = if cases == CASES { MOST } else { Duration::MAX };
    let mut rng = Rng::with_seed(seed);
    let real: Vec<Value> = corpus("taken")
        .iter()
        .map(|(_, bytes)| lately(bytes))
        .collect();
    let collector = Collector::new().await;
    let mut taken = BTreeMap::new();
    let mut statuses = BTreeMap::new();
    let begun = Instant::now();
    let mut case = 0;
    while case < cases && begun.elapsed() < most {
        case += 1;
        let (body, encoding) = made(&real, &mut rng);
        // It outlives a panic, and can be put into the corpus.
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz-last.bin");
        fs::write(&file, &body).unwrap();
        let status = collector.post(&body, encoding).await;
        *statuses.entry(status).or_insert(0) += 1;
        if status == 201 {
            let batch = read(&body);
            let sum = taken.entry(batch.session).or_insert((0, 0));
            *sum = (sum.0 + batch.intervals.len(), sum.1 + batch.events.len());
        }
        if case % LOOK_EVERY == 0 {
            collector.check(&taken).await;
        }
    }
    collector.check(&taken).await;
    println!(
        "seed {seed}: {case} batches in {:.1?}, answered {statuses:?}",
        begun.elapsed()
    );
    // A fuzzer that is only ever refused, or never, tries nothing.
    for status in [200, 201, 400, 422] {
        assert!(
            statuses.get(&status).is_some_and(|it| *it > 10),
            "{statuses:?}"
        );
    }
}

/// One of the real batches, changed, and how it is said to be encoded.
fn made(real: &[Value], rng: &mut Rng) -> (Vec<u8>, Option<&'static str>) {
    let other = &real[rng.usize(0..real.len())];
    let mut batch = real[rng.usize(0..real.len())].clone();
    mutate::settle(&mut batch, rng);
    mutate::structure(&mut batch, other, rng);
    let mut body = batch.to_string().into_bytes();
    if rng.u8(0..4) == 0 {
        mutate::bytes(&mut body, rng);
    }
    if rng.bool() {
        return (body, None);
    }
    let mut packed = gzip(&body);
    if rng.u8(0..6) == 0 {
        mutate::bytes(&mut packed, rng);
    }
    let encoding = rng.choice([
        Some("gzip"),
        Some("gzip"),
        None,
        Some("identity"),
        Some("br"),
    ]);
    (packed, encoding.flatten())
}

/// A body that was taken.
fn read(body: &[u8]) -> Batch {
    let mut unpacked = Vec::new();
    let is_packed = body.starts_with(&[0x1f, 0x8b]);
    if is_packed {
        let mut reader = flate2::read::MultiGzDecoder::new(body);
        std::io::Read::read_to_end(&mut reader, &mut unpacked).unwrap();
    }
    serde_json::from_slice(if is_packed { &unpacked } else { body }).unwrap()
}
