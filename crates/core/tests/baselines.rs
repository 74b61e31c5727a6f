//! What counts from where: new tracks, falling counters, missed samples.

mod call;

use call::{PC, Report, T0, feed, intervals, run, tracks};
use callscope_core::{Atom, Config, Engine, Metric, Millis, Oddity, Scope, TrackId};

const VIDEO: f64 = 1.0;

fn close(value: Option<f64>, expected: f64) {
    let value = value.unwrap_or(f64::NAN);
    assert!((value - expected).abs() < 1e-9, "{value}, not {expected}");
}

#[test]
fn the_first_report_counts_from_the_start_because_none_had_arrived() {
    let (_, out) = run([
        Report::at(0.0).sent(VIDEO, 1.0, 0.0, 0.0),
        Report::at(5.0)
            .sent(VIDEO, 1.0, 0.0, 50.0)
            .reported(1.0, 4.0, 5.0, 0.1, 1.0),
        Report::at(10.0)
            .sent(VIDEO, 1.0, 0.0, 90.0)
            .reported(1.0, 9.0, 10.0, 0.3, 2.0),
    ]);
    let track = &tracks(&out)[0];
    assert_eq!(track.value(Metric::PacketsLost), Some(10.0));
    close(track.value(Metric::PacketLoss), 10.0);
    close(track.value(Metric::RoundTripTime), 150.0);
}

#[test]
fn only_what_was_published_is_a_track_where_that_is_asked_for() {
    let reports = || {
        [0.0, 10.0].map(|at| {
            let sent = 10.0 * at;
            Report::at(at)
                .sent(VIDEO, 1.0, 100.0 * sent, sent)
                .sent(2.0, 2.0, 100.0 * sent, sent)
        })
    };
    let found = |published_only| {
        let mut engine = Engine::new(Config {
            published_only,
            ..Config::default()
        });
        engine.publish(PC, 1, Atom::new(71));
        let out = feed(&mut engine, reports());
        let found: Vec<_> = tracks(&out).iter().map(|track| track.track).collect();
        found
    };
    let (named, unnamed) = (Atom::new(71), Atom::new(2));
    assert_eq!(found(true), [Some(TrackId::Named(named))]);
    assert_eq!(
        found(false),
        [named, unnamed].map(|name| Some(TrackId::Named(name)))
    );
}

