//! What happened to participants, as the read API tells it.

use callscope_core::Kind;

use super::Json;
use crate::model::Found;

/// Something that happened. Times are milliseconds since the epoch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) at: f64,
    /// To whom; only where a whole room was asked for.
    pub(crate) participant_sid: Option<String>,
    pub(crate) what: Happening,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Happening {
    /// An issue was raised or cleared, or there was a signal.
    Found(Found),
    /// Something in the room, in the words of the wire: `reconnecting`, `track_disabled`, …
    Call {
        kind: String,
        code: Option<f64>,
        reason: Option<String>,
        participant: Option<String>,
        track: Option<String>,
        level: Option<f64>,
    },
}

impl Event {
    /// Reads `…/participants/{sid}/events`.
    pub(crate) fn read_events(json: &Json) -> Vec<Self> {
        json.list("events").iter().filter_map(Self::read).collect()
    }

    /// Reads `…/rooms/{sid}/timeline`.
    pub(crate) fn read_timeline(json: &Json) -> Vec<Self> {
        let entries = json.list("timeline");
        entries.iter().filter_map(Self::read).collect()
    }

    /// `None` for what is told otherwise (that somebody joined or left) and for what a later version may have.
    fn read(json: &Json) -> Option<Self> {
        let at = json.number("at").or_else(|| json.number("start"))?;
        let what = match json.text("event")?.as_str() {
            "issue" => Happening::Found(found(json, at, Some(json.is("raised")))?),
            "signal" => Happening::Found(found(json, at, None)?),
            "call" => Happening::Call {
                kind: json.text("type")?,
                code: json.number("code"),
                reason: json.text("reason"),
                participant: json.text("participant"),
                track: json.text("track"),
                level: json.number("level"),
            },
            _ => return None,
        };
        Some(Self {
            at,
            participant_sid: json.text("participant_sid"),
            what,
        })
    }
}

fn found(json: &Json, at: f64, raised: Option<bool>) -> Option<Found> {
    Some(Found {
        name: json.text("type")?,
        raised,
        pc: json.text("pc"),
        track: json.text("track"),
        kind: match json.text("kind").as_deref() {
            Some("audio") => Some(Kind::Audio),
            Some("video") => Some(Kind::Video),
            _ => None,
        },
        at,
        end: json.number("end"),
        value: json.number("value")?,
        threshold: json.number("threshold")?,
    })
}
