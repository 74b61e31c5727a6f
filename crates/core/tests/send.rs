//! What is measured of a published track.

mod call;

use call::{Report, T0, feed, run, tracks};
use callscope_core::report::{outbound, remote_inbound};
use callscope_core::{Absence, Atom, Config, Engine, Kind, Metric, Scope, TrackId};

const VIDEO: f64 = 1.0;

fn close(value: Option<f64>, expected: f64) {
    let value = value.unwrap_or(f64::NAN);
    assert!((value - expected).abs() < 1e-9, "{value}, not {expected}");
}

#[test]
fn an_interval_closes_with_the_first_sample_after_its_end_and_carries_its_true_length() {
    let (_, out) = run([
        (3.2, 0.0),
        (9.0, 1000.0),
        (10.4, 2000.0),
        (19.0, 9000.0),
        (20.1, 12_000.0),
    ]
    .map(|(at, bytes)| Report::at(at).sent(VIDEO, 7.0, bytes, bytes / 100.0)));
    let found: Vec<_> = tracks(&out)
        .iter()
        .map(|interval| {
            (
                interval.start.as_f64() - T0,
                interval.duration.as_f64().round(),
                interval.bitrate().unwrap().as_f64().round(),
            )
        })
        .collect();
    assert_eq!(found, [(0.0, 7200.0, 2222.0), (10_000.0, 9700.0, 8247.0)]);
}

#[test]
fn layers_are_added_and_their_loss_is_taken_together() {
    let report = |at: f64, a: f64, b: f64, lost_a: f64, lost_b: f64| {
        Report::at(at)
            .sent(VIDEO, 1.0, a * 1000.0, a)
            .sent(VIDEO, 2.0, b * 1000.0, b)
            .reported(1.0, at, lost_a, at * 0.1, at)
            .reported(2.0, at, lost_b, at * 0.3, at)
    };
    let (engine, out) = run([
        report(0.0, 0.0, 0.0, 0.0, 0.0),
        report(10.0, 900.0, 90.0, 100.0, 10.0),
    ]);
    let [track] = &tracks(&out)[..] else {
        panic!("one interval")
    };
    assert_eq!(track.bitrate().unwrap().as_f64(), 8.0 * 990_000.0 / 10.0);
    close(track.value(Metric::PacketLoss), 100.0 * 110.0 / 1100.0);
    close(track.value(Metric::RoundTripTime), 300.0);
    assert_eq!(track.parts.len(), 2);
    close(track.parts[0].value(Metric::RoundTripTime), 100.0);
    assert_eq!(
        engine
            .tracks()
            .find(|track| track.scope() == Scope::Track)
            .unwrap()
            .layers(),
        2
    );
}

#[test]
fn a_stale_report_counts_for_nothing() {
    // The second layer's report never moves after 0 s: it is paused.
    let report = |at: f64| {
        Report::at(at)
            .sent(VIDEO, 1.0, at * 1000.0, at * 10.0)
            .sent(VIDEO, 2.0, 5000.0, 50.0)
            .reported(1.0, at, 0.0, at * 0.05, at)
            .reported(2.0, 0.0, 40.0, 9.0, 10.0)
    };
    let (engine, out) = run([report(1.0), report(11.0), report(21.0)]);
    for track in tracks(&out) {
        close(track.value(Metric::RoundTripTime), 50.0);
        close(track.value(Metric::PacketLoss), 0.0);
        assert_eq!(
            track.parts[1].explain(Metric::RoundTripTime).absence,
            Some(Absence::NoReport)
        );
    }
    assert_eq!(engine.issues().count(), 0);
}

#[test]
fn packets_that_no_report_covered_are_judged_with_the_next_one() {
    let sent = |at: f64| Report::at(at).sent(VIDEO, 1.0, 0.0, at * 10.0);
    let (_, out) = run([
        sent(0.0).reported(1.0, 0.0, 0.0, 0.0, 0.0),
        sent(10.0).reported(1.0, 0.0, 0.0, 0.0, 0.0),
        sent(20.0).reported(1.0, 19.0, 50.0, 1.0, 10.0),
    ]);
    let track = tracks(&out);
    assert_eq!(track[0].packet_loss(), None);
    assert_eq!(track[0].value(Metric::PacketsLost), None);
    assert_eq!(track[0].value(Metric::PacketsSent), Some(100.0));
    close(track[1].value(Metric::PacketLoss), 100.0 * 50.0 / 250.0);
    assert!(track[1].explain(Metric::PacketLoss).carried);
}

