//! What `callscope simulate` makes up: it is to be what browsers would send.

#![expect(clippy::unwrap_used, reason = "tests")]

#[expect(dead_code, reason = "other tests need more of it")]
#[path = "http/server.rs"]
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use callscope_collector::model::AccountSid;
use callscope_collector::simulate::{Plan, Simulation, Timeline, write};
use callscope_collector::store::{Sqlite, Store};
use callscope_core::wire::{Batch, Bounds, Event, Interval, Issue, IssueType, TrackInterval, Uuid};
use serde_json::Value;
use server::{Server, callscope};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// 10:00 on a Wednesday, UTC.
const END: i64 = 1_795_600_800_000;

fn plan(participants: u32) -> Plan {
    Plan {
        participants,
        rooms: None,
        seed: 1,
        from: END - DAY,
        until: END,
        now: Some(END),
        intervals: None,
        batch_ms: 30_000,
    }
}

fn batches(plan: Plan) -> Vec<Batch> {
    let simulation = Simulation::new(plan).unwrap();
    (0..simulation.rooms())
        .flat_map(|room| simulation.calls(room))
        .flatten()
        .collect()
}

fn json(batches: &[Batch]) -> String {
    serde_json::to_string(batches).unwrap()
}

/// The batches of each session, in order.
fn sessions(batches: &[Batch]) -> BTreeMap<Uuid, Vec<&Batch>> {
    let mut sessions = BTreeMap::<_, Vec<&Batch>>::new();
    for batch in batches {
        sessions.entry(batch.session).or_default().push(batch);
    }
    for session in sessions.values_mut() {
        session.sort_by_key(|it| it.seq);
    }
    sessions
}

/// The intervals of each published track of a session.
fn tracks<'a>(session: &[&'a Batch]) -> BTreeMap<String, Vec<&'a TrackInterval>> {
    let mut tracks = BTreeMap::<_, Vec<_>>::new();
    for interval in session.iter().flat_map(|it| &it.intervals) {
        if let Interval::Track(track) = interval {
            tracks
                .entry(track.track.clone().unwrap())
                .or_default()
                .push(track.as_ref());
        }
    }
    tracks
}

/// The issues of a track by the rules of the design: cumulative loss of 5 % or more, an average round trip of more than 300 ms.
fn judged(intervals: &[&TrackInterval]) -> BTreeSet<IssueType> {
    let (mut sent, mut lost, mut judged, mut waiting) = (0.0, 0.0, 0.0, 0.0);
    let (mut sum, mut weight) = (0.0, 0.0);
    for it in intervals {
        let packets = it.packets_sent.unwrap();
        sent += packets;
        waiting += packets;
        if let Some(missing) = it.packets_lost {
            lost += missing;
            judged += std::mem::take(&mut waiting);
        }
        if let Some(rtt) = it.rtt_ms {
            sum += rtt * it.duration_ms as f64;
            weight += it.duration_ms as f64;
        }
    }
    let mut issues = BTreeSet::new();
    if sent >= 100.0 && lost + judged > 0.0 && 100.0 * lost / (lost + judged) >= 5.0 {
        issues.insert(IssueType::PacketLoss);
    }
    if sent >= 100.0 && weight > 0.0 && sum / weight > 300.0 {
        issues.insert(IssueType::RoundTripTime);
    }
    issues
}

#[test]
fn the_same_seed_gives_the_same_and_another_gives_another() {
    let whole = json(&batches(plan(60)));
    assert_eq!(whole, json(&batches(plan(60))));
    assert_ne!(
        whole,
        json(&batches(Plan {
            seed: 2,
            ..plan(60)
        }))
    );
}

#[test]
fn the_timeline_has_the_same_batches_in_the_order_of_their_sending() {
    let mut one_by_one = batches(plan(80));
    let timeline: Vec<Batch> = Timeline::new(Simulation::new(plan(80)).unwrap()).collect();
    assert!(timeline.windows(2).all(|it| it[0].sent_at <= it[1].sent_at));
    one_by_one.sort_by_key(|it| (it.sent_at, it.batch_id));
    let mut sorted = timeline;
    sorted.sort_by_key(|it| (it.sent_at, it.batch_id));
    assert_eq!(one_by_one, sorted);
}

#[test]
fn every_batch_is_one_that_a_collector_takes() {
    for plan in [
        plan(60),
        Plan {
            batch_ms: 3_600_000,
            ..plan(60)
        },
        Plan {
            intervals: Some(3),
            ..plan(300)
        },
        Plan {
            rooms: Some(2),
            ..plan(100)
        },
    ] {
        let batches = batches(plan);
        let ids: BTreeSet<_> = batches.iter().map(|it| it.batch_id).collect();
        assert_eq!(ids.len(), batches.len());
        for batch in &batches {
            let bounds = Bounds {
                now: batch.sent_at,
                max_skew_ms: 0,
                max_age_ms: DAY,
                max_intervals: 5000,
                max_events: 5000,
            };
            batch.check(&bounds).unwrap();
            assert!(batch.sent_at <= END);
            // What is sent is what is read, to the last decimal.
            let read: Batch = serde_json::from_str(&serde_json::to_string(batch).unwrap()).unwrap();
            assert_eq!(read.intervals, batch.intervals);
            assert_eq!(read.events, batch.events);
        }
    }
}

