//! The interval series of a real call does not depend on how often samples were taken of it.

#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::HashSet;

use callscope_core::report::{Rows, inbound, outbound, pair, transport};
use callscope_core::{Atom, Config, Engine, Interval, Metric, Output};
use callscope_recording::{Names, Recording, Report, Sink, Warning};

/// Keeps every report.
#[derive(Default)]
struct Reports(Vec<(Atom, Vec<f64>)>);

impl Sink for Reports {
    fn report(&mut self, report: Report<'_>, _: &Names) {
        self.0.push((report.pc, report.rows.to_vec()));
    }

    fn closed(&mut self, _: Atom, _: &Names) {}

    fn warning(&mut self, warning: Warning) {
        panic!("{warning:?}");
    }
}

fn time_of(rows: &[f64]) -> f64 {
    let times = Rows::new(rows).filter_map(|row| match row.tag() {
        outbound::TAG => row.number(outbound::TIMESTAMP),
        inbound::TAG => row.number(inbound::TIMESTAMP),
        transport::TAG => row.number(transport::TIMESTAMP),
        pair::TAG => row.number(pair::TIMESTAMP),
        _ => None,
    });
    times.fold(0.0, f64::max)
}

/// The first report of each connection, the first at or after each interval's end, and the last.
fn every_ten_seconds(reports: &[(Atom, Vec<f64>)]) -> Vec<(Atom, Vec<f64>)> {
    let mut kept = Vec::new();
    let mut seen = HashSet::new();
    for (place, (pc, rows)) in reports.iter().enumerate() {
        let bucket = (time_of(rows) / 10_000.0).floor().to_bits();
        let is_last = !reports[place + 1..].iter().any(|(other, _)| other == pc);
        if seen.insert((*pc, bucket)) || is_last {
            kept.push((*pc, rows.clone()));
        }
    }
    kept
}

fn measure(reports: &[(Atom, Vec<f64>)]) -> Vec<Interval> {
    let mut engine = Engine::new(Config::default());
    for (pc, rows) in reports {
        engine.sample(*pc, rows);
    }
    engine.finish();
    let intervals = engine.drain().filter_map(|output| match output {
        Output::Interval(interval) => Some(interval),
        _ => None,
    });
    intervals.collect()
}

/// Compares what both series know from the same first sample on: a stream that turns up within an interval is first seen
/// later by the one who looks seldom.
fn compare(often: &[Interval], seldom: &[Interval], skip: &[Metric], compared: &mut usize) {
    for theirs in seldom {
        let is_same = |ours: &&Interval| {
            (ours.scope, ours.pc, ours.track, ours.start)
                == (theirs.scope, theirs.pc, theirs.track, theirs.start)
        };
        let ours = often.iter().find(is_same).unwrap();
        if ours.opened != theirs.opened || theirs.notes.baseline {
            continue;
        }
        assert_eq!(ours.duration, theirs.duration);
        if theirs.parts.iter().all(|part| !part.notes.baseline) {
            for &metric in Metric::ALL.iter().filter(|metric| !skip.contains(metric)) {
                let (x, y) = (ours.value(metric), theirs.value(metric));
                let close = match (x, y) {
                    (Some(x), Some(y)) => (x - y).abs() <= 1e-6 * x.abs().max(1.0),
                    (x, y) => x == y,
                };
                assert!(
                    close,
                    "{} of {:?} at {:?}: {x:?}, {y:?}",
                    metric.name(),
                    ours.track,
                    ours.start
                );
                *compared += usize::from(x.is_some());
            }
        }
        // Layers share their track's name: they are compared in their order.
        if ours.parts.len() == theirs.parts.len() {
            for (ours, theirs) in ours.parts.iter().zip(&theirs.parts) {
                compare(
                    std::slice::from_ref(ours),
                    std::slice::from_ref(theirs),
                    skip,
                    compared,
                );
            }
        }
    }
}

#[test]
fn real_calls_give_the_same_series_sampled_often_and_seldom() {
    for (name, expected) in [
        ("chromium156-clean-p2p", 200),
        ("chromium156-simulcast-sender", 400),
        ("chromium156-loss8-delay150", 200),
        ("chromium156-simulcast-top-paused", 200),
        ("jitsi-chrome-relay", 100),
        ("jitsi-chrome-standard-multiple-p2p", 400),
        ("jitsi-firefox-relay", 20),
        ("jitsi-firefox97-standard-stats-sfu", 100),
        ("jitsi-safari-standard-stats", 100),
    ] {
        let mut reports = Reports::default();
        let mut recording = Recording::new();
        recording.feed(&common::unpacked(&format!("{name}.jsonl.gz")), &mut reports);
        recording.finish(&mut reports).unwrap();
        // Without totals of the round trip time, who looks more often sees more reports of it.
        let skip: &[Metric] = if name.contains("safari") {
            &[Metric::RoundTripTime]
        } else {
            &[]
        };
        let mut compared = 0;
        let (often, seldom) = (measure(&reports.0), measure(&every_ten_seconds(&reports.0)));
        compare(&often, &seldom, skip, &mut compared);
        assert!(
            compared >= expected,
            "{name}: only {compared} figures were compared"
        );
    }
}
