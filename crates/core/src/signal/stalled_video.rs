//! `stalled_video`: packets of a received video arrive and no picture comes of them.

use super::{Rule, Signal, Verdict};
use crate::{Kind, Metric, Scope};

/// Frames per second below which Twilio Video JS calls a remote track stalled.
const STALLED: f64 = 0.5;

pub(super) const RULE: Rule = Rule {
    signal: Signal::StalledVideo,
    scope: Scope::Received,
    threshold: STALLED,
    more_is_worse: false,
    test: |interval| {
        if interval.kind != Some(Kind::Video) {
            return Verdict::Unknown;
        }
        match interval.value(Metric::PacketsReceived) {
            Some(packets) if packets > 0.0 => {
                Verdict::when(interval.value(Metric::FramesPerSecond), |frames| {
                    frames < STALLED
                })
            }
            Some(_) => Verdict::Clear,
            None => Verdict::Unknown,
        }
    },
};
