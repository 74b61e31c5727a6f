//! What is made up is to be what browsers would send.

#![expect(clippy::unwrap_used, reason = "tests")]

mod simulated;

use std::collections::{BTreeMap, BTreeSet};

use callscope_core::wire::{Batch, Bounds, Event, Issue, IssueType};
use callscope_simulate::{Plan, Simulation, Timeline};
use simulated::{DAY, END, batches, judged, plan, sessions, tracks};

fn json(batches: &[Batch]) -> String {
    serde_json::to_string(batches).unwrap()
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
                    let changed = if change.raised {
                        tracks.insert(track)
                    } else {
                        tracks.remove(&track)
                    };
                    assert!(changed);
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
