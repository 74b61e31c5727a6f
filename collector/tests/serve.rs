//! `callscope serve` on a port: batches in, answers out.

mod server;

use std::fs;
use std::io::{Read, Write};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use server::{ACCOUNT, Answer, Server, add_key, batch, callscope, gzip, keys, last, now, store};

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
fn keys_open_their_own_account_only() {
    let (server, ingest, read) = Server::with_keys(&[]);
    let other = add_key(server.folder(), "read", &ACCOUNT.replace('a', "b"));
    std::thread::sleep(Duration::from_secs(3));
    let bearer = |key: &str| format!("Bearer {key}");
    let send = |headers: &[(&str, &str)]| server.post(headers, batch(1, 0, 60).to_string());
    let problem = |answer: Answer| answer.problem();
    assert_eq!(problem(send(&[])).0, 401);
    assert_eq!(
        problem(send(&[("authorization", "Bearer SK0.nothing")])).0,
        401
    );
    assert_eq!(problem(send(&[("authorization", "Digest x")])).0, 401);
    assert_eq!(
        problem(send(&[("authorization", &bearer(&read))])),
        (
            403,
            "this key may only read: an ingest key is needed".to_owned()
        )
    );
    assert_eq!(send(&[("authorization", &bearer(&ingest))]).status, 201);
    // As sendBeacon has to.
    let beacon = server.ask(
        "POST",
        &format!("/v1/batches?key={ingest}"),
        &[("content-type", "text/plain")],
        gzip(batch(1, 1, 60).to_string().as_bytes()),
    );
    assert_eq!(beacon.status, 201);
    for path in [ROOM, "/v1/Video/Rooms", "/v1/insights/dashboard"] {
        assert_eq!(problem(server.get(path, &[])).0, 401);
        assert_eq!(
            problem(server.get(path, &[("authorization", &bearer(&ingest))])).0,
            403
        );
        assert_eq!(
            problem(server.get(&format!("{path}?key={read}"), &[])).0,
            401
        );
        assert_eq!(
            server
                .get(path, &[("authorization", &bearer(&read))])
                .status,
            200
        );
    }
    // Twilio's clients: the account, or a key's sid, and the secret.
    let secret = read.split_once('.').unwrap().1;
    let basic = |user: &str| format!("Basic {}", STANDARD.encode(format!("{user}:{secret}")));
    for user in [ACCOUNT, read.split_once('.').unwrap().0] {
        assert_eq!(
            server.get(ROOM, &[("authorization", &basic(user))]).json()["account_sid"],
            ACCOUNT
        );
    }
    let wrong = basic(&ACCOUNT.replace('a', "b"));
    assert_eq!(
        problem(server.get(ROOM, &[("authorization", &wrong)])).0,
        401
    );
    // Another account sees nothing of it, even if it knows the sid.
    assert_eq!(
        problem(server.get(ROOM, &[("authorization", &bearer(&other))])).0,
        404
    );
    assert_eq!(
        server
            .get("/v1/Video/Rooms", &[("authorization", &bearer(&other))])
            .json()["rooms"],
        json!([])
    );
    // Revoked: from two seconds later on, nothing.
    let sid = ingest.split_once('.').unwrap().0;
    assert!(keys(server.folder(), &["revoke", sid]).status.success());
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(problem(send(&[("authorization", &bearer(&ingest))])).0, 401);
    let listed = String::from_utf8(keys(server.folder(), &["list"]).stdout).unwrap();
    assert_eq!(listed.lines().count(), 2);
    assert!(!listed.contains(secret) && listed.contains(ACCOUNT));
    assert_eq!(
        keys(server.folder(), &["revoke", sid]).status.code(),
        Some(2)
    );
}

#[test]
fn without_keys_nobody_else_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let output = callscope(&[
        "serve",
        "--listen",
        "0.0.0.0:0",
        "--store",
        &store(folder.path()),
    ])
    .output()
    .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told.contains("there are no keys") && told.contains("callscope keys add"),
        "{told}"
    );
    let server = Server::start(&[]);
    let elsewhere = server.get("/v1/Video/Rooms", &[("host", "attacker.example")]);
    assert_eq!(elsewhere.problem().0, 403);
    let page = server.get("/v1/Video/Rooms", &[("origin", "https://attacker.example")]);
    assert_eq!(page.problem().0, 403);
    assert_eq!(page.header("access-control-allow-origin"), None);
}

