//! What is measured of a connection and what it receives.

mod call;

use call::{Report, intervals, run};
use callscope_core::report::{candidate, inbound, pair};
use callscope_core::{Absence, CandidateType, Interval, Metric, Output, Scope, Transport};

fn connections(outputs: &[Output]) -> Vec<Interval> {
    intervals(outputs, Scope::Connection)
}

#[test]
fn the_bitrate_is_the_total_of_the_connection() {
    let report = |at: f64| {
        Report::at(at)
            .received(1.0, 1.0, &[(inbound::BYTES, at * 1000.0)])
            .received(2.0, 2.0, &[(inbound::BYTES, at * 500.0)])
    };
    let (_, out) = run([report(0.0), report(10.0)]);
    let [connection] = &connections(&out)[..] else {
        panic!("one interval")
    };
    assert_eq!(connection.value(Metric::Bitrate), Some(12_000.0));
    let parts: Vec<_> = connection
        .parts
        .iter()
        .map(|part| part.value(Metric::Bitrate))
        .collect();
    assert_eq!(parts, [Some(8000.0), Some(4000.0)]);
}

#[test]
fn received_tracks_tell_what_people_saw_and_heard() {
    let report = |at: f64| {
        Report::at(at).received(
            1.0,
            1.0,
            &[
                (inbound::PACKETS, at * 90.0),
                (inbound::LOST, at * 10.0),
                (inbound::BUFFER_DELAY, at * 6.0),
                (inbound::BUFFER_EMITTED, at * 100.0),
                (inbound::FREEZES, at / 5.0),
                (inbound::FREEZE_TIME, at * 0.2),
                (inbound::SAMPLES, at * 48_000.0),
                (inbound::CONCEALED, at * 4800.0),
                (inbound::SILENT_CONCEALED, at * 2400.0),
                (inbound::FRAMES_DECODED, at * 25.0),
                (inbound::FRAMES_DROPPED, at),
                (inbound::JITTER, 0.012),
                (inbound::WIDTH, 640.0),
                (inbound::HEIGHT, 360.0),
            ],
        )
    };
    let (_, out) = run([report(0.0), report(10.0)]);
    let track = &connections(&out)[0].parts[0];
    for (metric, expected) in [
        (Metric::PacketsReceived, 900.0),
        (Metric::PacketsLost, 100.0),
        (Metric::PacketLoss, 10.0),
        (Metric::JitterBuffer, 60.0),
        (Metric::FreezeCount, 2.0),
        (Metric::FreezeTime, 2000.0),
        (Metric::Concealed, 5.0),
        (Metric::FramesPerSecond, 25.0),
        (Metric::FramesDropped, 10.0),
        (Metric::Jitter, 12.0),
        (Metric::FrameWidth, 640.0),
    ] {
        let value = track.value(metric).unwrap();
        assert!(
            (value - expected).abs() < 1e-9,
            "{} is {value}",
            metric.name()
        );
    }
}

#[test]
fn an_ssrc_that_comes_back_under_another_track_is_another_track() {
    let (engine, out) = run([
        Report::at(0.0).received(1.0, 9.0, &[(inbound::BYTES, 0.0)]),
        Report::at(10.0).received(1.0, 9.0, &[(inbound::BYTES, 1e6)]),
        Report::at(20.0),
        Report::at(20.0).received(2.0, 9.0, &[(inbound::BYTES, 7.0)]),
        Report::at(30.0).received(2.0, 9.0, &[(inbound::BYTES, 1007.0)]),
    ]);
    let last = connections(&out).pop().unwrap();
    assert_eq!(last.value(Metric::Bitrate), Some(800.0));
    assert_eq!(
        engine
            .tracks()
            .filter(|track| track.scope() == Scope::Received)
            .count(),
        2
    );
}

