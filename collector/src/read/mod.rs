//! What can be read: Twilio's Insights REST API for video, and beside it what Twilio only shows on screen.

pub mod dashboard;
pub(crate) mod insights;
mod query;
pub(crate) mod twilio;

use axum::http::{HeaderMap, header};
use callscope_core::wire::{Event, Signal};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::keys::KeyKind;
use crate::model::{AccountSid, Participant, Room};
use crate::problem::Problem;
use crate::serve::Shared;

pub(crate) use query::Parameters;

/// Lets in who may read.
fn reader(shared: &Shared, headers: &HeaderMap) -> Result<AccountSid, Problem> {
    let guest = shared.access.enter(headers, None, KeyKind::Read)?;
    Ok(guest.account)
}

/// The room of that sid.
async fn room(shared: &Shared, account: &AccountSid, sid: &str) -> Result<Room, Problem> {
    let sessions = shared.store.sessions(account, sid).await?;
    Room::of(sid, &sessions).ok_or_else(|| Problem::not_found(&format!("/Rooms/{sid}")))
}

/// The participant of that sid.
fn participant(room: Room, sid: &str) -> Result<Participant, Problem> {
    let not_found = || Problem::not_found(&format!("/Rooms/{}/Participants/{sid}", room.sid));
    let found = room.participants.iter().find(|it| it.sid == sid);
    found.cloned().ok_or_else(not_found)
}

/// Under what address the server is asked.
fn base(shared: &Shared, headers: &HeaderMap) -> String {
    if let Some(url) = &shared.config.public_url {
        return url.clone();
    }
    let text = |name| headers.get(name).and_then(|it| it.to_str().ok());
    let scheme = match text(header::HeaderName::from_static("x-forwarded-proto")) {
        Some("https") => "https",
        _ => "http",
    };
    match text(header::HOST) {
        Some(host) => format!("{scheme}://{host}"),
        None => format!("{scheme}://{}", shared.config.listen),
    }
}

/// As ISO 8601, to the second.
fn iso(ms: i64) -> Value {
    let time = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok();
    json!(time.and_then(|it| it.format(&Rfc3339).ok()))
}

fn seconds(ms: i64) -> i64 {
    (ms + 500).div_euclid(1000)
}

/// Issues in the shape of Twilio's room summary.
fn detected_issues<'a>(participants: impl IntoIterator<Item = &'a Participant>) -> Value {
    let details: Vec<Value> = participants
        .into_iter()
        .flat_map(|participant| {
            participant.issues.iter().map(|issue| {
                json!({
                    "issue_type": issue.r#type,
                    "severity": issue.severity,
                    "properties": {
                        "participant_sid": participant.sid,
                        "participant_identity": participant.identity,
                        "directions": ["outbound"],
                        "media": issue.media,
                        "tracks": issue.tracks,
                        "value": issue.value,
                        "threshold": issue.threshold,
                    },
                })
            })
        })
        .collect();
    json!({ "details": details })
}

/// Events as they stand: a signal that ended was told of twice.
fn settled(events: Vec<Event>) -> Vec<Event> {
    let key = |it: &Signal| (it.r#type, it.pc.clone(), it.track.clone(), it.start);
    let ended: std::collections::BTreeSet<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Signal(signal) if signal.end.is_some() => Some(key(signal)),
            _ => None,
        })
        .collect();
    let stands = |event: &Event| match event {
        Event::Signal(signal) => signal.end.is_some() || !ended.contains(&key(signal)),
        _ => true,
    };
    events.into_iter().filter(stands).collect()
}
