//! What holds for every call.

mod call;

use call::{PC, Report, intervals, run};
use callscope_core::report::{ROW_TYPES, RowWriter, Rows, inbound, outbound};
use callscope_core::{Config, Engine, Interval, Metric, Output, Scope};
use proptest::prelude::*;

/// What one second of a layer does.
#[derive(Clone, Copy, Debug)]
struct Second {
    packets: f64,
    lost: f64,
    reported: bool,
    rtt: f64,
}

fn second() -> impl Strategy<Value = Second> {
    (0..200_u32, -2..20_i32, any::<bool>(), 1..900_u32).prop_map(
        |(packets, lost, reported, rtt)| Second {
            packets: f64::from(packets),
            lost: f64::from(lost),
            reported,
            rtt: f64::from(rtt) / 1000.0,
        },
    )
}

/// A call of one track with up to three layers and one received track, sampled each second from `first` on.
fn call() -> impl Strategy<Value = (f64, Vec<Vec<Second>>)> {
    (0..9_999_u32, 1..4_usize, 2..70_usize).prop_flat_map(|(first, layers, seconds)| {
        let layer = prop::collection::vec(second(), seconds);
        (
            Just(f64::from(first) / 1000.0),
            prop::collection::vec(layer, layers),
        )
    })
}

fn reports((first, layers): &(f64, Vec<Vec<Second>>)) -> Vec<(f64, Report)> {
    let mut state = vec![(0.0, 0.0, 0.0, 0.0, 0.0, None); layers.len()];
    let seconds = layers[0].len();
    (0..seconds)
        .map(|second| {
            let at = first + second as f64;
            let mut report = Report::at(at);
            for (place, layer) in layers.iter().enumerate() {
                let (packets, lost, heard_lost, total, count, arrived) = &mut state[place];
                let step = layer[second];
                *packets += step.packets;
                *lost = f64::max(*lost + step.lost, 0.0);
                if step.reported {
                    *heard_lost = *lost;
                    *total += step.rtt;
                    *count += 1.0;
                    *arrived = Some(at - 0.3);
                }
                let ssrc = (place + 1) as f64;
                report = report.sent(1.0, ssrc, *packets * 1000.0, *packets);
                if let Some(arrived) = *arrived {
                    report = report.reported(ssrc, arrived, *heard_lost, *total, *count);
                }
            }
            let received = state[0].0;
            report = report.received(
                9.0,
                90.0,
                &[
                    (inbound::BYTES, received * 900.0),
                    (inbound::PACKETS, received),
                ],
            );
            (at, report)
        })
        .collect()
}

/// What is left of a call when a sample is taken only at its start, as soon as an interval is over, and at its end.
fn every_ten_seconds(all: Vec<(f64, Report)>) -> Vec<(f64, Report)> {
    let last = all.len() - 1;
    let mut bucket = f64::NEG_INFINITY;
    let keep = |(place, (at, _)): &(usize, (f64, Report))| {
        let this = (at / 10.0).floor();
        let keep = this > bucket || *place == last;
        bucket = bucket.max(this);
        keep
    };
    all.into_iter()
        .enumerate()
        .filter(keep)
        .map(|(_, report)| report)
        .collect()
}

fn same(a: &[Interval], b: &[Interval]) -> Result<(), TestCaseError> {
    prop_assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        prop_assert_eq!(
            (a.start, a.duration, a.pc, a.track),
            (b.start, b.duration, b.pc, b.track)
        );
        for &metric in Metric::ALL {
            let (x, y) = (a.value(metric), b.value(metric));
            prop_assert_eq!(
                x.is_some(),
                y.is_some(),
                "{} at {:?}: {:?}, {:?}",
                metric.name(),
                a.start,
                x,
                y
            );
            let (x, y) = (x.unwrap_or(0.0), y.unwrap_or(0.0));
            prop_assert!(
                (x - y).abs() <= 1e-6 * x.abs().max(1.0),
                "{}: {x}, {y}",
                metric.name()
            );
        }
        same(&a.parts, &b.parts)?;
    }
    Ok(())
}