#[test]
fn a_layer_that_never_gets_a_report_is_in_neither_sum() {
    let report = |at: f64| {
        Report::at(at)
            .sent(VIDEO, 1.0, 0.0, at * 10.0)
            .sent(VIDEO, 2.0, 0.0, at * 90.0)
            .reported(1.0, at, at, 0.0, 0.0)
    };
    let (engine, out) = run([report(0.0), report(10.0)]);
    let track = &tracks(&out)[0];
    close(track.value(Metric::PacketLoss), 100.0 * 10.0 / 110.0);
    assert_eq!(track.value(Metric::PacketsSent), Some(1000.0));
    assert_eq!(
        engine.issues().next().unwrap().tracks,
        [TrackId::Named(Atom::new(1))]
    );
}

#[test]
fn late_packets_lower_the_sum_and_never_show_below_zero() {
    let (engine, out) = run([(0.0, 0.0), (10.0, 20.0), (20.0, 15.0), (30.0, 17.0)].map(
        |(at, lost)| {
            Report::at(at)
                .sent(VIDEO, 1.0, 0.0, at * 10.0)
                .reported(1.0, at, lost, 0.0, 0.0)
        },
    ));
    let lost: Vec<_> = tracks(&out)
        .iter()
        .map(|track| track.value(Metric::PacketsLost))
        .collect();
    assert_eq!(lost, [Some(20.0), Some(0.0), Some(2.0)]);
    close(tracks(&out)[1].value(Metric::PacketLoss), 0.0);
    let total = engine
        .tracks()
        .find(|track| track.scope() == Scope::Track)
        .unwrap();
    assert_eq!(total.packets_lost(), Some(17.0));
}

#[test]
fn without_totals_the_round_trip_time_is_the_mean_of_the_reports_that_arrived() {
    let report = |at: f64, arrived: f64, rtt: f64| {
        Report::at(at).sent(VIDEO, 1.0, 0.0, at).remote(
            1.0,
            arrived,
            &[(remote_inbound::ROUND_TRIP_TIME, rtt)],
        )
    };
    let (_, out) = run([
        report(0.0, 0.0, 9.0),
        report(3.0, 2.0, 0.1),
        report(6.0, 2.0, 0.1),
        report(10.0, 8.0, 0.4),
    ]);
    close(tracks(&out)[0].value(Metric::RoundTripTime), 250.0);
}

#[test]
fn a_track_on_several_connections_is_summed_and_its_slowest_connection_shows() {
    let mut engine = Engine::new(Config::default());
    let sid = Atom::new(71);
    let others = [Atom::new(2000), Atom::new(2001)];
    for (pc, ssrc) in others.into_iter().zip([1, 2]) {
        engine.publish(pc, ssrc, sid);
    }
    for at in [0.0, 10.0, 20.0] {
        for (pc, ssrc, rtt) in [(others[0], 1.0, 0.1), (others[1], 2.0, 0.2)] {
            let report = Report::at(at)
                .sent(VIDEO, ssrc, at * 1000.0, at * 10.0)
                .reported(ssrc, at, at, at * rtt, at);
            engine.sample(pc, &report.rows);
        }
    }
    let out = feed(&mut engine, []);
    let track = tracks(&out);
    assert_eq!(track.len(), 2);
    for interval in &track {
        assert_eq!((interval.pc, interval.parts.len()), (None, 2));
        assert_eq!(interval.value(Metric::Bitrate), Some(16_000.0));
        assert_eq!(interval.value(Metric::PacketsSent), Some(200.0));
        close(interval.value(Metric::RoundTripTime), 200.0);
        assert_eq!(interval.parts[0].pc, Some(others[0]));
        close(interval.parts[0].value(Metric::RoundTripTime), 100.0);
    }
}

#[test]
fn the_last_interval_of_a_track_on_several_connections_is_one_too() {
    let sid = Atom::new(71);
    let others = [Atom::new(2000), Atom::new(2001)];
    let ends: [fn(&mut Engine); 3] = [
        |engine| engine.unpublish(Atom::new(71)),
        Engine::samples_missed,
        Engine::finish,
    ];
    for (way, end) in ends.into_iter().enumerate() {
        let mut engine = Engine::new(Config::default());
        for (pc, ssrc) in others.into_iter().zip([1, 2]) {
            engine.publish(pc, ssrc, sid);
        }
        for at in [0.0, 5.0] {
            for (pc, ssrc) in others.into_iter().zip([1.0, 2.0]) {
                let report = Report::at(at).sent(VIDEO, ssrc, at * 1000.0, at * 10.0);
                engine.sample(pc, &report.rows);
            }
        }
        end(&mut engine);
        let out = feed(&mut engine, []);
        let track = tracks(&out);
        let [interval] = track.as_slice() else {
            panic!("way {way}: {} intervals", track.len());
        };
        assert_eq!((interval.pc, interval.parts.len()), (None, 2), "way {way}");
        assert_eq!(
            interval.value(Metric::PacketsSent),
            Some(100.0),
            "way {way}"
        );
        assert!(interval.notes.cut_short, "way {way}");
    }
}

