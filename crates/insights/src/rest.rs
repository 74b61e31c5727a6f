//! What Twilio's REST API says of rooms and participants, for the answers in its shapes and for those of this API.

use serde_json::Value;

/// What Twilio's REST API says of a room and no browser is told: unknown, whatever is asked.
pub const UNKNOWN_OF_ROOM: [&str; 7] = [
    "status_callback",
    "status_callback_method",
    "created_method",
    "end_reason",
    "max_participants",
    "media_region",
    "edge_location",
];

/// The same of a participant.
pub const UNKNOWN_OF_PARTICIPANT: [&str; 3] = ["end_reason", "media_region", "edge_location"];

/// How far what is known of a room has come, in Twilio's words.
#[must_use]
pub const fn processing_state(is_live: bool) -> &'static str {
    if is_live { "in_progress" } else { "complete" }
}

/// Where Twilio explains an error.
#[must_use]
pub fn error_code_url(code: i64) -> String {
    format!("https://www.twilio.com/docs/errors/{code}")
}

/// A member that is null.
#[must_use]
pub const fn unknown(name: &'static str) -> (&'static str, Value) {
    (name, Value::Null)
}

/// Adds members to an answer.
pub fn add<const N: usize>(answer: &mut Value, members: [(&str, Value); N]) {
    for (name, value) in members {
        answer[name] = value;
    }
}
