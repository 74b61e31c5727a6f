//! A room, as lists and its page show it.

use callscope_core::to_fixed;

use super::Json;
use super::participant::Participant;

/// A page of rooms.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rooms {
    pub(crate) rooms: Vec<Room>,
    /// What to ask for the page before with; `None` on the first.
    pub(crate) previous: Option<String>,
    /// What to ask for the next page with; `None` on the last.
    pub(crate) next: Option<String>,
    /// How many there are on all pages; `None` on later ones, and where they are too many to be counted.
    pub(crate) total: Option<f64>,
}

/// A room. Times are milliseconds since the epoch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Room {
    pub(crate) sid: String,
    pub(crate) name: Option<String>,
    /// `group`, `peer_to_peer`, `go`, …
    pub(crate) kind: Option<String>,
    /// Whether somebody is in it.
    pub(crate) is_live: bool,
    pub(crate) created_at: f64,
    /// `None` while it is going on.
    pub(crate) ended_at: Option<f64>,
    pub(crate) duration_ms: Option<f64>,
    /// How many were in it.
    pub(crate) size: f64,
    pub(crate) with_issues: f64,
    pub(crate) most_at_once: Option<f64>,
    pub(crate) codecs: Vec<String>,
    pub(crate) issues: Vec<Detected>,
    /// Only where one room was asked for, as all that follows.
    pub(crate) participants: Vec<Participant>,
    pub(crate) account: Option<String>,
    pub(crate) identities: Option<f64>,
    pub(crate) present: Option<f64>,
    pub(crate) participant_ms: Option<f64>,
    pub(crate) recorded_ms: Option<f64>,
    pub(crate) is_recorded: bool,
    pub(crate) processing: Option<String>,
    /// What is called [`Room::SELDOM`].
    pub(crate) seldom: Vec<Option<String>>,
}

/// An issue, and whom it concerns.
#[derive(Clone, Debug)]
pub(crate) struct Detected {
    /// `packet_loss` or `round_trip_time`.
    pub(crate) kind: String,
    pub(crate) participant_sid: Option<String>,
    pub(crate) participant: Option<String>,
    /// `audio`, `video` or `both`.
    pub(crate) media: Option<String>,
    /// Per cent or milliseconds.
    pub(crate) value: Option<f64>,
    pub(crate) threshold: Option<f64>,
}

impl Rooms {
    /// Reads `/v1/insights/rooms`.
    pub(crate) fn read(json: &Json) -> Self {
        Self {
            rooms: json.list("rooms").iter().map(Room::read).collect(),
            previous: json.text("previous_page_token"),
            next: json.text("next_page_token"),
            total: json.number("total"),
        }
    }
}

impl Room {
    /// Reads `/v1/insights/rooms/{sid}`, or one of a page.
    pub(crate) fn read(json: &Json) -> Self {
        let people = json.get("participants");
        let issues = json.get("detected_issues").list("details");
        Self {
            sid: json.text("sid").unwrap_or_default(),
            name: json.text("name"),
            kind: json.text("type"),
            is_live: json.text("status").as_deref() == Some("in_progress"),
            created_at: json.number("created_at").unwrap_or_default(),
            ended_at: json.number("ended_at"),
            duration_ms: json.number("duration_ms"),
            size: people
                .as_number()
                .or_else(|| json.number("unique_participants"))
                .unwrap_or_default(),
            with_issues: json.number("participants_with_issues").unwrap_or_default(),
            most_at_once: json.number("max_concurrent_participants"),
            codecs: texts(json, "codecs"),
            issues: issues.iter().map(Detected::read).collect(),
            participants: people.items().iter().map(Participant::read).collect(),
            account: json.text("account_sid"),
            identities: json.number("unique_participant_identities"),
            present: json.number("concurrent_participants"),
            participant_ms: json.number("total_participant_duration_ms"),
            recorded_ms: json.number("total_recording_duration_ms"),
            is_recorded: json.is("recording_enabled"),
            processing: json.text("processing_state"),
            seldom: Self::SELDOM.iter().map(|name| said(json, name)).collect(),
        }
    }

    /// What browsers are not told.
    pub(crate) const SELDOM: [&str; 7] = [
        "created_method",
        "end_reason",
        "max_participants",
        "media_region",
        "edge_location",
        "status_callback",
        "status_callback_method",
    ];

    /// What it is called: its name, or its sid.
    pub(crate) fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.sid)
    }
}

impl Detected {
    fn read(json: &Json) -> Self {
        let properties = json.get("properties");
        Self {
            kind: json.text("issue_type").unwrap_or_default(),
            participant_sid: properties.text("participant_sid"),
            participant: properties.text("participant_identity"),
            media: properties.text("media"),
            value: properties.number("value"),
            threshold: properties.number("threshold"),
        }
    }
}

/// The texts of a list.
pub(super) fn texts(json: &Json, name: &str) -> Vec<String> {
    let items = json.list(name);
    items.iter().filter_map(Json::as_text).collect()
}

/// A text or a number, as people read it.
fn said(json: &Json, name: &str) -> Option<String> {
    let number = || json.number(name).map(|it| to_fixed(it, 0).to_string());
    json.text(name).or_else(number)
}
