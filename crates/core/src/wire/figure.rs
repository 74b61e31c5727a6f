//! Figures and times as JSON numbers.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

use crate::metric::Unit;

/// Up to here, every whole number is an `f64`: 2⁵³.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// To how many decimals values of that unit are given.
#[must_use]
pub const fn decimals(unit: Unit) -> u8 {
    match unit {
        Unit::BitsPerSecond | Unit::Count | Unit::Pixels => 0,
        Unit::FramesPerSecond | Unit::Milliseconds | Unit::Seconds => 3,
        Unit::Percent => 4,
        Unit::Ratio => 6,
    }
}

/// `f64::round`, which `core` has not.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "smaller than 2⁵³"
)]
fn nearest(value: f64) -> f64 {
    let whole = value as i64 as f64;
    let rest = value - whole;
    if rest >= 0.5 {
        whole + 1.0
    } else if rest <= -0.5 {
        whole - 1.0
    } else {
        whole
    }
}

/// Writes whole numbers without a decimal point.
pub(super) fn serialize<S: Serializer>(value: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
    match *value {
        Some(value) => exactly(&value, to),
        None => to.serialize_none(),
    }
}

/// The same for a figure that is known.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "only a whole number smaller than 2⁵³ is the same after the way there and back"
)]
pub(super) fn exactly<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
    if value.abs() < EXACT && (*value as i64) as f64 == *value {
        to.serialize_i64(*value as i64)
    } else {
        to.serialize_f64(*value)
    }
}

/// Reads a time or a duration in milliseconds, of which the fraction does not matter.
pub(super) fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    to_whole(f64::deserialize(from)?)
}

/// The same where it may be unknown.
pub(super) fn whole_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    Option::<f64>::deserialize(from)?.map(to_whole).transpose()
}

#[expect(clippy::cast_possible_truncation, reason = "smaller than 2⁵³")]
fn to_whole<E: serde::de::Error>(value: f64) -> Result<i64, E> {
    if value.is_finite() && value.abs() < EXACT {
        Ok(nearest(value) as i64)
    } else {
        Err(E::custom("a time in milliseconds must be less than 2^53"))
    }
}

/// Reads `null` as what is there when nothing is said.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Option::deserialize(from)
        .map(Option::unwrap_or_default)
        .map_err(D::Error::custom)
}
