//! What was done about lost packets and pictures, over all layers: [`retransmittedPacketsSent`], [`nackCount`],
//! [`pliCount`], [`firCount`].
//!
//! [`retransmittedPacketsSent`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-retransmittedpacketssent
//! [`nackCount`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-nackcount
//! [`pliCount`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-plicount
//! [`firCount`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-fircount

use super::{Descriptor, Formula, Unit};
use crate::tally::Figure;

const fn count(name: &'static str, sum: Figure, send: &'static str) -> Descriptor {
    Descriptor {
        name,
        unit: Unit::Count,
        formula: Formula::Of(sum, 1),
        send: Some(send),
        receive: None,
    }
}

pub(super) const RETRANSMITTED: Descriptor = count(
    "retransmitted_packets",
    Figure::Retransmitted,
    "Σ layers Δ retransmittedPacketsSent",
);
pub(super) const NACK: Descriptor = count("nack_count", Figure::Nack, "Σ layers Δ nackCount");
pub(super) const PLI: Descriptor = count("pli_count", Figure::Pli, "Σ layers Δ pliCount");
pub(super) const FIR: Descriptor = count("fir_count", Figure::Fir, "Σ layers Δ firCount");
