//! Quantities that must not be mixed up. None of them can hold NaN: what is unknown is `None`, around them.

use core::fmt;
use core::ops::{Add, Sub};

use crate::to_fixed;

/// A moment, in milliseconds since the Unix epoch, on the clock of the statistics ([`RTCStats.timestamp`]).
///
/// [`RTCStats.timestamp`]: https://www.w3.org/TR/webrtc/#dom-rtcstats-timestamp
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Timestamp(f64);

impl Timestamp {
    /// The moment so many milliseconds after the epoch; `None` for what is no moment (NaN, infinite, not positive).
    #[must_use]
    pub fn new(epoch_ms: f64) -> Option<Self> {
        (epoch_ms > 0.0 && epoch_ms < 1e15).then_some(Self(epoch_ms))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_f64(self) -> f64 {
        self.0
    }

    /// The start of the epoch-aligned interval of that length in which the moment lies.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "rounds down: a moment is positive, and fewer than 2^53 milliseconds"
    )]
    pub fn aligned(self, interval: Millis) -> Self {
        Self((self.0 / interval.0) as u64 as f64 * interval.0)
    }
}

impl Sub for Timestamp {
    type Output = Millis;

    fn sub(self, earlier: Self) -> Millis {
        Millis(self.0 - earlier.0)
    }
}

impl Add<Millis> for Timestamp {
    type Output = Self;

    fn add(self, duration: Millis) -> Self {
        Self(self.0 + duration.0)
    }
}

/// A length of time, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Millis(f64);

impl Millis {
    /// No time at all.
    pub const ZERO: Self = Self(0.0);

    /// So many milliseconds.
    #[must_use]
    pub const fn whole(milliseconds: u32) -> Self {
        Self(milliseconds as f64)
    }

    /// So many milliseconds; `None` for NaN and infinities.
    #[must_use]
    pub fn new(milliseconds: f64) -> Option<Self> {
        milliseconds.is_finite().then_some(Self(milliseconds))
    }

    /// Milliseconds.
    #[must_use]
    pub const fn as_f64(self) -> f64 {
        self.0
    }
}

impl Add for Millis {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", to_fixed(self.0, 0))
    }
}

/// A rate of data, in bits per second.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Bitrate(f64);

impl Bitrate {
    /// So many bits per second; `None` for NaN, infinities and negative rates.
    #[must_use]
    pub fn new(bits_per_second: f64) -> Option<Self> {
        (bits_per_second.is_finite() && bits_per_second >= 0.0).then_some(Self(bits_per_second))
    }

    /// Bits per second.
    #[must_use]
    pub const fn as_f64(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Bitrate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 >= 1e6 {
            write!(f, "{} Mbps", to_fixed(self.0 / 1e6, 2))
        } else {
            write!(f, "{} kbps", to_fixed(self.0 / 1e3, 0))
        }
    }
}

/// A share of packets, in `0.0..=1.0`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct LossRatio(f64);

impl LossRatio {
    /// `lost / (lost + delivered)`, or `None` when no packet was due: silence is not perfection.
    ///
    /// A negative `lost` (late packets can make it so) counts as none lost.
    ///
    /// ```
    /// # use callscope_core::LossRatio;
    /// assert_eq!(LossRatio::of(5.0, 95.0).unwrap().to_string(), "5.0 %");
    /// assert_eq!(LossRatio::of(0.0, 0.0), None);
    /// ```
    #[must_use]
    pub fn of(lost: f64, delivered: f64) -> Option<Self> {
        let lost = lost.max(0.0);
        let due = lost + delivered;
        (due > 0.0 && due <= f64::MAX).then(|| Self(lost / due))
    }

    /// So many percent, at most 100.
    #[must_use]
    pub const fn percent(percent: u8) -> Self {
        Self(if percent > 100 {
            1.0
        } else {
            percent as f64 / 100.0
        })
    }

    /// In percent, `0.0..=100.0`.
    #[must_use]
    pub const fn as_percent(self) -> f64 {
        self.0 * 100.0
    }
}

impl fmt::Display for LossRatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", to_fixed(self.as_percent(), 1))
    }
}
