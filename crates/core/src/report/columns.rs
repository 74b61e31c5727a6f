//! The tables: which members of which statistics the engine reads, and in which order.

/// Where a column's number comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Column {
    /// A numeric or boolean member.
    Number(&'static str),
    /// A member of a record: the record, then the key.
    Keyed(&'static str, &'static str),
    /// A string, interned; the first of these members that is present.
    Name(&'static [&'static str]),
    /// An enumerated string, as its position in the list; the first of these members that is present. A value that is
    /// not in the list is unknown.
    OneOf(&'static [&'static str], &'static [&'static str]),
}

/// One type of row.
#[derive(Clone, Copy, Debug)]
pub struct RowType {
    /// The number that a row of this type starts with.
    pub tag: usize,
    /// The [`RTCStatsType`](https://www.w3.org/TR/webrtc-stats/#rtcstatstype-str*)s that it holds.
    pub types: &'static [&'static str],
    /// Its columns; a row is as long as this, and the tag.
    pub columns: &'static [Column],
}

/// Media kinds, numbered as the columns hold them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Sound.
    Audio,
    /// Pictures.
    Video,
}

impl Kind {
    /// The kind in a packed column.
    #[must_use]
    pub fn unpack(column: f64) -> Option<Self> {
        if column == 0.0 {
            Some(Self::Audio)
        } else if column == 1.0 {
            Some(Self::Video)
        } else {
            None
        }
    }

    /// W3C's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }
}

const KINDS: &[&str] = &["audio", "video"];

