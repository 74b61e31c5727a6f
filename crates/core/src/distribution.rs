//! The distribution of a metric over the intervals of a track.

use alloc::vec::Vec;

use crate::Millis;

/// Count, average, extremes and percentiles of a metric, in bounded memory.
///
/// Values fall into buckets of 1/32 octave, so that a percentile is within 1.6 % of the true one; extremes and the
/// average are exact. The average is weighted by the length of the intervals.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// Bucket and how many values fell into it, in ascending order.
    buckets: Vec<(u16, u32)>,
    count: u32,
    weighted: f64,
    weight: f64,
    min: f64,
    max: f64,
}

/// Buckets are the topmost bits of a positive f64: its exponent and five bits of its mantissa.
const BUCKET_SHIFT: u32 = 52 - 5;

impl Default for Distribution {
    fn default() -> Self {
        Self {
            buckets: Vec::new(),
            count: 0,
            weighted: 0.0,
            weight: 0.0,
            min: f64::INFINITY,
            max: 0.0,
        }
    }
}

impl Distribution {
    /// Adds the value of one interval. Negative values and NaN are not taken.
    pub(crate) fn add(&mut self, value: f64, length: Millis) {
        if !(0.0..=f64::MAX).contains(&value) {
            return;
        }
        if value < self.min {
            self.min = value;
        }
        if value > self.max {
            self.max = value;
        }
        self.count += 1;
        self.weighted += value * length.as_f64();
        self.weight += length.as_f64();
        let bucket = bucket_of(value);
        let place = self
            .buckets
            .iter()
            .position(|&(other, _)| other >= bucket)
            .unwrap_or(self.buckets.len());
        match self.buckets.get_mut(place) {
            Some((other, count)) if *other == bucket => *count += 1,
            _ => self.buckets.insert(place, (bucket, 1)),
        }
    }

    /// How many intervals had a value.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The average, weighted by the length of the intervals.
    #[must_use]
    pub fn average(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.weighted / self.weight)
    }

    /// The smallest value.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        (self.count > 0).then_some(self.min)
    }

    /// The largest value.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then_some(self.max)
    }

    /// The value that so many percent of the intervals do not exceed (nearest rank), within 1.6 %.
    #[must_use]
    pub fn percentile(&self, percent: u8) -> Option<f64> {
        let rank = (u64::from(self.count) * u64::from(percent.min(100)))
            .div_ceil(100)
            .max(1);
        let mut below = 0;
        for &(bucket, count) in &self.buckets {
            below += u64::from(count);
            if below >= rank {
                // `clamp` would bring the words of its panic, and what writes the two numbers.
                return Some(middle_of(bucket).max(self.min).min(self.max));
            }
        }
        None
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the sign bit is clear, so 16 bits are left"
)]
const fn bucket_of(value: f64) -> u16 {
    ((value + 0.0).to_bits() >> BUCKET_SHIFT) as u16
}

fn middle_of(bucket: u16) -> f64 {
    if bucket == 0 {
        return 0.0;
    }
    let low = f64::from_bits(u64::from(bucket) << BUCKET_SHIFT);
    let high = f64::from_bits(u64::from(bucket + 1) << BUCKET_SHIFT);
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: impl IntoIterator<Item = f64>) -> Distribution {
        let mut distribution = Distribution::default();
        for value in values {
            distribution.add(value, Millis::whole(10_000));
        }
        distribution
    }

    #[test]
    fn percentiles_are_within_their_promise() {
        let distribution = of((1..=1000).map(f64::from));
        for (percent, truth) in [(25, 250.0), (50, 500.0), (75, 750.0), (99, 990.0)] {
            let found = distribution.percentile(percent).unwrap();
            assert!(
                (found / truth - 1.0_f64).abs() < 0.016,
                "p{percent}: {found}"
            );
        }
        assert_eq!(
            (distribution.min(), distribution.max()),
            (Some(1.0), Some(1000.0))
        );
        assert_eq!(distribution.average(), Some(500.5));
    }

    #[test]
    fn the_average_is_weighted_by_length() {
        let mut distribution = Distribution::default();
        distribution.add(100.0, Millis::whole(9_000));
        distribution.add(400.0, Millis::whole(1_000));
        assert_eq!(distribution.average(), Some(130.0));
    }

    #[test]
    fn of_nothing_everything_is_unknown() {
        let distribution = of([f64::NAN, -1.0, f64::INFINITY]);
        assert_eq!(distribution.count(), 0);
        assert_eq!(
            (
                distribution.min(),
                distribution.average(),
                distribution.percentile(50)
            ),
            (None, None, None)
        );
    }

    #[test]
    fn zero_and_extremes_are_kept() {
        let distribution = of([0.0, 0.0, 1e12]);
        assert_eq!(distribution.percentile(50), Some(0.0));
        assert_eq!(distribution.percentile(99), Some(1e12));
    }

    #[test]
    fn memory_does_not_grow_with_the_number_of_values() {
        let distribution = of((0..100_000).map(|n| f64::from(n % 977) * 1.7));
        assert!(distribution.buckets.len() < 400);
    }
}
