//! `cpu_limited` and `bandwidth_limited`: for half of the interval or more the encoder sent less than it was asked to.

use super::{Judged, Rule, Signal, Test};
use crate::{Metric, Scope};

/// Percent of the interval.
const MOST_OF_THE_TIME: f64 = 50.0;

const fn rule(signal: Signal, by: Metric) -> Rule {
    Rule {
        test: Test::AtLeast,
        // A camera that is off keeps its last reason.
        only_with: Some(Metric::PacketsSent),
        ..Rule::new(signal, Scope::Track, Judged::Share(by), MOST_OF_THE_TIME)
    }
}

pub(super) const CPU: Rule = rule(Signal::CpuLimited, Metric::LimitedCpu);
pub(super) const BANDWIDTH: Rule = rule(Signal::BandwidthLimited, Metric::LimitedBandwidth);
