//! What becomes of recordings of real calls, and of calls written by hand.

use std::borrow::Cow;
use std::io::Read;

use callscope_core::issue::Issue;
use callscope_core::report::{Kind, RowWriter, inbound, outbound};
use callscope_core::{Atom, Config, Engine, Metric, Output, Scope};
use callscope_recording::{NameOf, Names, Recording, Report, Sink, Warning};

use super::*;

const LOSSY: &[u8] = include_bytes!("../../tests/fixtures/chromium156-loss8-delay150.jsonl.gz");

/// The engine and the model, fed sample by sample as a live call feeds them.
#[derive(Default)]
struct Follower {
    engine: Option<Engine>,
    call: Call,
}

impl Sink for Follower {
    fn report(&mut self, report: Report<'_>, names: &Names) {
        let engine = self
            .engine
            .get_or_insert_with(|| Engine::new(Config::default()));
        engine.sample(report.pc, report.rows);
        let outputs: Vec<Output> = engine.drain().collect();
        let name = |atom: Atom| names.name(atom).map(Cow::into_owned);
        self.call.take(outputs, engine, &name);
    }

    fn closed(&mut self, _pc: Atom, _names: &Names) {}

    fn warning(&mut self, warning: Warning) {
        panic!("{warning}");
    }
}

fn lossy_call() -> (Call, Engine) {
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(LOSSY)
        .read_to_end(&mut text)
        .unwrap();
    let mut follower = Follower::default();
    let mut recording = Recording::new();
    recording.feed(&text, &mut follower);
    recording.finish(&mut follower).unwrap();
    (follower.call, follower.engine.unwrap())
}

#[test]
fn a_real_call_has_the_tracks_that_were_in_it() {
    let (call, _) = lossy_call();
    let [near, far] = call.connections()[..] else {
        panic!("two connections");
    };
    assert_eq!(
        (call.names.connection(near), call.names.connection(far)),
        ("near".into(), "far".into())
    );
    for connection in [near, far] {
        let names: Vec<_> = shown(&call, Scope::Track, Some(connection))
            .map(|(_, track)| track.name.as_str())
            .collect();
        assert_eq!(names, ["Audio", "Video"]);
    }
    let all: Vec<_> = series(&call, Scope::Track, Metric::Bitrate, None)
        .into_iter()
        .map(|line| line.name)
        .collect();
    assert_eq!(
        all,
        [
            "Audio \u{b7} near",
            "Video \u{b7} near",
            "Audio \u{b7} far",
            "Video \u{b7} far"
        ]
    );
}

#[test]
fn points_are_the_intervals_and_the_last_is_in_progress() {
    let (call, _) = lossy_call();
    let near = call.connections().first().copied();
    let lines = series(&call, Scope::Track, Metric::Bitrate, near);
    for (line, (_, track)) in lines.iter().zip(shown(&call, Scope::Track, near)) {
        assert_eq!(line.points().len(), track.intervals.len() + 1);
        assert!(line.points().last().unwrap().is_open());
        for (point, interval) in line.points().iter().zip(&track.intervals) {
            assert_eq!(point.value(), interval.value(Metric::Bitrate));
            assert_eq!(point.start(), interval.start.as_f64());
        }
    }
}

#[test]
fn an_issue_tells_its_evidence_and_stands_on_the_charts() {
    let (call, _) = lossy_call();
    let near = call.connections().first().copied();
    let loss = findings(&call, near)
        .find(|finding| finding.what == What::Issue(Issue::PacketLoss))
        .unwrap();
    let evidence = loss.evidence(call.subject_of(loss));
    assert!(
        evidence.ends_with("packets lost, threshold 5 %") && evidence.contains(" % of "),
        "{evidence}"
    );
    let bands = bands(&call, Issue::PacketLoss, near);
    assert_eq!(bands.len(), 1, "audio and video are one band");
    assert_eq!(bands[0].t1, None, "it still stands");
    let lanes = lanes(&call, near);
    assert_eq!(lanes[0].label, "High packet loss");
    for lane in &lanes {
        let overlaps =
            |pair: &[crate::chart::TimelineSpan]| pair[0].t1.is_none_or(|end| end > pair[1].t0);
        assert!(!lane.spans.windows(2).any(overlaps), "{}", lane.label);
    }
}

#[test]
fn the_report_holds_the_call_as_if_it_ended_now() {
    let (call, engine) = lossy_call();
    let report: serde_json::Value = serde_json::from_str(&call.report(&engine, &[])).unwrap();
    let closed: usize = call
        .subjects
        .iter()
        .filter(|subject| subject.scope != Scope::Received)
        .map(|subject| subject.intervals.len())
        .sum();
    let all = closed + engine.in_progress().count();
    assert_eq!(report["intervals"].as_array().unwrap().len(), all);
    assert_eq!(report["tracks"].as_array().unwrap().len(), 4);
    assert!(
        report["issues"]
            .as_array()
            .unwrap()
            .iter()
            .any(|issue| issue["type"] == "packet_loss")
    );
}

