//! `concealed_audio`: a good part of what is heard was made up, because packets were late or lost.

use super::{Rule, Signal, Verdict};
use crate::{Metric, Scope};

/// Percent of the samples. Speech starts to sound broken at about one sample in twenty.
const MUCH: f64 = 5.0;

pub(super) const RULE: Rule = Rule {
    signal: Signal::ConcealedAudio,
    scope: Scope::Received,
    threshold: MUCH,
    more_is_worse: true,
    test: |interval| {
        Verdict::when(interval.value(Metric::Concealed), |concealed| {
            concealed >= MUCH
        })
    },
};