#[test]
fn an_old_ssrc_under_a_new_sid_is_a_new_track_with_a_new_baseline() {
    let mut engine = Engine::new(Config::default());
    let (first, second) = (Atom::new(71), Atom::new(72));
    engine.publish(PC, 1, first);
    Report::at(0.0)
        .sent(VIDEO, 1.0, 0.0, 0.0)
        .into_engine(&mut engine);
    Report::at(5.0)
        .sent(VIDEO, 1.0, 5_000.0, 50.0)
        .into_engine(&mut engine);
    engine.unpublish(first);
    engine.publish(PC, 1, second);
    let out = feed(
        &mut engine,
        [
            Report::at(8.0).sent(VIDEO, 1.0, 8_000.0, 80.0),
            Report::at(10.0).sent(VIDEO, 1.0, 10_000.0, 100.0),
        ],
    );
    let found: Vec<_> = tracks(&out)
        .iter()
        .map(|track| {
            (
                track.track,
                track.value(Metric::PacketsSent),
                track.duration,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (Some(TrackId::Named(first)), Some(50.0), Millis::whole(5000)),
            (
                Some(TrackId::Named(second)),
                Some(20.0),
                Millis::whole(2000)
            ),
        ]
    );
}

#[test]
fn a_fallen_counter_is_a_new_baseline_and_no_rate_comes_of_the_lost_time() {
    let (engine, out) = run([(0.0, 0.0), (4.0, 4000.0), (5.0, 10.0), (10.0, 5010.0)]
        .map(|(at, bytes)| Report::at(at).sent(VIDEO, 1.0, bytes, bytes)));
    let track = &tracks(&out)[0];
    assert_eq!(track.value(Metric::Bitrate), Some(8.0 * 9000.0 / 9.0));
    assert_eq!(track.duration, Millis::whole(10_000));
    assert!(track.explain(Metric::Bitrate).counter_fell);
    assert_eq!(engine.oddities().of(Oddity::CounterFell), 1);
}

#[test]
fn missed_samples_cut_the_interval_and_belong_to_none() {
    let (engine, out) =
        run([0.0, 5.0, 65.0, 70.0]
            .map(|at| Report::at(at).sent(VIDEO, 1.0, at * 1000.0, at * 10.0)));
    let found: Vec<_> = tracks(&out)
        .iter()
        .map(|track| {
            (
                track.start.as_f64() - T0,
                track.duration,
                track.value(Metric::PacketsSent),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (0.0, Millis::whole(5000), Some(50.0)),
            (60_000.0, Millis::whole(5000), Some(50.0))
        ]
    );
    assert!(tracks(&out)[0].notes.cut_short);
    assert!(engine.oddities().of(Oddity::SamplesMissed) > 0);
}

#[test]
fn a_throttled_page_gets_intervals_of_their_true_length() {
    let (_, out) =
        run([0.0, 25.0, 50.0].map(|at| Report::at(at).sent(VIDEO, 1.0, at * 1000.0, at * 10.0)));
    for track in tracks(&out) {
        assert_eq!(
            (track.duration, track.value(Metric::Bitrate)),
            (Millis::whole(25_000), Some(8000.0))
        );
    }
}

#[test]
fn the_sampler_can_say_that_it_missed_samples() {
    let mut engine = Engine::new(Config::default());
    for at in [0.0, 5.0] {
        Report::at(at)
            .sent(VIDEO, 1.0, at, at)
            .into_engine(&mut engine);
    }
    engine.samples_missed();
    let out = feed(
        &mut engine,
        [12.0, 14.0].map(|at| Report::at(at).sent(VIDEO, 1.0, at, at)),
    );
    let sent: Vec<_> = tracks(&out)
        .iter()
        .map(|track| track.value(Metric::PacketsSent))
        .collect();
    assert_eq!(sent, [Some(5.0), Some(2.0)]);
}

#[test]
fn a_track_that_vanishes_from_the_reports_ends_with_what_it_had() {
    let mut reports = vec![
        Report::at(0.0)
            .sent(VIDEO, 1.0, 0.0, 0.0)
            .sent(2.0, 2.0, 0.0, 0.0),
    ];
    reports.push(
        Report::at(6.0)
            .sent(VIDEO, 1.0, 6000.0, 60.0)
            .sent(2.0, 2.0, 6000.0, 60.0),
    );
    reports.extend((1..8).map(|n| {
        Report::at(f64::from(n) * 10.0).sent(2.0, 2.0, 1e5 * f64::from(n), 1e3 * f64::from(n))
    }));
    let mut engine = Engine::new(Config::default());
    for report in reports {
        report.into_engine(&mut engine);
    }
    let out: Vec<_> = engine.drain().collect();
    let gone: Vec<_> = tracks(&out)
        .into_iter()
        .filter(|track| track.track == Some(TrackId::Named(Atom::new(1))))
        .collect();
    assert_eq!(gone.len(), 1);
    assert_eq!(
        (gone[0].duration, gone[0].value(Metric::PacketsSent)),
        (Millis::whole(6000), Some(60.0))
    );
    assert!(intervals(&out, Scope::Connection).len() >= 6);
}

#[test]
fn an_ssrc_that_comes_back_to_its_first_track_starts_from_a_new_baseline() {
    let of = |at: f64, source: f64| Report::at(at).sent(source, 7.0, at * 1000.0, at * 10.0);
    let (_, out) = run([
        of(0.0, 1.0),
        of(5.0, 1.0),
        of(6.0, 2.0),
        of(12.0, 2.0),
        of(16.0, 1.0),
        of(22.0, 1.0),
    ]);
    let found: Vec<_> = tracks(&out)
        .iter()
        .map(|track| {
            (
                track.track,
                track.duration,
                track.value(Metric::PacketsSent),
            )
        })
        .collect();
    let (first, second) = (
        Some(TrackId::Named(Atom::new(1))),
        Some(TrackId::Named(Atom::new(2))),
    );
    assert_eq!(
        found,
        [
            (first, Millis::whole(5000), Some(50.0)),
            (second, Millis::whole(6000), Some(60.0)),
            (first, Millis::whole(6000), Some(60.0)),
        ]
    );
}
