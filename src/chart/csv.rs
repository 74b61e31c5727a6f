//! A chart's numbers for a spreadsheet.

use callscope_core::to_short;

use super::model::{Point, Series};
use super::time::iso_utc;

/// To so many decimals at most: a millionth of a bit per second or of a percent is more than anything measured is known to.
pub(super) const DECIMALS: u8 = 6;

/// RFC 4180: a header of `time` and the tracks' names, then a line for each interval with its start
/// in ISO 8601 UTC and each track's value in the chart's unit. An unknown value is an empty cell.
/// An interval in progress is left out: its value is not final.
#[must_use]
pub fn csv(series: &[Series]) -> String {
    let mut text = String::from("time");
    for track in series {
        text.push(',');
        text.push_str(&quoted(&track.name));
    }
    text.push_str("\r\n");

    let mut rest: Vec<&[Point]> = series.iter().map(Series::points).collect();
    while let Some(start) = rest
        .iter()
        .filter_map(|points| points.first())
        .map(Point::start)
        .min_by(f64::total_cmp)
    {
        let mut line = iso_utc(start);
        let mut is_final = false;
        for points in &mut rest {
            line.push(',');
            let Some((point, later)) = points
                .split_first()
                .filter(|(point, _)| point.start() <= start)
            else {
                continue;
            };
            *points = later;
            if !point.is_open() {
                is_final = true;
                line.extend(
                    point
                        .value()
                        .map(|value| to_short(value, DECIMALS).to_string()),
                );
            }
        }
        if is_final {
            text.push_str(&line);
            text.push_str("\r\n");
        }
    }
    text
}

/// A text as a cell. An apostrophe before what a spreadsheet would run as a formula: names come from outside.
pub(super) fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = format!("{}{cell}", if is_formula { "'" } else { "" });
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(name: &str, values: &[(f64, Option<f64>)]) -> Series {
        let points = values
            .iter()
            .map(|(t, value)| Point::new(*t, t + 10e3, *value))
            .collect();
        Series::new(name, 0, points)
    }

    #[test]
    fn a_line_an_interval_and_an_empty_cell_for_the_unknown() {
        let camera = track("Camera, 720p", &[(0.0, Some(1.5)), (10e3, None)]);
        let audio = track("Audio", &[(10e3, Some(0.0)), (20e3, Some(46_000.0))]);
        assert_eq!(
            csv(&[camera, audio]),
            "time,\"Camera, 720p\",Audio\r\n\
             1970-01-01T00:00:00.000Z,1.5,\r\n\
             1970-01-01T00:00:10.000Z,,0\r\n\
             1970-01-01T00:00:20.000Z,,46000\r\n"
        );
    }

    #[test]
    fn a_name_is_no_formula() {
        for (name, cell) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("=a,\"b\"", "\"'=a,\"\"b\"\"\""),
            ("a=b", "a=b"),
        ] {
            assert_eq!(quoted(name), cell);
        }
    }

    #[test]
    fn what_is_below_zero_is_a_number() {
        let series = [track("=x", &[(0.0, Some(-1.5))])];
        assert_eq!(
            csv(&series),
            "time,'=x\r\n1970-01-01T00:00:00.000Z,-1.5\r\n"
        );
    }

    #[test]
    fn what_is_not_final_is_left_out() {
        let points = vec![
            Point::new(0.0, 10e3, Some(1.0)),
            Point::in_progress(10e3, 20e3, Some(2.0)),
        ];
        let text = csv(&[Series::new("a", 0, points)]);
        assert_eq!(text, "time,a\r\n1970-01-01T00:00:00.000Z,1\r\n");
    }

    #[test]
    fn no_tracks_are_a_header_alone() {
        assert_eq!(csv(&[]), "time\r\n");
    }
}
