//! `concealed_audio`: a good part of what is heard was made up, because packets were late or lost.

use super::{Judged, Rule, Signal, Test};
use crate::{Metric, Scope};

/// Percent of the samples. Speech starts to sound broken at about one sample in twenty.
const MUCH: f64 = 5.0;

pub(super) const RULE: Rule = Rule {
    test: Test::AtLeast,
    ..Rule::new(
        Signal::ConcealedAudio,
        Scope::Received,
        Judged::Value(Metric::Concealed),
        MUCH,
    )
};
