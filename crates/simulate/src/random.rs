//! Chance that is the same each time: every room, participant and hour has a stream of its own, found by numbers. Logarithms and their like are
//! computed here, not asked of the machine: each rounds the last bit in its own way.

use callscope_core::wire::Uuid;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(fastrand::Rng);

impl Random {
    /// The stream of a seed that those numbers name.
    pub(crate) fn of(seed: u64, names: &[u64]) -> Self {
        let state = names.iter().fold(mixed(seed), |state, &name| {
            mixed(state ^ mixed(name.wrapping_add(0x9e37_79b9_7f4a_7c15)))
        });
        Self(fastrand::Rng::with_seed(state))
    }

    /// A stream of its own.
    pub(crate) fn branch(&mut self) -> Self {
        Self(fastrand::Rng::with_seed(self.0.u64(..)))
    }

    /// In `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0.f64()
    }

    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    pub(crate) fn between(&mut self, least: f64, most: f64) -> f64 {
        least + self.unit() * (most - least)
    }

    /// Of whole numbers up to that one, without it.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        self.0.u32(0..end.max(1))
    }

    /// Of the normal distribution, by Box and Muller.
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.unit())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// Half are below the median; the tail is long.
    pub(crate) fn log_normal(&mut self, median: f64, spread: f64) -> f64 {
        median * libm::exp(spread * self.normal())
    }

    /// What one waits for what comes at random.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log(1.0 - self.unit())
    }

    /// A little more or less than that.
    pub(crate) fn about(&mut self, value: f64, share: f64) -> f64 {
        value * self.between(1.0 - share, 1.0 + share)
    }

    /// A whole number with that mean.
    pub(crate) fn count(&mut self, mean: f64) -> f64 {
        let spread = mean.max(0.0).sqrt();
        if mean < 30.0 {
            // Few are counted one by one (Knuth).
            let (end, mut product, mut count) = (libm::exp(-mean), self.unit(), 0.0);
            while product > end {
                product *= self.unit();
                count += 1.0;
            }
            count
        } else {
            (mean + spread * self.normal()).round().max(0.0)
        }
    }

    /// One of those, each as often as its weight says; `None` of none.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [(f64, T)]) -> Option<&'a T> {
        let mut left = self.unit() * of.iter().map(|(weight, _)| weight).sum::<f64>();
        for (weight, item) in of {
            left -= weight;
            if left < 0.0 {
                return Some(item);
            }
        }
        of.last().map(|(_, item)| item)
    }

    pub(crate) fn uuid(&mut self) -> Uuid {
        let random = self.0.u128(..);
        // Version 4, variant 1 (RFC 9562).
        let marked = random & !(0xf << 76) & !(0x3 << 62) | 4 << 76 | 2 << 62;
        Uuid::from_bytes(marked.to_be_bytes())
    }

    pub(crate) fn sid(&mut self, kind: &str) -> String {
        format!("{kind}{:032x}", self.0.u128(..))
    }

    pub(crate) fn ssrc(&mut self) -> u32 {
        self.0.u32(1..)
    }
}

/// `SplitMix64`'s last step: neighbouring numbers come to nothing alike.
const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// The next whole number, of what is small enough to be one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "times and counts, far below 2⁵³"
)]
pub(crate) fn whole(value: f64) -> i64 {
    value.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_names_give_the_same_stream_and_others_another() {
        let first = |names: &[u64]| Random::of(7, names).uuid();
        assert_eq!(first(&[1, 2]), first(&[1, 2]));
        assert_ne!(first(&[1, 2]), first(&[2, 1]));
        assert_ne!(first(&[1]), Random::of(8, &[1]).uuid());
    }

    #[test]
    fn identifiers_are_of_version_four() {
        let text = Random::of(1, &[]).uuid().to_string();
        assert_eq!(text.chars().nth(14), Some('4'), "{text}");
        assert!(
            matches!(text.chars().nth(19), Some('8' | '9' | 'a' | 'b')),
            "{text}"
        );
    }

    #[test]
    fn counts_have_their_mean() {
        let mut random = Random::of(3, &[]);
        for mean in [0.2, 4.0, 90.0] {
            let sum: f64 = (0..4000).map(|_| random.count(mean)).sum();
            assert!((sum / 4000.0 / mean - 1.0).abs() < 0.1, "{mean}: {sum}");
        }
    }
}
