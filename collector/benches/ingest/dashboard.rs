//! How long it takes to look at two weeks.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use callscope_collector::model::{AccountSid, HOUR_MS, Segment};
use callscope_collector::simulate::write;
use callscope_collector::store::{
    IssueFilter, ParticipantQuery, RollUpQuery, RoomQuery, Sqlite, Store, Uses,
};
use callscope_simulate::{Plan, Simulation};

const DAYS: i64 = 14;
const HOURS: i64 = DAYS * 24;
/// 1 November 2026.
const START: i64 = 1_793_491_200_000;
/// Of a track: what is measured here is lists and roll-ups, and a million calls in full are more than 100 GB.
const INTERVALS: u32 = 3;

pub(crate) fn measure(path: &Path, participants: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(path).unwrap());
        fill(&store, participants).await;
        println!(
            "database: {} MB",
            std::fs::metadata(path).unwrap().len() >> 20
        );
        let named = RoomQuery {
            limit: 1,
            ..RoomQuery::default()
        };
        let page = store.rooms(&AccountSid::local(), named).await.unwrap();
        let name = page.rooms[0].2[0].facts.room_name.clone().unwrap().value;
        for segment in Segment::ALL {
            time(&format!("dashboard by {}", segment.name()), async || {
                let query = RollUpQuery {
                    from: START / HOUR_MS,
                    to: START / HOUR_MS + HOURS,
                    segment,
                    types: Vec::new(),
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
        let sid = page.rooms[0].1.clone();
        let begins_with = |prefix: &str| RoomQuery {
            search: Some(prefix.to_owned()),
            ..RoomQuery::default()
        };
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
                    name: Some(name.clone()),
                    ..RoomQuery::default()
                },
            ),
            (
                "rooms by sid or name",
                RoomQuery {
                    search: Some(name.clone()),
                    ..RoomQuery::default()
                },
            ),
            ("rooms that begin as most do", begins_with("RM")),
            ("rooms that begin with 4 of a sid", begins_with(&sid[..4])),
            ("rooms that begin with 6 of a sid", begins_with(&sid[..6])),
            ("rooms that begin with 5 of a name", begins_with(&name[..5])),
            ("rooms that begin as none does", begins_with("nothing")),
        ];
        for (name, query) in rooms.into_iter().chain(behind()) {
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

/// Rooms that are behind a part of a chart, counted: with a participant who uses that and joined then.
fn behind() -> Vec<(&'static str, RoomQuery)> {
    let with = |days: Option<i64>, browser: Option<&str>, is_other: bool| RoomQuery {
        count: true,
        participant: Some(ParticipantQuery {
            joined_after: days.map(|days| START + HOURS * HOUR_MS - days * 24 * HOUR_MS),
            uses: browser.map(|browser| Uses {
                segment: Segment::Browser,
                values: vec![Some(browser.to_owned())],
                is_other,
            }),
            ..ParticipantQuery::default()
        }),
        ..RoomQuery::default()
    };
    let chrome = Some("Chrome");
    vec![
        ("rooms joined on the last day", with(Some(1), None, false)),
        (
            "rooms joined on the last day by Chrome",
            with(Some(1), chrome, false),
        ),
        (
            "rooms joined in the last week by Chrome",
            with(Some(7), chrome, false),
        ),
        (
            "rooms joined in the last week by others",
            with(Some(7), chrome, true),
        ),
        (
            "rooms joined in the last week by nobody",
            with(Some(7), Some("none"), false),
        ),
        ("rooms joined by Chrome at all", with(None, chrome, false)),
    ]
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

/// Two weeks of calls, one batch each.
async fn fill(store: &Arc<dyn Store>, participants: u32) {
    let until = START + HOURS * HOUR_MS;
    let plan = Plan {
        participants,
        rooms: None,
        seed: 1,
        from: START,
        until,
        now: Some(until),
        intervals: Some(INTERVALS),
        batch_ms: HOUR_MS,
    };
    let simulation = Simulation::new(plan).unwrap();
    let rooms = simulation.rooms();
    let begun = Instant::now();
    let tell = |done, _| println!("{done} of {rooms} rooms written");
    let written = write(simulation, Arc::clone(store), AccountSid::local(), tell)
        .await
        .unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{participants} participants in {rooms} rooms over {DAYS} days, {} batches with {} intervals, written in {seconds:.0} s: {:.0} participants/s",
        written.new,
        written.intervals,
        f64::from(participants) / seconds
    );
}