#[test]
fn a_peer_that_leaves_does_not_hold_up_the_tracks_intervals() {
    let mut engine = Engine::new(Config::default());
    let sid = Atom::new(71);
    let (stays, leaves) = (Atom::new(2000), Atom::new(2001));
    engine.publish(stays, 1, sid);
    engine.publish(leaves, 2, sid);
    for at in 0..=4 {
        let at = f64::from(at) * 10.0;
        engine.sample(
            stays,
            &Report::at(at).sent(VIDEO, 1.0, at * 1000.0, at).rows,
        );
        if at < 15.0 {
            engine.sample(
                leaves,
                &Report::at(at).sent(VIDEO, 2.0, at * 1000.0, at).rows,
            );
        } else {
            engine.connection_closed(leaves);
        }
    }
    let bitrates: Vec<_> = tracks(&feed(&mut engine, []))
        .iter()
        .map(|track| track.value(Metric::Bitrate))
        .collect();
    assert_eq!(
        bitrates,
        [Some(16_000.0), Some(8000.0), Some(8000.0), Some(8000.0)]
    );
}

#[test]
fn unknown_is_not_zero() {
    let (_, out) =
        run([0.0, 10.0].map(|at| Report::at(at).layer(VIDEO, 1.0, &[(outbound::BYTES, at)])));
    let track = &tracks(&out)[0];
    for &metric in Metric::ALL {
        let expected = (metric == Metric::Bitrate).then_some(8.0);
        assert_eq!(track.value(metric), expected, "{}", metric.name());
        assert_eq!(track.explain(metric).absence.is_none(), expected.is_some());
    }
}

#[test]
fn a_track_is_named_by_its_source_else_its_mid_else_its_ssrc() {
    let reports = |at: f64| {
        Report::at(at)
            .sent(VIDEO, 1.0, at, at)
            .layer(
                f64::NAN,
                2.0,
                &[(outbound::MID, 9.0), (outbound::BYTES, at)],
            )
            .layer(f64::NAN, 3.0, &[(outbound::BYTES, at)])
    };
    let (engine, _) = run([reports(0.0), reports(10.0)]);
    let names: Vec<_> = engine
        .tracks()
        .filter(|track| track.scope() == Scope::Track)
        .map(|track| track.track())
        .collect();
    assert_eq!(
        names,
        [
            Some(TrackId::Named(Atom::new(1))),
            Some(TrackId::Named(Atom::new(9))),
            Some(TrackId::Ssrc(3))
        ]
    );
}

#[test]
fn the_level_of_a_microphone_comes_from_its_energy() {
    let report = |at: f64| {
        Report::at(at)
            .layer(
                5.0,
                1.0,
                &[
                    (outbound::KIND, f64::from(Kind::Audio as u8)),
                    (outbound::BYTES, at),
                ],
            )
            .source(5.0, at * 0.04, at)
    };
    let (_, out) = run([report(0.0), report(10.0)]);
    close(tracks(&out)[0].value(Metric::AudioLevel), 0.2);
}

#[test]
fn what_the_encoder_did_is_told() {
    let report = |at: f64| {
        Report::at(at)
            .layer(
                VIDEO,
                1.0,
                &[
                    (outbound::BYTES, at),
                    (outbound::FRAMES_ENCODED, at * 30.0),
                    (outbound::FRAMES_SENT, at * 30.0),
                    (outbound::ENCODE_TIME, at * 0.3),
                    (outbound::WIDTH, 1280.0),
                    (outbound::HEIGHT, 720.0),
                    (outbound::LIMITED_CPU, at * 0.6),
                    (outbound::TARGET_BITRATE, 1e6),
                    (outbound::CODEC, 40.0),
                ],
            )
            .codec(40.0, 41.0)
    };
    let (_, out) = run([report(0.0), report(10.0)]);
    let track = &tracks(&out)[0];
    for (metric, expected) in [
        (Metric::FramesPerSecond, 30.0),
        (Metric::EncodeTime, 10.0),
        (Metric::FrameWidth, 1280.0),
        (Metric::FrameHeight, 720.0),
        (Metric::LimitedCpu, 6.0),
        (Metric::TargetBitrate, 1e6),
    ] {
        close(track.value(metric), expected);
    }
    assert_eq!(track.codec, Some(Atom::new(41)));
}

#[test]
fn the_interval_in_progress_can_be_seen() {
    let mut engine = Engine::new(Config::default());
    for at in [0.0, 2.0] {
        Report::at(at)
            .sent(VIDEO, 1.0, at * 1000.0, at)
            .into_engine(&mut engine);
    }
    let open: Vec<_> = engine
        .in_progress()
        .filter(|interval| interval.scope == Scope::Track)
        .collect();
    assert_eq!(open.len(), 1);
    assert!(open[0].notes.open);
    assert_eq!(open[0].value(Metric::Bitrate), Some(8000.0));
    assert_eq!(engine.drain().count(), 0);
}