/// Writes a module of column numbers and its [`RowType`] from one list, so that they cannot disagree.
macro_rules! row_type {
    ($(#[$doc:meta])* $module:ident = $tag:literal, $types:expr, $($name:ident: $column:expr,)*) => {
        $(#[$doc])*
        #[expect(missing_docs, reason = "each column is the member that the table names")]
        pub mod $module {
            use super::{Column, Column::*, KINDS, RowType};
            #[expect(non_camel_case_types, clippy::upper_case_acronyms, dead_code, reason = "numbers the columns")]
            enum Place { TAG, $($name),* }
            pub const TAG: usize = $tag;
            $(pub const $name: usize = Place::$name as usize;)*
            const COLUMNS: &[Column] = &[$($column),*];
            #[doc = "This table."]
            pub const ROW: RowType = RowType { tag: TAG, types: $types, columns: COLUMNS };
            const _: &[&str] = KINDS;
        }
    };
}

row_type! {
    /// A layer of a published track ([`RTCOutboundRtpStreamStats`](https://www.w3.org/TR/webrtc-stats/#outboundrtpstats-dict*)).
    /// `BYTES` and what follows are counters.
    outbound = 0, &["outbound-rtp"],
    TIMESTAMP: Number("timestamp"),
    ID: Name(&["id"]),
    SSRC: Number("ssrc"),
    KIND: OneOf(&["kind", "mediaType"], KINDS),
    SOURCE: Name(&["mediaSourceId"]),
    MID: Name(&["mid"]),
    RID: Name(&["rid"]),
    CODEC: Name(&["codecId"]),
    ENCODING_INDEX: Number("encodingIndex"),
    CONTENT: OneOf(&["contentType"], &["screenshare"]),
    WIDTH: Number("frameWidth"),
    HEIGHT: Number("frameHeight"),
    TARGET_BITRATE: Number("targetBitrate"),
    BYTES: Number("bytesSent"),
    PACKETS: Number("packetsSent"),
    RETRANSMITTED: Number("retransmittedPacketsSent"),
    NACK: Number("nackCount"),
    PLI: Number("pliCount"),
    FIR: Number("firCount"),
    FRAMES_ENCODED: Number("framesEncoded"),
    FRAMES_SENT: Number("framesSent"),
    ENCODE_TIME: Number("totalEncodeTime"),
    LIMITED_NONE: Keyed("qualityLimitationDurations", "none"),
    LIMITED_BANDWIDTH: Keyed("qualityLimitationDurations", "bandwidth"),
    LIMITED_CPU: Keyed("qualityLimitationDurations", "cpu"),
    LIMITED_OTHER: Keyed("qualityLimitationDurations", "other"),
}

row_type! {
    /// What the other side reports of a layer ([`RTCRemoteInboundRtpStreamStats`](https://www.w3.org/TR/webrtc-stats/#remoteinboundrtpstats-dict*)).
    /// Its timestamp is that of the RTCP report's arrival. `LOST` and what follows are counters; `LOST` may fall.
    remote_inbound = 1, &["remote-inbound-rtp"],
    TIMESTAMP: Number("timestamp"),
    SSRC: Number("ssrc"),
    LOCAL: Name(&["localId"]),
    JITTER: Number("jitter"),
    ROUND_TRIP_TIME: Number("roundTripTime"),
    LOST: Number("packetsLost"),
    TOTAL_ROUND_TRIP_TIME: Number("totalRoundTripTime"),
    MEASUREMENTS: Number("roundTripTimeMeasurements"),
}

row_type! {
    /// A received stream ([`RTCInboundRtpStreamStats`](https://www.w3.org/TR/webrtc-stats/#inboundrtpstats-dict*)).
    /// `LOST` and what follows are counters; `LOST` may fall.
    inbound = 2, &["inbound-rtp"],
    TIMESTAMP: Number("timestamp"),
    SSRC: Number("ssrc"),
    KIND: OneOf(&["kind", "mediaType"], KINDS),
    TRACK: Name(&["trackIdentifier", "trackId", "mid", "id"]),
    JITTER: Number("jitter"),
    WIDTH: Number("frameWidth"),
    HEIGHT: Number("frameHeight"),
    LOST: Number("packetsLost"),
    BYTES: Number("bytesReceived"),
    PACKETS: Number("packetsReceived"),
    BUFFER_DELAY: Number("jitterBufferDelay"),
    BUFFER_EMITTED: Number("jitterBufferEmittedCount"),
    FRAMES_DECODED: Number("framesDecoded"),
    FRAMES_DROPPED: Number("framesDropped"),
    FREEZES: Number("freezeCount"),
    FREEZE_TIME: Number("totalFreezesDuration"),
    SAMPLES: Number("totalSamplesReceived"),
    CONCEALED: Number("concealedSamples"),
    SILENT_CONCEALED: Number("silentConcealedSamples"),
}

row_type! {
    /// What feeds a track ([`RTCMediaSourceStats`](https://www.w3.org/TR/webrtc-stats/#mediasourcestats-dict*)).
    /// `ENERGY` and what follows are counters.
    media_source = 3, &["media-source"],
    TIMESTAMP: Number("timestamp"),
    ID: Name(&["id"]),
    KIND: OneOf(&["kind"], KINDS),
    AUDIO_LEVEL: Number("audioLevel"),
    ENERGY: Number("totalAudioEnergy"),
    SAMPLES_DURATION: Number("totalSamplesDuration"),
}

row_type! {
    /// The transport under the connection ([`RTCTransportStats`](https://www.w3.org/TR/webrtc-stats/#transportstats-dict*)).
    transport = 4, &["transport"],
    TIMESTAMP: Number("timestamp"),
    SELECTED_PAIR: Name(&["selectedCandidatePairId"]),
    ICE_STATE: OneOf(&["iceState"], &["new", "checking", "connected", "completed", "disconnected", "failed", "closed"]),
}

row_type! {
    /// A pair of candidates ([`RTCIceCandidatePairStats`](https://www.w3.org/TR/webrtc-stats/#candidatepair-dict*)).
    /// `selected` is Firefox's own. `TOTAL_ROUND_TRIP_TIME` and what follows are counters.
    pair = 5, &["candidate-pair"],
    TIMESTAMP: Number("timestamp"),
    ID: Name(&["id"]),
    LOCAL: Name(&["localCandidateId"]),
    REMOTE: Name(&["remoteCandidateId"]),
    STATE: OneOf(&["state"], &["frozen", "waiting", "in-progress", "failed", "succeeded"]),
    NOMINATED: Number("nominated"),
    SELECTED: Number("selected"),
    ROUND_TRIP_TIME: Number("currentRoundTripTime"),
    AVAILABLE_OUTGOING: Number("availableOutgoingBitrate"),
    TOTAL_ROUND_TRIP_TIME: Number("totalRoundTripTime"),
    RESPONSES: Number("responsesReceived"),
}

row_type! {
    /// A candidate of either side ([`RTCIceCandidateStats`](https://www.w3.org/TR/webrtc-stats/#icecandidate-dict*)).
    /// Its address and port are never read.
    candidate = 6, &["local-candidate", "remote-candidate"],
    ID: Name(&["id"]),
    TYPE: OneOf(&["candidateType"], &["host", "srflx", "prflx", "relay"]),
    PROTOCOL: OneOf(&["protocol"], &["udp", "tcp"]),
    RELAY_PROTOCOL: OneOf(&["relayProtocol"], &["udp", "tcp", "tls"]),
}

row_type! {
    /// A codec in use ([`RTCCodecStats`](https://www.w3.org/TR/webrtc-stats/#codec-dict*)).
    codec = 7, &["codec"],
    ID: Name(&["id"]),
    MIME_TYPE: Name(&["mimeType"]),
}

/// How many numbers a row takes, by tag. Apart from the tables, so that who reads rows does not carry their words.
pub(super) const LENGTHS: [usize; ROW_TYPES.len()] = {
    let mut lengths = [0; ROW_TYPES.len()];
    let mut tag = 0;
    while tag < lengths.len() {
        lengths[tag] = 1 + ROW_TYPES[tag].columns.len();
        tag += 1;
    }
    lengths
};

/// All tables, by tag.
pub const ROW_TYPES: [RowType; 8] = [
    outbound::ROW,
    remote_inbound::ROW,
    inbound::ROW,
    media_source::ROW,
    transport::ROW,
    pair::ROW,
    candidate::ROW,
    codec::ROW,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_stands_at_its_tag_and_is_as_long_as_its_last_column() {
        for (place, row_type) in ROW_TYPES.iter().enumerate() {
            assert_eq!(row_type.tag, place);
        }
        assert_eq!(outbound::ROW.columns.len(), outbound::LIMITED_OTHER);
        assert_eq!(inbound::ROW.columns.len(), inbound::SILENT_CONCEALED);
        assert_eq!(
            outbound::ROW.columns[outbound::BYTES - 1],
            Column::Number("bytesSent")
        );
    }
}
