//! Axes: which times and values get a tick, and what the tick says.

use std::ops::Range;

use plotters::coord::ranged1d::{
    KeyPointHint, KeyPointWeight, NoDefaultFormatting, Ranged, ValueFormatter,
};

use super::time::{clock, date, is_midnight};
use super::unit::Unit;

/// A span of time, in milliseconds since the epoch, that is not empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// The start.
    pub t0: f64,
    /// The end, after the start.
    pub t1: f64,
}

impl View {
    /// The span from `t0` to `t1`; `None` when that is no span.
    #[must_use]
    pub fn new(t0: f64, t1: f64) -> Option<Self> {
        (t0.is_finite() && t1.is_finite() && t0 < t1).then_some(Self { t0, t1 })
    }

    /// Its length in milliseconds.
    #[must_use]
    pub fn span(self) -> f64 {
        self.t1 - self.t0
    }

    /// From the earlier start to the later end.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            t0: self.t0.min(other.t0),
            t1: self.t1.max(other.t1),
        }
    }

    /// The time at a share of the span: 0 is its start, 1 its end.
    #[must_use]
    pub fn at(self, share: f64) -> f64 {
        self.t0 + share * self.span()
    }

    /// The share of the span at which `t` lies: 0 at its start, 1 at its end.
    #[must_use]
    pub fn share(self, t: f64) -> f64 {
        (t - self.t0) / self.span()
    }

    /// Whether `t` lies in the span, its ends included.
    #[must_use]
    pub fn contains(self, t: f64) -> bool {
        (self.t0..=self.t1).contains(&t)
    }
}

/// A position on an axis and what it says there.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// In the axis's unit.
    pub at: f64,
    /// Empty where a text would not fit.
    pub label: String,
}

/// An axis with prepared ticks: plotters' own would be decimal, and so not times of day.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    lo: f64,
    hi: f64,
    ticks: Vec<Tick>,
}

const SECOND: f64 = 1_000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
pub(super) const DAY: f64 = 24.0 * HOUR;

/// The distances between time ticks that a reader can count in.
const TIME_STEPS: [f64; 20] = [
    SECOND,
    2.0 * SECOND,
    5.0 * SECOND,
    10.0 * SECOND,
    15.0 * SECOND,
    30.0 * SECOND,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    7.0 * DAY,
];

/// The least distance between two time ticks, in CSS pixels: a label and as much air.
const TIME_TICK_DISTANCE: f64 = 84.0;

/// The same on a plot narrower than [`NARROW`], such as a phone's: a label and little air.
const NARROW_TIME_TICK_DISTANCE: f64 = 62.0;

/// In CSS pixels.
const NARROW: f64 = 480.0;

/// How many steps a value axis is cut into, about.
const VALUE_STEPS: f64 = 5.0;

impl Axis {
    /// A time axis of `width` CSS pixels. `offset` tells how many milliseconds local time is ahead
    /// of UTC at a time, since a long call can cross a clock change. `margin` is how far a label
    /// may reach past the axis, in CSS pixels.
    #[must_use]
    pub fn time(view: View, width: f64, margin: f64, offset: &dyn Fn(f64) -> f64) -> Self {
        let least = tick_distance(width) * view.span() / width.max(1.0);
        let step = TIME_STEPS
            .into_iter()
            .find(|step| *step >= least)
            .unwrap_or_else(|| DAY * (least / DAY).ceil());
        let seconds = step < MINUTE;
        let half_label = if seconds { 25.0 } else { 16.0 };

        let mut ticks: Vec<Tick> = Vec::new();
        let mut local = ((view.t0 + offset(view.t0)) / step).ceil() * step;
        loop {
            // The offset holds at a UTC time, which is what we look for: the second guess is right
            // on both sides of a change.
            let guess = local - offset(local - offset(view.t0));
            let at = local - offset(guess);
            if at > view.t1 {
                break;
            }
            local += step;
            if at < view.t0 || ticks.last().is_some_and(|last| at <= last.at) {
                continue;
            }
            let here = offset(at);
            let fits = (view.t1 - at) / view.span() * width + margin >= half_label;
            let label = match () {
                () if !fits => String::new(),
                () if is_midnight(at, here) => date(at, here),
                () => clock(at, here, seconds),
            };
            ticks.push(Tick { at, label });
        }
        Self {
            lo: view.t0,
            hi: view.t1,
            ticks,
        }
    }

