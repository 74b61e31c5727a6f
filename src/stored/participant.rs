//! A participant, as the room's page and their own show it.

use super::Json;
use super::room::texts;

/// Somebody who was in a room. Times are milliseconds since the epoch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Participant {
    pub(crate) sid: String,
    pub(crate) identity: Option<String>,
    pub(crate) is_live: bool,
    pub(crate) joined_at: f64,
    /// `None` while they are there.
    pub(crate) left_at: Option<f64>,
    pub(crate) duration_ms: Option<f64>,
    pub(crate) recorded_ms: Option<f64>,
    pub(crate) client: Client,
    pub(crate) codecs: Vec<String>,
    pub(crate) tracks_published: Option<f64>,
    /// The sids of the tracks that they published.
    pub(crate) tracks: Vec<String>,
    pub(crate) error_code: Option<f64>,
    /// How many batches were lost before they could be sent.
    pub(crate) dropped_batches: Option<f64>,
    pub(crate) issues: Vec<Tag>,
    /// How many of their sessions ended with a summary; only where one participant was asked for.
    pub(crate) summaries: usize,
}

/// With what they took part; what the browser did not say is unknown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Client {
    pub(crate) os: Product,
    pub(crate) browser: Product,
    pub(crate) sdk: Product,
    pub(crate) manufacturer: Option<String>,
    pub(crate) model: Option<String>,
    /// The version of the module that measured.
    pub(crate) module: Option<String>,
}

/// A product and its version.
#[derive(Clone, Debug, Default)]
pub(crate) struct Product {
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
}

/// An issue that they are tagged with.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    /// `packet_loss` or `round_trip_time`.
    pub(crate) kind: String,
    /// `audio`, `video` or `both`.
    pub(crate) media: Option<String>,
    /// The sids of the tracks.
    pub(crate) tracks: Vec<String>,
    /// Per cent or milliseconds.
    pub(crate) value: Option<f64>,
    pub(crate) threshold: Option<f64>,
}

impl Participant {
    /// Reads `/v1/insights/rooms/{sid}/participants/{sid}`, or one of a room.
    pub(crate) fn read(json: &Json) -> Self {
        let issues = json.list("issues");
        Self {
            sid: json.text("sid").unwrap_or_default(),
            identity: json.text("identity"),
            is_live: json.text("status").as_deref() == Some("in_progress"),
            joined_at: json.number("joined_at").unwrap_or_default(),
            left_at: json.number("left_at"),
            duration_ms: json.number("duration_ms"),
            recorded_ms: json.number("recorded_ms"),
            client: Client::read(&json.get("client")),
            codecs: texts(json, "codecs"),
            tracks_published: json.number("tracks_published"),
            tracks: texts(json, "tracks"),
            error_code: json.number("error_code"),
            dropped_batches: json.number("dropped_batches"),
            issues: issues.iter().map(Tag::read).collect(),
            summaries: json.list("summaries").len(),
        }
    }

    /// What they are called: their identity, or their sid.
    pub(crate) fn title(&self) -> &str {
        self.identity.as_deref().unwrap_or(&self.sid)
    }
}

impl Client {
    fn read(json: &Json) -> Self {
        let product = |name| {
            let it = json.get(name);
            Product {
                name: it.text("name"),
                version: it.text("version"),
            }
        };
        let device = json.get("device");
        Self {
            os: product("os"),
            browser: product("browser"),
            sdk: product("sdk"),
            manufacturer: device.text("manufacturer"),
            model: device.text("model"),
            module: json.text("module"),
        }
    }
}

impl Product {
    /// `Chrome 156.0`, or nothing.
    pub(crate) fn title(&self) -> Option<String> {
        let name = self.name.as_ref()?;
        Some(match &self.version {
            Some(version) => format!("{name} {version}"),
            None => name.clone(),
        })
    }
}

impl Tag {
    fn read(json: &Json) -> Self {
        Self {
            kind: json.text("type").unwrap_or_default(),
            media: json.text("media"),
            tracks: texts(json, "tracks"),
            value: json.number("value"),
            threshold: json.number("threshold"),
        }
    }
}
