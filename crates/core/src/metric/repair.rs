//! What was done about lost packets and pictures, over all layers: [`retransmittedPacketsSent`], [`nackCount`],
//! [`pliCount`], [`firCount`].
//!
//! [`retransmittedPacketsSent`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-retransmittedpacketssent
//! [`nackCount`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-nackcount
//! [`pliCount`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-plicount
//! [`firCount`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-fircount

use super::{Descriptor, Formula, Unit};
use crate::tally::Sum;

const fn count(name: &'static str, sum: Sum, send: &'static str) -> Descriptor {
    Descriptor {
        name,
        unit: Unit::Count,
        formula: Formula::Sum(sum, 1.0),
        send: Some(send),
        receive: None,
    }
}

pub(super) const RETRANSMITTED: Descriptor = count(
    "retransmitted_packets",
    Sum::Retransmitted,
    "Σ layers Δ retransmittedPacketsSent",
);
pub(super) const NACK: Descriptor = count("nack_count", Sum::Nack, "Σ layers Δ nackCount");
pub(super) const PLI: Descriptor = count("pli_count", Sum::Pli, "Σ layers Δ pliCount");
pub(super) const FIR: Descriptor = count("fir_count", Sum::Fir, "Σ layers Δ firCount");