    /// A value axis from 0 to at least `max` and `min_range`, whichever is more.
    #[must_use]
    pub fn value(unit: Unit, max: Option<f64>, min_range: f64) -> Self {
        Self::quantity(max, min_range, &|value, step, top| {
            unit.tick(value, step, top)
        })
    }

    /// The same of anything: `label` says what stands at a tick's value, of an axis with a tick every step up to its top.
    #[must_use]
    pub(super) fn quantity(
        max: Option<f64>,
        min_range: f64,
        label: &dyn Fn(f64, f64, f64) -> String,
    ) -> Self {
        let top = max.unwrap_or(0.0).max(min_range).max(f64::MIN_POSITIVE);
        let step = nice(top / VALUE_STEPS);
        let steps = (top / step - 1e-9).ceil().max(1.0);
        let hi = steps * step;
        let ticks = std::iter::successors(Some(0.0), |i| Some(i + 1.0))
            .take_while(|i| *i <= steps)
            .map(|i| Tick {
                at: i * step,
                label: label(i * step, step, hi),
            })
            .collect();
        Self { lo: 0.0, hi, ticks }
    }

    /// An axis with these ticks.
    #[must_use]
    pub(super) fn prepared(lo: f64, hi: f64, ticks: Vec<Tick>) -> Self {
        Self { lo, hi, ticks }
    }

    /// The ticks, in order.
    #[must_use]
    pub fn ticks(&self) -> &[Tick] {
        &self.ticks
    }

    /// The value at the axis's end.
    #[must_use]
    pub fn top(&self) -> f64 {
        self.hi
    }
}

fn tick_distance(width: f64) -> f64 {
    if width < NARROW {
        NARROW_TIME_TICK_DISTANCE
    } else {
        TIME_TICK_DISTANCE
    }
}

/// The least of 1, 2, 5 times a power of ten that is not below `least`.
pub(super) fn nice(least: f64) -> f64 {
    let magnitude = power_of_ten(least);
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * magnitude >= least * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * magnitude
}

