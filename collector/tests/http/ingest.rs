//! Batches in: what is taken, and what is refused.

use crate::server::{Server, batch, gzip, last, now};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const ROOM: &str = "/v1/Video/Rooms/RM00000000000000000000000000000000";

#[test]
fn a_batch_is_taken_once_and_read_back() {
    let server = Server::start(&[]);
    let sent = batch(1, 0, 100);
    let first = server.take(&sent);
    assert_eq!(first.status, 201);
    assert_eq!(
        first.json(),
        json!({"batch_id": sent["batch_id"], "status": "new"})
    );
    let mut again = sent.clone();
    again["sent_at"] = json!(now());
    let second = server.post(
        &[("content-encoding", "gzip")],
        gzip(again.to_string().as_bytes()),
    );
    assert_eq!(
        (second.status, second.json()["status"].clone()),
        (200, json!("repeated"))
    );
    let participant = format!(
        "/v1/insights/rooms/RM{0:032x}/participants/PA{1:032x}",
        0, 1
    );
    let found = server.get(&format!("{participant}/intervals"), &[]).json();
    let mut expected = sent["intervals"].clone();
    for interval in expected.as_array_mut().unwrap() {
        interval.as_object_mut().unwrap().remove("notes");
    }
    assert_eq!(found["intervals"], expected);
    let start = sent["intervals"][1]["start"].as_i64().unwrap();
    let some = server
        .get(
            &format!("{participant}/intervals?from={start}&to={}", start + 1),
            &[],
        )
        .json();
    assert_eq!(some["intervals"].as_array().unwrap().len(), 1);
    let room = server.get(ROOM, &[]).json();
    assert_eq!(room["room_status"], "in_progress");
    assert_eq!(room["end_time"], Value::Null);
    assert_eq!(room["codecs"], json!(["VP8"]));
    server.take(&last(1, 1, 100, true));
    let room = server.get(ROOM, &[]).json();
    assert_eq!(
        (room["room_status"].clone(), room["duration_sec"].clone()),
        (json!("completed"), json!(60))
    );
    let detected = server
        .get("/v1/insights/rooms/RM00000000000000000000000000000000", &[])
        .json();
    let details = &detected["detected_issues"]["details"];
    assert_eq!(details[0]["issue_type"], "packet_loss");
    assert_eq!(details[0]["properties"]["directions"], json!(["outbound"]));
    assert_eq!(details[0]["properties"]["participant_identity"], "person 1");
}

#[test]
fn what_is_no_batch_gets_a_sentence_and_stores_nothing() {
    let server = Server::start(&[
        "--max-body-bytes",
        "200000",
        "--max-unpacked-bytes",
        "400000",
        "--max-intervals",
        "3",
    ]);
    let good = batch(1, 0, 100);
    let with = |pointer: &str, value: Value| {
        let mut wrong = good.clone();
        *wrong.pointer_mut(pointer).unwrap() = value;
        wrong.to_string().into_bytes()
    };
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(50_000)).into_bytes();
    let bomb = gzip(&vec![b' '; 50_000_000]);
    let four = json!(vec![good["intervals"][0].clone(); 4]);
    let plain: &[(&str, &str)] = &[];
    let packed: &[(&str, &str)] = &[("content-encoding", "gzip")];
    let mut half = gzip(good.to_string().as_bytes());
    half.truncate(half.len() / 2);
    for (name, headers, body, status, sentence) in [
        (
            "nothing",
            plain,
            Vec::new(),
            400,
            "the body is no batch: EOF",
        ),
        (
            "no JSON",
            plain,
            b"hello".to_vec(),
            400,
            "the body is no batch: expected value",
        ),
        (
            "no UTF-8",
            plain,
            b"{\"schema\": 1, \"\xff\": 1}".to_vec(),
            400,
            "the body is no batch",
        ),
        (
            "another form",
            plain,
            b"[1, 2]".to_vec(),
            400,
            "the body is no batch: invalid type",
        ),
        (
            "cut off",
            plain,
            good.to_string().as_bytes()[..500].to_vec(),
            400,
            "EOF while parsing",
        ),
        (
            "two batches",
            plain,
            format!("{good}{good}").into_bytes(),
            400,
            "trailing characters",
        ),
        ("deep", plain, deep, 400, "the body is no batch"),
        (
            "deep in an event",
            plain,
            with(
                "/events",
                json!([{"event": "signal", "new": deep_value(200)}]),
            ),
            400,
            "recursion limit",
        ),
        (
            "wrong types",
            plain,
            with("/seq", json!("1")),
            400,
            "invalid type: string \"1\", expected u32",
        ),
        (
            "huge numbers",
            plain,
            good.to_string().replace("500000", "1e999").into_bytes(),
            400,
            "number out of range",
        ),
        (
            "large figures",
            plain,
            good.to_string().replace("500000", "1e99").into_bytes(),
            422,
            "too large to be true",
        ),
        (
            "too many intervals",
            plain,
            with("/intervals", four),
            413,
            "there are 4 intervals in the batch and may be 3",
        ),
        (
            "too large",
            plain,
            vec![b' '; 200_001],
            413,
            "more than 200000 bytes",
        ),
        (
            "a bomb",
            packed,
            bomb.clone(),
            413,
            "more than 400000 bytes when it is unpacked",
        ),
        (
            "a bomb that does not say so",
            plain,
            bomb,
            413,
            "more than 400000 bytes when it is unpacked",
        ),
        (
            "no gzip",
            packed,
            b"{}".to_vec(),
            400,
            "no gzip, or damaged",
        ),
        ("half a gzip", packed, half, 400, "no gzip, or damaged"),
        (
            "another encoding",
            &[("content-encoding", "br")],
            Vec::new(),
            415,
            "must be gzip",
        ),
        (
            "a later version",
            plain,
            with("/schema", json!(2)),
            422,
            "this collector reads 1",
        ),
        (
            "the future",
            plain,
            with("/sent_at", json!(now() + 3_600_000)),
            422,
            "ahead of the collector's clock",
        ),
        (
            "the past",
            plain,
            with("/started_at", json!(now() - 8 * 86_400_000)),
            422,
            "older than 168 h is not kept",
        ),
        (
            "the smallest time",
            plain,
            with("/started_at", json!(-9_000_000_000_000_000_i64)),
            422,
            "is not kept",
        ),
        (
            "outside of the session",
            plain,
            with("/intervals/0/start", json!(now() - 3_600_000)),
            422,
            "outside of the session",
        ),
        (
            "a long name",
            plain,
            with("/room/name", json!("x".repeat(5000))),
            422,
            "has 5000 bytes and may have 1024",
        ),
    ] {
        let problem = server.post(headers, body).problem();
        assert_eq!(problem.0, status, "{name}: {problem:?}");
        assert!(problem.1.contains(sentence), "{name}: {problem:?}");
    }
    assert_eq!(
        server.get("/v1/Video/Rooms", &[]).json()["rooms"],
        json!([])
    );
    let counted = server.get("/metrics", &[]).text();
    for line in [
        "callscope_batches_total{outcome=\"malformed\"} 12",
        "callscope_batches_total{outcome=\"too_large\"} 4",
        "callscope_batches_total{outcome=\"clock\"} 1",
        "callscope_intervals_total 0",
    ] {
        assert!(counted.contains(line), "{line}\n{counted}");
    }
    // What is not known is passed over, however deep it is.
    let mut deep = good.clone();
    deep["new"] = deep_value(120);
    assert_eq!(server.take(&deep).status, 201);
}

