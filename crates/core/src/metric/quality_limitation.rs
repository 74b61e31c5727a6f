//! Why the encoder could not do better, in seconds of the interval ([`qualityLimitationDurations`]).
//!
//! Browsers keep one account for all layers of a track, so the largest layer's is the track's.
//!
//! [`qualityLimitationDurations`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-qualitylimitationdurations

use super::{Descriptor, Formula, Unit};
use crate::tally::Peak;

const fn limited(name: &'static str, peak: Peak, send: &'static str) -> Descriptor {
    Descriptor {
        name,
        unit: Unit::Seconds,
        formula: Formula::Peak(peak, 1.0),
        send: Some(send),
        receive: None,
    }
}

pub(super) const NONE: Descriptor = limited(
    "limited_none_s",
    Peak::LimitedNone,
    "max layers Δ qualityLimitationDurations.none",
);
pub(super) const BANDWIDTH: Descriptor = limited(
    "limited_bandwidth_s",
    Peak::LimitedBandwidth,
    "max layers Δ qualityLimitationDurations.bandwidth",
);
pub(super) const CPU: Descriptor = limited(
    "limited_cpu_s",
    Peak::LimitedCpu,
    "max layers Δ qualityLimitationDurations.cpu",
);
pub(super) const OTHER: Descriptor = limited(
    "limited_other_s",
    Peak::LimitedOther,
    "max layers Δ qualityLimitationDurations.other",
);
