//! What a replay makes of each recording, to the last figure. `UPDATE_GOLDEN=1` writes anew what it makes now.

mod common;

use std::{env, fs};

use serde_json::Value;

#[test]
fn each_recording_comes_to_what_it_came_to() {
    let update = env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for name in common::named(".gz") {
        let (base, _) = name.split_once('.').unwrap();
        let golden = common::folder().join("golden").join(format!("{base}.json"));
        let found = common::replayed(&common::unpacked(&format!("{name}.gz"))).unwrap();
        if update {
            fs::write(&golden, &found).unwrap();
            continue;
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if expected != found {
            let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
            wrong.push(format!(
                "{base}: {}",
                difference("", &read(&expected), &read(&found))
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "not as tests/fixtures/golden says (UPDATE_GOLDEN=1 writes it anew):\n{}",
        wrong.join("\n")
    );
}

/// Where two values differ first.
fn difference(path: &str, expected: &Value, found: &Value) -> String {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                let other = found.get(key).unwrap_or(&Value::Null);
                if value != other {
                    return difference(&format!("{path}/{key}"), value, other);
                }
            }
            format!("{path}: more members than expected")
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let pairs = expected.iter().zip(found).enumerate();
            for (place, (value, other)) in pairs {
                if value != other {
                    return difference(&format!("{path}/{place}"), value, other);
                }
            }
            format!("{path}: written differently")
        }
        (Value::Array(expected), Value::Array(found)) => {
            format!("{path}: {} items, not {}", found.len(), expected.len())
        }
        _ => format!("{path} is {found}, not {expected}"),
    }
}
