//! Where the crosshair stands: on intervals, and from one to the next by the keyboard.

use super::frame::Frame;
use super::model::{Point, Series};
use super::scale::View;
use super::time::clock;
use super::unit::Unit;

/// The share of the view that an arrow key moves by, when that is more than an interval.
const STEP: f64 = 0.01;

/// How many steps an arrow key moves by with shift.
const LARGE_STEP: f64 = 10.0;

/// A time that is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cursor {
    /// In milliseconds since the epoch: the middle of its interval, if it stands on one.
    pub t: f64,
    /// Start and end of the interval it stands on.
    pub interval: Option<(f64, f64)>,
    /// The chart that it was put in.
    pub(super) chart: u32,
    /// Whether it was put there by the keyboard, and is to be spoken.
    pub(super) spoken: bool,
}

impl Cursor {
    /// The interval of any of `series` that contains `t`, else `t` itself.
    pub(super) fn at(series: &[Series], t: f64, chart: u32) -> Self {
        let point = series
            .iter()
            .filter_map(|track| track.at(t))
            .min_by(|a, b| (a.middle() - t).abs().total_cmp(&(b.middle() - t).abs()));
        Self {
            t: point.map_or(t, Point::middle),
            interval: point.map(|point| (point.start(), point.end())),
            chart,
            spoken: false,
        }
    }

    /// The interval's times, or the time where there is none. `offset` as for [`clock`].
    pub(super) fn label(&self, offset: f64) -> String {
        match self.interval {
            Some((start, end)) => format!(
                "{} \u{2013} {}",
                clock(start, offset, true),
                clock(end, offset, true)
            ),
            None => clock(self.t, offset, true),
        }
    }

    /// Time and all values in words.
    pub(super) fn spoken(&self, series: &[Series], unit: Unit, offset: f64) -> String {
        let start = self.interval.map_or(self.t, |(start, _)| start);
        let mut text = clock(start, offset, true);
        for track in series {
            let value = track.at(self.t).and_then(Point::value);
            let value = value.map_or_else(|| "unknown".to_owned(), |value| unit.format(value));
            text.push_str(&format!(", {} {value}", track.name));
        }
        text
    }
}

/// How near a track's line has to be to the pointer to be meant, in device pixels for each CSS
/// pixel.
const NEAR: f64 = 24.0;

/// The track whose line at `t` is nearest to the pixel row `y`, and near enough to be meant.
pub(super) fn nearest<'a>(series: &'a [Series], frame: &Frame, t: f64, y: f64) -> Option<&'a str> {
    series
        .iter()
        .filter_map(|track| {
            let value = track.at(t).and_then(Point::value)?;
            Some((track.name.as_str(), (frame.y(value) - y).abs()))
        })
        .filter(|(_, distance)| *distance <= NEAR * frame.scale)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(name, _)| name)
}

/// What a key does to a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Command {
    /// Moves the crosshair by so many steps.
    Step(f64),
    /// Puts the crosshair at the view's start.
    First,
    /// Puts the crosshair at the view's end.
    Last,
    /// Multiplies the view's span by this.
    Zoom(f64),
    /// Shows the whole call without a crosshair.
    Reset,
}

impl Command {
    /// The command of a key by its `KeyboardEvent.key`.
    pub(super) fn of(key: &str, shift: bool) -> Option<Self> {
        let size = if shift { LARGE_STEP } else { 1.0 };
        Some(match key {
            "ArrowLeft" => Self::Step(-size),
            "ArrowRight" => Self::Step(size),
            "Home" => Self::First,
            "End" => Self::Last,
            "+" | "=" => Self::Zoom(0.5),
            "-" | "_" => Self::Zoom(2.0),
            "Escape" => Self::Reset,
            _ => return None,
        })
    }
}

/// The time that is `steps` steps from `from`, by an interval or by a hundredth of the view, whichever is
/// more: perhaps past the view's edges. Without `from` it is an edge.
pub(super) fn stepped(series: &[Series], view: View, from: Option<f64>, steps: f64) -> f64 {
    let Some(from) = from else {
        return if steps > 0.0 { view.t0 } else { view.t1 };
    };
    let interval = series
        .iter()
        .filter_map(|track| track.at(from))
        .map(|point| point.end() - point.start())
        .fold(0.0, f64::max);
    let least = interval.max(view.span() * STEP);
    from + steps * least
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track() -> Series {
        let points = (0..6_u32)
            .map(|i| {
                Point::new(
                    f64::from(i) * 10e3,
                    f64::from(i + 1) * 10e3,
                    (i != 2).then_some(50.0),
                )
            })
            .collect();
        Series::new("camera", 0, points)
    }

    const VIEW: View = View { t0: 0.0, t1: 60e3 };

    #[test]
    fn the_crosshair_stands_in_the_middle_of_an_interval() {
        let cursor = Cursor::at(&[track()], 11e3, 0);
        assert_eq!((cursor.t, cursor.interval), (15e3, Some((10e3, 20e3))));
        assert_eq!(cursor.label(0.0), "00:00:10 \u{2013} 00:00:20");
        let outside = Cursor::at(&[track()], 70e3, 0);
        assert_eq!((outside.t, outside.interval), (70e3, None));
        assert_eq!(outside.label(0.0), "00:01:10");
    }

    #[test]
    fn an_arrow_moves_by_one_interval_and_past_the_ends() {
        let tracks = [track()];
        assert_eq!(stepped(&tracks, VIEW, Some(15e3), 1.0), 25e3);
        assert_eq!(stepped(&tracks, VIEW, Some(15e3), -LARGE_STEP), -85e3);
        assert_eq!(stepped(&tracks, VIEW, None, 1.0), 0.0);
        assert_eq!(stepped(&tracks, VIEW, None, -1.0), 60e3);
    }

    #[test]
    fn in_a_long_view_an_arrow_moves_by_a_hundredth_of_it() {
        let view = View {
            t0: 0.0,
            t1: 28_800e3,
        };
        assert_eq!(stepped(&[track()], view, Some(15e3), 1.0), 15e3 + 288e3);
    }

    #[test]
    fn the_unknown_is_spelt_out() {
        let spoken = |t| Cursor::at(&[track()], t, 0).spoken(&[track()], Unit::Milliseconds, 0.0);
        assert_eq!(spoken(11e3), "00:00:10, camera 50 ms");
        assert_eq!(spoken(21e3), "00:00:20, camera unknown");
    }

    #[test]
    fn the_nearest_line_is_meant_if_it_is_near() {
        let frame = Frame::new((1_200, 236), 1.0, VIEW, 100.0).expect("room");
        let low = Series::new("low", 1, vec![Point::new(0.0, 60e3, Some(10.0))]);
        let tracks = [track(), low];
        let meant = |value: f64| nearest(&tracks, &frame, 11e3, frame.y(value));
        assert_eq!(meant(45.0), Some("camera"));
        assert_eq!(meant(15.0), Some("low"));
        assert_eq!(meant(99.0), None);
    }

    #[test]
    fn keys_have_commands() {
        assert_eq!(
            Command::of("ArrowLeft", true),
            Some(Command::Step(-LARGE_STEP))
        );
        assert_eq!(Command::of("Escape", false), Some(Command::Reset));
        assert_eq!(Command::of("Tab", false), None);
    }
}
