//! No input makes a reader panic, and how it comes in does not matter.

mod common;

use std::io::Cursor;

use callscope_core::Config;
use callscope_recording::{Analysis, internals};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A small dump of each format.
fn samples() -> Vec<Vec<u8>> {
    let lines = common::unpacked("snapshot-firefox141.jsonl.gz");
    let values = |list: Value| {
        json!({
            "startTime": "2026-11-22T16:15:20.138Z", "endTime": "2026-11-22T16:15:32.000Z",
            "statsType": "outbound-rtp", "values": list.to_string(),
        })
    };
    let internals = json!({"UserAgent": "x", "PeerConnections": {"1-1": {"stats": {
        "O-1-timestamp": values(json!([1795364120138.5, 1795364132000.25])),
        "O-1-ssrc": values(json!([7, 7])),
        "O-1-mid": values(json!(["a\"\\", "a\"\\"])),
        "O-1-bytesSent": values(json!([0, 1000])),
        "O-1-qualityLimitationDurations": values(json!([{"none": 0}, {"none": 11.5}])),
    }, "updateLog": []}}});
    let rtcstats = r#"["create","a",{},1]
["getstats","a",{"O":{"type":"outbound-rtp","timestamp":0,"ssrc":1,"bytesSent":1},"timestamp":10000},1]
["getstats","a",{"O":{"timestamp":0,"bytesSent":9},"timestamp":20000},2]
"#;
    let version_3 = "RTCStatsDump\n{\"fileFormat\":3}\n[\"g\",\"a\",{\"0\":{\"type\":2,\"10\":1,\"80\":1},\"t\":10000},1]\n";
    vec![
        lines,
        internals.to_string().into_bytes(),
        rtcstats.into(),
        version_3.into(),
    ]
}

