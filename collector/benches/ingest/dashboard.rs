//! How long it takes to look at two weeks.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use callscope_collector::model::{AccountSid, HOUR_MS, Segment};
use callscope_collector::store::{IssueFilter, RollUpQuery, RoomQuery, Sqlite, Store};
use callscope_core::wire::Batch;
use serde_json::json;

const DAYS: i64 = 14;
const HOURS: i64 = DAYS * 24;
/// 1 November 2026.
const START: i64 = 1_793_491_200_000;

pub(crate) fn measure(path: &Path, participants: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(path).unwrap());
        let begun = Instant::now();
        fill(&store, participants).await;
        println!(
            "{participants} participants over {DAYS} days written in {:.0} s, {} MB",
            begun.elapsed().as_secs_f64(),
            std::fs::metadata(path).unwrap().len() >> 20
        );
        for segment in Segment::ALL {
            time(&format!("dashboard by {}", segment.name()), async || {
                let query = RollUpQuery {
                    from: START / HOUR_MS,
                    to: START / HOUR_MS + HOURS,
                    segment,
                    types: Vec::new(),
                    has_issues: None,
                };
                store
                    .roll_ups(&AccountSid::local(), query)
                    .await
                    .unwrap()
                    .participants
                    .len()
            })
            .await;
        }
        let rooms = [
            ("rooms, first page", RoomQuery::default()),
            (
                "rooms with issues",
                RoomQuery {
                    issues: Some(IssueFilter::With),
                    ..RoomQuery::default()
                },
            ),
            (
                "rooms by name",
                RoomQuery {
                    name: Some("room 1234".to_owned()),
                    ..RoomQuery::default()
                },
            ),
            (
                "rooms by sid or name",
                RoomQuery {
                    search: Some("room 1234".to_owned()),
                    ..RoomQuery::default()
                },
            ),
        ];
        for (name, query) in rooms {
            time(name, async || {
                let query = RoomQuery {
                    limit: 50,
                    ..query.clone()
                };
                store
                    .rooms(&AccountSid::local(), query)
                    .await
                    .unwrap()
                    .rooms
                    .len()
            })
            .await;
        }
    });
}

async fn time(name: &str, mut ask: impl AsyncFnMut() -> usize) {
    let mut times = Vec::new();
    let mut found = 0;
    for _ in 0..20 {
        let begun = Instant::now();
        found = ask().await;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    let first = times[0];
    times.sort_by(f64::total_cmp);
    println!(
        "{name}: median {:.1} ms, first {first:.1} ms ({found} rows)",
        times[10]
    );
}

async fn fill(store: &Arc<dyn Store>, participants: u32) {
    let mut waiting = tokio::task::JoinSet::new();
    for number in 0..participants {
        let store = Arc::clone(store);
        waiting.spawn(async move {
            store
                .record(&AccountSid::local(), batch(number))
                .await
                .unwrap()
        });
        if waiting.len() >= 4000 {
            waiting.join_next().await;
        }
    }
    while waiting.join_next().await.is_some() {}
}

fn batch(number: u32) -> Batch {
    let room = number / 4;
    let start = START
        + i64::from(room) * 7919 * 60_000 % (HOURS * HOUR_MS)
        + i64::from(number % 4) * 10_000;
    let pick = |of: &[&str], by: u32| {
        of[(number.wrapping_mul(2_654_435_761) >> by) as usize % of.len()].to_owned()
    };
    let os = pick(
        &["Windows", "macOS", "Linux", "Android", "iOS", "ChromeOS"],
        3,
    );
    let issue = json!({"type": "packet_loss", "severity": "high", "media": "video", "tracks": ["MT1"], "value": 7, "threshold": 5});
    let issues = if number.is_multiple_of(17) {
        vec![issue]
    } else {
        vec![]
    };
    serde_json::from_value(json!({
        "schema": 1,
        "batch_id": format!("{number:08x}-0000-4000-9000-000000000000"),
        "session": format!("{:08x}-0000-4000-8000-{number:012x}", number.wrapping_mul(2_654_435_761)),
        "seq": 0,
        "started_at": start,
        "sent_at": start + 1_800_000,
        "room": {"sid": format!("RM{room:032x}"), "name": format!("room {room}"), "type": pick(&["group", "group", "peer_to_peer", "go"], 7)},
        "participant": {"sid": format!("PA{number:032x}"), "identity": format!("person {number}")},
        "client": {"os": {"name": os, "version": "11"}, "browser": {"name": pick(&["Chrome", "Chrome", "Safari", "Firefox", "Edge", "Samsung Internet", "Opera"], 5), "version": "156"},
            "device": {"manufacturer": pick(&["Apple", "Samsung", "Xiaomi", "Google", "Huawei", "OPPO", "vivo", "Motorola", "Lenovo", "OnePlus"], 9), "model": "x"},
            "sdk": {"name": pick(&["twilio-video.js", "twilio-video-ios", "twilio-video-android"], 11), "version": "2.34.0"}, "module": "0.1.0"},
        "final": {"ended_at": start + 600_000 + i64::from(number % 1200) * 1000, "summary": {"issues": issues}},
    }))
    .unwrap()
}
