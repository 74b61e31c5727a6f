//! What a chart shows: tracks as points, spans of time, thresholds.

use std::sync::Arc;

use super::scale::View;
use crate::order::by_number;

/// One interval of one track: what was measured between `start` and `end`.
///
/// A chart draws the point at the interval's middle, because a mean belongs to its whole interval:
/// at its start it would look ten seconds early, at its end ten seconds late. Tables and exports
/// name the interval by its start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    start: f64,
    end: f64,
    value: Option<f64>,
    open: bool,
}

impl Point {
    /// A finished interval, times in milliseconds since the epoch. A value that is not finite
    /// counts as unknown.
    #[must_use]
    pub fn new(start: f64, end: f64, value: Option<f64>) -> Self {
        Self {
            start,
            end: end.max(start),
            value: value.filter(|value| value.is_finite()),
            open: false,
        }
    }

    /// An interval that is still in progress: its value may yet change, and is drawn as such.
    #[must_use]
    pub fn in_progress(start: f64, end: f64, value: Option<f64>) -> Self {
        Self {
            open: true,
            ..Self::new(start, end, value)
        }
    }

    /// The interval's start, in milliseconds since the epoch.
    #[must_use]
    pub fn start(&self) -> f64 {
        self.start
    }

    /// The interval's end, in milliseconds since the epoch.
    #[must_use]
    pub fn end(&self) -> f64 {
        self.end
    }

    /// Where the point is drawn: the middle of its interval.
    #[must_use]
    pub fn middle(&self) -> f64 {
        f64::midpoint(self.start, self.end)
    }

    /// The measured value in the chart's unit; `None` when it is unknown, which is not zero.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.value
    }

    /// Whether the interval is still in progress.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Whether a line may lead from this point to `next`: both are known and no interval is missing
    /// between them.
    ///
    /// Neighbouring intervals may miss each other by a timer's jitter; half an interval is more
    /// than any jitter and less than a missing interval.
    #[must_use]
    pub fn joins(&self, next: &Self) -> bool {
        let tolerance = (self.end - self.start) / 2.0;
        self.value.is_some() && next.value.is_some() && next.start - self.end <= tolerance
    }
}

/// One track of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The name in the legend. Unique within a chart; the same name in two charts of a group is the
    /// same track, so that isolating it in one isolates it in all.
    pub name: String,
    /// Which track colour: 0 to 3. Any further track shares one neutral colour and is told apart by
    /// highlighting.
    pub colour: usize,
    points: Arc<[Point]>,
}

impl Series {
    /// A track of `points`, sorted here by start if they are not yet.
    #[must_use]
    pub fn new(name: impl Into<String>, colour: usize, mut points: Vec<Point>) -> Self {
        if !points.is_sorted_by(|a, b| a.start <= b.start) {
            points = by_number(points, |point| point.start);
        }
        Self {
            name: name.into(),
            colour,
            points: points.into(),
        }
    }

    /// All points, by start.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The points of a view and one more at each side, so that lines reach the plot's edges.
    #[must_use]
    pub fn window(&self, view: View) -> &[Point] {
        let from = self.points.partition_point(|point| point.end < view.t0);
        let to = self.points.partition_point(|point| point.start <= view.t1);
        let to = (to + 1).min(self.points.len());
        &self.points[from.saturating_sub(1).min(to)..to]
    }

    /// The point whose interval contains the time `t`.
    #[must_use]
    pub fn at(&self, t: f64) -> Option<&Point> {
        let after = self.points.partition_point(|point| point.start <= t);
        let point = self.points[..after].last()?;
        (t < point.end || (t <= point.end && after == self.points.len())).then_some(point)
    }

    /// The latest point, known or not.
    #[must_use]
    pub fn latest(&self) -> Option<&Point> {
        self.points.last()
    }

    /// From the first interval's start to the last one's end; `None` without points.
    #[must_use]
    pub fn extent(&self) -> Option<View> {
        View::new(self.points.first()?.start, self.points.last()?.end)
    }
}

/// How bad something is, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Part of any call: somebody came, a track was switched off.
    Note,
    /// Worth knowing: a signal.
    Warning,
    /// A detected issue, or a value past the limit of what is acceptable.
    Poor,
}

impl Severity {
    /// The class of what has its colour.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Note => "chart-note",
            Self::Warning => "chart-warning",
            Self::Poor => "chart-poor",
        }
    }
}

/// A value past which a chart reads as bad: a dashed line, named in the legend.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// In the chart's unit.
    pub value: f64,
    /// The text of the legend, such as "Poor above 3 %".
    pub label: String,
    /// The colour of the line.
    pub severity: Severity,
}