#[test]
fn pages_are_let_in_by_their_origin() {
    let server = Server::start(&["--cors-origins", "https://a.example, https://b.example/"]);
    let asked = [
        ("origin", "https://b.example"),
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "authorization, content-encoding",
        ),
    ];
    let answer = server.ask("OPTIONS", "/v1/batches", &asked, Vec::new());
    assert_eq!(answer.status, 204);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://b.example")
    );
    assert!(
        answer
            .header("access-control-allow-headers")
            .unwrap()
            .contains("content-encoding")
    );
    let sent = server.post(
        &[("origin", "https://a.example")],
        batch(1, 0, 60).to_string(),
    );
    assert_eq!(
        (sent.status, sent.header("access-control-allow-origin")),
        (201, Some("https://a.example"))
    );
    let refused = server.post(
        &[("origin", "https://c.example")],
        batch(1, 1, 60).to_string(),
    );
    assert_eq!(
        (
            refused.status,
            refused.header("access-control-allow-origin")
        ),
        (403, None)
    );
}

#[test]
fn too_many_a_second_are_told_when_to_come_again() {
    let server = Server::start(&["--max-batches-per-second", "5"]);
    let answers: Vec<Answer> = (0..30)
        .map(|seq| server.post(&[], batch(1, seq, 1000).to_string()))
        .collect();
    let refused: Vec<&Answer> = answers.iter().filter(|it| it.status == 429).collect();
    assert!((10..=25).contains(&refused.len()), "{}", refused.len());
    assert_eq!(refused[0].header("retry-after"), Some("1"));
    assert!(refused[0].problem().1.contains("batches a second"));
}

#[test]
fn pages_are_turned_with_their_filters() {
    let server = Server::start(&[]);
    for number in 0..7_u32 {
        let mut sent = last(number * 10, 0, 1000 - i64::from(number), number < 2);
        sent["room"]["type"] = json!(if number == 3 { "go" } else { "group" });
        server.take(&sent);
    }
    let mut path = "/v1/Video/Rooms?RoomType=group&PageSize=4".to_owned();
    let mut names = Vec::new();
    let mut pages = Vec::new();
    loop {
        let page = server.get(&path, &[]).json();
        names.extend(
            page["rooms"]
                .as_array()
                .unwrap()
                .iter()
                .map(|room| room["room_name"].as_str().unwrap().to_owned()),
        );
        pages.push(page["meta"].clone());
        let Some(next) = page["meta"]["next_page_url"].as_str() else {
            break;
        };
        path = next.strip_prefix(&server.url("")).unwrap().to_owned();
    }
    assert_eq!(
        names,
        ["room 6", "room 5", "room 4", "room 2", "room 1", "room 0"]
    );
    assert_eq!(pages.len(), 2);
    assert_eq!(pages[0]["previous_page_url"], Value::Null);
    let back = pages[1]["previous_page_url"]
        .as_str()
        .unwrap()
        .strip_prefix(&server.url(""))
        .unwrap()
        .to_owned();
    let back = server.get(&back, &[]).json();
    assert_eq!(back["rooms"].as_array().unwrap().len(), 4);
    assert_eq!(back["rooms"][0]["room_name"], "room 6");
    for (query, expected) in [
        ("issues=with", 2),
        ("issues=without&type=go", 1),
        ("issues=packet_loss&issues=round_trip_time", 2),
        ("issues=round_trip_time", 0),
        ("search=room%205", 1),
    ] {
        let found = server
            .get(&format!("/v1/insights/rooms?{query}"), &[])
            .json();
        assert_eq!(
            found["rooms"].as_array().unwrap().len(),
            expected,
            "{query}"
        );
    }
    for (path, sentence) in [
        (
            "/v1/Video/Rooms?RoomType=large",
            "RoomType must be one of go, peer_to_peer",
        ),
        ("/v1/Video/Rooms?PageSize=0", "PageSize must be 1 at least"),
        (
            "/v1/Video/Rooms?PageToken=x",
            "PageToken is not one of ours",
        ),
        ("/v1/Video/Rooms?Page=4294967295", "Page is too large"),
        (
            "/v1/Video/Rooms?CreatedAfter=soon",
            "CreatedAfter is no time",
        ),
        (
            "/v1/insights/rooms?issues=some",
            "issues must be one of with, without",
        ),
    ] {
        let problem = server.get(path, &[]).problem();
        assert!(
            problem.0 == 400 && problem.1.contains(sentence),
            "{path}: {problem:?}"
        );
    }
}

