//! `frozen_video`: a received picture stood still for a second or more of the interval.

use super::{Judged, Rule, Signal, Test};
use crate::{Metric, Scope};

/// A tenth of an interval: what people call "it froze" and not "it stuttered". In milliseconds.
const LONG_FREEZE: f64 = 1_000.0;

pub(super) const RULE: Rule = Rule {
    test: Test::AtLeast,
    ..Rule::new(
        Signal::FrozenVideo,
        Scope::Received,
        Judged::Value(Metric::FreezeTime),
        LONG_FREEZE,
    )
};
