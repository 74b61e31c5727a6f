//! `frozen_video`: a received picture stood still for a second or more of the interval.

use super::{Rule, Signal, Verdict};
use crate::{Metric, Scope};

/// A tenth of an interval: what people call "it froze" and not "it stuttered". In milliseconds.
const LONG_FREEZE: f64 = 1_000.0;

pub(super) const RULE: Rule = Rule {
    signal: Signal::FrozenVideo,
    scope: Scope::Received,
    threshold: LONG_FREEZE,
    more_is_worse: true,
    test: |interval| {
        Verdict::when(interval.value(Metric::FreezeTime), |frozen| {
            frozen >= LONG_FREEZE
        })
    },
};