/// A span of time behind a chart's lines, such as an issue's.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// In milliseconds since the epoch.
    pub t0: f64,
    /// In milliseconds since the epoch; `None` while it goes on.
    pub t1: Option<f64>,
    /// The band's colour.
    pub severity: Severity,
    /// What it says above the plot; empty says nothing.
    pub label: String,
}

/// What the lines of a chart are held against.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Backdrop {
    /// Values past which the chart reads as bad.
    pub thresholds: Vec<Threshold>,
    /// Spans behind the lines: issues, signals.
    pub bands: Vec<Band>,
}

/// The spans in which no track of a chart has a value, between the chart's first and last interval.
#[must_use]
pub fn unknown_spans(series: &[Series]) -> Vec<View> {
    let known: Vec<View> = series
        .iter()
        .flat_map(|track| track.points().iter())
        .filter(|point| point.value.is_some())
        .filter_map(|point| View::new(point.start, point.end))
        .collect();
    let known = by_number(known, |span| span.t0);
    let Some(extent) = series.iter().filter_map(Series::extent).reduce(View::union) else {
        return Vec::new();
    };

    let mut spans = Vec::new();
    let mut covered = extent.t0;
    for view in known {
        // The same tolerance as `Point::joins`: where a line may go through, nothing is unknown.
        if view.t0 - covered > view.span() / 2.0 {
            spans.extend(View::new(covered, view.t0));
        }
        covered = covered.max(view.t1);
    }
    spans.extend(View::new(covered, extent.t1));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tens(values: &[Option<f64>]) -> Vec<Point> {
        (0_u32..)
            .zip(values)
            .map(|(i, value)| {
                let start = f64::from(i) * 10_000.0;
                Point::new(start, start + 10_000.0, *value)
            })
            .collect()
    }

    #[test]
    fn what_is_not_finite_is_unknown() {
        assert_eq!(Point::new(0.0, 1.0, Some(f64::NAN)).value(), None);
        assert_eq!(Point::new(0.0, 1.0, Some(f64::INFINITY)).value(), None);
    }

    #[test]
    fn a_line_crosses_jitter_but_no_missing_interval() {
        let first = Point::new(0.0, 10_003.0, Some(1.0));
        assert!(first.joins(&Point::new(10_000.0, 20_000.0, Some(1.0))));
        assert!(first.joins(&Point::new(11_000.0, 20_000.0, Some(1.0))));
        assert!(!first.joins(&Point::new(20_000.0, 30_000.0, Some(1.0))));
        assert!(!first.joins(&Point::new(10_000.0, 20_000.0, None)));
    }

    #[test]
    fn a_window_has_one_more_point_at_each_side() {
        let track = Series::new("a", 0, tens(&[Some(1.0); 10]));
        let view = View {
            t0: 31_000.0,
            t1: 49_000.0,
        };
        let starts: Vec<f64> = track.window(view).iter().map(Point::start).collect();
        assert_eq!(starts, [20_000.0, 30_000.0, 40_000.0, 50_000.0]);
        let before = View { t0: -9e6, t1: -8e6 };
        assert_eq!(track.window(before).len(), 1);
        let after = View { t0: 8e6, t1: 9e6 };
        assert_eq!(track.window(after).len(), 1);
        assert!(Series::new("b", 0, vec![]).window(view).is_empty());
    }

    #[test]
    fn the_point_at_a_time_is_the_one_whose_interval_holds_it() {
        let track = Series::new("a", 0, tens(&[Some(1.0), None, Some(3.0)]));
        assert_eq!(track.at(9_999.0).and_then(Point::value), Some(1.0));
        assert_eq!(track.at(10_000.0).map(Point::value), Some(None));
        assert_eq!(track.at(30_000.0).and_then(Point::value), Some(3.0));
        assert_eq!(track.at(30_001.0), None);
        assert_eq!(track.at(-1.0), None);
    }

    #[test]
    fn unsorted_points_are_sorted() {
        let mut points = tens(&[Some(1.0), Some(2.0), Some(3.0)]);
        points.reverse();
        assert_eq!(
            Series::new("a", 0, points).at(0.0).and_then(Point::value),
            Some(1.0)
        );
    }

    #[test]
    fn a_span_is_unknown_only_where_every_track_is() {
        let a = Series::new("a", 0, tens(&[Some(1.0), None, None, Some(1.0), None]));
        let b = Series::new("b", 1, tens(&[None, Some(1.0), None, None, None]));
        assert_eq!(
            unknown_spans(&[a, b]),
            [
                View {
                    t0: 20_000.0,
                    t1: 30_000.0
                },
                View {
                    t0: 40_000.0,
                    t1: 50_000.0
                }
            ]
        );
        assert!(unknown_spans(&[]).is_empty());
    }
}
