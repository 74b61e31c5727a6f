//! Numbers in decimals, as many as asked for.
//!
//! The standard library writes any `f64` to its last digit, and carries tables of powers of ten and numbers of a thousand bits
//! for it: five kilobytes that a browser would have to load. A figure here has a few decimals, and an integer is all it takes.

use core::fmt;

/// Up to here, every whole number is an `f64`: 2⁵³.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number to be written with a fixed number of decimals, rounded half away from zero. Zero has no sign.
///
/// A number has no decimals past those that an `f64` of its size can tell apart, and one past 2⁵³ has an exponent, as JSON and
/// JavaScript read it. What is no finite number is an em dash.
#[derive(Clone, Copy, Debug)]
pub struct Fixed {
    value: f64,
    places: u8,
    is_short: bool,
}

/// A number with so many decimals.
///
/// ```
/// use callscope_core::to_fixed;
///
/// assert_eq!(to_fixed(2.306, 2).to_string(), "2.31");
/// assert_eq!(to_fixed(-0.04, 1).to_string(), "0.0");
/// ```
#[must_use]
pub const fn to_fixed(value: f64, places: u8) -> Fixed {
    Fixed {
        value,
        places,
        is_short: false,
    }
}

/// A number with at most so many decimals: zeros at the end are left out.
///
/// ```
/// use callscope_core::to_short;
///
/// assert_eq!(to_short(2.5, 3).to_string(), "2.5");
/// assert_eq!(to_short(1_795_330_800_000.0, 3).to_string(), "1795330800000");
/// ```
#[must_use]
pub const fn to_short(value: f64, places: u8) -> Fixed {
    Fixed {
        value,
        places,
        is_short: true,
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.value.is_finite() {
            return f.write_str("\u{2014}");
        }
        let mut value = self.value.abs();
        let mut places = self.places;
        while places > 0 && value * scale(places) >= EXACT {
            places -= 1;
        }
        let mut exponent = 0;
        while value >= EXACT {
            value /= 10.0;
            exponent += 1;
        }
        let units = whole(value * scale(places));
        if self.value < 0.0 && units > 0 {
            f.write_str("-")?;
        }
        let one = 10_u64.pow(u32::from(places));
        let (integer, mut fraction) = (units / one, units % one);
        while self.is_short && places > 0 && fraction.is_multiple_of(10) {
            fraction /= 10;
            places -= 1;
        }
        write!(f, "{integer}")?;
        if places > 0 {
            write!(f, ".{fraction:0width$}", width = usize::from(places))?;
        }
        if exponent > 0 {
            write!(f, "e{exponent}")?;
        }
        Ok(())
    }
}

fn scale(places: u8) -> f64 {
    (0..places).fold(1.0, |scale, _| scale * 10.0)
}

/// The nearest whole number; of two, the larger.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "not negative, and not far above 2⁵³"
)]
fn whole(value: f64) -> u64 {
    let below = value as u64;
    below + u64::from(value - below as f64 >= 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn a_number_has_its_decimals() {
        for (value, places, text) in [
            (0.0, 0, "0"),
            (0.0, 3, "0.000"),
            (2.5, 0, "3"),
            (-2.5, 0, "-3"),
            (0.05, 1, "0.1"),
            (9.999, 2, "10.00"),
            (-0.001, 2, "0.00"),
            (1_234.056, 2, "1234.06"),
        ] {
            assert_eq!(to_fixed(value, places).to_string(), text, "{value}");
        }
    }

    #[test]
    fn a_short_one_ends_with_its_last_digit() {
        for (value, places, text) in [
            (0.0, 6, "0"),
            (46_000.0, 6, "46000"),
            (0.050, 6, "0.05"),
            (10.000_000_4, 6, "10"),
            (-1.25, 6, "-1.25"),
        ] {
            assert_eq!(to_short(value, places).to_string(), text, "{value}");
        }
    }

    #[test]
    fn what_is_no_number_is_unknown_and_what_is_past_counting_has_an_exponent() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(to_fixed(value, 1).to_string(), "\u{2014}");
        }
        assert_eq!(to_fixed(1e20, 3).to_string(), "1000000000000000e5");
        assert_eq!(to_fixed(1e15, 6).to_string(), "1000000000000000");
        assert_eq!(to_fixed(1e13, 6).to_string(), "10000000000000.00");
        let text = to_fixed(1.25e300, 0).to_string();
        let read: f64 = text.parse().unwrap();
        assert!((read / 1.25e300 - 1.0).abs() < 1e-12, "{text}");
    }

    proptest! {
        #[test]
        fn it_is_what_the_standard_library_writes_of_the_rounded_number(units in -(10_i64.pow(15))..10_i64.pow(15), places in 0_u8..=6) {
            let scale = 10_f64.powi(i32::from(places));
            let value = units as f64 / scale;
            prop_assert_eq!(to_short(value, places).to_string(), format!("{value}"));
            prop_assert_eq!(to_fixed(value, places).to_string(), format!("{value:.*}", usize::from(places)));
        }
    }
}