/// One of the samples, damaged in places.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let sample = (0..4_usize).prop_map(|place| samples()[place].clone());
    let change = (any::<prop::sample::Index>(), any::<u8>());
    let changes = prop::collection::vec(change, 0..6);
    (sample, changes, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(mut bytes, changes, end, cut)| {
            for (place, byte) in changes {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            if cut {
                bytes.truncate(end.index(bytes.len()));
            }
            bytes
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        common::replayed(&bytes).ok();
    }

    #[test]
    fn no_damage_makes_a_reader_panic_and_chunks_do_not_matter(bytes in damaged(), chunk in 1..600_usize) {
        let whole = common::replayed(&bytes).map_err(|error| error.to_string());
        let pieces = common::replayed_in(bytes.chunks(chunk)).map_err(|error| error.to_string());
        prop_assert_eq!(whole, pieces);
    }

    #[test]
    fn no_dump_makes_the_scanner_panic(tail in "[\\[\\]{}\",:\\\\a0 ]{0,80}") {
        let dump = format!("{{\"PeerConnections\":{{\"a\":{{\"stats\":{{\"O-ssrc\":{{\"values\":{tail}");
        common::replayed(dump.as_bytes()).ok();
    }
}

#[test]
fn the_samples_are_recordings() {
    for sample in samples() {
        let output = common::parsed(&sample);
        assert_eq!(
            output["tracks"].as_array().map(Vec::is_empty),
            Some(false),
            "{output}"
        );
        assert_eq!(output["warnings"], json!([]));
    }
}

#[test]
fn keys_may_come_in_any_order_and_reports_be_objects() {
    let entry = r#"{"bytesSent":"1000","ssrc":7,"timestamp":10000,"packetsSent":true,"type":"outbound-rtp"}"#;
    let first = format!(r#"{{"stats":{{"O":{entry}}},"at":1,"pc":"a"}}"#);
    let second = first
        .replace("10000", "20000")
        .replace("\"1000\"", "2250")
        .replace("true", "4");
    let output = common::parsed(format!("{first}\n\r\n{second}\r\n").as_bytes());
    let track = &output["intervals"][0];
    assert_eq!(
        (&track["track"], &track["bitrate_bps"]),
        (&json!("7"), &json!(1000))
    );
    assert_eq!(track["packets_sent"], 3);
}

#[test]
fn what_is_no_number_is_absent_and_bare_tokens_are_counted() {
    let line = |at: u32, bytes: &str| {
        format!(
            r#"{{"pc":"a","at":{at},"stats":[{{"type":"outbound-rtp","timestamp":{at},"ssrc":7,"bytesSent":{bytes},"packetsSent":{{}},"nackCount":[1],"pliCount":null,"firCount":NaN}}, null, 3, {{"type":"made-up"}}]}}"#
        )
    };
    let output =
        common::parsed(format!("{}\n{}\n", line(10_000, "1"), line(20_000, "\"NaN\"")).as_bytes());
    let track = &output["intervals"][0];
    assert_eq!(
        (&track["bitrate_bps"], &track["packets_sent"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        output["oddities"],
        json!({"unknown_type": 2, "not_finite": 2})
    );
    assert_eq!(output["warnings"], json!([]));
}

#[test]
fn damaged_lines_are_told_and_the_rest_is_read() {
    let good = String::from_utf8(common::unpacked("snapshot-chrome139.jsonl.gz")).unwrap();
    let text = format!(
        "{{\"pc\":\n{good}what\n{{\"at\":3}}\n{{\"stats\":[]}}\n[1,2]\n\u{fffd}\n{{\"pc\":\"a\",\"sta"
    );
    let output = common::parsed(text.as_bytes());
    let told: Vec<(u64, &str)> = output["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| {
            (
                warning["line"].as_u64().unwrap(),
                warning["what"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, "cut off in the middle; left out"),
            (3, "not JSON at column 1; left out"),
            (4, "neither a report nor an event; left out"),
            (5, "a report without \"pc\"; left out"),
            (6, "neither a report nor an event; left out"),
            (7, "not JSON at column 1; left out"),
            (8, "cut off in the middle; left out"),
        ]
    );
    assert_eq!(output["tracks"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_no_recording_is_told_in_a_sentence() {
    for (bytes, sentence) in [
        (&b""[..], "the recording is empty"),
        (b"  \n\n", "the recording is empty"),
        (b"\x89PNG\r\n\x1a\n", "this is no recording"),
        (b"{}", "this is no recording"),
        (b"{\"callscope_export\":1}", "this is a callscope export"),
        (b"{\"UserAgent\":\"x\"}", "this is no recording"),
        (b"{\"UserAgent\":\"x\",", "broken at byte 17"),
        (b"{\"a\":1}\n{\"a\":2}\n", "this is no recording"),
        (b"[1,2,3]\n", "this is no recording"),
        (b"hello\nworld\n", "this is no recording"),
    ] {
        let error = common::replayed(bytes).unwrap_err().to_string();
        assert!(
            error.contains(sentence),
            "{}: {error}",
            String::from_utf8_lossy(bytes)
        );
    }
}

/// Series of one entry, each with its own start and end, as Chrome before 117 wrote them: without timestamps.
#[test]
fn old_dumps_without_timestamps_are_placed_by_start_and_end() {
    let series = |stats_type: &str, from: u32, to: u32, values: Value| {
        json!({
            "startTime": format!("2020-01-01T00:00:{from:02}.000Z"),
            "endTime": format!("2020-01-01T00:00:{to:02}.000Z"),
            "statsType": stats_type, "values": values.to_string(),
        })
    };
    let all = |value: Value| Value::Array(vec![value; 41]);
    let dump = json!({"PeerConnections": {"1-1": {"stats": {
        "RTCOutbound-1-ssrc": series("outbound-rtp", 0, 40, all(json!(5))),
        "RTCOutbound-1-kind": series("outbound-rtp", 0, 40, all(json!("video"))),
        "RTCOutbound-1-bytesSent": series("outbound-rtp", 0, 40, (0..=40).map(|n| n * 1000).collect()),
        "RTCOutbound-1-framesSent": series("outbound-rtp", 20, 40, (20..=40).map(|n| n * 30).collect()),
        "RTCRemote-1-ssrc": series("remote-inbound-rtp", 5, 40, Value::Array(vec![json!(5); 36])),
        "RTCRemote-1-roundTripTime": series("remote-inbound-rtp", 5, 40, (5..=40).map(|n| if n < 20 { 0.1 } else { 0.2 }).collect()),
    }}}});
    let output = common::parsed(dump.to_string().as_bytes());
    let intervals = output["intervals"].as_array().unwrap();
    let track: Vec<&Value> = intervals
        .iter()
        .filter(|one| one["scope"] == "track")
        .collect();
    assert_eq!(track.len(), 4, "{output}");
    for interval in &track {
        assert_eq!(interval["bitrate_bps"], 8000);
    }
    let of = |name: &str| {
        track
            .iter()
            .map(|one| one[name].clone())
            .collect::<Vec<_>>()
    };
    // Frames are known from 0:20 on; a round trip time only where a new one was told.
    assert_eq!(
        of("frames_per_second"),
        [Value::Null, Value::Null, json!(30), json!(30)]
    );
    assert_eq!(
        of("rtt_ms"),
        [json!(100), json!(200), Value::Null, Value::Null]
    );
}

#[test]
fn a_dump_that_is_cut_off_gives_what_stands_before() {
    let dump = common::unpacked("chromium156-webrtc-internals-dump.json.gz");
    let output = common::parsed(&dump[..dump.len() * 2 / 3]);
    let what = output["warnings"][0]["what"].as_str().unwrap();
    assert!(what.starts_with("the dump is broken at byte"), "{what}");
    assert_eq!(output["tracks"].as_array().unwrap().len(), 4);
}

/// A value that has no end cannot be kept; what else the connection has is read.
#[test]
fn a_series_that_cannot_be_read_is_told() {
    let endless = format!("[\"{}", "x".repeat(200_000));
    let series = |values: &str| {
        json!({"startTime": "2026-11-22T16:15:20.000Z", "endTime": "2026-11-22T16:15:30.000Z",
            "statsType": "outbound-rtp", "values": values})
    };
    let dump = json!({"PeerConnections": {"1-1": {"stats": {
        "O-1-timestamp": series("[1795364120000,1795364130000]"),
        "O-1-ssrc": series("[7,7]"),
        "O-1-bytesSent": series("[0,1250]"),
        "O-1-rid": series(&endless),
    }}}});
    let output = common::parsed(dump.to_string().as_bytes());
    assert_eq!(output["intervals"][0]["bitrate_bps"], 1000);
    let told: Vec<&str> = output["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| warning["what"].as_str().unwrap())
        .collect();
    assert!(
        told.contains(&"the series O-1-rid of connection 1-1 cannot be read; left out"),
        "{told:?}"
    );
}

#[test]
fn what_is_no_dump_is_not_scanned_for_ever() {
    for (bytes, sentence) in [
        (&b"hello"[..], "broken at byte 1"),
        (b"", "the recording is empty"),
        (b"{} and more", "this is no recording"),
        (b"}", "broken at byte 1"),
    ] {
        let mut analysis = Analysis::new(Config::default(), |_, _| {});
        let error = internals::read(&mut Cursor::new(bytes), &mut analysis).unwrap_err();
        assert!(error.to_string().contains(sentence), "{error}");
    }
}
