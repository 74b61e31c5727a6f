//! Issues and signals.

mod call;

use call::{PC, Report, T0, feed, run};
use callscope_core::issue::{Issue, Media};
use callscope_core::report::{candidate, inbound, outbound, pair};
use callscope_core::signal::{ConnectionState, Signal, SignalChange, SignalSet};
use callscope_core::{Atom, Config, Engine, LossRatio, Millis, Output, Timestamp, TrackId};

/// Ten-second reports of one audio and one video track, with so many lost of 100 audio packets in each interval.
fn lossy(losses: &[f64]) -> Vec<Report> {
    let mut lost = 0.0;
    let mut reports = vec![report(0.0, 0.0)];
    for (place, loss) in losses.iter().enumerate() {
        lost += loss;
        reports.push(report(10.0 * (place + 1) as f64, lost));
    }
    reports
}

fn report(at: f64, lost: f64) -> Report {
    let audio = [
        (outbound::KIND, 0.0),
        (outbound::PACKETS, at * 10.0 - lost),
        (outbound::BYTES, at),
    ];
    Report::at(at)
        .layer(1.0, 1.0, &audio)
        .sent(2.0, 2.0, at, at * 10.0)
        .reported(1.0, at, lost, at * 0.1, at)
        .reported(2.0, at, 0.0, at * 0.1, at)
}

#[test]
fn thresholds_are_twilios() {
    assert_eq!(Config::default().high_loss, LossRatio::percent(5));
    assert_eq!(Config::default().high_round_trip_time, Millis::whole(300));
}

#[test]
fn loss_is_judged_over_the_whole_track_so_that_a_blip_tags_nobody() {
    let (engine, out) = run(lossy(&[0.0, 0.0, 14.0, 0.0, 0.0, 0.0]));
    assert_eq!(engine.issues().count(), 0);
    assert!(out.iter().all(
        |output| !matches!(output, Output::Issue(change) if change.raised && change.value < 5.0)
    ));
}

#[test]
fn an_issue_is_raised_and_cleared_as_the_call_goes_on() {
    let (engine, out) = run(lossy(&[20.0, 0.0, 0.0, 0.0, 0.0]));
    let changes: Vec<_> = out
        .iter()
        .filter_map(|output| match output {
            Output::Issue(change) => {
                Some((change.raised, change.value.round(), change.at.as_f64() - T0))
            }
            _ => None,
        })
        .collect();
    // Not at 10 s: too few packets. Not cleared at 40 s: exactly 5 % is an issue.
    assert_eq!(changes, [(true, 10.0, 20_000.0), (false, 4.0, 50_000.0)]);
    assert_eq!(engine.issues().count(), 0);
}

#[test]
fn exactly_five_percent_is_an_issue() {
    let (engine, _) = run(lossy(&[5.0, 5.0, 5.0]));
    let issues: Vec<_> = engine.issues().collect();
    assert_eq!(issues.len(), 1);
    assert_eq!(
        (issues[0].issue, issues[0].media),
        (Issue::PacketLoss, Some(Media::Audio))
    );
    assert_eq!(issues[0].tracks, [TrackId::Named(Atom::new(1))]);
    assert!((issues[0].value - 5.0).abs() < 1e-9);
}

#[test]
fn a_short_track_is_not_judged_unless_the_guard_is_off() {
    let reports = || [report(0.0, 0.0), report(9.0, 45.0)];
    let (engine, _) = run(reports());
    assert_eq!(engine.issues().count(), 0);
    let mut engine = Engine::new(Config {
        min_packets: 0.0,
        ..Config::default()
    });
    feed(&mut engine, reports());
    assert_eq!(engine.issues().count(), 1);
}

#[test]
fn round_trip_time_is_averaged_over_the_intervals_by_their_length() {
    let report = |at: f64, total: f64| {
        Report::at(at)
            .sent(2.0, 2.0, at, at * 100.0)
            .reported(2.0, at, 0.0, total, at)
    };
    // 1000 ms for one second, then 100 ms for nineteen.
    let (engine, _) = run([
        report(9.0, 0.0),
        report(10.0, 1.0),
        report(20.0, 2.0),
        report(29.0, 2.9),
    ]);
    assert_eq!(engine.issues().count(), 0);
    let (engine, _) = run([report(0.0, 0.0), report(10.0, 3.1), report(20.0, 6.2)]);
    let issues: Vec<_> = engine.issues().collect();
    assert_eq!(
        (issues[0].issue, issues[0].media),
        (Issue::RoundTripTime, Some(Media::Video))
    );
    assert!((issues[0].value - 310.0).abs() < 1e-9);
}

fn signals(out: &[Output], signal: Signal) -> Vec<SignalChange> {
    let of_this = |output: &Output| match output {
        Output::Signal(change) if change.signal == signal => Some(change.clone()),
        _ => None,
    };
    out.iter().filter_map(of_this).collect()
}