fn strip(reports: Vec<(f64, Report)>) -> impl Iterator<Item = Report> {
    reports.into_iter().map(|(_, report)| report)
}

fn all_intervals(outputs: &[Output]) -> Vec<Interval> {
    let mut all = intervals(outputs, Scope::Track);
    all.extend(intervals(outputs, Scope::Connection));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_series_does_not_depend_on_the_sampling_period(call in call()) {
        let (_, often) = run(strip(reports(&call)));
        let (_, seldom) = run(strip(every_ten_seconds(reports(&call))));
        same(&all_intervals(&often), &all_intervals(&seldom))?;
    }

    #[test]
    fn totals_are_the_sum_of_the_intervals(call in call()) {
        let (engine, out) = run(strip(reports(&call)));
        let intervals = call::tracks(&out);
        let track = engine.tracks().find(|track| track.scope() == Scope::Track).unwrap();
        let sum = |metric| intervals.iter().filter_map(|interval| interval.value(metric)).sum::<f64>();
        prop_assert_eq!(track.packets_sent().unwrap_or(0.0), sum(Metric::PacketsSent));
        let duration: f64 = intervals.iter().map(|interval| interval.duration.as_f64()).sum();
        prop_assert!((track.duration().as_f64() - duration).abs() < 1e-6);
        // A late packet lowers the total, and no interval shows less than none lost.
        prop_assert!(track.packets_lost().unwrap_or(0.0) <= sum(Metric::PacketsLost));
    }

    #[test]
    fn the_order_of_the_entries_does_not_matter(call in call(), seed in any::<u64>()) {
        let (_, straight) = run(strip(reports(&call)));
        let shuffled = strip(reports(&call)).map(|mut report| {
            report.rows = shuffle(&report.rows, seed);
            report
        });
        let (_, shuffled) = run(shuffled);
        same(&all_intervals(&straight), &all_intervals(&shuffled))?;
    }

    #[test]
    fn merging_layers_equals_the_formula_on_the_sums(call in call()) {
        let (_, out) = run(strip(reports(&call)));
        for track in call::tracks(&out) {
            let sum = |metric| track.parts.iter().filter_map(|part| part.value(metric)).sum::<f64>();
            for metric in [Metric::Bitrate, Metric::PacketsSent] {
                prop_assert!((track.value(metric).unwrap_or(0.0) - sum(metric)).abs() < 1e-3);
            }
            let slowest = track.parts.iter().filter_map(|part| part.value(Metric::RoundTripTime)).fold(None, |a: Option<f64>, b| {
                Some(a.map_or(b, |a| a.max(b)))
            });
            prop_assert_eq!(track.value(Metric::RoundTripTime), slowest);
            let shares: Vec<_> = track.parts.iter().filter_map(|part| part.packet_loss()).collect();
            if let Some(loss) = track.packet_loss() {
                // A share over all lies between those of the layers.
                let lowest = shares.iter().fold(f64::INFINITY, |a, b| a.min(b.as_percent()));
                let highest = shares.iter().fold(f64::NEG_INFINITY, |a, b| a.max(b.as_percent()));
                prop_assert!(loss.as_percent() <= highest + 1e-9);
                prop_assert!(loss.as_percent() >= lowest - 1e-9 || track.parts.len() > shares.len() || lowest > 0.0);
            }
        }
    }

    #[test]
    fn no_report_panics_and_no_figure_is_absurd(reports in prop::collection::vec(any_report(), 0..12)) {
        let mut engine = Engine::new(Config::default());
        for report in &reports {
            engine.sample(PC, report);
            prop_assert!(engine.in_progress().all(|interval| interval.duration.as_f64() >= 0.0));
        }
        engine.finish();
        let outputs: Vec<_> = engine.drain().collect();
        for interval in all_intervals(&outputs) {
            prop_assert!(interval.duration.as_f64() > 0.0);
            for &metric in Metric::ALL {
                let value = interval.value(metric);
                prop_assert!(value.is_none_or(f64::is_finite));
                prop_assert!(interval.explain(metric).absence.is_some() == value.is_none());
            }
            for metric in [Metric::Bitrate, Metric::PacketsSent, Metric::PacketsLost, Metric::RoundTripTime] {
                prop_assert!(interval.value(metric).is_none_or(|value| value >= 0.0), "{}", metric.name());
            }
            prop_assert!(interval.packet_loss().is_none_or(|loss| (0.0..=100.0).contains(&loss.as_percent())));
        }
        prop_assert!(engine.issues().count() <= 2);
    }
}

