//! What is said of a call at its end, as JSON.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::batch::{Participant, Room};
use super::event::Severity;
use super::figure;
use super::words::{IssueType, Kind, words};
use crate::Metric;

words! {
    /// What media an issue is on.
    Media {
        /// Sound only.
        Audio = "audio",
        /// Pictures only.
        Video = "video",
        /// Both.
        Both = "both",
    }
}

/// An issue that stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Issue {
    /// The rule.
    pub r#type: IssueType,
    /// How bad it is.
    #[serde(default)]
    pub severity: Severity,
    /// On what media; `null` if the browser did not say.
    #[serde(default)]
    pub media: Option<Media>,
    /// The tracks that have it.
    #[serde(default)]
    pub tracks: Vec<String>,
    /// The worst of their figures, in percent or milliseconds.
    #[serde(serialize_with = "figure::exactly")]
    pub value: f64,
    /// What it is measured against.
    #[serde(serialize_with = "figure::exactly")]
    pub threshold: f64,
}

/// A figure over the intervals that have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Distribution {
    /// Over how many intervals.
    #[serde(deserialize_with = "figure::whole")]
    pub count: i64,
    /// The average, weighted by their length.
    #[serde(serialize_with = "figure::serialize")]
    pub avg: Option<f64>,
    /// The smallest.
    #[serde(serialize_with = "figure::serialize")]
    pub min: Option<f64>,
    /// The largest.
    #[serde(serialize_with = "figure::serialize")]
    pub max: Option<f64>,
    /// The first quartile.
    #[serde(serialize_with = "figure::serialize")]
    pub p25: Option<f64>,
    /// The median.
    #[serde(serialize_with = "figure::serialize")]
    pub p50: Option<f64>,
    /// The third quartile.
    #[serde(serialize_with = "figure::serialize")]
    pub p75: Option<f64>,
    /// What all but a hundredth stay under.
    #[serde(serialize_with = "figure::serialize")]
    pub p99: Option<f64>,
}

/// The distributions of a track's figures: an object with a member for each metric that is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distributions(pub Vec<(Metric, Distribution)>);

impl Serialize for Distributions {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (metric, distribution) in &self.0 {
            map.serialize_entry(metric.name(), distribution)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Distributions {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Distributions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of distributions")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Distributions, A::Error> {
                let mut all = Vec::new();
                while let Some(name) = map.next_key::<Cow<'de, str>>()? {
                    let distribution: Option<Distribution> = map.next_value()?;
                    // A metric that a later version has is left out, as is one said twice.
                    if let (Some(metric), Some(distribution)) = (Metric::named(&name), distribution)
                        && all.iter().all(|(other, _)| *other != metric)
                    {
                        all.push((metric, distribution));
                    }
                }
                Ok(Distributions(all))
            }
        }
        from.deserialize_map(Members)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Distributions {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Distributions")
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = generator.subschema_for::<Distribution>();
        schemars::json_schema!({
            "description": "By the name of the metric (docs/metrics.md), those that are known.",
            "type": "object",
            "additionalProperties": one,
        })
    }
}

/// A published track over its whole duration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct PublishedSummary {
    /// The track's sid; without Twilio the browser's name for its source.
    pub track: Option<String>,
    /// The connection; `null` for a track that may go out on several.
    pub pc: Option<String>,
    /// Sound or picture.
    pub kind: Option<Kind>,
    /// The most layers it had on one connection.
    pub layers: u32,
    /// The first sample, in milliseconds since the epoch.
    #[serde(deserialize_with = "figure::whole_or_none")]
    pub start: Option<i64>,
    /// The last sample.
    #[serde(deserialize_with = "figure::whole_or_none")]
    pub end: Option<i64>,
    /// How long it was measured.
    #[serde(deserialize_with = "figure::whole")]
    pub duration_ms: i64,
    /// Packets sent.
    #[serde(serialize_with = "figure::serialize")]
    pub packets_sent: Option<f64>,
    /// Packets lost.
    #[serde(serialize_with = "figure::serialize")]
    pub packets_lost: Option<f64>,
    /// Their share, cumulative.
    #[serde(serialize_with = "figure::serialize")]
    pub packet_loss_pct: Option<f64>,
    /// The average round trip time.
    #[serde(serialize_with = "figure::serialize")]
    pub rtt_avg_ms: Option<f64>,
    /// The codec it used last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
    /// Whether the browser said that it is a shared screen.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub screen_share: bool,
    /// Its figures over its intervals.
    pub distributions: Distributions,
}

/// A received track over its whole duration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ReceivedSummary {
    /// The track's sid in a Twilio room, else the browser's name for it.
    pub track: Option<String>,
    /// The connection.
    pub pc: Option<String>,
    /// Sound or picture.
    pub kind: Option<Kind>,
    /// The first sample, in milliseconds since the epoch.
    #[serde(deserialize_with = "figure::whole_or_none")]
    pub start: Option<i64>,
    /// The last sample.
    #[serde(deserialize_with = "figure::whole_or_none")]
    pub end: Option<i64>,
    /// How long it was measured.
    #[serde(deserialize_with = "figure::whole")]
    pub duration_ms: i64,
    /// Packets received.
    #[serde(serialize_with = "figure::serialize")]
    pub packets_received: Option<f64>,
    /// Packets lost.
    #[serde(serialize_with = "figure::serialize")]
    pub packets_lost: Option<f64>,
    /// Their share, cumulative.
    #[serde(serialize_with = "figure::serialize")]
    pub packet_loss_pct: Option<f64>,
    /// The codec it used last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
    /// Its figures over its intervals.
    pub distributions: Distributions,
}

/// What a connection received over its whole duration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ConnectionSummary {
    /// The connection.
    pub pc: Option<String>,
    /// The first sample, in milliseconds since the epoch.
    #[serde(deserialize_with = "figure::whole_or_none")]
    pub start: Option<i64>,
    /// The last sample.
    #[serde(deserialize_with = "figure::whole_or_none")]
    pub end: Option<i64>,
    /// How long it was measured.
    #[serde(deserialize_with = "figure::whole")]
    pub duration_ms: i64,
    /// Packets received.
    #[serde(serialize_with = "figure::serialize")]
    pub packets_received: Option<f64>,
    /// Packets lost.
    #[serde(serialize_with = "figure::serialize")]
    pub packets_lost: Option<f64>,
    /// Their share, cumulative.
    #[serde(serialize_with = "figure::serialize")]
    pub packet_loss_pct: Option<f64>,
    /// Its figures over its intervals.
    pub distributions: Distributions,
}

/// What is known of a call at its end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Summary {
    /// The call.
    pub room: Option<Room>,
    /// Who was measured.
    pub participant: Option<Participant>,
    /// Published tracks, in order of appearance.
    pub tracks: Vec<PublishedSummary>,
    /// Received tracks.
    pub received: Vec<ReceivedSummary>,
    /// What each connection received.
    pub connections: Vec<ConnectionSummary>,
    /// The issues that stand: the participant's tags.
    pub issues: Vec<Issue>,
}
