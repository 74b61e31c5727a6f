//! The metrics, one a file: what each means, its unit, its formula and the members it comes from.
//!
//! All of them are one enumeration and one table, so that the wire, the charts and the documents list the same ones.

mod audio;
mod bitrate;
mod frames;
mod ice;
mod jitter;
pub(crate) mod packet_loss;
mod packets;
mod quality_limitation;
mod repair;
mod round_trip_time;

use crate::tally::{Figure, Tally};

/// The unit of a metric's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bits per second.
    BitsPerSecond,
    /// How many.
    Count,
    /// Frames per second.
    FramesPerSecond,
    /// Milliseconds.
    Milliseconds,
    /// `0..=100`.
    Percent,
    /// Pixels.
    Pixels,
    /// `0..=1`.
    Ratio,
    /// Seconds.
    Seconds,
}

/// How a metric is computed from what its interval adds up to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Formula {
    /// A figure, times a factor.
    Of(Figure, u16),
    /// A figure that is shown as zero where it is negative.
    OrZero(Figure),
    /// One figure over another, times a factor.
    Ratio(Figure, Figure, u16),
    /// [`packet_loss::ratio`].
    Loss,
}

/// What is to be known about a metric.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Descriptor {
    pub(crate) name: &'static str,
    pub(crate) unit: Unit,
    pub(crate) formula: Formula,
    pub(crate) send: Option<&'static str>,
    pub(crate) receive: Option<&'static str>,
}