/// A report of one sent video and one received audio track.
fn sample(engine: &mut Engine, call: &mut Call, second: u32) {
    let mut rows = Vec::new();
    RowWriter::new(&mut rows, outbound::TAG)
        .set(outbound::TIMESTAMP, at(second))
        .set(outbound::SSRC, 7.0)
        .set(outbound::KIND, f64::from(Kind::Video as u8))
        .set(outbound::MID, 1.0)
        .set(outbound::BYTES, f64::from(second) * 12_500.0);
    take(engine, call, second, rows);
}

/// A report of the received track alone.
fn received_only(engine: &mut Engine, call: &mut Call, second: u32) {
    take(engine, call, second, Vec::new());
}

fn take(engine: &mut Engine, call: &mut Call, second: u32, mut rows: Vec<f64>) {
    RowWriter::new(&mut rows, inbound::TAG)
        .set(inbound::TIMESTAMP, at(second))
        .set(inbound::SSRC, 8.0)
        .set(inbound::KIND, f64::from(Kind::Audio as u8))
        .set(inbound::TRACK, 2.0)
        .set(inbound::BYTES, f64::from(second) * 1_000.0);
    engine.sample(Atom::new(0), &rows);
    let outputs: Vec<Output> = engine.drain().collect();
    call.take(outputs, engine, &|atom| {
        Some(format!("name {}", atom.number()))
    });
}

fn at(second: u32) -> f64 {
    1_000_000.0 + f64::from(second) * 1_000.0
}

#[test]
fn two_samples_are_enough_for_a_figure() {
    let (mut engine, mut call) = (Engine::new(Config::default()), Call::default());
    sample(&mut engine, &mut call, 1);
    assert!(
        call.of_scope(Scope::Track).next().is_none(),
        "nothing is known to go out"
    );
    sample(&mut engine, &mut call, 2);
    let (_, video) = call.of_scope(Scope::Track).next().unwrap();
    assert_eq!(video.now(Metric::Bitrate), Some(100_000.0));
    let (_, audio) = call.of_scope(Scope::Received).next().unwrap();
    assert_eq!(
        (audio.name.as_str(), audio.now(Metric::Bitrate)),
        ("Audio", Some(8_000.0))
    );
}

#[test]
fn what_is_not_reported_stays_unknown_and_says_why() {
    let (mut engine, mut call) = (Engine::new(Config::default()), Call::default());
    for second in 0..25 {
        sample(&mut engine, &mut call, second);
    }
    let (_, video) = call.of_scope(Scope::Track).next().unwrap();
    assert_eq!(video.now(Metric::PacketLoss), None);
    assert!(why_absent(video.latest(Metric::PacketLoss), Metric::PacketLoss).is_some());
    for line in series(&call, Scope::Track, Metric::PacketLoss, None) {
        assert!(line.points().iter().all(|point| point.value().is_none()));
    }
    assert!(picture(video).unwrap().is_err());
    assert!(limitation(video).unwrap().is_err());
    let (_, audio) = call.of_scope(Scope::Received).next().unwrap();
    assert_eq!(picture(audio), None, "sound has no picture, known or not");
}

#[test]
fn a_sender_without_a_source_is_no_track() {
    let (mut engine, mut call) = (Engine::new(Config::default()), Call::default());
    for second in 0..25 {
        let mut rows = Vec::new();
        RowWriter::new(&mut rows, outbound::TAG)
            .set(outbound::TIMESTAMP, at(second))
            .set(outbound::SSRC, 7.0)
            .set(outbound::KIND, f64::from(Kind::Video as u8))
            .set(outbound::SOURCE, 1.0)
            .set(outbound::BYTES, 0.0)
            .set(outbound::PACKETS, f64::from(second / 20));
        take(&mut engine, &mut call, second, rows);
        let tracks = call.of_scope(Scope::Track).count();
        assert_eq!(tracks, usize::from(second >= 20), "after {second} s");
    }
}

#[test]
fn a_track_ends_when_others_go_on_and_not_between_two_intervals() {
    let (mut engine, mut call) = (Engine::new(Config::default()), Call::default());
    for second in 0..60 {
        if second < 45 {
            sample(&mut engine, &mut call, second);
        } else {
            received_only(&mut engine, &mut call, second);
        }
        let ended = call
            .of_scope(Scope::Track)
            .any(|(_, track)| track.running.is_none() && track.ended_at(&call).is_some());
        assert!(second >= 45 || !ended, "ended after {second} s");
    }
    for second in 60..100 {
        received_only(&mut engine, &mut call, second);
    }
    let (_, video) = call.of_scope(Scope::Track).next().unwrap();
    let ended = video.ended_at(&call).unwrap();
    assert!((1_043_000.0..=1_045_000.0).contains(&ended), "{ended}");
}

#[test]
fn the_last_figures_of_a_received_track_outlive_the_call() {
    let (mut engine, mut call) = (Engine::new(Config::default()), Call::default());
    for second in 0..25 {
        sample(&mut engine, &mut call, second);
    }
    engine.finish();
    let outputs: Vec<Output> = engine.drain().collect();
    call.take(outputs, &engine, &|_| None);
    let (_, audio) = call.of_scope(Scope::Received).next().unwrap();
    assert!(audio.running.is_none());
    assert_eq!(audio.now(Metric::Bitrate), Some(8_000.0));
}
