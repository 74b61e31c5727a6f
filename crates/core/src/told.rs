//! Intervals that were measured before: told by their figures, as a store has them.

use crate::interval::{Interval, Notes, Scope};
use crate::metric::{Formula, Metric};
use crate::span::Span;
use crate::tally::{Figure, Tally};
use crate::{Millis, Timestamp};

impl Interval {
    /// An interval that was measured before. The rest of it is to be filled in.
    ///
    /// ```
    /// use callscope_core::{Interval, Metric, Millis, Scope, Tally, Timestamp};
    ///
    /// let start = Timestamp::new(1_795_354_640_000.0).unwrap();
    /// let mut interval = Interval::told(Scope::Track, start, Millis::whole(10_003));
    /// interval.tally = Tally::told(|metric| match metric {
    ///     Metric::PacketsSent => Some(901.0),
    ///     Metric::PacketsLost => Some(12.0),
    ///     Metric::PacketLoss => Some(1.3143),
    ///     _ => None,
    /// });
    /// assert_eq!(interval.packet_loss().unwrap().to_string(), "1.3 %");
    /// assert_eq!(interval.value(Metric::RoundTripTime), None);
    /// ```
    #[must_use]
    pub fn told(scope: Scope, start: Timestamp, duration: Millis) -> Self {
        Self {
            start,
            duration,
            notes: Notes::default(),
            ..Self::of(scope, 0, Span::open(start))
        }
    }
}

impl Tally {
    /// What an interval of those figures adds up to: each metric of it has the value that `value` tells.
    #[must_use]
    pub fn told(value: impl Fn(Metric) -> Option<f64>) -> Self {
        let mut tally = Self::UNKNOWN;
        for &metric in Metric::ALL {
            let Some(told) = value(metric) else {
                continue;
            };
            match metric.formula() {
                Formula::Of(figure, factor) => tally.set(figure, told / f64::from(factor)),
                Formula::OrZero(figure) => tally.set(figure, told),
                Formula::Ratio(over, under, factor) => {
                    tally.set(over, told / f64::from(factor));
                    tally.set(under, 1.0);
                }
                Formula::Loss => {}
            }
        }
        let lost = tally.get(Figure::PacketsLost);
        if !lost.is_nan() {
            let delivered = value(Metric::PacketsSent).or_else(|| value(Metric::PacketsReceived));
            tally.set(
                Figure::PacketsJudged,
                match value(Metric::PacketLoss) {
                    // The share tells how many were judged, which need not be those that were sent meanwhile.
                    Some(percent) if percent > 0.0 => lost * (100.0 / percent - 1.0),
                    Some(_) => delivered.filter(|&it| it > 0.0).unwrap_or(1.0),
                    None => 0.0,
                },
            );
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Absence;

    #[test]
    fn every_metric_comes_back_as_it_was_told() {
        for percent in [0.0, 0.0312, 4.1, 100.0] {
            let told = |metric: Metric| {
                Some(match metric {
                    Metric::PacketLoss => percent,
                    Metric::PacketsLost if percent == 0.0 => 0.0,
                    other => 3.0 + f64::from(other as u8),
                })
            };
            let tally = Tally::told(told);
            for &metric in Metric::ALL {
                let (found, expected) = (metric.of(&tally).unwrap(), told(metric).unwrap());
                assert!(
                    (found - expected).abs() < 1e-9,
                    "{}: {found} for {expected}",
                    metric.name()
                );
            }
        }
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        let tally = Tally::told(|_| None);
        for &metric in Metric::ALL {
            assert_eq!(metric.of(&tally), None, "{}", metric.name());
        }
    }

    #[test]
    fn silence_is_told_from_what_was_not_reported() {
        let start = Timestamp::new(10_000.0).unwrap();
        let mut interval = Interval::told(Scope::Layer, start, Millis::whole(10_000));
        interval.tally = Tally::told(|metric| {
            matches!(metric, Metric::PacketsLost | Metric::PacketsSent).then_some(0.0)
        });
        let why = |interval: &Interval| interval.explain(Metric::PacketLoss).absence;
        assert_eq!(why(&interval), Some(Absence::NothingDue));
        interval.tally = Tally::told(|_| None);
        interval.notes.unreported = true;
        assert_eq!(why(&interval), Some(Absence::NoReport));
    }

    #[test]
    fn the_loss_of_several_is_that_of_their_sums() {
        let of = |sent: f64, lost: f64| {
            Tally::told(move |metric| match metric {
                Metric::PacketsSent => Some(sent),
                Metric::PacketsLost => Some(lost),
                Metric::PacketLoss => Some(100.0 * lost / (lost + sent)),
                _ => None,
            })
        };
        let mut both = of(900.0, 100.0);
        both.merge(&of(1_000.0, 0.0));
        assert!((Metric::PacketLoss.of(&both).unwrap() - 5.0).abs() < 1e-9);
    }
}
