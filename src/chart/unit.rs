//! Units a person reads: 2.31 Mbps, 4.1 %, 84 ms.

use callscope_core::to_fixed;

/// What a chart's values are measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bits per second, shown as kbps, Mbps or Gbps.
    BitsPerSecond,
    /// Per cent, 0 to 100.
    Percent,
    /// Milliseconds.
    Milliseconds,
    /// Frames per second.
    FramesPerSecond,
}

/// What stands for several points when a view is too wide to draw each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// The mean: a bitrate's course.
    Mean,
    /// The largest: one bad sample of loss or round trip time must not become pale.
    Max,
    /// The smallest: one bad sample of a frame rate must not become pale.
    Min,
}

/// What stands where nothing is known.
pub const UNKNOWN: &str = "\u{2014}";

impl Unit {
    /// A value with its unit, as in a legend.
    #[must_use]
    pub fn format(self, value: f64) -> String {
        match self {
            Self::BitsPerSecond => bits(value, Detail::Value),
            Self::Percent => format!("{} %", grouped(value, 1)),
            Self::Milliseconds if value.abs() >= 9_999.5 => {
                format!("{} s", grouped(value / 1_000.0, 1))
            }
            Self::Milliseconds if value > 0.0 && value < 0.95 => {
                format!("{} ms", to_fixed(value, 1))
            }
            Self::Milliseconds => format!("{} ms", grouped(value, 0)),
            Self::FramesPerSecond => format!("{} fps", grouped(value, 0)),
        }
    }

    /// A value with its unit, or an em dash for the unknown.
    #[must_use]
    pub fn format_or_unknown(self, value: Option<f64>) -> String {
        value.map_or_else(|| UNKNOWN.to_owned(), |value| self.format(value))
    }

    /// The label of a tick of an axis that ends at `top` and has a tick every `step`.
    #[must_use]
    pub fn tick(self, value: f64, step: f64, top: f64) -> String {
        let decimals = decimals_of(step);
        match self {
            Self::BitsPerSecond => bits(value, Detail::Tick { step, top }),
            Self::Percent => format!("{} %", grouped(value, decimals)),
            Self::Milliseconds if top >= 10_000.0 => {
                format!(
                    "{} s",
                    grouped(value / 1_000.0, decimals_of(step / 1_000.0))
                )
            }
            Self::Milliseconds => format!("{} ms", grouped(value, decimals)),
            Self::FramesPerSecond => format!("{} fps", grouped(value, decimals)),
        }
    }

    /// The smallest top of the value axis: below it, noise would look like news.
    #[must_use]
    pub fn min_range(self) -> f64 {
        match self {
            Self::BitsPerSecond => 100_000.0,
            Self::Percent => 5.0,
            Self::Milliseconds => 100.0,
            Self::FramesPerSecond => 30.0,
        }
    }

    /// What stands for several points of this unit.
    #[must_use]
    pub fn aggregate(self) -> Aggregate {
        match self {
            Self::BitsPerSecond => Aggregate::Mean,
            Self::Percent | Self::Milliseconds => Aggregate::Max,
            Self::FramesPerSecond => Aggregate::Min,
        }
    }

    /// The unit of exported numbers, as a word for a file name.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::BitsPerSecond => "bps",
            Self::Percent => "percent",
            Self::Milliseconds => "ms",
            Self::FramesPerSecond => "fps",
        }
    }
}

enum Detail {
    Value,
    Tick { step: f64, top: f64 },
}

fn bits(value: f64, detail: Detail) -> String {
    if let Detail::Tick { .. } = detail
        && value == 0.0
    {
        return "0".to_owned();
    }
    // All ticks of an axis share the unit of its top; a value has its own, after rounding.
    let size = match detail {
        Detail::Value => value.abs() * 1.000_5,
        Detail::Tick { top, .. } => top,
    };
    let (divisor, unit) = if size >= 1e9 {
        (1e9, "Gbps")
    } else if size >= 1e6 {
        (1e6, "Mbps")
    } else {
        (1e3, "kbps")
    };
    let scaled = value / divisor;
    let decimals = match detail {
        Detail::Tick { step, .. } if divisor > 1e3 => decimals_of(step / divisor).max(1),
        Detail::Tick { step, .. } => decimals_of(step / divisor),
        Detail::Value if divisor > 1e3 => 2,
        Detail::Value if scaled > 0.0 && scaled < 0.95 => 1,
        Detail::Value => 0,
    };
    format!("{} {unit}", grouped(scaled, decimals))
}

/// How many decimals the multiples of `step` need.
pub(super) fn decimals_of(step: f64) -> u8 {
    let mut scaled = step.abs();
    let mut decimals = 0;
    while decimals < 6 && (scaled - scaled.round()).abs() > 1e-6 {
        scaled *= 10.0;
        decimals += 1;
    }
    decimals
}

/// Fixed decimals with thousands set apart by commas.
pub(super) fn grouped(value: f64, decimals: u8) -> String {
    let plain = to_fixed(value, decimals).to_string();
    let (sign, digits) = plain
        .strip_prefix('-')
        .map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut text = String::with_capacity(plain.len() + 4);
    if digits
        .bytes()
        .any(|digit| digit.is_ascii_digit() && digit != b'0')
    {
        text.push_str(sign);
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        let bps = |value| Unit::BitsPerSecond.format(value);
        assert_eq!(bps(2_314_000.0), "2.31 Mbps");
        assert_eq!(bps(819_000.0), "819 kbps");
        assert_eq!(bps(999_600.0), "1.00 Mbps");
        assert_eq!(bps(400.0), "0.4 kbps");
        assert_eq!(bps(0.0), "0 kbps");
        assert_eq!(bps(5_300_000_000.0), "5.30 Gbps");
        assert_eq!(Unit::Percent.format(4.06), "4.1 %");
        assert_eq!(Unit::Percent.format(-0.0), "0.0 %");
        assert_eq!(Unit::Milliseconds.format(84.2), "84 ms");
        assert_eq!(Unit::Milliseconds.format(0.43), "0.4 ms");
        assert_eq!(Unit::Milliseconds.format(5_400.0), "5,400 ms");
        assert_eq!(Unit::Milliseconds.format(12_340.0), "12.3 s");
        assert_eq!(Unit::FramesPerSecond.format(29.97), "30 fps");
    }

    #[test]
    fn the_unknown_is_a_dash_and_not_zero() {
        assert_eq!(Unit::Percent.format_or_unknown(None), "\u{2014}");
        assert_eq!(Unit::Percent.format_or_unknown(Some(0.0)), "0.0 %");
    }

    #[test]
    fn ticks_share_the_unit_of_their_axis() {
        let tick = |value| Unit::BitsPerSecond.tick(value, 500_000.0, 2_000_000.0);
        assert_eq!(tick(0.0), "0");
        assert_eq!(tick(500_000.0), "0.5 Mbps");
        assert_eq!(tick(2_000_000.0), "2.0 Mbps");
        assert_eq!(Unit::Percent.tick(0.5, 0.5, 2.0), "0.5 %");
        assert_eq!(Unit::Percent.tick(4.0, 2.0, 10.0), "4 %");
        assert_eq!(Unit::Milliseconds.tick(5_000.0, 5_000.0, 20_000.0), "5 s");
    }
}
