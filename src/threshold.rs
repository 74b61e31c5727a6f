//! The thresholds that charts draw: those that issues are judged by, or what was chosen in their place.

use callscope_core::issue::{Issue, packet_loss, round_trip_time};

use crate::preference::preferred_number;

/// What an issue is judged by, in percent or milliseconds.
pub(crate) const fn judged_by(issue: Issue) -> f64 {
    match issue {
        Issue::PacketLoss => packet_loss::HIGH_LOSS.as_percent(),
        Issue::RoundTripTime => round_trip_time::HIGH_ROUND_TRIP_TIME.as_f64(),
    }
}

/// What is drawn.
pub(crate) fn drawn(issue: Issue) -> f64 {
    preferred_number(issue.name(), judged_by(issue))
}
