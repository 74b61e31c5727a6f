//! Fewer points where a view has more than it has pixels.
//!
//! # Contract
//!
//! Given points in order of time, and buckets of a fixed length counted from the epoch:
//!
//! 1. **No peak is lost**: the largest and the smallest value of every bucket are that bucket's
//!    [`Bucket::max`] and [`Bucket::min`].
//! 2. **A gap stays a gap, however short**: where two neighbouring points do not
//!    [join](Point::joins), the pen goes up, and a bucket that the gap falls into becomes two.
//! 3. **Ends stay where they are**: every gap-free run begins with its first and ends with its
//!    last point, as measured.
//! 4. **Panning does not shimmer**: a bucket's bounds depend on time alone, never on the view.
//!
//! Largest-triangle methods hold none of 1, 2 and 4; that is why this is a plain envelope.

use super::model::Point;
use super::unit::Aggregate;

/// What remains of some points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Envelope {
    /// The buckets that have a value, in order.
    pub buckets: Vec<Bucket>,
    /// The line: times in milliseconds since the epoch and values; `None` lifts the pen.
    pub line: Vec<Option<(f64, f64)>>,
}

/// The points of one stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// Where its first interval starts, in milliseconds since the epoch.
    pub start: f64,
    /// Where its last interval ends, in milliseconds since the epoch.
    pub end: f64,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
}

/// Bucket lengths, in milliseconds: what divides minutes and hours evenly.
const LENGTHS: [f64; 13] = [
    2e3, 5e3, 10e3, 20e3, 30e3, 60e3, 120e3, 300e3, 600e3, 1_800e3, 3_600e3, 10_800e3, 86_400e3,
];

/// The bucket length for a plot of `width` CSS pixels: the first that is 2 CSS pixels wide. `None`
/// when `points` are few enough to draw each of them.
#[must_use]
pub fn bucket_length(points: usize, span: f64, width: f64) -> Option<f64> {
    let columns = (width / 2.0).max(1.0);
    let least = span / columns;
    let many = u32::try_from(points).map_or(f64::INFINITY, f64::from) > columns;
    many.then(|| {
        LENGTHS
            .into_iter()
            .find(|length| *length >= least)
            .unwrap_or(least)
    })
}

/// Reduces `points` to buckets of `length` milliseconds, as the module's contract says.
#[must_use]
pub fn decimate(points: &[Point], length: f64, aggregate: Aggregate) -> Envelope {
    let mut envelope = Envelope::default();
    for run in points.chunk_by(Point::joins) {
        // Nothing joins an unknown point, so it is a run of its own.
        if run.iter().any(|point| point.value().is_none()) {
            continue;
        }
        if !envelope.line.is_empty() {
            envelope.line.push(None);
        }
        for part in run.chunk_by(|a, b| bucket_of(a, length) == bucket_of(b, length)) {
            push_bucket(&mut envelope, part, aggregate);
        }
        push_ends(&mut envelope.line, run);
    }
    envelope
}

/// The line through every point, with no buckets: for as many points as a plot has room for.
#[must_use]
pub fn every_point(points: &[Point]) -> Envelope {
    let mut line = Vec::with_capacity(points.len());
    for run in points.chunk_by(Point::joins) {
        let vertices = run
            .iter()
            .filter_map(|point| Some(Some((point.middle(), point.value()?))));
        let before = line.len();
        line.extend(vertices);
        if before > 0 && line.len() > before {
            line.insert(before, None);
        }
    }
    Envelope {
        buckets: Vec::new(),
        line,
    }
}

fn bucket_of(point: &Point, length: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a count of buckets since the epoch fits an i64"
    )]
    let index = (point.start() / length).floor() as i64;
    index
}

fn push_bucket(envelope: &mut Envelope, part: &[Point], aggregate: Aggregate) {
    let (Some(first), Some(last)) = (part.first(), part.last()) else {
        return;
    };
    let (mut min, mut max, mut sum, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0.0);
    for value in part.iter().filter_map(Point::value) {
        min = min.min(value);
        max = max.max(value);
        sum += value;
        count += 1.0;
    }
    envelope.buckets.push(Bucket {
        start: first.start(),
        end: last.end(),
        min,
        max,
    });
    let value = match aggregate {
        Aggregate::Mean => sum / count,
        Aggregate::Max => max,
        Aggregate::Min => min,
    };
    envelope
        .line
        .push(Some((f64::midpoint(first.middle(), last.middle()), value)));
}

