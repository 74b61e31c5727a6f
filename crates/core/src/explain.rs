//! Where a figure came from, or why there is none.

use core::fmt;

use crate::interval::{Direction, Interval, Scope};
use crate::metric::Metric;
use crate::tally::Figure;

/// Why a metric has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The metric is not one of this direction.
    NotOfThisDirection,
    /// The interval holds only a first sample, or a counter fell throughout: there is nothing to subtract from.
    Baseline,
    /// No RTCP report about it arrived during the interval.
    NoReport,
    /// No packet was due: silence is not perfection.
    NothingDue,
    /// The browser does not report what it is computed from.
    NotReported,
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotOfThisDirection => "not a metric of this direction",
            Self::Baseline => "only a first reading: there is nothing to subtract it from",
            Self::NoReport => "no RTCP report arrived during the interval",
            Self::NothingDue => "no packet was due",
            Self::NotReported => "the browser does not report it",
        })
    }
}

/// Where one figure of one interval came from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Explanation {
    /// The value, in the metric's unit.
    pub value: Option<f64>,
    /// The formula, in W3C's words.
    pub formula: Option<&'static str>,
    /// Why there is no value; `None` if there is one.
    pub absence: Option<Absence>,
    /// A counter fell during the interval: that step is not in the figure.
    pub counter_fell: bool,
    /// The figure covers packets of earlier intervals, too: there was no report on them before.
    pub carried: bool,
    /// A layer got no report and is not in the figure.
    pub unreported: bool,
}

impl Interval {
    /// Says where a metric's figure came from, or why there is none.
    #[must_use]
    pub fn explain(&self, metric: Metric) -> Explanation {
        let value = self.value(metric);
        let formula = match self.direction() {
            Direction::Send => metric.send_formula(),
            Direction::Receive => metric.receive_formula(),
        };
        let by_report = matches!(
            metric,
            Metric::PacketsLost | Metric::PacketLoss | Metric::RoundTripTime | Metric::Jitter
        ) && self.direction() == Direction::Send;
        let absence = value
            .is_none()
            .then(|| self.why_absent(metric, formula.is_some(), by_report));
        Explanation {
            value,
            formula,
            absence,
            counter_fell: self.notes.counter_fell,
            carried: self.notes.carried
                && matches!(metric, Metric::PacketsLost | Metric::PacketLoss),
            unreported: self.notes.unreported && by_report,
        }
    }

    fn why_absent(&self, metric: Metric, of_this_direction: bool, by_report: bool) -> Absence {
        if !of_this_direction {
            Absence::NotOfThisDirection
        } else if self.notes.baseline {
            Absence::Baseline
        } else if metric == Metric::PacketLoss && self.tally.get(Figure::PacketsJudged) == 0.0 {
            Absence::NothingDue
        } else if by_report && self.is_unreported() {
            Absence::NoReport
        } else {
            Absence::NotReported
        }
    }

    /// Whether no layer at all got a report.
    fn is_unreported(&self) -> bool {
        match self.scope {
            Scope::Layer => self.notes.unreported,
            _ => self.parts.iter().all(Self::is_unreported),
        }
    }
}
