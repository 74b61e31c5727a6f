//! What the selected candidate pair says of a connection.
//!
//! The pair is [`selectedCandidatePairId`] of the transport; where there is no transport (Firefox) the pair that says it
//! is selected. The first nominated pair is often the wrong one.
//!
//! [`selectedCandidatePairId`]: https://www.w3.org/TR/webrtc-stats/#dom-rtctransportstats-selectedcandidatepairid

use super::{Descriptor, Formula, Unit};
use crate::tally::Figure;

/// From [`totalRoundTripTime`] and [`responsesReceived`], else [`currentRoundTripTime`] at the end of the interval.
///
/// [`totalRoundTripTime`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcicecandidatepairstats-totalroundtriptime
/// [`responsesReceived`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcicecandidatepairstats-responsesreceived
/// [`currentRoundTripTime`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcicecandidatepairstats-currentroundtriptime
pub(super) const ROUND_TRIP_TIME: Descriptor = Descriptor {
    name: "ice_rtt_ms",
    unit: Unit::Milliseconds,
    formula: Formula::Of(Figure::IceRoundTripTime, 1),
    send: None,
    receive: Some(
        "1000 · Δ totalRoundTripTime / Δ responsesReceived of the selected candidate pair, else currentRoundTripTime",
    ),
};

/// From [`availableOutgoingBitrate`], at the end of the interval.
///
/// [`availableOutgoingBitrate`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcicecandidatepairstats-availableoutgoingbitrate
pub(super) const AVAILABLE_OUTGOING_BITRATE: Descriptor = Descriptor {
    name: "available_outgoing_bitrate_bps",
    unit: Unit::BitsPerSecond,
    formula: Formula::Of(Figure::AvailableOutgoing, 1),
    send: None,
    receive: Some(
        "availableOutgoingBitrate of the selected candidate pair at the end of the interval",
    ),
};