#[test]
fn a_signal_has_a_start_an_end_and_its_worst_value() {
    let report = |at: f64, frozen: f64| {
        Report::at(at).received(
            1.0,
            1.0,
            &[(inbound::FREEZE_TIME, frozen), (inbound::BYTES, at)],
        )
    };
    let (_, out) = run([
        report(0.0, 0.0),
        report(10.0, 1.5),
        report(20.0, 4.5),
        report(30.0, 4.6),
        report(40.0, 4.6),
    ]);
    let [start, end] = &signals(&out, Signal::FrozenVideo)[..] else {
        panic!("one start, one end")
    };
    assert_eq!((start.start.as_f64() - T0, start.end), (0.0, None));
    assert_eq!(
        (end.end.unwrap().as_f64() - T0, end.value, end.threshold),
        (20_000.0, 3000.0, 1000.0)
    );
}

#[test]
fn each_rule_finds_what_it_is_for() {
    let report = |at: f64| {
        Report::at(at)
            .layer(
                1.0,
                1.0,
                &[
                    (outbound::PACKETS, at * 50.0),
                    (outbound::FRAMES_SENT, at * 4.0),
                    (outbound::LIMITED_CPU, at * 0.9),
                    (outbound::LIMITED_BANDWIDTH, at * 0.1),
                ],
            )
            .layer(
                2.0,
                2.0,
                &[(outbound::KIND, 0.0), (outbound::PACKETS, at * 50.0)],
            )
            .source(2.0, 0.0, at)
            .received(
                3.0,
                3.0,
                &[(inbound::PACKETS, at * 9.0), (inbound::FRAMES_DECODED, 0.0)],
            )
            .received(
                4.0,
                4.0,
                &[
                    (inbound::KIND, 0.0),
                    (inbound::SAMPLES, at * 100.0),
                    (inbound::CONCEALED, at * 20.0),
                ],
            )
            .pair(50.0, &[(pair::LOCAL, 60.0), (pair::REMOTE, 61.0)])
            .transport(50.0, 2.0)
            .candidate(
                60.0,
                &[(candidate::TYPE, 3.0), (candidate::RELAY_PROTOCOL, 1.0)],
            )
            .candidate(61.0, &[(candidate::TYPE, 1.0)])
    };
    let (_, out) = run([report(0.0), report(10.0)]);
    for (signal, expected) in [
        (Signal::LowFrameRate, true),
        (Signal::CpuLimited, true),
        (Signal::BandwidthLimited, false),
        (Signal::SilentMicrophone, true),
        (Signal::StalledVideo, true),
        (Signal::ConcealedAudio, true),
        (Signal::RelayedOverTcp, true),
        (Signal::NoMedia, false),
        (Signal::FrozenVideo, false),
        (Signal::ConnectionLost, false),
    ] {
        assert_eq!(
            !signals(&out, signal).is_empty(),
            expected,
            "{}",
            signal.name()
        );
    }
}

#[test]
fn nothing_arriving_is_found_and_ends_when_media_comes_back() {
    let report =
        |at: f64, packets: f64| Report::at(at).received(1.0, 1.0, &[(inbound::PACKETS, packets)]);
    let (_, out) = run([
        report(0.0, 9.0),
        report(10.0, 9.0),
        report(20.0, 9.0),
        report(30.0, 99.0),
    ]);
    let found = signals(&out, Signal::NoMedia);
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].end.unwrap().as_f64() - T0, 20_000.0);
}

#[test]
fn a_shared_screen_may_have_few_frames() {
    let report = |at: f64| {
        Report::at(at).layer(
            1.0,
            1.0,
            &[(outbound::FRAMES_SENT, at * 4.0), (outbound::CONTENT, 0.0)],
        )
    };
    let (_, out) = run([report(0.0), report(10.0)]);
    assert!(signals(&out, Signal::LowFrameRate).is_empty());
}

#[test]
fn a_lost_connection_is_told_by_the_reports_or_by_events() {
    let report = |at: f64, state: f64| Report::at(at).sent(1.0, 1.0, at, at).transport(50.0, state);
    let (_, out) = run([
        report(0.0, 2.0),
        report(1.0, 4.0),
        report(2.0, 5.0),
        report(4.0, 2.0),
    ]);
    let found = signals(&out, Signal::ConnectionLost);
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].value, 3000.0);

    let mut engine = Engine::new(Config::default());
    for (at, state) in [
        (0.0, ConnectionState::Connected),
        (5.0, ConnectionState::Lost),
        (6.0, ConnectionState::Connected),
    ] {
        engine.connection_state(PC, state, Timestamp::new(T0 + at).unwrap());
    }
    assert_eq!(
        signals(&engine.drain().collect::<Vec<_>>(), Signal::ConnectionLost).len(),
        2
    );
}

#[test]
fn signals_can_be_switched_off_one_by_one() {
    let reports =
        [0.0, 10.0].map(|at| Report::at(at).layer(1.0, 1.0, &[(outbound::FRAMES_SENT, at)]));
    let signals_on = SignalSet::ALL.without(Signal::LowFrameRate);
    let mut engine = Engine::new(Config {
        signals: signals_on,
        ..Config::default()
    });
    assert!(signals(&feed(&mut engine, reports), Signal::LowFrameRate).is_empty());
}

#[test]
fn what_goes_on_at_the_end_ends_with_the_call() {
    let reports =
        [0.0, 10.0].map(|at| Report::at(at).layer(1.0, 1.0, &[(outbound::FRAMES_SENT, at)]));
    let (_, out) = run(reports);
    assert!(
        signals(&out, Signal::LowFrameRate)
            .last()
            .unwrap()
            .end
            .is_some()
    );
}