#[test]
fn the_pair_in_use_is_the_transports_not_the_first_nominated() {
    let report = |at: f64| {
        Report::at(at)
            .received(1.0, 1.0, &[(inbound::BYTES, at)])
            .pair(
                50.0,
                &[
                    (pair::NOMINATED, 1.0),
                    (pair::ROUND_TRIP_TIME, 9.0),
                    (pair::STATE, 4.0),
                ],
            )
            .pair(
                51.0,
                &[
                    (pair::LOCAL, 60.0),
                    (pair::REMOTE, 61.0),
                    (pair::TOTAL_ROUND_TRIP_TIME, at * 0.04),
                    (pair::RESPONSES, at),
                    (pair::ROUND_TRIP_TIME, 0.5),
                    (pair::AVAILABLE_OUTGOING, 300_000.0),
                ],
            )
            .transport(51.0, 2.0)
            .candidate(
                60.0,
                &[
                    (candidate::TYPE, 3.0),
                    (candidate::PROTOCOL, 0.0),
                    (candidate::RELAY_PROTOCOL, 2.0),
                ],
            )
            .candidate(61.0, &[(candidate::TYPE, 0.0)])
    };
    let (_, out) = run([report(0.0), report(10.0)]);
    let connection = &connections(&out)[0];
    assert!((connection.value(Metric::IceRoundTripTime).unwrap() - 40.0).abs() < 1e-9);
    assert_eq!(
        connection.value(Metric::AvailableOutgoingBitrate),
        Some(300_000.0)
    );
    let path = connection.path.unwrap();
    assert_eq!(
        (path.transport, path.local, path.relayed()),
        (Some(Transport::Tls), Some(CandidateType::Relay), Some(true))
    );
}

#[test]
fn where_there_is_no_transport_the_pair_that_says_so_is_in_use() {
    let report = |at: f64| {
        Report::at(at)
            .received(1.0, 1.0, &[(inbound::BYTES, at)])
            .pair(
                50.0,
                &[(pair::ROUND_TRIP_TIME, 0.02), (pair::SELECTED, 1.0)],
            )
            .pair(
                51.0,
                &[
                    (pair::ROUND_TRIP_TIME, 0.03),
                    (pair::NOMINATED, 1.0),
                    (pair::STATE, 4.0),
                ],
            )
    };
    let (_, out) = run([report(0.0), report(10.0)]);
    assert_eq!(
        connections(&out)[0].value(Metric::IceRoundTripTime),
        Some(20.0)
    );
}

#[test]
fn two_nominated_pairs_and_no_transport_leave_the_path_unknown() {
    let nominated = [
        (pair::NOMINATED, 1.0),
        (pair::STATE, 4.0),
        (pair::ROUND_TRIP_TIME, 0.1),
    ];
    let report = |at: f64| {
        Report::at(at)
            .received(1.0, 1.0, &[(inbound::BYTES, at)])
            .pair(50.0, &nominated)
            .pair(51.0, &nominated)
    };
    let (_, out) = run([report(0.0), report(10.0)]);
    assert_eq!(connections(&out)[0].value(Metric::IceRoundTripTime), None);
}

#[test]
fn a_connection_that_receives_nothing_has_an_unknown_bitrate() {
    let (_, out) = run([0.0, 10.0].map(|at| Report::at(at).sent(1.0, 1.0, at, at)));
    assert_eq!(connections(&out)[0].value(Metric::Bitrate), None);
}

#[test]
fn a_track_that_just_appeared_says_so() {
    let (_, out) = run([
        Report::at(0.0).received(1.0, 1.0, &[(inbound::BYTES, 0.0)]),
        Report::at(10.0)
            .received(1.0, 1.0, &[(inbound::BYTES, 100.0)])
            .received(2.0, 2.0, &[(inbound::BYTES, 9.0)]),
    ]);
    let parts = &connections(&out)[0].parts;
    assert_eq!(
        parts[1].explain(Metric::Bitrate).absence,
        Some(Absence::Baseline)
    );
    assert_eq!(
        parts[0].explain(Metric::FramesPerSecond).absence,
        Some(Absence::NotReported)
    );
}