/// Makes the enumeration and its table from one list.
macro_rules! metrics {
    ($($(#[$doc:meta])* $variant:ident = $descriptor:path,)*) => {
        /// A metric of an interval.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Metric {
            $($(#[$doc])* $variant,)*
        }

        impl Metric {
            /// All metrics.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
        }

        const TABLE: &[&Descriptor] = &[$(&$descriptor),*];
        // Apart, so that who computes metrics and names none does not carry the words.
        const FORMULAS: &[Formula] = &[$($descriptor.formula),*];
    };
}

metrics! {
    /// Bits sent or received per second.
    Bitrate = bitrate::BITRATE,
    /// What the encoder aims at, in bits per second.
    TargetBitrate = bitrate::TARGET_BITRATE,
    /// Packets sent.
    PacketsSent = packets::SENT,
    /// Packets received.
    PacketsReceived = packets::RECEIVED,
    /// Packets that did not arrive.
    PacketsLost = packet_loss::LOST,
    /// Their share of those that were due, in percent.
    PacketLoss = packet_loss::SHARE,
    /// Round trip time, in milliseconds.
    RoundTripTime = round_trip_time::ROUND_TRIP_TIME,
    /// Round trip time of the connectivity checks, in milliseconds: another quantity, never blended with the above.
    IceRoundTripTime = ice::ROUND_TRIP_TIME,
    /// What the congestion control believes to be available, in bits per second.
    AvailableOutgoingBitrate = ice::AVAILABLE_OUTGOING_BITRATE,
    /// Interarrival jitter, in milliseconds.
    Jitter = jitter::JITTER,
    /// Time in the jitter buffer, in milliseconds.
    JitterBuffer = jitter::BUFFER,
    /// Frames per second.
    FramesPerSecond = frames::PER_SECOND,
    /// Width of the picture, in pixels.
    FrameWidth = frames::WIDTH,
    /// Height of the picture, in pixels.
    FrameHeight = frames::HEIGHT,
    /// Frames that were received and not shown.
    FramesDropped = frames::DROPPED,
    /// How often the picture froze.
    FreezeCount = frames::FREEZES,
    /// How long the picture was frozen, in milliseconds.
    FreezeTime = frames::FREEZE_TIME,
    /// Encoding time per frame, in milliseconds.
    EncodeTime = frames::ENCODE_TIME,
    /// Seconds in which the encoder was not limited.
    LimitedNone = quality_limitation::NONE,
    /// Seconds in which it was limited by bandwidth.
    LimitedBandwidth = quality_limitation::BANDWIDTH,
    /// Seconds in which it was limited by the processor.
    LimitedCpu = quality_limitation::CPU,
    /// Seconds in which it was limited by something else.
    LimitedOther = quality_limitation::OTHER,
    /// Packets sent again.
    RetransmittedPackets = repair::RETRANSMITTED,
    /// Requests to send packets again.
    NackCount = repair::NACK,
    /// Requests for a key frame because a picture was lost.
    PliCount = repair::PLI,
    /// Requests for a key frame.
    FirCount = repair::FIR,
    /// Level of the microphone, `0..=1`.
    AudioLevel = audio::LEVEL,
    /// Share of the sound that was made up, in percent.
    Concealed = audio::CONCEALED,
}

impl Metric {
    /// Its name on the wire, with its unit.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.descriptor().name
    }

    /// The unit of its values.
    #[must_use]
    pub fn unit(self) -> Unit {
        self.descriptor().unit
    }

    /// The metric of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|metric| metric.name() == name)
    }

    /// Its formula in W3C's words, for what is sent; `None` if it is not a metric of sending.
    #[must_use]
    pub fn send_formula(self) -> Option<&'static str> {
        self.descriptor().send
    }

    /// Its formula in W3C's words, for what is received; `None` if it is not a metric of receiving.
    #[must_use]
    pub fn receive_formula(self) -> Option<&'static str> {
        self.descriptor().receive
    }

    /// Its value; `None` if it is unknown.
    pub(crate) fn of(self, tally: &Tally) -> Option<f64> {
        Some(self.figure(tally)).filter(|value| !value.is_nan())
    }

    /// How it is computed.
    pub(crate) fn formula(self) -> Formula {
        let formula = FORMULAS.get(self as usize).copied();
        formula.unwrap_or(bitrate::BITRATE.formula)
    }

    /// Its value; NaN if it is unknown.
    pub(crate) fn figure(self, tally: &Tally) -> f64 {
        let value = match self.formula() {
            Formula::Of(figure, factor) => f64::from(factor) * tally.get(figure),
            Formula::OrZero(figure) => {
                let value = tally.get(figure);
                if value < 0.0 { 0.0 } else { value }
            }
            Formula::Ratio(over, under, factor) => {
                f64::from(factor) * tally.get(over) / tally.get(under)
            }
            Formula::Loss => packet_loss::ratio(tally).map_or(f64::NAN, |loss| loss.as_percent()),
        };
        if value.is_finite() { value } else { f64::NAN }
    }

    fn descriptor(self) -> &'static Descriptor {
        TABLE
            .get(self as usize)
            .copied()
            .unwrap_or(&bitrate::BITRATE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        for &metric in Metric::ALL {
            assert_eq!(Metric::named(metric.name()), Some(metric));
        }
    }

    #[test]
    fn of_nothing_every_metric_is_unknown() {
        for &metric in Metric::ALL {
            assert_eq!(metric.of(&Tally::UNKNOWN), None, "{}", metric.name());
        }
    }

    #[test]
    fn every_metric_says_where_it_comes_from() {
        for &metric in Metric::ALL {
            assert!(
                metric.send_formula().is_some() || metric.receive_formula().is_some(),
                "{}",
                metric.name()
            );
        }
    }

    #[test]
    fn merging_with_nothing_changes_no_metric() {
        let mut tally = Tally::UNKNOWN;
        for (sum, value) in [
            (Figure::Bitrate, 5.0),
            (Figure::PacketsLost, 1.0),
            (Figure::PacketsJudged, 3.0),
        ] {
            tally.set(sum, value);
        }
        tally.set_frame((640.0, 360.0));
        let mut merged = tally;
        merged.merge(&Tally::UNKNOWN);
        for &metric in Metric::ALL {
            assert_eq!(metric.of(&merged), metric.of(&tally), "{}", metric.name());
        }
    }
}
