//! The wire: its schema in `docs/`, what is read and what is refused.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::{env, fs, path::Path};

use callscope_core::wire::{
    Batch, Bounds, ConnectionSummary, Event, Interval, Issue, PublishedSummary, ReceivedSummary,
    SCHEMA, Signal,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const NOW: i64 = 1_795_354_700_000;

fn bounds() -> Bounds {
    Bounds {
        now: NOW,
        max_skew_ms: 600_000,
        max_age_ms: 48 * 3_600_000,
        max_intervals: 4,
        max_events: 2,
    }
}

fn batch() -> Value {
    json!({
        "schema": 1,
        "batch_id": "0197f3a4-5c00-7000-8000-00000000002a",
        "session": "0197f3a4-5c00-7000-8000-00000000002b",
        "seq": 0,
        "started_at": NOW - 40_000,
        "sent_at": NOW,
        "room": null,
        "participant": {"sid": "PA1", "identity": null},
        "client": {"os": {"name": "Linux", "version": null}, "browser": null},
        "intervals": [
            {"scope": "track", "direction": "send", "pc": "pc1", "track": "MT1", "kind": "video", "start": (NOW - 40_000) as f64,
             "duration_ms": 9_999.6, "bitrate_bps": 1000, "rtt_ms": null, "jitter_ms": 0.5, "notes": ["carried"], "new": [1]},
        ],
        "events": [{"event": "signal", "type": "no_media", "pc": "pc1", "start": NOW - 20_000, "end": null, "value": 1.5, "threshold": 1}],
        "later": {"version": 2},
    })
}

fn read(value: &Value) -> Result<Batch, String> {
    let batch: Batch = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    batch.check(&bounds()).map_err(|error| error.to_string())?;
    Ok(batch)
}

#[test]
fn the_schema_is_what_the_types_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/wire.schema.json");
    let schema = schemars::schema_for!(Batch);
    let expected = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&path, expected).unwrap();
        return;
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/wire.schema.json is out of date: run this with UPDATE_SCHEMA=1"
    );
}

#[test]
fn what_is_not_known_is_ignored_and_what_is_not_said_is_unknown() {
    let batch = read(&batch()).unwrap();
    assert_eq!(batch.schema, SCHEMA);
    assert_eq!(batch.client.os.name.as_deref(), Some("Linux"));
    assert_eq!(batch.client.browser.name, None);
    let Interval::Track(track) = &batch.intervals[0] else {
        panic!("{batch:?}")
    };
    assert_eq!(track.duration_ms, 10_000);
    assert_eq!(track.bitrate_bps, Some(1000.0));
    assert_eq!(track.rtt_ms, None);
    assert_eq!(track.packets_sent, None);
    assert_eq!(
        serde_json::to_string(&batch.intervals[0]).unwrap(),
        format!(
            r#"{{"scope":"track","direction":"send","track":"MT1","pc":"pc1","kind":"video","start":{},"duration_ms":10000,"bitrate_bps":1000,"packets_sent":null,"packets_lost":null,"packet_loss_pct":null,"rtt_ms":null,"jitter_ms":0.5,"notes":["carried"]}}"#,
            NOW - 40_000
        )
    );
    let Event::Signal(signal) = &batch.events[0] else {
        panic!("{batch:?}")
    };
    assert_eq!(signal.end, None);
}

#[test]
fn a_batch_is_read_as_it_was_written() {
    let batch = read(&batch()).unwrap();
    let text = serde_json::to_string(&batch).unwrap();
    assert_eq!(serde_json::from_str::<Batch>(&text).unwrap(), batch);
}

