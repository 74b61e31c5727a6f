//! The batch: what the module sends at once.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::event::Event;
use super::figure;
use super::interval::Interval;
use super::summary::Summary;
use super::uuid::Uuid;
use super::words::words;

/// The version of the batch that these types are.
pub const SCHEMA: u32 = 1;

words! {
    /// The type of a room.
    RoomType {
        /// WebRTC Go: two participants.
        Go = "go",
        /// Everybody sends to everybody.
        PeerToPeer = "peer_to_peer",
        /// Everybody sends to a server.
        Group = "group",
        /// The same, for few participants.
        GroupSmall = "group_small",
    }
}

/// A call, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Room {
    /// Its sid.
    pub sid: Option<String>,
    /// Its unique name.
    pub name: Option<String>,
    /// Its type.
    pub r#type: Option<RoomType>,
}

/// A person in a call, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Participant {
    /// Their sid.
    pub sid: Option<String>,
    /// Their identity.
    pub identity: Option<String>,
}

/// A program or a system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Software {
    /// Its name.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
}

/// A device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Device {
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Which one it is.
    pub model: Option<String>,
}

/// What a participant uses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Client {
    /// The operating system.
    #[serde(deserialize_with = "figure::or_default")]
    pub os: Software,
    /// The browser.
    #[serde(deserialize_with = "figure::or_default")]
    pub browser: Software,
    /// The device.
    #[serde(deserialize_with = "figure::or_default")]
    pub device: Device,
    /// The SDK that makes the call.
    #[serde(deserialize_with = "figure::or_default")]
    pub sdk: Software,
    /// The version of the module.
    pub module: Option<String>,
}

/// The end of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Final {
    /// When it was over, in milliseconds since the epoch.
    #[serde(deserialize_with = "figure::whole")]
    pub ended_at: i64,
    /// What is known of the call.
    #[serde(default, deserialize_with = "figure::or_default")]
    pub summary: Summary,
}

/// Some intervals and events of one session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Batch {
    /// The version of this form: 1.
    pub schema: u32,
    /// The idempotency key: a batch that is sent again has the same.
    pub batch_id: Uuid,
    /// One attachment of the module to one room.
    pub session: Uuid,
    /// 0, 1, 2… within the session.
    pub seq: u32,
    /// When the session began, in milliseconds since the epoch.
    #[serde(deserialize_with = "figure::whole")]
    pub started_at: i64,
    /// When it was sent, by the client's clock, set anew at each try.
    #[serde(deserialize_with = "figure::whole")]
    pub sent_at: i64,
    /// The call; `null` where it is not known.
    #[serde(default)]
    pub room: Option<Room>,
    /// Who is measured; `null` where that is not known.
    #[serde(default)]
    pub participant: Option<Participant>,
    /// What they use.
    #[serde(default, deserialize_with = "figure::or_default")]
    pub client: Client,
    /// The intervals that closed.
    #[serde(default, deserialize_with = "figure::or_default")]
    pub intervals: Vec<Interval>,
    /// What happened.
    #[serde(default, deserialize_with = "figure::or_default")]
    pub events: Vec<Event>,
    /// How many batches the client had to drop since the last one that it sent, by reason.
    #[serde(
        default,
        deserialize_with = "figure::or_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub dropped: BTreeMap<String, u32>,
    /// Only on the session's last batch.
    #[serde(default, rename = "final", skip_serializing_if = "Option::is_none")]
    pub end: Option<Final>,
}
