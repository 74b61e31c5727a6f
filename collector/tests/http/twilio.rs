//! What Twilio's REST API says of a room or a participant is said by `/v1/insights/` too: nothing is forgotten, and nothing is another figure.

use crate::server::{Answer, Server, batch, last};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const ROOM: &str = "RM00000000000000000000000000000000";
const PARTICIPANT: &str = "PA00000000000000000000000000000001";

/// What is called otherwise there; an address of that API is none of this one.
const ROOM_NAMES: [(&str, Option<&str>); 11] = [
    ("room_sid", Some("sid")),
    ("room_name", Some("name")),
    ("create_time", Some("created_at")),
    ("end_time", Some("ended_at")),
    ("room_type", Some("type")),
    ("room_status", Some("status")),
    ("duration_sec", Some("duration_ms")),
    (
        "total_participant_duration_sec",
        Some("total_participant_duration_ms"),
    ),
    (
        "total_recording_duration_sec",
        Some("total_recording_duration_ms"),
    ),
    ("url", None),
    ("links", None),
];

const PARTICIPANT_NAMES: [(&str, Option<&str>); 8] = [
    ("participant_sid", Some("sid")),
    ("participant_identity", Some("identity")),
    ("join_time", Some("joined_at")),
    ("leave_time", Some("left_at")),
    ("duration_sec", Some("duration_ms")),
    ("publisher_info", Some("client")),
    ("room_sid", None),
    ("url", None),
];

/// As Twilio writes it: times to the second as ISO 8601, lengths in seconds.
fn in_their_words(key: &str, ours: &Value) -> Value {
    let Some(ms) = ours.as_i64() else {
        return ours.clone();
    };
    if key.ends_with("_time") {
        let time = OffsetDateTime::from_unix_timestamp(ms / 1000).unwrap();
        json!(time.format(&Rfc3339).unwrap())
    } else if key.ends_with("_sec") {
        json!((ms + 500) / 1000)
    } else {
        ours.clone()
    }
}

/// Fails where one says something that the other does not.
fn holds_all(theirs: &Value, ours: &Value, names: &[(&str, Option<&str>)]) {
    for (key, said) in theirs.as_object().unwrap() {
        let named = names.iter().find(|(name, _)| name == key);
        let Some(name) = named.map_or(Some(key.as_str()), |(_, ours)| *ours) else {
            continue;
        };
        let own = ours.get(name);
        let own = own.unwrap_or_else(|| panic!("{key} is not said: {ours}"));
        match key.as_str() {
            // Theirs is an object always; ours is unknown.
            "properties" => assert_eq!((said, own), (&json!({}), &Value::Null)),
            "publisher_info" => {
                for part in ["os", "browser", "device", "sdk"] {
                    assert_eq!(said[part], own[part], "{part}");
                }
            }
            _ => assert_eq!(*said, in_their_words(key, own), "{key}"),
        }
    }
}

fn send(take: impl Fn(&Value)) {
    let mut first = batch(1, 0, 300);
    let start = first["started_at"].as_i64().unwrap();
    first["events"] = json!([{"event": "call", "type": "recording_started", "at": start + 1_500}]);
    take(&first);
    let mut end = last(1, 1, 300, true);
    end["started_at"] = json!(start);
    end["events"] =
        json!([{"event": "call", "type": "disconnected", "at": start + 60_000, "code": 53_001}]);
    take(&end);
    take(&batch(2, 0, 60));
}

fn compare(get: impl Fn(&str) -> Answer) {
    let ask = |path: &str| {
        let answer = get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    };
    let theirs = ask(&format!("/v1/Video/Rooms/{ROOM}"));
    let ours = ask(&format!("/v1/insights/rooms/{ROOM}"));
    holds_all(&theirs, &ours, &ROOM_NAMES);
    let theirs = ask(&format!(
        "/v1/Video/Rooms/{ROOM}/Participants/{PARTICIPANT}"
    ));
    let ours = ask(&format!(
        "/v1/insights/rooms/{ROOM}/participants/{PARTICIPANT}"
    ));
    assert_eq!(ours["room"]["sid"], theirs["room_sid"]);
    holds_all(&theirs, &ours, &PARTICIPANT_NAMES);
}

#[test]
fn all_that_twilios_api_says_of_a_room_and_a_participant_is_said() {
    let (server, ingest, read) = Server::with_keys(&[]);
    let authorized = |key: &str| format!("Bearer {key}");
    send(|batch| {
        let answer = server.post(
            &[("authorization", &authorized(&ingest))],
            batch.to_string(),
        );
        assert_eq!(answer.status, 201, "{}", answer.text());
    });
    compare(|path| server.get(path, &[("authorization", &authorized(&read))]));
}

#[test]
fn without_keys_nobody_says_whose_account_it_is() {
    let server = Server::start(&[]);
    send(|batch| drop(server.take(batch)));
    for path in [
        format!("/v1/insights/rooms/{ROOM}"),
        format!("/v1/insights/rooms/{ROOM}/participants/{PARTICIPANT}"),
    ] {
        let answer = server.get(&path, &[]).json();
        assert_eq!(answer.get("account_sid"), Some(&Value::Null), "{path}");
    }
}