#[test]
fn what_is_wrong_with_a_batch_is_one_sentence() {
    let long = "x".repeat(2000);
    let interval = batch()["intervals"][0].clone();
    for (pointer, value, sentence) in [
        ("/schema", json!(2), "`schema` is 2; this collector reads 1"),
        ("/schema", json!("1"), "invalid type: string \"1\""),
        ("/batch_id", json!("1"), "a UUID such as"),
        ("/session", Value::Null, "expected a UUID"),
        ("/seq", json!(-1), "expected u32"),
        ("/sent_at", json!(1e17), "less than 2^53"),
        (
            "/sent_at",
            json!(NOW + 700_000),
            "700 s ahead of the collector's clock and may be 600 s",
        ),
        (
            "/started_at",
            json!(NOW - 49 * 3_600_000),
            "began 49 h ago, and what is older than 48 h",
        ),
        ("/started_at", json!(NOW + 90_000), "`started_at` at"),
        (
            "/intervals",
            json!([interval, interval, interval, interval, interval]),
            "5 intervals in the batch and may be 4",
        ),
        (
            "/intervals/0/scope",
            json!("layer"),
            "unknown variant `layer`",
        ),
        (
            "/intervals/0/direction",
            json!("receive"),
            "`direction` of a track's interval is `send`",
        ),
        ("/intervals/0/start", json!(NOW - 200_000), "an interval at"),
        ("/intervals/0/start", json!(NOW + 200_000), "an interval at"),
        (
            "/intervals/0/duration_ms",
            json!(-5),
            "`duration_ms` is negative",
        ),
        (
            "/intervals/0/track",
            json!(long),
            "a track has 2000 bytes and may have 1024",
        ),
        (
            "/intervals/0/bitrate_bps",
            json!("fast"),
            "invalid type: string",
        ),
        (
            "/events/0/type",
            json!("sunshine"),
            "unknown variant `sunshine`",
        ),
        ("/events/0/start", json!(0), "an event at 0 lies outside"),
        (
            "/participant/sid",
            json!(""),
            "the participant's sid is empty",
        ),
        (
            "/participant/identity",
            json!(long),
            "the participant's identity has 2000 bytes",
        ),
        (
            "/client/os/name",
            json!(long),
            "the system's name has 2000 bytes",
        ),
    ] {
        let mut wrong = batch();
        *wrong.pointer_mut(pointer).unwrap() = value;
        let told = read(&wrong).unwrap_err();
        assert!(told.contains(sentence), "{pointer}: {told}");
    }
}

/// What `callscope replay --format json` prints, in the types of the wire.
#[derive(Deserialize)]
struct Replayed {
    intervals: Vec<Interval>,
    tracks: Vec<PublishedSummary>,
    issues: Vec<Issue>,
    received: Vec<ReceivedSummary>,
    connections: Vec<ConnectionSummary>,
    signals: Vec<Signal>,
    warnings: Value,
    oddities: Value,
}

impl Replayed {
    /// As it is printed: an interval a line, and every other member on one.
    fn printed(&self) -> String {
        let intervals: Vec<String> = self.intervals.iter().map(text).collect();
        let first = if intervals.is_empty() { "" } else { "\n" };
        format!(
            "{{\"intervals\":[{first}{}],\n\"tracks\":{},\n\"issues\":{},\n\"received\":{},\n\"connections\":{},\n\"signals\":{},\n\"warnings\":{},\n\"oddities\":{}}}\n",
            intervals.join(",\n"),
            text(&self.tracks),
            text(&self.issues),
            text(&self.received),
            text(&self.connections),
            text(&self.signals),
            text(&self.warnings),
            text(&self.oddities),
        )
    }
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// The module and `replay` say the same in the same words: what replay prints of each recording is read by these types and
/// written by them as it was, to the last byte.
#[test]
fn what_replay_prints_is_of_the_wire() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/golden");
    let mut intervals = 0;
    for file in fs::read_dir(golden).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|it| it != "json") {
            continue;
        }
        let printed = fs::read_to_string(&path).unwrap();
        let read: Replayed = serde_json::from_str(&printed)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        intervals += read.intervals.len();
        let again = read.printed();
        let place = printed
            .bytes()
            .zip(again.bytes())
            .position(|(one, other)| one != other);
        assert!(
            again == printed,
            "{}: other from byte {place:?} on",
            path.display()
        );
    }
    assert!(intervals > 100, "{intervals}");
}