#[test]
fn batches_of_a_session_are_thirty_seconds_each_and_leave_nothing_out() {
    for session in sessions(&batches(plan(100))).values() {
        for (place, batch) in session.iter().enumerate() {
            assert_eq!(batch.seq as usize, place);
            assert!(batch.end.is_none() || place + 1 == session.len());
        }
        for intervals in tracks(session).values() {
            for it in intervals.windows(2) {
                assert_eq!(it[0].start + 10_000, it[1].start);
                assert_eq!(it[1].start % 10_000, 0);
            }
        }
    }
}

#[test]
fn issues_are_those_of_the_intervals() {
    let mut found = 0;
    for plan in [
        plan(120),
        Plan {
            intervals: Some(6),
            ..plan(1500)
        },
    ] {
        let batches = batches(plan);
        for session in sessions(&batches).values() {
            let mut expected = BTreeMap::<IssueType, BTreeSet<String>>::new();
            for (track, intervals) in tracks(session) {
                for issue in judged(&intervals) {
                    expected.entry(issue).or_default().insert(track.clone());
                }
            }
            let last = session.last().unwrap();
            // What was raised and not cleared by then stands, with or without an end.
            let mut standing = BTreeMap::<IssueType, BTreeSet<String>>::new();
            for event in session.iter().flat_map(|it| &it.events) {
                if let Event::Issue(change) = event {
                    let tracks = standing.entry(change.r#type).or_default();
                    let track = change.track.clone().unwrap();
                    let is_news = if change.raised {
                        tracks.insert(track)
                    } else {
                        tracks.remove(&track)
                    };
                    assert!(is_news);
                }
            }
            standing.retain(|_, tracks| !tracks.is_empty());
            assert_eq!(standing, expected);
            if let Some(end) = &last.end {
                let of = |it: &Issue| (it.r#type, it.tracks.iter().cloned().collect());
                let told: BTreeMap<IssueType, BTreeSet<String>> =
                    end.summary.issues.iter().map(of).collect();
                assert_eq!(told, expected);
                found += told.len();
            }
        }
    }
    assert!(found > 20, "{found}");
}

#[test]
fn a_few_percent_have_issues_and_they_come_in_clusters() {
    let batches = batches(Plan {
        intervals: Some(4),
        batch_ms: 3_600_000,
        ..plan(5000)
    });
    let mut rooms = BTreeMap::<String, BTreeMap<String, bool>>::new();
    for batch in &batches {
        let room = batch.room.clone().unwrap().sid.unwrap();
        let participant = batch.participant.clone().unwrap().sid.unwrap();
        let has = batch
            .end
            .as_ref()
            .is_some_and(|end| !end.summary.issues.is_empty());
        *rooms
            .entry(room)
            .or_default()
            .entry(participant)
            .or_default() |= has;
    }
    let of = |room: &BTreeMap<String, bool>| room.values().filter(|it| **it).count();
    let with: usize = rooms.values().map(of).sum();
    let all: usize = rooms.values().map(BTreeMap::len).sum();
    let share = with as f64 / all as f64;
    assert!((0.02..0.07).contains(&share), "{share}");
    // By chance alone, three of three would be bad in one room of thirty thousand.
    let whole_rooms = rooms
        .values()
        .filter(|room| room.len() > 2 && of(room) == room.len());
    assert!(whole_rooms.count() >= 3);
}

#[test]
fn there_is_what_is_seldom_too() {
    let batches = batches(Plan {
        intervals: Some(4),
        batch_ms: 3_600_000,
        ..plan(3000)
    });
    let sessions = sessions(&batches);
    let share = |of: &dyn Fn(&[&Batch]) -> bool| {
        sessions.values().filter(|it| of(it)).count() as f64 / sessions.len() as f64
    };
    let event = |batch: &Batch, name: &str| json(std::slice::from_ref(batch)).contains(name);
    let without_end = share(&|it| it.last().unwrap().end.is_none());
    assert!((0.03..0.12).contains(&without_end), "{without_end}");
    for name in [
        "recording_started",
        "recording_stopped",
        "reconnected",
        "connection_lost",
        "bandwidth_limited",
        "frozen_video",
        "silent_microphone",
        "relayed_over_tcp",
        "concealed_audio",
        "low_frame_rate",
        "cpu_limited",
        "participant_connected",
    ] {
        let found = share(&|it| it.iter().any(|batch| event(batch, name)));
        assert!(found > 0.001, "{name}: {found}");
    }
    for field in ["os", "browser", "sdk"] {
        let unknown =
            share(&|it| serde_json::to_value(&it[0].client).unwrap()[field]["name"].is_null());
        assert!((0.005..0.2).contains(&unknown), "{field}: {unknown}");
    }
    let participants: BTreeSet<_> = batches
        .iter()
        .map(|it| it.participant.clone().unwrap().sid)
        .collect();
    assert!(sessions.len() > participants.len(), "nobody came back");
}

/// What the read API is to say of a simulation, computed from its batches alone.
#[derive(Debug, Default)]
struct Expected {
    participants: BTreeMap<String, BTreeSet<String>>,
    with_issues: BTreeSet<String>,
    by_browser: BTreeMap<Option<String>, BTreeSet<String>>,
    ms: i64,
}

fn expected(batches: &[Batch]) -> Expected {
    let mut expected = Expected::default();
    let mut spans = BTreeMap::<String, (i64, i64)>::new();
    for session in sessions(batches).values() {
        let room = session[0].room.clone().unwrap().sid.unwrap();
        let participant = session[0].participant.clone().unwrap().sid.unwrap();
        expected
            .participants
            .entry(room.clone())
            .or_default()
            .insert(participant.clone());
        if tracks(session).values().any(|it| !judged(it).is_empty()) {
            expected.with_issues.insert(room);
        }
        let browser = session[0].client.browser.name.clone();
        expected
            .by_browser
            .entry(browser)
            .or_default()
            .insert(participant.clone());
        let last = session.iter().map(|batch| {
            let intervals = batch
                .intervals
                .iter()
                .map(|it| it.start() + it.duration_ms());
            let events = batch.events.iter().map(Event::until);
            let end = batch.end.iter().map(|it| it.ended_at);
            intervals
                .chain(events)
                .chain(end)
                .max()
                .unwrap_or(batch.started_at)
        });
        let until = match session.iter().find_map(|it| it.end.as_ref()) {
            Some(end) => end.ended_at,
            None => last.max().unwrap(),
        };
        let from = session[0].started_at;
        let span = spans.entry(participant).or_insert((from, until));
        *span = (span.0.min(from), span.1.max(until));
    }
    expected.ms = spans.values().map(|(from, until)| until - from).sum();
    expected
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_is_read_back_through_the_api() {
    let folder = tempfile::tempdir().unwrap();
    let now = server::now();
    let plan = Plan {
        from: now - DAY,
        until: now,
        now: Some(now),
        ..plan(120)
    };
    let batches = batches(plan);
    let store: Arc<dyn Store> =
        Arc::new(Sqlite::open(&folder.path().join("callscope.db")).unwrap());
    let account = AccountSid::local();
    let write_all = async || {
        let simulation = Simulation::new(plan).unwrap();
        write(simulation, Arc::clone(&store), account.clone(), |_, _| {})
            .await
            .unwrap()
    };
    let written = write_all().await;
    let intervals: usize = batches.iter().map(|it| it.intervals.len()).sum();
    assert_eq!(
        (written.new, written.intervals),
        (batches.len() as u64, intervals as u64)
    );
    let again = write_all().await;
    assert_eq!((again.new, again.repeated), (0, batches.len() as u64));
    drop(store);
    let expected = expected(&batches);
    let server = tokio::task::spawn_blocking(move || Server::in_folder(folder, &[]))
        .await
        .unwrap();
    tokio::task::spawn_blocking(move || compare(&server, &expected))
        .await
        .unwrap();
}

fn compare(server: &Server, expected: &Expected) {
    let rooms = rooms(server);
    let participants = |(sid, of): (&String, &BTreeSet<String>)| (sid.clone(), of.len() as u64);
    let wanted: BTreeMap<_, _> = expected.participants.iter().map(participants).collect();
    assert_eq!(rooms, wanted);
    let mut with_issues = BTreeSet::new();
    for sid in rooms.keys() {
        let room = server.get(&format!("/v1/insights/rooms/{sid}"), &[]).json();
        let told = room["participants"].as_array().unwrap();
        let sids: BTreeSet<String> = told
            .iter()
            .map(|it| it["sid"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(&sids, &expected.participants[sid]);
        if told
            .iter()
            .any(|it| it["issues"] != Value::Array(Vec::new()))
        {
            with_issues.insert(sid.clone());
        }
    }
    assert_eq!(with_issues, expected.with_issues);
    assert!(!with_issues.is_empty());
    let dashboard = server
        .get("/v1/insights/dashboard?segment=browser", &[])
        .json();
    let totals = &dashboard["totals"]["current"];
    assert_eq!(totals["rooms_with_issues"], with_issues.len());
    assert_eq!(
        totals["rooms_without_issues"],
        rooms.len() - with_issues.len()
    );
    assert_eq!(totals["participants"], rooms.values().sum::<u64>());
    let minutes = totals["participant_minutes"].as_f64().unwrap();
    assert!(
        (minutes - expected.ms as f64 / 60_000.0).abs() < 0.01,
        "{minutes} of {expected:?}"
    );
    let by_browser: BTreeMap<Option<String>, u64> = dashboard["participants"]["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["value"].as_str().map(str::to_owned),
                it["count"].as_u64().unwrap(),
            )
        })
        .collect();
    let wanted = expected
        .by_browser
        .iter()
        .map(|(name, of)| (name.clone(), of.len() as u64));
    assert_eq!(by_browser, wanted.collect());
}

/// How many participants each room of the list has, page after page.
fn rooms(server: &Server) -> BTreeMap<String, u64> {
    let mut rooms = BTreeMap::new();
    let mut url = "/v1/Video/Rooms?PageSize=50".to_owned();
    loop {
        let page = server.get(&url, &[]).json();
        for room in page["rooms"].as_array().unwrap() {
            let sid = room["room_sid"].as_str().unwrap().to_owned();
            rooms.insert(sid, room["unique_participants"].as_u64().unwrap());
        }
        let Some(next) = page["meta"]["next_page_url"].as_str() else {
            return rooms;
        };
        url = next[next.find("/v1/").unwrap()..].to_owned();
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let store = server::store(folder.path());
    for (arguments, said) in [
        (vec!["--participants", "5"], "--to"),
        (
            vec!["--participants", "0", "--store", &store],
            "give --participants 1 or more",
        ),
        (
            vec!["--participants", "5", "--rooms", "6", "--store", &store],
            "give --rooms 5 or fewer",
        ),
        (
            vec!["--participants", "500", "--rooms", "3", "--store", &store],
            "give --rooms 10 or more",
        ),
        (
            vec!["--participants", "5", "--store", "mysql:x"],
            "`sqlite:` and the path",
        ),
        (
            vec!["--participants", "5", "--to", "https://insights"],
            "http:// address",
        ),
        (
            vec![
                "--participants",
                "5",
                "--days",
                "2",
                "--to",
                "http://127.0.0.1:9",
            ],
            "give --rate",
        ),
        (
            vec![
                "--participants",
                "5",
                "--rate=-1",
                "--to",
                "http://127.0.0.1:9",
            ],
            "--rate",
        ),
        (
            vec![
                "--participants",
                "5",
                "--rate",
                "0",
                "--to",
                "http://127.0.0.1:9",
            ],
            "callscope serve",
        ),
        (
            vec!["--participants", "5", "--until", "now", "--store", &store],
            "2026-11-22T18:00:00Z",
        ),
        (
            vec!["--participants", "5", "--rate", "1", "--store", &store],
            "--rate <R>",
        ),
    ] {
        let output = callscope(&["simulate"]).args(&arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}

#[test]
fn it_sends_to_a_collector_that_runs() {
    let (server, ingest, read) = Server::with_keys(&[]);
    let simulate = |key: &str, more: &[&str]| {
        callscope(&["simulate", "--participants", "40", "--seed", "9", "--to"])
            .arg(server.url(""))
            .args(["--key", key])
            .args(more)
            .output()
            .unwrap()
    };
    let until = "--until=".to_owned() + &iso(server::now());
    let output = simulate(&ingest, &["--rate", "0", &until]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    assert!(
        told.contains("batches/s") && told.contains("p99") && told.contains("errors: 0"),
        "{told}"
    );
    let key = format!("Bearer {read}");
    let rooms = server
        .get("/v1/Video/Rooms?PageSize=50", &[("authorization", &key)])
        .json();
    assert!(rooms["rooms"].as_array().unwrap().len() > 5, "{rooms}");
    // A key that may not write is a reason to stop.
    let output = simulate(&read, &["--rate", "0", &until]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("--kind ingest"),
        "{output:?}"
    );
    // A rate is kept.
    let output = simulate(&ingest, &["--rate", "50", "--seconds", "3", "--days", "2"]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let sent: u32 = told
        .lines()
        .find_map(|line| line.split_once(" batches taken"))
        .unwrap()
        .0
        .parse()
        .unwrap();
    assert!((100..=152).contains(&sent), "{told}");
}

fn iso(ms: i64) -> String {
    let time = std::process::Command::new("date")
        .args([
            "-u",
            "-d",
            &format!("@{}", ms / 1000),
            "+%Y-%m-%dT%H:%M:%SZ",
        ])
        .output();
    String::from_utf8(time.unwrap().stdout)
        .unwrap()
        .trim()
        .to_owned()
}
