//! `silent_microphone`: the source of a published audio track gave next to no sound for a whole interval.
//!
//! A track that was muted is silent as well: whether the silence was meant, the application knows.

use super::{Rule, Signal, Verdict};
use crate::{Kind, Metric, Scope};

/// −60 dB below full scale: quieter than a quiet room.
const SILENCE: f64 = 0.001;

pub(super) const RULE: Rule = Rule {
    signal: Signal::SilentMicrophone,
    scope: Scope::Track,
    threshold: SILENCE,
    more_is_worse: false,
    test: |interval| {
        if interval.kind != Some(Kind::Audio) {
            return Verdict::Unknown;
        }
        Verdict::when(interval.value(Metric::AudioLevel), |level| level < SILENCE)
    },
};