/// The greatest power of ten that is not above `value`, which is positive and finite. It is looked for step by step: the
/// powers and logarithms of any number are a kilobyte of code more.
fn power_of_ten(value: f64) -> f64 {
    let mut power = 1.0;
    while power > value {
        power /= 10.0;
    }
    while power * 10.0 <= value.min(f64::MAX) {
        power *= 10.0;
    }
    power
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    #[expect(
        clippy::cast_possible_truncation,
        reason = "plotters counts pixels in i32; the cast saturates"
    )]
    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let share = (value - self.lo) / (self.hi - self.lo);
        (f64::from(limit.0) + f64::from(limit.1 - limit.0) * share).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        match hint.weight() {
            // No light points: they would cover the plot with graph paper.
            KeyPointWeight::Any => Vec::new(),
            KeyPointWeight::Bold => self.ticks.iter().map(|tick| tick.at).collect(),
        }
    }

    fn range(&self) -> Range<f64> {
        self.lo..self.hi
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        self.ticks
            .iter()
            .find(|tick| tick.at.total_cmp(value).is_eq())
            .map_or_else(String::new, |tick| tick.label.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22T07:00:00Z.
    const SEVEN: f64 = 1_795_330_800_000.0;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks()
            .iter()
            .map(|tick| tick.label.as_str())
            .collect()
    }

    fn utc(_: f64) -> f64 {
        0.0
    }

    #[test]
    fn eight_hours_have_a_tick_an_hour_in_local_time() {
        let view = View {
            t0: SEVEN,
            t1: SEVEN + 8.0 * HOUR - 1.0,
        };
        let axis = Axis::time(view, 1116.0, 16.0, &|_| HOUR);
        assert_eq!(
            labels(&axis),
            [
                "08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00"
            ]
        );
        assert!((axis.ticks()[0].at - SEVEN).abs() < 1e-9);
    }

    #[test]
    fn ticks_stand_on_local_time_in_a_zone_of_half_hours() {
        let view = View {
            t0: SEVEN,
            t1: SEVEN + 8.0 * HOUR,
        };
        let axis = Axis::time(view, 1116.0, 16.0, &|_| 5.5 * HOUR);
        assert_eq!(labels(&axis)[..3], ["13:00", "14:00", "15:00"]);
        assert!((axis.ticks()[0].at - (SEVEN + 0.5 * HOUR)).abs() < 1e-9);
    }

    #[test]
    fn ticks_stay_on_full_hours_across_a_clock_change() {
        // 2026-10-25: Paris goes from UTC+2 to UTC+1 at 01:00 UTC.
        let change = 1_792_890_000_000.0;
        let paris = |t: f64| if t < change { 2.0 * HOUR } else { HOUR };
        let view = View {
            t0: change - 3.0 * HOUR,
            t1: change + 5.0 * HOUR,
        };
        let axis = Axis::time(view, 1116.0, 60.0, &paris);
        assert_eq!(labels(&axis)[..4], ["25 Oct", "01:00", "02:00", "03:00"]);
        assert!(axis.ticks().windows(2).all(|pair| pair[0].at < pair[1].at));
        assert!(
            axis.ticks()
                .iter()
                .all(|tick| ((tick.at + paris(tick.at)) % HOUR).abs() < 1e-6)
        );
    }

    #[test]
    fn midnight_says_the_date() {
        let view = View {
            t0: SEVEN + 13.0 * HOUR,
            t1: SEVEN + 21.0 * HOUR,
        };
        let axis = Axis::time(view, 1116.0, 30.0, &utc);
        assert!(labels(&axis).contains(&"23 Nov"));
    }

    #[test]
    fn short_views_tick_in_seconds_and_drop_a_label_that_would_be_cut() {
        let view = View {
            t0: SEVEN,
            t1: SEVEN + 60_000.0,
        };
        let axis = Axis::time(view, 600.0, 16.0, &utc);
        assert_eq!(
            labels(&axis),
            [
                "07:00:00", "07:00:10", "07:00:20", "07:00:30", "07:00:40", "07:00:50", ""
            ]
        );
    }

    #[test]
    fn ticks_keep_their_distance_at_every_width_and_span() {
        for span in [5e3, 6e4, 1e6, 3.6e6, 2.88e7, 8.64e7, 1e9, 1e11] {
            for width in [60.0, 290.0, 1116.0] {
                let view = View {
                    t0: SEVEN,
                    t1: SEVEN + span,
                };
                let axis = Axis::time(view, width, 16.0, &utc);
                for pair in axis.ticks().windows(2) {
                    assert!(
                        (pair[1].at - pair[0].at) / span * width >= tick_distance(width) - 1e-6
                    );
                }
            }
        }
    }

    #[test]
    fn value_axes_start_at_zero_and_step_by_one_two_or_five() {
        let bitrate = Axis::value(Unit::BitsPerSecond, Some(3_100_000.0), 100_000.0);
        assert_eq!(
            labels(&bitrate),
            ["0", "1.0 Mbps", "2.0 Mbps", "3.0 Mbps", "4.0 Mbps"]
        );
        let loss = Axis::value(Unit::Percent, Some(9.3), 5.0);
        assert_eq!(labels(&loss), ["0 %", "2 %", "4 %", "6 %", "8 %", "10 %"]);
        let rtt = Axis::value(Unit::Milliseconds, Some(530.0), 100.0);
        assert_eq!(labels(&rtt), ["0 ms", "200 ms", "400 ms", "600 ms"]);
    }

    #[test]
    fn the_least_range_holds_without_values_and_with_small_ones() {
        for max in [None, Some(0.0), Some(0.2)] {
            let axis = Axis::value(Unit::Percent, max, 5.0);
            assert_eq!(labels(&axis), ["0 %", "1 %", "2 %", "3 %", "4 %", "5 %"]);
        }
    }

    #[test]
    fn huge_values_still_make_a_short_axis() {
        for max in [1e12, 3.3e15, f64::MAX / 10.0] {
            let axis = Axis::value(Unit::BitsPerSecond, Some(max), 100_000.0);
            assert!(axis.top() >= max && axis.ticks().len() <= 6);
        }
    }
}
