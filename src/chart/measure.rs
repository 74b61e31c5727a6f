//! What charts of usage count: things, and minutes.

use super::unit::{decimals_of, grouped};

/// What the values of a chart are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Rooms, participants.
    Count,
    /// Minutes.
    Minutes,
}

impl Measure {
    /// A value as people read it: `1,234`, `12 min`. Small values that are not whole have a decimal.
    #[must_use]
    pub fn format(self, value: f64) -> String {
        let is_small = value.abs() < 9.95 && (value - value.round()).abs() > 0.049;
        let number = grouped(value, u8::from(is_small));
        match self {
            Self::Count => number,
            Self::Minutes => format!("{number} min"),
        }
    }

    /// The label of a tick of an axis that ends at `top` and has a tick every `step`; short, for it stands beside the plot.
    #[must_use]
    pub(super) fn tick(self, value: f64, step: f64, top: f64) -> String {
        let (divisor, letter) = match top {
            _ if top >= 1e6 => (1e6, " M"),
            _ if top >= 1e4 => (1e3, " k"),
            _ => (1.0, ""),
        };
        let number = grouped(value / divisor, decimals_of(step / divisor));
        let letter = if value == 0.0 { "" } else { letter };
        match self {
            Self::Count => format!("{number}{letter}"),
            Self::Minutes => format!("{number}{letter} min"),
        }
    }

    /// The smallest top of the value axis: ticks are whole numbers then.
    #[must_use]
    pub(super) fn min_range(self) -> f64 {
        match self {
            Self::Count => 5.0,
            Self::Minutes => 10.0,
        }
    }

    /// The measure as a word for a file name.
    #[must_use]
    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Minutes => "minutes",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        assert_eq!(Measure::Count.format(1_234.0), "1,234");
        assert_eq!(Measure::Count.format(4.5), "4.5");
        assert_eq!(Measure::Minutes.format(0.0), "0 min");
        assert_eq!(Measure::Minutes.format(3.25), "3.3 min");
        assert_eq!(Measure::Minutes.format(45_678.9), "45,679 min");
    }

    #[test]
    fn ticks_are_short_and_share_their_unit() {
        assert_eq!(Measure::Count.tick(40.0, 20.0, 100.0), "40");
        assert_eq!(Measure::Minutes.tick(1_500.0, 500.0, 2_000.0), "1,500 min");
        assert_eq!(Measure::Minutes.tick(5_000.0, 5_000.0, 20_000.0), "5 k min");
        assert_eq!(Measure::Count.tick(500_000.0, 500_000.0, 2e6), "0.5 M");
        assert_eq!(Measure::Minutes.tick(0.0, 5_000.0, 20_000.0), "0 min");
    }
}
