//! `round_trip_time`: packets of the track took too long, on average over the intervals, weighted by their length.

use crate::subject::Totals;
use crate::{Config, Millis};

/// A track whose average round trip time exceeds this has the issue (Twilio Video Insights, Detected Issues: > 300 ms).
pub const HIGH_ROUND_TRIP_TIME: Millis = Millis::whole(300);

pub(super) fn judge(totals: &Totals, config: &Config) -> Option<(f64, bool)> {
    totals
        .round_trip_time()
        .map(|average| (average.as_f64(), average > config.high_round_trip_time))
}
