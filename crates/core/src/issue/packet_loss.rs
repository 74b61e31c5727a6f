//! `packet_loss`: the track lost too large a share of its packets.

use crate::subject::Totals;
use crate::{Config, LossRatio};

/// A track whose cumulative loss reaches this share has the issue (Twilio Video Insights, Detected Issues: >= 5 %).
pub const HIGH_LOSS: LossRatio = LossRatio::percent(5);

pub(super) fn judge(totals: &Totals, config: &Config) -> Option<(f64, bool)> {
    totals
        .packet_loss()
        .map(|loss| (loss.as_percent(), loss >= config.high_loss))
}
