//! `low_frame_rate`: a published camera video is sent with so few frames that movement is no longer fluent.

use super::{Rule, Signal, Verdict};
use crate::{Kind, Metric, Scope};

/// Frames per second. Half of the 24 of film; shared screens are meant to have few, and are left out.
const FEW_FRAMES: f64 = 12.0;

pub(super) const RULE: Rule = Rule {
    signal: Signal::LowFrameRate,
    scope: Scope::Track,
    threshold: FEW_FRAMES,
    more_is_worse: false,
    test: |interval| {
        if interval.kind != Some(Kind::Video) || interval.screen_share {
            return Verdict::Unknown;
        }
        // A camera that is off sends no frames: that is no fault.
        Verdict::when(interval.value(Metric::FramesPerSecond), |frames| {
            frames > 0.0 && frames < FEW_FRAMES
        })
    },
};
