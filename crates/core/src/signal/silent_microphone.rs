//! `silent_microphone`: the source of a published audio track gave next to no sound for a whole interval.
//!
//! A track that was muted is silent as well: whether the silence was meant, the application knows.

use super::{Judged, Rule, Signal};
use crate::{Kind, Metric, Scope};

/// −60 dB below full scale: quieter than a quiet room.
const SILENCE: f64 = 0.001;

pub(super) const RULE: Rule = Rule {
    kind: Some(Kind::Audio),
    ..Rule::new(
        Signal::SilentMicrophone,
        Scope::Track,
        Judged::Value(Metric::AudioLevel),
        SILENCE,
    )
};
