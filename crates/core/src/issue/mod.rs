//! Detected issues: judged per published track over its whole duration, so that a blip does not tag anybody.
//!
//! During the call an issue is raised when a track's cumulative figure crosses the threshold, and cleared when it comes
//! back; the final tags are those that stand at the end.

pub mod packet_loss;
pub mod round_trip_time;

use crate::interval::TrackId;
use crate::subject::Totals;
use crate::{Atom, Config, Kind, Timestamp};

/// A detected issue of a participant. Its severity is always `high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issue {
    /// Cumulative loss reached the threshold.
    PacketLoss,
    /// The average round trip time exceeded the threshold.
    RoundTripTime,
}

impl Issue {
    /// All issues.
    pub const ALL: [Self; 2] = [Self::PacketLoss, Self::RoundTripTime];

    /// Its name, as Twilio's.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PacketLoss => "packet_loss",
            Self::RoundTripTime => "round_trip_time",
        }
    }

    /// Its threshold: percent, or milliseconds.
    #[must_use]
    pub fn threshold(self, config: &Config) -> f64 {
        match self {
            Self::PacketLoss => config.high_loss.as_percent(),
            Self::RoundTripTime => config.high_round_trip_time.as_f64(),
        }
    }

    /// The figure that is judged, and whether it is an issue; `None` if the track cannot be judged.
    pub(crate) fn judge(self, totals: &Totals, config: &Config) -> Option<(f64, bool)> {
        if totals.packets_sent().unwrap_or(0.0) < config.min_packets {
            return None;
        }
        match self {
            Self::PacketLoss => packet_loss::judge(totals, config),
            Self::RoundTripTime => round_trip_time::judge(totals, config),
        }
    }
}

/// Which of a participant's tracks an issue was found on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// Audio tracks only.
    Audio,
    /// Video tracks only.
    Video,
    /// Both.
    Both,
}

impl Media {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Both => "both",
        }
    }

    /// That of a track, added to what there was.
    pub(crate) fn with(before: Option<Self>, kind: Option<Kind>) -> Option<Self> {
        let this = match kind {
            Some(Kind::Audio) => Self::Audio,
            Some(Kind::Video) => Self::Video,
            None => return before,
        };
        match before {
            Some(before) if before != this => Some(Self::Both),
            _ => Some(this),
        }
    }
}

/// An issue that was raised or cleared during the call, with its evidence.
#[derive(Clone, Debug)]
pub struct IssueChange {
    /// Which.
    pub issue: Issue,
    /// `true` when it was raised, `false` when it was cleared.
    pub raised: bool,
    /// The track it was found on.
    pub track: TrackId,
    /// The connection, where the track has only one.
    pub pc: Option<Atom>,
    /// The track's media.
    pub kind: Option<Kind>,
    /// The end of the interval that decided.
    pub at: Timestamp,
    /// The cumulative figure, in percent or milliseconds.
    pub value: f64,
    /// The threshold, in the same unit.
    pub threshold: f64,
}
