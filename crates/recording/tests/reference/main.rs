//! An independent reading of the definitions, simple and slow on purpose, against the engine: every interval of every
//! recording.
//!
//! Nothing here is shared with the engine: reports are walked as plain JSON, for each track and each connection anew.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod counters;
mod made_up;
mod model;

use serde_json::Value;

use model::{Expected, Sample, add, is, received, sent, text, time, track_id};

fn close(found: &Value, expected: Option<f64>, unit: f64) -> bool {
    match (found.as_f64(), expected) {
        (Some(found), Some(expected)) => {
            (found - expected).abs() <= unit * 0.51 + expected.abs() * 1e-9
        }
        (None, None) => found.is_null(),
        _ => false,
    }
}

fn compare(what: &str, found: &[&Value], expected: &[Expected], packets: &str) {
    let starts = |interval: &Expected| interval.start;
    assert_eq!(
        found
            .iter()
            .map(|interval| interval["start"].as_f64().unwrap())
            .collect::<Vec<_>>(),
        expected.iter().map(starts).collect::<Vec<_>>(),
        "{what}: starts"
    );
    for (found, expected) in found.iter().zip(expected) {
        for (name, value, unit) in [
            ("duration_ms", Some(expected.duration), 1.0),
            ("bitrate_bps", expected.bitrate, 1.0),
            (packets, expected.packets, 1.0),
            ("packets_lost", expected.lost.map(|lost| lost.max(0.0)), 1.0),
            ("packet_loss_pct", expected.loss(), 1e-4),
        ] {
            assert!(
                close(&found[name], value, unit),
                "{what}, {}: {name} is {}, not {value:?}",
                expected.start,
                found[name]
            );
        }
        if packets == "packets_sent" {
            assert!(
                close(&found["rtt_ms"], expected.rtt, 1e-3),
                "{what}, {}: rtt_ms is {}, not {:?}",
                expected.start,
                found["rtt_ms"],
                expected.rtt
            );
        }
    }
}

/// A track's figures over its whole duration are the sums over its intervals.
fn compare_totals(what: &str, found: &Value, expected: &[Expected]) {
    let mut whole = Expected::default();
    let (mut weighted, mut weight) = (0.0, 0.0);
    for interval in expected {
        whole.duration += interval.duration;
        add(&mut whole.packets, interval.packets);
        add(&mut whole.lost, interval.lost);
        add(&mut whole.judged, interval.judged);
        if let Some(rtt) = interval.rtt {
            weighted += rtt * interval.duration;
            weight += interval.duration;
        }
    }
    let average = (weight > 0.0).then(|| weighted / weight);
    for (name, value, unit) in [
        ("duration_ms", Some(whole.duration), 1.0),
        ("packets_sent", whole.packets, 1.0),
        ("packets_lost", whole.lost.map(|lost| lost.max(0.0)), 1.0),
        ("packet_loss_pct", whole.loss(), 1e-4),
        ("rtt_avg_ms", average, 1e-3),
    ] {
        assert!(
            close(&found[name], value, unit),
            "{what}: {name} is {}, not {value:?}",
            found[name]
        );
    }
}

/// Compares everything that a recording comes to; says how many intervals that were.
fn check(name: &str, bytes: &[u8]) -> usize {
    let mut compared = 0;
    let lines: Vec<Value> = bytes
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    let output = common::parsed(bytes);
    let intervals = output["intervals"].as_array().unwrap();
    let mut connections: Vec<&str> = lines.iter().map(|line| text(line, "pc").unwrap()).collect();
    connections.sort_unstable();
    connections.dedup();
    let mut expected_tracks = 0;
    for pc in connections {
        let samples: Vec<Sample<'_>> = lines
            .iter()
            .filter(|line| line["pc"] == pc)
            .map(|line| line["stats"].as_array().unwrap().as_slice())
            .filter_map(|entries| Some((time(entries)?, entries)))
            .collect();
        let all = samples.iter().flat_map(|(_, entries)| entries.iter());
        let sent_ones = all.filter(|entry| is(entry, "outbound-rtp"));
        let mut tracks: Vec<String> = sent_ones.map(track_id).collect();
        tracks.sort();
        tracks.dedup();
        expected_tracks += tracks.len();
        for track in tracks {
            let what = format!("{name} {pc} {track}");
            let is_it = |value: &&Value| value["pc"] == pc && value["track"] == track.as_str();
            let found: Vec<&Value> = intervals.iter().filter(is_it).collect();
            let expected = sent(&track, &samples);
            compare(&what, &found, &expected, "packets_sent");
            let mut summaries = output["tracks"].as_array().unwrap().iter();
            compare_totals(&what, summaries.find(is_it).unwrap(), &expected);
            compared += found.len();
        }
        let is_it = |value: &&Value| value["pc"] == pc && value["scope"] == "connection";
        let found: Vec<&Value> = intervals.iter().filter(is_it).collect();
        let what = format!("{name} {pc}");
        compare(&what, &found, &received(&samples), "packets_received");
        compared += found.len();
    }
    let tracks = output["tracks"].as_array().unwrap();
    assert_eq!(tracks.len(), expected_tracks, "{name}");
    compared
}

#[test]
fn every_interval_of_every_recording_is_as_defined() {
    let of_recording = |name: &String| {
        let bytes = common::unpacked(&format!("{name}.jsonl.gz"));
        check(name, &bytes)
    };
    let compared: usize = common::named(".jsonl.gz").iter().map(of_recording).sum();
    assert!(compared > 300, "only {compared} intervals");
}
