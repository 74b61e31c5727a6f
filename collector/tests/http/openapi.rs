//! The OpenAPI document says what is answered: every path of it is a route, and every answer is of its schema.

use std::collections::BTreeSet;

use crate::server::{Answer, Server, batch, last, now};
use boon::{Compiler, Schemas};
use callscope_collector::serve::openapi::openapi;
use callscope_collector::serve::paths;
use serde_json::{Value, json};

const ROOM: &str = "RM00000000000000000000000000000000";
const PARTICIPANT: &str = "PA00000000000000000000000000000001";

/// Fails where an answer is not as the document says.
fn conforms(path: &str, method: &str, answer: &Answer) {
    let operation = &openapi()["paths"][path][method];
    let status = answer.status.to_string();
    let responses = &operation["responses"];
    let key = if responses.get(&status).is_some() {
        status.as_str()
    } else {
        "default"
    };
    let mut response = format!(
        "/paths/{}/{method}/responses/{key}",
        path.replace('/', "~1")
    );
    if let Some(name) = responses[key]["$ref"].as_str() {
        response = name.trim_start_matches('#').to_owned();
    }
    let pointer = format!("{response}/content/application~1json/schema");
    assert!(
        openapi().pointer(&pointer).is_some(),
        "{path} {status} has no schema"
    );
    assert_eq!(
        answer.header("content-type"),
        Some("application/json"),
        "{path}"
    );
    let mut compiler = Compiler::new();
    compiler
        .add_resource("http://local/openapi.json", openapi().clone())
        .unwrap();
    let mut schemas = Schemas::new();
    let fragment = pointer
        .replace('%', "%25")
        .replace('{', "%7B")
        .replace('}', "%7D");
    let schema = compiler
        .compile(
            &format!("http://local/openapi.json#{fragment}"),
            &mut schemas,
        )
        .unwrap_or_else(|error| panic!("{pointer}: {error}"));
    if let Err(error) = schemas.validate(&answer.json(), schema) {
        panic!("{path} {status}: {error}\n{}", answer.text());
    }
}

fn filled() -> Server {
    let server = Server::start(&[]);
    let mut first = batch(1, 0, 300);
    let start = first["started_at"].as_i64().unwrap();
    first["events"] = json!([
        {"event": "call", "type": "recording_started", "at": start},
        {"event": "signal", "type": "no_media", "pc": "pc1", "start": start + 5_000, "end": null, "value": 5, "threshold": 5},
        {"event": "issue", "type": "packet_loss", "raised": true, "severity": "high", "pc": "pc1", "track": "MT1", "kind": "video",
         "at": start + 9_000, "value": 8, "threshold": 5},
    ]);
    server.take(&first);
    server.take(&last(1, 1, 300, true));
    server.take(&batch(2, 0, 60));
    let mut nameless = batch(30, 0, 60);
    nameless["room"] = json!(null);
    nameless["participant"] = json!(null);
    nameless["client"] = json!(null);
    server.take(&nameless);
    server
}

#[test]
fn every_answer_is_of_its_schema() {
    let server = filled();
    let mut asked = BTreeSet::new();
    for (path, item) in openapi()["paths"].as_object().unwrap() {
        if item.get("get").is_none() || !path.starts_with("/v1/") {
            continue;
        }
        let url = path
            .replace("{room_sid}", ROOM)
            .replace("{participant_sid}", PARTICIPANT);
        let answer = server.get(&url, &[]);
        assert_eq!(answer.status, 200, "{url}: {}", answer.text());
        conforms(path, "get", &answer);
        if path.contains("{room_sid}") {
            let missing = server.get(&url.replace(ROOM, "RM1"), &[]);
            assert_eq!(missing.status, 404, "{url}");
            conforms(path, "get", &missing);
        }
        asked.insert(path.clone());
    }
    assert_eq!(asked.len(), 11);
    conforms(
        "/v1/batches",
        "post",
        &server.post(&[], batch(3, 0, 60).to_string()),
    );
    conforms(
        "/v1/batches",
        "post",
        &server.post(&[], batch(3, 0, 60).to_string()),
    );
    conforms("/v1/batches", "post", &server.post(&[], "{"));
}

#[test]
fn every_route_is_in_the_document_and_the_other_way_round() {
    let server = filled();
    assert_eq!(server.get("/openapi.json", &[]).json(), *openapi());
    for (path, item) in openapi()["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "delete", "patch"] {
            let url = path
                .replace("{room_sid}", ROOM)
                .replace("{participant_sid}", PARTICIPANT);
            let answer = server.ask(&method.to_uppercase(), &url, &[], Vec::new());
            assert_eq!(
                answer.status != 405,
                item.get(method).is_some(),
                "{method} {path}: {}",
                answer.status
            );
            assert_ne!(answer.status, 404, "{method} {path}");
        }
    }
    let routed: BTreeSet<&str> = paths().collect();
    let written: BTreeSet<&str> = openapi()["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(routed, written);
}

#[test]
fn every_parameter_of_the_document_is_read() {
    let server = filled();
    for (path, item) in openapi()["paths"].as_object().unwrap() {
        let parameters = item["get"]["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for parameter in parameters.iter().filter(|it| it["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            let url = path
                .replace("{room_sid}", ROOM)
                .replace("{participant_sid}", PARTICIPANT);
            // A name is any text; anything else has values that it has not.
            let answer = server.get(&format!("{url}?{name}=%00nothing"), &[]);
            let takes_text = ["RoomName", "search"].contains(&name);
            let is_participants_token = path.ends_with("Participants") && name == "PageToken";
            let expected = if takes_text || is_participants_token {
                200
            } else {
                400
            };
            assert_eq!(answer.status, expected, "{path} {name}");
            if expected == 400 {
                assert!(answer.problem().1.contains(name), "{}", answer.text());
            }
        }
    }
}

#[test]
fn the_batch_of_the_document_is_the_wires() {
    let schemas = &openapi()["components"]["schemas"];
    let batch = schemas["Batch"].clone();
    let properties: Vec<&String> = batch["properties"].as_object().unwrap().keys().collect();
    assert!(
        properties.iter().any(|name| *name == "batch_id") && properties.len() == 13,
        "{properties:?}"
    );
    let text = openapi().to_string();
    for part in text.split("\"$ref\":\"#").skip(1) {
        let pointer = part.split('"').next().unwrap();
        assert!(
            openapi().pointer(pointer).is_some_and(Value::is_object),
            "{pointer}"
        );
    }
    assert!(now() > 0);
}