/// Rows of any tables with any numbers, sometimes cut off.
fn any_report() -> impl Strategy<Value = Vec<f64>> {
    let odd = prop_oneof![
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(-1.0),
        Just(0.0),
        Just(1.0),
        Just(4.0),
        Just(call::T0),
        (0..100_u32).prop_map(|second| call::T0 + 1000.0 * f64::from(second)),
        (0..1_000_000_u32).prop_map(f64::from),
        any::<f64>(),
    ];
    let row = (0..9_usize, prop::collection::vec(odd, 30)).prop_map(|(tag, cells)| {
        let mut rows = Vec::new();
        let mut row = RowWriter::new(&mut rows, tag);
        for (column, cell) in cells.into_iter().enumerate().take(26) {
            if ROW_TYPES
                .get(tag)
                .is_some_and(|row| column < row.columns.len())
            {
                row.set(column + 1, cell);
            }
        }
        rows
    });
    (prop::collection::vec(row, 0..12), 0..40_usize).prop_map(|(rows, cut)| {
        let mut report = rows.concat();
        if cut < 3 {
            report.truncate(report.len().saturating_sub(cut));
        }
        report
    })
}

/// The same rows in another order.
fn shuffle(report: &[f64], seed: u64) -> Vec<f64> {
    let mut rows: Vec<&[f64]> = Vec::new();
    let mut rest = report;
    while let Some(row) = Rows::new(rest).next() {
        let length = ROW_TYPES[row.tag()].columns.len() + 1;
        rows.push(&rest[..length]);
        rest = &rest[length..];
    }
    let mut state = seed | 1;
    for place in (1..rows.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        rows.swap(
            place,
            usize::try_from(state >> 33).unwrap_or(0) % (place + 1),
        );
    }
    rows.concat()
}

#[test]
fn ten_thousand_entries_are_taken() {
    let report = |at: f64| {
        let mut report = Report::at(at);
        for entry in 0..5_000 {
            let ssrc = f64::from(entry);
            report = report.received(ssrc, ssrc, &[(inbound::BYTES, at * 100.0)]);
            report = report.layer(ssrc, ssrc, &[(outbound::BYTES, at * 100.0)]);
        }
        report
    };
    let (_, out) = run([report(0.0), report(10.0)]);
    assert_eq!(call::tracks(&out).len(), 5_000);
    assert_eq!(
        intervals(&out, Scope::Connection)[0].value(Metric::Bitrate),
        Some(8.0 * 5_000.0 * 100.0)
    );
}

#[test]
fn memory_is_bounded_by_the_tracks_not_by_the_length_of_the_call() {
    let mut engine = Engine::new(Config::default());
    let mut size = 0;
    for second in 0..20_000 {
        let at = f64::from(second);
        Report::at(at)
            .sent(1.0, 1.0, at * 1000.0, at)
            .reported(1.0, at, 0.0, at * 0.05, at)
            .received(2.0, 2.0, &[(inbound::BYTES, at)])
            .into_engine(&mut engine);
        engine.drain().for_each(drop);
        if second == 2_000 {
            size = format!("{engine:?}").len();
        }
    }
    let grown = format!("{engine:?}").len();
    assert!(grown < size * 2, "{size} became {grown}");
}
