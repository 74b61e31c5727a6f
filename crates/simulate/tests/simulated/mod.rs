//! Simulations to look at, and what they should come to.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use callscope_core::wire::{Batch, Interval, IssueType, TrackInterval, Uuid};
use callscope_simulate::{Plan, Simulation};

pub(crate) const HOUR: i64 = 3_600_000;
pub(crate) const DAY: i64 = 24 * HOUR;
/// 10:00 on a Wednesday, UTC.
pub(crate) const END: i64 = 1_795_600_800_000;

pub(crate) fn plan(participants: u32) -> Plan {
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

pub(crate) fn batches(plan: Plan) -> Vec<Batch> {
    let simulation = Simulation::new(plan).unwrap();
    (0..simulation.rooms())
        .flat_map(|room| simulation.calls(room))
        .flatten()
        .collect()
}

/// The batches of each session, in order.
pub(crate) fn sessions(batches: &[Batch]) -> BTreeMap<Uuid, Vec<&Batch>> {
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
pub(crate) fn tracks<'a>(session: &[&'a Batch]) -> BTreeMap<String, Vec<&'a TrackInterval>> {
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
pub(crate) fn judged(intervals: &[&TrackInterval]) -> BTreeSet<IssueType> {
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
