//! The binary `callscope replay`, as a shell runs it.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/fixtures")
        .join(name)
}

fn callscope() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callscope"));
    command.arg("replay");
    command
}

/// Runs it with those arguments and that on its standard input.
fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = callscope()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input).ok());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn unpacked(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    MultiGzDecoder::new(File::open(fixture(name)).unwrap())
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

fn golden(name: &str) -> Vec<u8> {
    fs::read(fixture("golden").join(name)).unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn files_and_pipes_packed_or_not_print_the_same() {
    for (name, expected) in [
        ("jitsi-chrome-relay.jsonl.gz", "jitsi-chrome-relay.json"),
        (
            "chromium156-webrtc-internals-dump.json.gz",
            "chromium156-webrtc-internals-dump.json",
        ),
        (
            "chromium156-rtcstats-dump.txt.gz",
            "chromium156-rtcstats-dump.json",
        ),
    ] {
        let path = fixture(name);
        let plain = unpacked(name);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("recording");
        fs::write(&file, &plain).unwrap();
        let half = plain.len() / 2;
        let mut members = Vec::new();
        for part in [&plain[..half], &plain[half..]] {
            let mut packer = GzEncoder::new(&mut members, flate2::Compression::fast());
            packer.write_all(part).unwrap();
        }
        for (arguments, input) in [
            (vec![path.to_str().unwrap()], Vec::new()),
            (vec![file.to_str().unwrap()], Vec::new()),
            (vec!["-"], fs::read(&path).unwrap()),
            (vec![], plain.clone()),
            (vec!["--strict"], members),
        ] {
            let output = run(&arguments, &input);
            assert_eq!(text(&output.stderr), "", "{name} {arguments:?}");
            assert!(output.status.success(), "{name} {arguments:?}");
            assert!(output.stdout == golden(expected), "{name} {arguments:?}");
        }
    }
}

#[test]
fn tables_are_for_people() {
    let path = fixture("chromium156-simulcast-sender.jsonl.gz");
    let output = run(&[path.to_str().unwrap(), "--format", "table"], b"");
    let table = text(&output.stdout);
    let row = table.lines().find(|line| line.contains("SV2")).unwrap();
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(
        cells,
        [
            "SV2", "a", "video", "3", "1:15", "1.59", "Mbps", "15675", "478", "3.0", "%", "87",
            "ms"
        ]
    );
    for heading in ["Sent", "Received", "Issues", "Signals", "no issue", "—"] {
        assert!(table.contains(heading), "{heading}\n{table}");
    }
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn a_damaged_line_is_told_and_the_rest_is_analysed() {
    let mut lines = unpacked("jitsi-chrome-relay.jsonl.gz");
    lines.extend(b"{\"pc\":\"a\",\n");
    let output = run(&[], &lines);
    assert!(output.status.success());
    assert_eq!(
        text(&output.stderr),
        "warning: line 14: cut off in the middle; left out\n"
    );
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected: Value = serde_json::from_slice(&golden("jitsi-chrome-relay.json")).unwrap();
    assert_eq!(found["intervals"], expected["intervals"]);
    let strict = run(&["--strict"], &lines);
    assert_eq!(strict.status.code(), Some(1));
    assert_eq!(strict.stdout, output.stdout);
}

#[test]
fn a_packed_recording_that_ends_too_early_gives_what_it_has() {
    let packed = fs::read(fixture("jitsi-safari-standard-stats.jsonl.gz")).unwrap();
    let output = run(&[], &packed[..packed.len() / 2]);
    assert!(output.status.success());
    assert!(
        text(&output.stderr).contains("the compressed data is damaged"),
        "{output:?}"
    );
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["tracks"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_no_recording_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let missing = missing.to_str().unwrap();
    for (arguments, input, sentence) in [
        (
            vec![],
            &b"hello\n"[..],
            "error: standard input: this is no recording",
        ),
        (
            vec!["-"],
            b"",
            "error: standard input: the recording is empty",
        ),
        (
            vec![],
            b"{\"callscope_export\":1,\"kind\":\"room\",\"answers\":{}}",
            "error: standard input: this is a callscope export",
        ),
        (vec![missing], b"", "could not be read: No such file"),
    ] {
        let output = run(&arguments, input);
        assert_eq!(output.status.code(), Some(2), "{sentence}");
        assert_eq!(text(&output.stdout), "");
        let told = text(&output.stderr);
        assert!(told.contains(sentence), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[test]
fn few_packets_are_judged_when_asked() {
    let line = |at: u32, sent: u32, lost: u32| {
        format!(
            r#"{{"pc":"a","at":{at},"stats":[
            {{"type":"outbound-rtp","id":"O","timestamp":{at},"ssrc":7,"kind":"audio","mediaSourceId":"S","packetsSent":{sent},"bytesSent":0}},
            {{"type":"remote-inbound-rtp","timestamp":{at},"ssrc":7,"localId":"O","packetsLost":{lost}}}]}}"#
        )
        .replace('\n', "")
            + "\n"
    };
    let recording = line(10_000, 0, 0) + &line(20_000, 45, 5);
    let issues = |arguments: &[&str]| {
        let output = run(arguments, recording.as_bytes());
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["issues"].clone()
    };
    assert_eq!(issues(&[]), serde_json::json!([]));
    let judged = serde_json::json!([{"type": "packet_loss", "severity": "high", "media": "audio",
        "tracks": ["S"], "value": 10, "threshold": 5}]);
    assert_eq!(issues(&["--min-packets", "0"]), judged);
    assert_eq!(issues(&["--min-packets", "45"]), judged);
    assert_eq!(issues(&["--min-packets", "46"]), serde_json::json!([]));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let one = unpacked("jitsi-safari-standard-stats.jsonl.gz");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("recording");
    fs::write(&file, one.repeat(5)).unwrap();
    let mut child = callscope()
        .arg(&file)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(&first, b"{\"interval");
    assert_eq!(text(&output.stderr), "");
    assert!(output.status.success());
}

#[test]
fn help_says_what_there_is() {
    let output = run(&["--help"], b"");
    for word in [
        "webrtc_internals_dump",
        "--min-packets",
        "--strict",
        "JSON unless asked",
    ] {
        assert!(text(&output.stdout).contains(word), "{word}");
    }
}
