//! The rows of the table behind a chart: the view in steps a reader can go through.

use super::model::{Point, Series};
use super::scale::View;

/// At most this many rows.
const MOST_ROWS: f64 = 100.0;

/// Lengths of a row, in milliseconds.
const LENGTHS: [f64; 9] = [
    10e3, 30e3, 60e3, 120e3, 300e3, 600e3, 1_800e3, 3_600e3, 10_800e3,
];

/// One stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its start, in milliseconds since the epoch.
    pub start: f64,
    /// For each track what its known intervals that start here say; `None` when there are none.
    pub cells: Vec<Option<Cell>>,
}

/// The values of one track in one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// The smallest.
    pub min: f64,
    /// The mean, each interval counting alike.
    pub mean: f64,
    /// The largest.
    pub max: f64,
}

/// The length of a row for a view: the first of 10 s, 30 s, 1, 2, 5, 10 min and so on that makes at
/// most a hundred rows.
#[must_use]
pub fn row_length(view: View) -> f64 {
    let least = view.span() / MOST_ROWS;
    LENGTHS
        .into_iter()
        .find(|length| *length >= least)
        .unwrap_or(least)
}

/// The rows of a view, of `length` milliseconds counted from the epoch. Rows in which no track has
/// an interval are left out.
#[must_use]
pub fn rows(series: &[Series], view: View, length: f64) -> Vec<Row> {
    let first = (view.t0 / length).floor();
    std::iter::successors(Some(first), |index| Some(index + 1.0))
        .map(|index| View {
            t0: index * length,
            t1: (index + 1.0) * length,
        })
        .take_while(|part| part.t0 < view.t1)
        .filter_map(|part| {
            let parts: Vec<&[Point]> = series.iter().map(|track| started_in(track, part)).collect();
            parts.iter().any(|points| !points.is_empty()).then(|| Row {
                start: part.t0,
                cells: parts.into_iter().map(cell).collect(),
            })
        })
        .collect()
}

fn started_in(track: &Series, part: View) -> &[Point] {
    let points = track.points();
    let from = points.partition_point(|point| point.start() < part.t0);
    let to = points.partition_point(|point| point.start() < part.t1);
    &points[from..to]
}

fn cell(points: &[Point]) -> Option<Cell> {
    let (mut min, mut max, mut sum, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0.0);
    for value in points.iter().filter_map(Point::value) {
        min = min.min(value);
        max = max.max(value);
        sum += value;
        count += 1.0;
    }
    (count > 0.0).then(|| Cell {
        min,
        mean: sum / count,
        max,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(values: &[Option<f64>]) -> Series {
        let points = (0_u32..)
            .zip(values)
            .map(|(i, value)| Point::new(f64::from(i) * 10e3, f64::from(i + 1) * 10e3, *value))
            .collect();
        Series::new("a", 0, points)
    }

    #[test]
    fn a_row_sums_up_what_is_known() {
        let values = [Some(1.0), None, Some(3.0), None, None, None];
        let rows = rows(&[track(&values)], View { t0: 0.0, t1: 60e3 }, 30e3);
        let known = Cell {
            min: 1.0,
            mean: 2.0,
            max: 3.0,
        };
        assert_eq!(
            rows,
            [
                Row {
                    start: 0.0,
                    cells: vec![Some(known)]
                },
                Row {
                    start: 30e3,
                    cells: vec![None]
                },
            ]
        );
    }

    #[test]
    fn rows_are_few_whatever_the_view() {
        assert_eq!(row_length(View { t0: 0.0, t1: 120e3 }), 10e3);
        assert_eq!(
            row_length(View {
                t0: 0.0,
                t1: 8.0 * 3_600e3
            }),
            300e3
        );
        for span in [1.0, 1e6, 1e9, 1e12] {
            let view = View { t0: 0.0, t1: span };
            assert!(view.span() / row_length(view) <= MOST_ROWS);
        }
    }

    #[test]
    fn no_rows_where_there_is_no_data() {
        assert!(rows(&[track(&[Some(1.0)])], View { t0: 1e6, t1: 2e6 }, 60e3).is_empty());
        assert!(rows(&[], View { t0: 0.0, t1: 1e6 }, 60e3).is_empty());
    }
}
