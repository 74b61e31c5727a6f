//! Why the encoder could not do better, in seconds of the interval ([`qualityLimitationDurations`]).
//!
//! Browsers keep one account for all layers of a track, so the largest layer's is the track's.
//!
//! [`qualityLimitationDurations`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-qualitylimitationdurations

use super::{Descriptor, Formula, Unit};
use crate::tally::Figure;

const fn limited(name: &'static str, peak: Figure, send: &'static str) -> Descriptor {
    Descriptor {
        name,
        unit: Unit::Seconds,
        formula: Formula::Of(peak, 1),
        send: Some(send),
        receive: None,
    }
}

pub(super) const NONE: Descriptor = limited(
    "limited_none_s",
    Figure::LimitedNone,
    "max layers Δ qualityLimitationDurations.none",
);
pub(super) const BANDWIDTH: Descriptor = limited(
    "limited_bandwidth_s",
    Figure::LimitedBandwidth,
    "max layers Δ qualityLimitationDurations.bandwidth",
);
pub(super) const CPU: Descriptor = limited(
    "limited_cpu_s",
    Figure::LimitedCpu,
    "max layers Δ qualityLimitationDurations.cpu",
);
pub(super) const OTHER: Descriptor = limited(
    "limited_other_s",
    Figure::LimitedOther,
    "max layers Δ qualityLimitationDurations.other",
);
