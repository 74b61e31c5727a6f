//! `stalled_video`: packets of a received video arrive and no picture comes of them.

use super::{Judged, Rule, Signal};
use crate::{Kind, Metric, Scope};

/// Frames per second below which Twilio Video JS calls a remote track stalled.
const STALLED: f64 = 0.5;

pub(super) const RULE: Rule = Rule {
    kind: Some(Kind::Video),
    only_with: Some(Metric::PacketsReceived),
    ..Rule::new(
        Signal::StalledVideo,
        Scope::Received,
        Judged::Value(Metric::FramesPerSecond),
        STALLED,
    )
};
