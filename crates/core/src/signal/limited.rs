//! `cpu_limited` and `bandwidth_limited`: for half of the interval or more the encoder sent less than it was asked to.

use super::{Rule, Signal, Verdict};
use crate::{Interval, Metric, Scope};

/// Percent of the interval.
const MOST_OF_THE_TIME: f64 = 50.0;

const fn rule(signal: Signal, test: fn(&Interval) -> Verdict) -> Rule {
    Rule {
        signal,
        scope: Scope::Track,
        threshold: MOST_OF_THE_TIME,
        more_is_worse: true,
        test,
    }
}

fn limited(interval: &Interval, by: Metric) -> Verdict {
    let share = interval
        .value(by)
        .map(|seconds| 100_000.0 * seconds / interval.duration.as_f64());
    // A camera that is off keeps its last reason.
    let sends = interval
        .value(Metric::PacketsSent)
        .is_some_and(|packets| packets > 0.0);
    Verdict::when(share, |share| sends && share >= MOST_OF_THE_TIME)
}

pub(super) const CPU: Rule = rule(Signal::CpuLimited, |interval| {
    limited(interval, Metric::LimitedCpu)
});
pub(super) const BANDWIDTH: Rule = rule(Signal::BandwidthLimited, |interval| {
    limited(interval, Metric::LimitedBandwidth)
});
