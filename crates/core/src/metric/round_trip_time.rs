//! Round trip time, from the RTCP reports: the maximum over the layers.
//!
//! Of a layer: `1000 · Δ`[`totalRoundTripTime`]` / Δ`[`roundTripTimeMeasurements`]; where the browser has no totals, the
//! mean of the [`roundTripTime`] of each report that arrived in the interval. A report that was there before counts for
//! nothing: a paused layer keeps its last one for ever. `None` when none arrived.
//!
//! [`totalRoundTripTime`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcremoteinboundrtpstreamstats-totalroundtriptime
//! [`roundTripTimeMeasurements`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcremoteinboundrtpstreamstats-roundtriptimemeasurements
//! [`roundTripTime`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcremoteinboundrtpstreamstats-roundtriptime

use super::{Descriptor, Formula, Unit};
use crate::tally::Figure;

pub(super) const ROUND_TRIP_TIME: Descriptor = Descriptor {
    name: "rtt_ms",
    unit: Unit::Milliseconds,
    formula: Formula::Of(Figure::RoundTripTime, 1),
    send: Some(
        "max layers 1000 · Δ totalRoundTripTime / Δ roundTripTimeMeasurements, else the mean of new roundTripTime",
    ),
    receive: None,
};
