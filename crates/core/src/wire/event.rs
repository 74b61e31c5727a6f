//! What happened, as JSON: issues raised and cleared, signals, and what the room told.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::figure;
use super::words::{IssueType, Kind, words};

words! {
    /// How bad an issue is.
    Severity {
        /// The only one there is.
        High = "high",
    }
}

#[expect(clippy::derivable_impls, reason = "one word, made by a macro")]
impl Default for Severity {
    fn default() -> Self {
        Self::High
    }
}

words! {
    /// The rule of a signal.
    SignalType {
        /// The picture froze.
        FrozenVideo = "frozen_video",
        /// The picture stood still.
        StalledVideo = "stalled_video",
        /// Few frames per second.
        LowFrameRate = "low_frame_rate",
        /// The encoder is limited by the processor.
        CpuLimited = "cpu_limited",
        /// The encoder is limited by bandwidth.
        BandwidthLimited = "bandwidth_limited",
        /// Nothing arrives.
        NoMedia = "no_media",
        /// The microphone gives no sound.
        SilentMicrophone = "silent_microphone",
        /// Sound was made up.
        ConcealedAudio = "concealed_audio",
        /// The connection was lost.
        ConnectionLost = "connection_lost",
        /// Packets go over a relay by TCP or TLS.
        RelayedOverTcp = "relayed_over_tcp",
    }
}

words! {
    /// What happened in a room.
    CallEventType {
        /// This participant left, or was disconnected: `code`.
        Disconnected = "disconnected",
        /// The connection was lost and is being made anew: `reason`, `code`.
        Reconnecting = "reconnecting",
        /// It is there again.
        Reconnected = "reconnected",
        /// Another came: `participant`.
        ParticipantConnected = "participant_connected",
        /// Another left: `participant`.
        ParticipantDisconnected = "participant_disconnected",
        /// A track was switched on: `participant`, `track`.
        TrackEnabled = "track_enabled",
        /// A track was switched off: `participant`, `track`.
        TrackDisabled = "track_disabled",
        /// Another speaks: `participant`.
        DominantSpeakerChanged = "dominant_speaker_changed",
        /// Twilio's own estimate: `participant`, `level`.
        NetworkQualityLevelChanged = "network_quality_level_changed",
        /// The room is being recorded from now on, or was when this participant came.
        RecordingStarted = "recording_started",
        /// It is no longer.
        RecordingStopped = "recording_stopped",
    }
}

/// An issue that was raised, or cleared, during the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IssueChange {
    /// The rule.
    pub r#type: IssueType,
    /// Whether it was raised, else cleared.
    pub raised: bool,
    /// How bad it is.
    #[serde(default)]
    pub severity: Severity,
    /// The connection; `null` for a track on several.
    #[serde(default)]
    pub pc: Option<String>,
    /// The track.
    #[serde(default)]
    pub track: Option<String>,
    /// Sound or picture.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// When, in milliseconds since the epoch.
    #[serde(deserialize_with = "figure::whole")]
    pub at: i64,
    /// In percent or milliseconds.
    #[serde(serialize_with = "figure::exactly")]
    pub value: f64,
    /// What it is measured against.
    #[serde(serialize_with = "figure::exactly")]
    pub threshold: f64,
}

/// A shorter-lived finding; it is no issue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Signal {
    /// The rule.
    pub r#type: SignalType,
    /// The connection.
    #[serde(default)]
    pub pc: Option<String>,
    /// The track, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// Sound or picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// When it began, in milliseconds since the epoch.
    #[serde(deserialize_with = "figure::whole")]
    pub start: i64,
    /// When it ended; `null` while it goes on.
    #[serde(default, deserialize_with = "figure::whole_or_none")]
    pub end: Option<i64>,
    /// The worst value met.
    #[serde(serialize_with = "figure::exactly")]
    pub value: f64,
    /// What it is measured against.
    #[serde(serialize_with = "figure::exactly")]
    pub threshold: f64,
}

/// Something that happened in the room. Which members there are depends on the type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallEvent {
    /// What happened.
    pub r#type: CallEventType,
    /// When, in milliseconds since the epoch.
    #[serde(deserialize_with = "figure::whole")]
    pub at: i64,
    /// Twilio's error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// What was lost: `signaling` or `media`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whom it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    /// Which track it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// The level, from 0 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<i64>,
}

/// What happened during a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event {
    /// An issue was raised or cleared.
    Issue(IssueChange),
    /// A signal began, or ended: then it is told a second time, with its end.
    Signal(Signal),
    /// Something happened in the room.
    Call(CallEvent),
}

impl Event {
    /// When it is to be shown.
    #[must_use]
    pub const fn at(&self) -> i64 {
        match self {
            Self::Issue(issue) => issue.at,
            Self::Signal(signal) => signal.start,
            Self::Call(event) => event.at,
        }
    }

    /// The latest time that it tells of.
    #[must_use]
    pub fn until(&self) -> i64 {
        match self {
            Self::Signal(signal) => signal.end.unwrap_or(signal.start),
            _ => self.at(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_the_engine_has_its_word() {
        for signal in crate::signal::Signal::ALL {
            assert!(SignalType::named(signal.name()).is_some(), "{signal:?}");
        }
        assert_eq!(SignalType::ALL.len(), crate::signal::Signal::ALL.len());
        for issue in crate::issue::Issue::ALL {
            assert!(IssueType::named(issue.name()).is_some(), "{issue:?}");
        }
    }
}