/// Makes a run's line begin and end with its own first and last point. A run of one point already
/// does.
fn push_ends(line: &mut Vec<Option<(f64, f64)>>, run: &[Point]) {
    let vertex = |point: &Point| point.value().map(|value| (point.middle(), value));
    if let [first, .., last] = run {
        let begin = line
            .iter()
            .rposition(Option::is_none)
            .map_or(0, |gap| gap + 1);
        if line.get(begin) != Some(&vertex(first)) {
            line.insert(begin, vertex(first));
        }
        if line.last() != Some(&vertex(last)) {
            line.push(vertex(last));
        }
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use proptest::prelude::*;

    /// Ten-second intervals, some unknown, some missing.
    fn points() -> impl Strategy<Value = Vec<Point>> {
        let interval = prop_oneof![
            6 => (0.0_f64..1e7).prop_map(|value| Some(Some(value))),
            1 => Just(Some(None)),
            1 => Just(None),
        ];
        (0_u32..100_000, proptest::collection::vec(interval, 0..400)).prop_map(
            |(first, intervals)| {
                (first..)
                    .zip(intervals)
                    .filter_map(|(i, value)| {
                        let start = f64::from(i) * 10_000.0;
                        Some(Point::new(start, start + 10_000.0, value?))
                    })
                    .collect()
            },
        )
    }

    fn lengths() -> impl Strategy<Value = f64> {
        proptest::sample::select(LENGTHS.to_vec())
    }

    fn aggregates() -> impl Strategy<Value = Aggregate> {
        proptest::sample::select(vec![Aggregate::Mean, Aggregate::Max, Aggregate::Min])
    }

    /// The runs of points between which the pen must go up.
    fn runs(points: &[Point]) -> Vec<Vec<Point>> {
        let mut runs: Vec<Vec<Point>> = Vec::new();
        let mut previous: Option<Point> = None;
        for point in points {
            if point.value().is_some() {
                match previous.filter(|previous| previous.joins(point)) {
                    Some(_) => runs.last_mut().into_iter().for_each(|run| run.push(*point)),
                    None => runs.push(vec![*point]),
                }
            }
            previous = Some(*point);
        }
        runs
    }

    proptest! {
        #[test]
        fn every_peak_is_kept(points in points(), length in lengths(), aggregate in aggregates()) {
            let envelope = decimate(&points, length, aggregate);
            for point in &points {
                let Some(value) = point.value() else { continue };
                let holder = envelope.buckets.iter().find(|bucket| bucket.start <= point.start() && point.end() <= bucket.end);
                prop_assert!(holder.is_some_and(|bucket| bucket.min <= value && value <= bucket.max));
            }
            // And no bucket claims more than was measured.
            for bucket in &envelope.buckets {
                let inside = |value: f64| points.iter().any(|point| {
                    point.value() == Some(value) && bucket.start <= point.start() && point.end() <= bucket.end
                });
                prop_assert!(inside(bucket.max) && inside(bucket.min));
            }
        }

        #[test]
        fn gaps_stay_gaps_and_ends_stay_ends(points in points(), length in lengths(), aggregate in aggregates()) {
            let envelope = decimate(&points, length, aggregate);
            let drawn: Vec<&[Option<(f64, f64)>]> = envelope.line.split(Option::is_none).filter(|run| !run.is_empty()).collect();
            let expected = runs(&points);
            prop_assert_eq!(drawn.len(), expected.len());
            let plain = every_point(&points);
            let plain: Vec<_> = plain.line.split(Option::is_none).filter(|run| !run.is_empty()).collect();
            prop_assert_eq!(plain.len(), expected.len());
            for (drawn, expected) in drawn.iter().zip(&expected) {
                let (first, last) = (expected.first().unwrap(), expected.last().unwrap());
                prop_assert_eq!(drawn.first().unwrap().unwrap(), (first.middle(), first.value().unwrap()));
                prop_assert_eq!(drawn.last().unwrap().unwrap(), (last.middle(), last.value().unwrap()));
            }
        }

        #[test]
        fn the_line_goes_forward_and_within_the_envelope(points in points(), length in lengths(), aggregate in aggregates()) {
            let envelope = decimate(&points, length, aggregate);
            let line: Vec<(f64, f64)> = envelope.line.iter().flatten().copied().collect();
            prop_assert!(line.windows(2).all(|pair| pair[0].0 <= pair[1].0));
            for (t, value) in line {
                // A mean is rounded.
                let holder = envelope.buckets.iter().find(|bucket| {
                    bucket.start <= t && t <= bucket.end && bucket.min <= value * 1.000_001 && value <= bucket.max * 1.000_001
                });
                prop_assert!(holder.is_some());
            }
        }

        #[test]
        fn a_bucket_does_not_depend_on_what_is_in_view(points in points(), length in lengths(), cut in 0_usize..400) {
            let whole = decimate(&points, length, Aggregate::Mean);
            let cut = cut.min(points.len());
            let part = decimate(&points[cut..], length, Aggregate::Mean);
            // All but the bucket that the cut goes through.
            for bucket in part.buckets.iter().skip(1) {
                prop_assert!(whole.buckets.contains(bucket));
            }
        }
    }

    #[test]
    fn eight_hours_become_as_many_buckets_as_columns_allow() {
        let points: Vec<Point> = (0..2_880_u32)
            .map(|i| {
                Point::new(
                    f64::from(i) * 10e3,
                    f64::from(i + 1) * 10e3,
                    Some(f64::from(i % 7)),
                )
            })
            .collect();
        let length = bucket_length(points.len(), 8.0 * 3_600e3, 1116.0).unwrap();
        assert!((length - 60e3).abs() < 1e-9);
        assert_eq!(decimate(&points, length, Aggregate::Max).buckets.len(), 480);
    }

    #[test]
    fn few_points_are_all_drawn() {
        assert_eq!(bucket_length(360, 3_600e3, 1116.0), None);
        assert!(bucket_length(usize::MAX, 1e15, 0.0).is_some_and(f64::is_finite));
    }

    #[test]
    fn the_line_shows_what_the_unit_asks_for() {
        let points = [10.0, 30.0, 20.0, 20.0].map(Some);
        let points: Vec<Point> = (0_u32..)
            .zip(points)
            .map(|(i, value)| Point::new(f64::from(i) * 10e3, f64::from(i + 1) * 10e3, value))
            .collect();
        let at = |aggregate| decimate(&points, 60e3, aggregate).line[1];
        assert_eq!(at(Aggregate::Mean), Some((20e3, 20.0)));
        assert_eq!(at(Aggregate::Max), Some((20e3, 30.0)));
        assert_eq!(at(Aggregate::Min), Some((20e3, 10.0)));
    }
}
