//! `low_frame_rate`: a published camera video is sent with so few frames that movement is no longer fluent.

use super::{Judged, Rule, Signal};
use crate::{Kind, Metric, Scope};

/// Frames per second. Half of the 24 of film; shared screens are meant to have few, and are left out.
const FEW_FRAMES: f64 = 12.0;

pub(super) const RULE: Rule = Rule {
    kind: Some(Kind::Video),
    or_screen: false,
    // A camera that is off sends no frames: that is no fault.
    only_with: Some(Metric::FramesPerSecond),
    ..Rule::new(
        Signal::LowFrameRate,
        Scope::Track,
        Judged::Value(Metric::FramesPerSecond),
        FEW_FRAMES,
    )
};
