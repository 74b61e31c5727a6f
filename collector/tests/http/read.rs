//! Answers out, and the app.

use std::fs;
use std::io::Read;

use crate::server::{Server, batch, callscope, last};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

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
        ("search=%20room%20", 7),
        ("search=roo&issues=with", 2),
        ("search=RM0000&type=go", 1),
        ("search=oom", 0),
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
fn long_answers_are_compressed_for_whom_that_is_fine() {
    let server = Server::start(&[]);
    for seq in 0..10 {
        server.take(&batch(1, seq, 400));
    }
    let path = format!(
        "/v1/insights/rooms/RM{:032x}/participants/PA{:032x}/intervals",
        0, 1
    );
    let plain = server.get(&path, &[("accept-encoding", "identity")]);
    let packed = server.get(&path, &[("accept-encoding", "gzip")]);
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    GzDecoder::new(&*packed.body)
        .read_to_end(&mut unpacked)
        .unwrap();
    assert!(unpacked == plain.body && packed.body.len() * 10 < plain.body.len());
}
