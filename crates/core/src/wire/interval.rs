//! An interval as JSON. Figures that every row has are `null` where they are unknown; the others are left out.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::figure;
use super::words::{CandidateType, Kind, Note, Receiving, Sending, Transport};
use crate::Metric;

/// How packets travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Path {
    /// The transport.
    pub transport: Option<Transport>,
    /// The kind of the own end.
    pub local: Option<CandidateType>,
    /// The kind of the other end.
    pub remote: Option<CandidateType>,
    /// Whether a relay is on the way.
    pub relayed: Option<bool>,
}

/// Adds figures to the members of a row, with access by metric.
macro_rules! row {
    (
        $(#[$meta:meta])* $visibility:vis struct $name:ident { $($before:tt)* }
        always { $($always:ident: $known:ident,)* }
        others { $($other:ident: $rest:ident,)* }
        { $($after:tt)* }
    ) => {
        $(#[$meta])*
        $visibility struct $name {
            $($before)*
            $(
                /// A figure; `null` if it is unknown (docs/metrics.md).
                #[serde(default, serialize_with = "figure::serialize")]
                $visibility $always: Option<f64>,
            )*
            $(
                /// A figure; left out or `null` if it is unknown (docs/metrics.md).
                #[serde(default, serialize_with = "figure::serialize", skip_serializing_if = "Option::is_none")]
                $visibility $other: Option<f64>,
            )*
            $($after)*
        }

        impl $name {
            /// The metrics that such a row can have.
            #[allow(dead_code, clippy::allow_attributes, reason = "one row is only read")]
            $visibility const METRICS: &'static [Metric] = &[$(Metric::$known,)* $(Metric::$rest,)*];

            /// A figure; `None` if it is unknown.
            #[must_use]
            $visibility const fn figure(&self, metric: Metric) -> Option<f64> {
                match metric {
                    $(Metric::$known => self.$always,)*
                    $(Metric::$rest => self.$other,)*
                    #[allow(unreachable_patterns, clippy::allow_attributes, reason = "one row has all of them")]
                    _ => None,
                }
            }

            /// Sets a figure; one that such a row cannot have is left out.
            #[allow(dead_code, clippy::allow_attributes, reason = "one row is only read")]
            $visibility const fn set_figure(&mut self, metric: Metric, value: Option<f64>) {
                match metric {
                    $(Metric::$known => self.$always = value,)*
                    $(Metric::$rest => self.$other = value,)*
                    #[allow(unreachable_patterns, clippy::allow_attributes, reason = "one row has all of them")]
                    _ => {}
                }
            }
        }
    };
}

/// A row of what is sent.
macro_rules! sent {
    ($(#[$meta:meta])* struct $name:ident { $($before:tt)* } { $($after:tt)* }) => {
        row! {
            $(#[$meta])*
            #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
            pub struct $name { $($before)* }
            always {
                bitrate_bps: Bitrate,
                packets_sent: PacketsSent,
                packets_lost: PacketsLost,
                packet_loss_pct: PacketLoss,
                rtt_ms: RoundTripTime,
            }
            others {
                target_bitrate_bps: TargetBitrate,
                jitter_ms: Jitter,
                frames_per_second: FramesPerSecond,
                frame_width: FrameWidth,
                frame_height: FrameHeight,
                encode_ms_per_frame: EncodeTime,
                limited_none_s: LimitedNone,
                limited_bandwidth_s: LimitedBandwidth,
                limited_cpu_s: LimitedCpu,
                limited_other_s: LimitedOther,
                retransmitted_packets: RetransmittedPackets,
                nack_count: NackCount,
                pli_count: PliCount,
                fir_count: FirCount,
                audio_level: AudioLevel,
            }
            { $($after)* }
        }
    };
}

/// A row of what is received.
macro_rules! received {
    ($(#[$meta:meta])* struct $name:ident { $($before:tt)* } { $($after:tt)* }) => {
        row! {
            $(#[$meta])*
            #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
            pub struct $name { $($before)* }
            always {
                bitrate_bps: Bitrate,
                packets_received: PacketsReceived,
                packets_lost: PacketsLost,
                packet_loss_pct: PacketLoss,
            }
            others {
                ice_rtt_ms: IceRoundTripTime,
                available_outgoing_bitrate_bps: AvailableOutgoingBitrate,
                jitter_ms: Jitter,
                jitter_buffer_ms: JitterBuffer,
                frames_per_second: FramesPerSecond,
                frame_width: FrameWidth,
                frame_height: FrameHeight,
                frames_dropped: FramesDropped,
                freeze_count: FreezeCount,
                freeze_ms: FreezeTime,
                concealed_pct: Concealed,
            }
            { $($after)* }
        }
    };
}

sent! {
    /// Ten seconds of a published track: its layers together, over all connections that it goes out on.
    struct TrackInterval {
        /// Always what is sent.
        #[serde(default = "sending")]
        pub direction: Sending,
        /// The track's sid; without Twilio the browser's name for its source.
        #[serde(default)]
        pub track: Option<String>,
        /// The connection; `null` where it goes out on several.
        #[serde(default)]
        pub pc: Option<String>,
        /// Sound or picture.
        #[serde(default)]
        pub kind: Option<Kind>,
        /// The start of the ten seconds it lies in, in milliseconds since the epoch.
        #[serde(deserialize_with = "figure::whole")]
        pub start: i64,
        /// Its true length.
        #[serde(deserialize_with = "figure::whole")]
        pub duration_ms: i64,
    } {
        /// The codec in use at its end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub codec: Option<String>,
        /// Whether the browser says that it is a shared screen.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        pub screen_share: bool,
        /// How it came about.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub notes: Vec<Note>,
        /// The layers, where it goes out on one connection.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub layers: Vec<Layer>,
        /// The same for each connection, where it goes out on several.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub connections: Vec<TrackPart>,
    }
}

sent! {
    /// The part of a published track that goes out on one of several connections.
    struct TrackPart {
        /// The track, as in the whole.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub track: Option<String>,
        /// The connection.
        #[serde(default)]
        pub pc: Option<String>,
        /// Sound or picture.
        #[serde(default)]
        pub kind: Option<Kind>,
        /// Its true length, where it is told.
        #[serde(default, deserialize_with = "figure::whole_or_none", skip_serializing_if = "Option::is_none")]
        pub duration_ms: Option<i64>,
    } {
        /// The codec in use at its end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub codec: Option<String>,
        /// How it came about.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub notes: Vec<Note>,
        /// Its layers, where they are told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub layers: Vec<Layer>,
    }
}

sent! {
    /// One layer of a published track.
    struct Layer {
        /// Its ssrc.
        #[serde(default)]
        pub ssrc: Option<u32>,
        /// Its restriction identifier.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub rid: Option<String>,
        /// Its place among the layers, from the smallest up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub encoding_index: Option<u32>,
    } {
        /// The codec in use at its end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub codec: Option<String>,
        /// How it came about.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub notes: Vec<Note>,
    }
}

received! {
    /// Ten seconds of what a connection receives.
    struct ConnectionInterval {
        /// Always what is received.
        #[serde(default = "receiving")]
        pub direction: Receiving,
        /// The connection.
        #[serde(default)]
        pub pc: Option<String>,
        /// The start of the ten seconds it lies in, in milliseconds since the epoch.
        #[serde(deserialize_with = "figure::whole")]
        pub start: i64,
        /// Its true length.
        #[serde(deserialize_with = "figure::whole")]
        pub duration_ms: i64,
    } {
        /// How packets travel.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub path: Option<Path>,
        /// How it came about.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub notes: Vec<Note>,
        /// The received tracks.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub received: Vec<ReceivedTrack>,
    }
}

received! {
    /// One received track.
    struct ReceivedTrack {
        /// The track's sid in a Twilio room, else the browser's name for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub track: Option<String>,
        /// Sound or picture.
        #[serde(default)]
        pub kind: Option<Kind>,
    } {
        /// How it came about.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub notes: Vec<Note>,
    }
}

/// Ten seconds of a published track, or of what a connection receives.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "scope", rename_all = "lowercase")]
pub enum Interval {
    /// A published track.
    Track(Box<TrackInterval>),
    /// What a connection receives.
    Connection(Box<ConnectionInterval>),
}

impl Interval {
    /// The start of the ten seconds it lies in.
    #[must_use]
    pub const fn start(&self) -> i64 {
        match self {
            Self::Track(it) => it.start,
            Self::Connection(it) => it.start,
        }
    }

    /// Its true length.
    #[must_use]
    pub const fn duration_ms(&self) -> i64 {
        match self {
            Self::Track(it) => it.duration_ms,
            Self::Connection(it) => it.duration_ms,
        }
    }
}

const fn sending() -> Sending {
    Sending::Send
}

const fn receiving() -> Receiving {
    Receiving::Receive
}

/// What an interval is about.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Scope {
    Track,
    Connection,
}

row! {
    /// The members of both, as they are read: serde's own way with a tag among the members keeps every member until the tag is
    /// known, which takes three times as long.
    #[derive(Deserialize)]
    struct AnyInterval {
        scope: Scope,
        #[serde(default)]
        direction: Option<String>,
        #[serde(default)]
        track: Option<String>,
        #[serde(default)]
        pc: Option<String>,
        #[serde(default)]
        kind: Option<Kind>,
        #[serde(deserialize_with = "figure::whole")]
        start: i64,
        #[serde(deserialize_with = "figure::whole")]
        duration_ms: i64,
        #[serde(default)]
        codec: Option<String>,
        #[serde(default, deserialize_with = "figure::or_default")]
        screen_share: bool,
        #[serde(default)]
        path: Option<Path>,
        #[serde(default, deserialize_with = "figure::or_default")]
        notes: Vec<Note>,
        #[serde(default, deserialize_with = "figure::or_default")]
        layers: Vec<Layer>,
        #[serde(default, deserialize_with = "figure::or_default")]
        connections: Vec<TrackPart>,
        #[serde(default, deserialize_with = "figure::or_default")]
        received: Vec<ReceivedTrack>,
    }
    always {}
    others {
        bitrate_bps: Bitrate,
        target_bitrate_bps: TargetBitrate,
        packets_sent: PacketsSent,
        packets_received: PacketsReceived,
        packets_lost: PacketsLost,
        packet_loss_pct: PacketLoss,
        rtt_ms: RoundTripTime,
        ice_rtt_ms: IceRoundTripTime,
        available_outgoing_bitrate_bps: AvailableOutgoingBitrate,
        jitter_ms: Jitter,
        jitter_buffer_ms: JitterBuffer,
        frames_per_second: FramesPerSecond,
        frame_width: FrameWidth,
        frame_height: FrameHeight,
        frames_dropped: FramesDropped,
        freeze_count: FreezeCount,
        freeze_ms: FreezeTime,
        encode_ms_per_frame: EncodeTime,
        limited_none_s: LimitedNone,
        limited_bandwidth_s: LimitedBandwidth,
        limited_cpu_s: LimitedCpu,
        limited_other_s: LimitedOther,
        retransmitted_packets: RetransmittedPackets,
        nack_count: NackCount,
        pli_count: PliCount,
        fir_count: FirCount,
        audio_level: AudioLevel,
        concealed_pct: Concealed,
    }
    {}
}

impl AnyInterval {
    fn is_towards(&self, direction: &str) -> bool {
        self.direction.as_ref().is_none_or(|it| it == direction)
    }

    fn into_track(self) -> TrackInterval {
        let mut track = TrackInterval::default();
        for &metric in TrackInterval::METRICS {
            track.set_figure(metric, self.figure(metric));
        }
        TrackInterval {
            track: self.track,
            pc: self.pc,
            kind: self.kind,
            start: self.start,
            duration_ms: self.duration_ms,
            codec: self.codec,
            screen_share: self.screen_share,
            notes: self.notes,
            layers: self.layers,
            connections: self.connections,
            ..track
        }
    }

    fn into_connection(self) -> ConnectionInterval {
        let mut connection = ConnectionInterval::default();
        for &metric in ConnectionInterval::METRICS {
            connection.set_figure(metric, self.figure(metric));
        }
        ConnectionInterval {
            pc: self.pc,
            start: self.start,
            duration_ms: self.duration_ms,
            path: self.path,
            notes: self.notes,
            received: self.received,
            ..connection
        }
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let any = AnyInterval::deserialize(from)?;
        match any.scope {
            Scope::Track if any.is_towards("send") => Ok(Self::Track(Box::new(any.into_track()))),
            Scope::Connection if any.is_towards("receive") => {
                Ok(Self::Connection(Box::new(any.into_connection())))
            }
            Scope::Track => Err(D::Error::custom(
                "the `direction` of a track's interval is `send`",
            )),
            Scope::Connection => Err(D::Error::custom(
                "the `direction` of a connection's interval is `receive`",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_exactly_the_metrics_of_their_direction() {
        for &metric in Metric::ALL {
            assert_eq!(
                TrackInterval::METRICS.contains(&metric),
                metric.send_formula().is_some(),
                "{}",
                metric.name()
            );
            assert_eq!(
                ConnectionInterval::METRICS.contains(&metric),
                metric.receive_formula().is_some(),
                "{}",
                metric.name()
            );
        }
        assert_eq!(AnyInterval::METRICS.len(), Metric::ALL.len());
    }
}