#[test]
fn a_timeline_has_what_happened_to_each() {
    let server = Server::start(&[]);
    let mut sent = batch(1, 0, 300);
    let start = sent["started_at"].as_i64().unwrap();
    let signal = |end: Value| json!({"event": "signal", "type": "no_media", "pc": "pc1", "start": start + 5_000, "end": end, "value": 5, "threshold": 5});
    sent["events"] = json!([signal(Value::Null), {"event": "call", "type": "dominant_speaker_changed", "at": start + 1_000, "participant": "PA9"}]);
    server.take(&sent);
    let mut end = last(1, 1, 300, false);
    end["started_at"] = json!(start);
    end["intervals"] = json!([]);
    end["final"]["ended_at"] = json!(start + 60_000);
    end["events"] = json!([signal(json!(start + 40_000))]);
    server.take(&end);
    let room = format!("/v1/insights/rooms/RM{:032x}", 0);
    let timeline = server.get(&format!("{room}/timeline"), &[]).json();
    let told: Vec<String> = timeline["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            assert_eq!(entry["participant_identity"], "person 1");
            format!(
                "{} {}",
                entry["event"].as_str().unwrap(),
                entry["type"].as_str().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "joined ",
            "call dominant_speaker_changed",
            "signal no_media",
            "left "
        ]
    );
    let events = server
        .get(&format!("{room}/participants/PA{:032x}/events", 1), &[])
        .json();
    assert_eq!(events["events"][1]["end"], start + 40_000);
    assert_eq!(
        server
            .get(&format!("{room}/participants/PA0/events"), &[])
            .problem()
            .0,
        404
    );
}

#[test]
fn the_dashboard_shows_what_came_in() {
    let server = Server::start(&[]);
    for number in 0..4 {
        server.take(&last(number * 10, 0, 60, number == 0));
    }
    let dashboard = server
        .get(
            "/v1/insights/dashboard?segment=operating_system&issues=without",
            &[],
        )
        .json();
    let now = &dashboard["totals"]["current"];
    assert_eq!(
        (
            now["rooms_with_issues"].as_i64(),
            now["rooms_without_issues"].as_i64()
        ),
        (Some(1), Some(3))
    );
    assert_eq!(
        dashboard["participants"]["values"],
        json!([{"value": "Windows", "count": 3}])
    );
    assert_eq!(now["participant_minutes"], 2.0);
    assert_eq!(dashboard["by_hour_of_day"].as_array().unwrap().len(), 24);
    assert_eq!(dashboard["totals"]["previous"]["participants"], 0);
}

#[test]
fn the_app_is_served_for_every_page_of_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("index.html"), "<!doctype html>the app").unwrap();
    fs::write(folder.path().join("app-0123456789abcdef_bg.wasm"), b"\0asm").unwrap();
    fs::write(
        folder.path().join("app-0123456789abcdef_bg.wasm.br"),
        b"packed",
    )
    .unwrap();
    fs::write(folder.path().join("secret.txt"), "x").unwrap();
    let server = Server::start(&["--app", folder.path().to_str().unwrap()]);
    for path in ["/", "/rooms", "/rooms/RM1/participants/PA1.2"] {
        let page = server.get(path, &[]);
        assert_eq!(
            (page.status, page.text().as_str()),
            (200, "<!doctype html>the app"),
            "{path}"
        );
        assert_eq!(page.header("cache-control"), Some("no-cache"));
        assert_eq!(page.header("content-type"), Some("text/html"));
    }
    let wasm = server.get(
        "/app-0123456789abcdef_bg.wasm",
        &[("accept-encoding", "br")],
    );
    assert_eq!(wasm.header("content-type"), Some("application/wasm"));
    assert_eq!(wasm.header("content-encoding"), Some("br"));
    assert!(wasm.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(server.get("/app-00000000000000ff.js", &[]).problem().0, 404);
    assert_eq!(server.get("/v1/nothing", &[]).problem().0, 404);
    let outside = server.get("/..%2f..%2fetc/passwd", &[]);
    assert!(!outside.text().contains("root:"), "{outside:?}");
    let missing = callscope(&["serve", "--app", "/nowhere"]).output().unwrap();
    assert!(String::from_utf8_lossy(&missing.stderr).contains("there is no built app in /nowhere"));
}

#[test]
fn slow_and_broken_requests_end() {
    let server = Server::start(&["--request-timeout-s", "1"]);
    // Neither a head nor a body that never ends holds a connection.
    let mut idle: Vec<_> = (0..50).map(|_| server.connect()).collect();
    for stream in &mut idle {
        stream
            .write_all(b"POST /v1/batches HTTP/1.1\r\nHost: local")
            .unwrap();
    }
    let mut slow = server.connect();
    slow.write_all(b"POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        .unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).ok();
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("retry-after: 5"),
        "{answer}"
    );
    for mut stream in idle {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).ok();
    }
    let mut broken = server.connect();
    broken.write_all(b"hello\r\n\r\n").unwrap();
    let mut answer = String::new();
    broken.read_to_string(&mut answer).ok();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert_eq!(server.take(&batch(1, 0, 60)).status, 201);
    assert_eq!(server.get("/healthz", &[]).text(), "ok\n");
    assert_eq!(
        server
            .ask("DELETE", "/v1/batches", &[], Vec::new())
            .problem()
            .0,
        405
    );
}

