//! What an interval adds up to, in the one form from which every metric is computed.
//!
//! Layers merge into a track, a track's connections into the track, received tracks into a connection: always by
//! [`Tally::merge`], so that merging equals the formula on the sums by construction.

use crate::counter::{Counters, add_known};

/// The quantities that an interval adds up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Figure {
    // Summed when tallies merge.
    /// Bits per second.
    Bitrate,
    PacketsSent,
    PacketsReceived,
    /// May be negative: late packets are un-lost.
    PacketsLost,
    /// The packets that the lost ones are to be seen against: sent and reported on, or received.
    PacketsJudged,
    Retransmitted,
    Nack,
    Pli,
    Fir,
    /// Seconds.
    EncodeTime,
    FramesEncoded,
    /// Bits per second.
    TargetBitrate,
    /// Seconds.
    BufferDelay,
    BufferEmitted,
    Freezes,
    /// Seconds.
    FreezeTime,
    Samples,
    Concealed,
    FramesDropped,
    // The largest is kept.
    /// Milliseconds.
    RoundTripTime,
    /// Seconds.
    Jitter,
    /// Frames per second.
    FrameRate,
    /// Seconds.
    LimitedNone,
    LimitedBandwidth,
    LimitedCpu,
    LimitedOther,
    /// `0..=1`.
    AudioLevel,
    /// Milliseconds.
    IceRoundTripTime,
    /// Bits per second.
    AvailableOutgoing,
    // Those of the larger picture are kept. In pixels.
    FrameWidth,
    FrameHeight,
}

const SUMS: usize = Figure::RoundTripTime as usize;
const ADDED: usize = Figure::FrameWidth as usize;
const FIGURES: usize = Figure::FrameHeight as usize + 1;

/// What one interval of a layer, a track, a received track or a connection adds up to; NaN where that is unknown.
#[derive(Clone, Copy, Debug)]
pub struct Tally([f64; FIGURES]);

impl Tally {
    /// Everything unknown.
    pub(crate) const UNKNOWN: Self = Self([f64::NAN; FIGURES]);

    pub(crate) const fn get(&self, which: Figure) -> f64 {
        self.0[which as usize]
    }

    pub(crate) const fn set(&mut self, which: Figure, value: f64) {
        self.0[which as usize] = value;
    }

    /// Width and height of the picture.
    pub(crate) const fn set_frame(&mut self, size: (f64, f64)) {
        self.set(Figure::FrameWidth, size.0);
        self.set(Figure::FrameHeight, size.1);
    }

    /// Packets that were lost, of those that are judged, where both are known.
    pub(crate) const fn set_loss(&mut self, lost: f64, judged: f64) {
        if !lost.is_nan() && !judged.is_nan() {
            self.set(Figure::PacketsLost, lost);
            self.set(Figure::PacketsJudged, judged);
        }
    }

    /// Takes what counters counted, each as that figure.
    pub(crate) fn count(&mut self, counters: &Counters, figures: &[(Figure, usize)]) {
        for &(figure, place) in figures {
            self.set(figure, counters.sum(place));
        }
    }

    /// Makes rates of the bytes and frames that were counted in so many seconds.
    pub(crate) const fn over(&mut self, seconds: f64) {
        self.set(Figure::Bitrate, 8.0 * self.get(Figure::Bitrate) / seconds);
        self.set(Figure::FrameRate, self.get(Figure::FrameRate) / seconds);
    }

    /// Adds another: sums are added, of peaks and pictures the larger is kept; what is unknown on one side is taken
    /// from the other.
    pub(crate) fn merge(&mut self, other: &Self) {
        let pixels = |tally: &Self| tally.get(Figure::FrameWidth) * tally.get(Figure::FrameHeight);
        let larger = pixels(other) > pixels(self) || self.get(Figure::FrameWidth).is_nan();
        for (place, (mine, theirs)) in self.0.iter_mut().zip(&other.0).enumerate() {
            if place < SUMS {
                *mine = add_known(*mine, *theirs);
            } else if place < ADDED {
                *mine = mine.max(*theirs);
            } else if larger {
                *mine = *theirs;
            }
        }
    }
}