fn deep_value(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inner, _| json!([inner]))
}

#[test]
fn texts_are_only_texts() {
    let server = Server::start(&[]);
    let hostile = "'; DROP TABLE room; --\u{0}<script>alert(1)</script>\u{202e}\"\\%_";
    let mut sent = last(1, 0, 60, true);
    sent["room"] = json!({"sid": hostile, "name": hostile, "type": null});
    sent["participant"] = json!({"sid": hostile, "identity": hostile});
    sent["client"]["browser"]["name"] = json!(hostile);
    server.take(&sent);
    let rooms = server.get("/v1/Video/Rooms", &[]).json();
    assert_eq!(rooms["rooms"][0]["room_sid"], hostile);
    let link = rooms["rooms"][0]["url"].as_str().unwrap().to_owned();
    let path = link.strip_prefix(&server.url("")).unwrap();
    assert_eq!(server.get(path, &[]).json()["room_name"], hostile);
    let people = server.get(&format!("{path}/Participants"), &[]).json();
    assert_eq!(people["participants"][0]["participant_identity"], hostile);
    let dashboard = server
        .get("/v1/insights/dashboard?segment=browser", &[])
        .json();
    assert_eq!(
        dashboard["participants"]["values"],
        json!([{"value": hostile, "count": 1}])
    );
    let search = server.get("/v1/insights/rooms?search=%25", &[]).json();
    assert_eq!(search["rooms"], json!([]));
}

#[test]
fn too_many_a_second_are_told_when_to_come_again() {
    let server = Server::start(&["--max-batches-per-second", "5"]);
    let begun = Instant::now();
    let (mut taken, mut refused) = (0, Vec::new());
    for seq in 0.. {
        let answer = server.post(&[], batch(1, seq, 1000).to_string());
        match answer.status {
            429 => refused.push(answer),
            _ => taken += 1,
        }
        if refused.len() == 10 {
            break;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{taken} were taken, {} refused",
            refused.len()
        );
    }
    let most = 6.0 + 5.0 * begun.elapsed().as_secs_f64();
    assert!(taken >= 5 && f64::from(taken) <= most, "{taken} of {most}");
    assert_eq!(refused[0].header("retry-after"), Some("1"));
    assert!(refused[0].problem().1.contains("batches a second"));
}

#[test]
fn a_large_batch_is_taken_as_well() {
    let server = Server::start(&[]);
    let mut sent = batch(1, 0, 300);
    let interval = sent["intervals"][0].clone();
    sent["intervals"] = json!(vec![interval; 2000]);
    let answer = server.take(&sent);
    assert_eq!(answer.status, 201);
    let path = format!(
        "/v1/insights/rooms/RM{:032x}/participants/PA{:032x}/intervals",
        0, 1
    );
    let found = server.get(&path, &[]).json();
    assert_eq!(found["intervals"].as_array().unwrap().len(), 2000);
}

#[test]
fn more_than_there_is_room_for_is_told_to_come_again() {
    let server = Server::start(&["--max-waiting-bytes", "20000"]);
    assert_eq!(server.take(&batch(1, 0, 60)).status, 201);
    let mut large = batch(1, 1, 60);
    large["new"] = json!("x".repeat(10_000));
    let refused = server.post(&[], large.to_string());
    assert_eq!(refused.header("retry-after"), Some("5"));
    let (status, message) = refused.problem();
    assert!(
        status == 503 && message.contains("than there is room for"),
        "{message}"
    );
    assert_eq!(server.take(&batch(1, 1, 60)).status, 201);
}
