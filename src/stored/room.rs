//! A room, as lists and its page show it.

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
    /// Only where one room was asked for.
    pub(crate) participants: Vec<Participant>,
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
                .unwrap_or_else(|| count(people.items().len())),
            with_issues: json.number("participants_with_issues").unwrap_or_default(),
            most_at_once: json.number("max_concurrent_participants"),
            codecs: texts(json, "codecs"),
            issues: issues.iter().map(Detected::read).collect(),
            participants: people.items().iter().map(Participant::read).collect(),
        }
    }

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

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::INFINITY, f64::from)
}
