//! The thresholds that charts draw: those that issues are judged by, and what was chosen in their place or beside them.

use callscope_core::issue::{Issue, packet_loss, round_trip_time};
use callscope_core::to_short;

use crate::chart::{Severity, Threshold};
use crate::preference::preferred_number;

/// What an issue is judged by where nobody said otherwise, in percent or milliseconds.
pub(crate) const fn judged_by(issue: Issue) -> f64 {
    match issue {
        Issue::PacketLoss => packet_loss::HIGH_LOSS.as_percent(),
        Issue::RoundTripTime => round_trip_time::HIGH_ROUND_TRIP_TIME.as_f64(),
    }
}

/// What was chosen to be drawn.
pub(crate) fn chosen(issue: Issue) -> Option<f64> {
    let chosen = preferred_number(issue.name(), f64::NAN);
    chosen.is_finite().then_some(chosen)
}

/// What is drawn: what this call was judged by, and beside it what was chosen; the choice alone where nobody knows what it was judged by.
pub(crate) fn drawn(issue: Issue, judged: Option<f64>, chosen: Option<f64>) -> Vec<Threshold> {
    let (high, unit) = match issue {
        Issue::PacketLoss => ("High from", "%"),
        Issue::RoundTripTime => ("High above", "ms"),
    };
    let line = |before: &str, severity, value| Threshold {
        value,
        label: format!("{before} {} {unit}", to_short(value, 3)),
        severity,
    };
    let first = judged.or(chosen).unwrap_or_else(|| judged_by(issue));
    let own = chosen.filter(|own| *own != first);
    let own = own.map(|own| line("Your line:", Severity::Note, own));
    std::iter::once(line(high, Severity::Poor, first))
        .chain(own)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_stands_beside_what_a_call_was_judged_by_and_in_place_of_what_is_not_known() {
        let labels = |judged, chosen| {
            let drawn = drawn(Issue::PacketLoss, judged, chosen);
            drawn.into_iter().map(|it| it.label).collect::<Vec<_>>()
        };
        assert_eq!(labels(None, None), ["High from 5 %"]);
        assert_eq!(labels(None, Some(2.5)), ["High from 2.5 %"]);
        assert_eq!(labels(Some(1.0), None), ["High from 1 %"]);
        assert_eq!(labels(Some(1.0), Some(1.0)), ["High from 1 %"]);
        let both = ["High from 1 %", "Your line: 2.5 %"];
        assert_eq!(labels(Some(1.0), Some(2.5)), both);
    }
}
