//! `no_media`: there are received tracks, and for a whole interval nothing arrived on the connection.

use super::{Rule, Signal, Verdict};
use crate::{Metric, Scope};

pub(super) const RULE: Rule = Rule {
    signal: Signal::NoMedia,
    scope: Scope::Connection,
    threshold: 0.0,
    more_is_worse: false,
    test: |interval| {
        Verdict::when(interval.value(Metric::PacketsReceived), |packets| {
            packets <= 0.0
        })
    },
};