#[test]
fn what_was_acknowledged_outlives_the_server() {
    let mut folder = tempfile::tempdir().unwrap();
    for round in 0..3_u32 {
        let server = Server::in_folder(folder, &[]);
        let senders: Vec<_> = (0..4_u32)
            .map(|sender| {
                let url = server.url("/v1/batches");
                std::thread::spawn(move || {
                    let number = round * 10 + sender;
                    let sent = (0..).map_while(|seq| {
                        let body = batch(number, seq, 20_000).to_string();
                        ureq::post(&url)
                            .send(body)
                            .ok()
                            .filter(|it| it.status() == 201)
                    });
                    u32::try_from(sent.count()).unwrap()
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(400));
        // Once with all its time, otherwise with none.
        folder = if round == 1 {
            server.stop()
        } else {
            server.kill()
        };
        let acknowledged: Vec<u32> = senders.into_iter().map(|it| it.join().unwrap()).collect();
        let server = Server::in_folder(folder, &[]);
        for (sender, batches) in (0..).zip(acknowledged) {
            assert!(batches > 0);
            let number = round * 10 + sender;
            let path = format!(
                "/v1/insights/rooms/RM{:032x}/participants/PA{number:032x}/intervals",
                number / 10
            );
            let found = server.get(&path, &[]).json();
            let kept = found["intervals"].as_array().unwrap().len();
            // The one that was on its way may be there, too; none is there twice.
            let expected = batches as usize * 3;
            assert!(
                kept == expected || kept == expected + 3,
                "{kept} of {expected}"
            );
        }
        folder = server.stop();
    }
}

#[test]
fn a_store_that_cannot_be_written_is_said_and_nothing_is_acknowledged() {
    let server = Server::start(&[]);
    server.take(&batch(1, 0, 60));
    // Another process holds the database and does not let go of it.
    let other = rusqlite::Connection::open(server.folder().join("callscope.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let problem = server.post(&[], batch(1, 1, 60).to_string());
    assert_eq!(
        (problem.status, problem.header("retry-after")),
        (503, Some("5"))
    );
    assert_eq!(server.get("/healthz", &[]).status, 503);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(server.get("/healthz", &[]).status, 200);
    assert_eq!(server.take(&batch(1, 1, 60)).status, 201);
}

#[test]
fn the_environment_comes_before_the_file_and_flags_before_both() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("callscope.toml");
    fs::write(
        &file,
        "max_intervals = 1\nmax_events = 1\nmax_body_bytes = 1000000",
    )
    .unwrap();
    let limits = |flags: &[&str]| {
        let mut command = callscope(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--store",
            &store(folder.path()),
            "--config",
            file.to_str().unwrap(),
        ]);
        command
            .args(flags)
            .env("CALLSCOPE_MAX_INTERVALS", "2")
            .env("CALLSCOPE_LOG", "off");
        command
    };
    // A wrong value is told of with where it came from.
    let output = limits(&["--max-events", "many"]).output().unwrap();
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("--max-events"),
        "{output:?}"
    );
    let output = limits(&["--public-url", "mysql://"]).output().unwrap();
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("the public URL `mysql://` is none"),
        "{output:?}"
    );
    let server = Server::start(&["--config", file.to_str().unwrap(), "--max-intervals", "3"]);
    assert_eq!(server.take(&batch(1, 0, 60)).status, 201);
    let mut events = batch(1, 1, 60);
    events["events"] = json!(vec![
        json!({"event": "call", "type": "reconnected", "at": now()});
        2
    ]);
    assert_eq!(server.post(&[], events.to_string()).problem().0, 413);
}

#[test]
fn purging_by_hand_says_what_it_did() {
    let server = Server::start(&[]);
    let mut old = last(1, 0, 3 * 86_400, false);
    old["room"]["type"] = json!("group");
    server.take(&old);
    let config = server.folder().join("callscope.toml");
    fs::write(&config, "keep_rooms_days = 1").unwrap();
    let output = callscope(&[
        "purge",
        "--store",
        &store(server.folder()),
        "--config",
        config.to_str().unwrap(),
    ])
    .output()
    .unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "deleted 1 rooms, 1 sessions, 1 batches and 0 rows of roll-ups\n"
    );
    assert_eq!(
        server.get("/v1/Video/Rooms", &[]).json()["rooms"],
        json!([])
    );
}
