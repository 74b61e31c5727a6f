//! What an interval adds up to, in the one form from which every metric is computed.
//!
//! Layers merge into a track, a track's connections into the track, received tracks into a connection: always by
//! [`Tally::merge`], so that merging equals the formula on the sums by construction.

use crate::counter::add_known;

/// The quantities that are summed when tallies merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Sum {
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
}

const SUMS: usize = Sum::FramesDropped as usize + 1;

/// The quantities of which the largest is kept when tallies merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Peak {
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
}

const PEAKS: usize = Peak::AvailableOutgoing as usize + 1;

/// What one interval of a layer, a track, a received track or a connection adds up to.
#[derive(Clone, Copy, Debug)]
pub struct Tally {
    sums: [f64; SUMS],
    peaks: [f64; PEAKS],
    frame: (f64, f64),
}

impl Tally {
    /// Everything unknown.
    pub(crate) const UNKNOWN: Self = Self {
        sums: [f64::NAN; SUMS],
        peaks: [f64::NAN; PEAKS],
        frame: (f64::NAN, f64::NAN),
    };

    pub(crate) const fn sum(&self, which: Sum) -> f64 {
        self.sums[which as usize]
    }

    pub(crate) const fn peak(&self, which: Peak) -> f64 {
        self.peaks[which as usize]
    }

    /// Width and height of the largest picture, in pixels.
    pub(crate) const fn frame(&self) -> (f64, f64) {
        self.frame
    }

    pub(crate) const fn set_sum(&mut self, which: Sum, value: f64) {
        self.sums[which as usize] = value;
    }

    pub(crate) const fn set_peak(&mut self, which: Peak, value: f64) {
        self.peaks[which as usize] = value;
    }

    pub(crate) const fn set_frame(&mut self, width: f64, height: f64) {
        self.frame = (width, height);
    }

    /// Adds another: sums are added, of peaks and pictures the larger is kept; what is unknown on one side is taken
    /// from the other.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.sums.iter_mut().zip(other.sums) {
            *mine = add_known(*mine, theirs);
        }
        for (mine, theirs) in self.peaks.iter_mut().zip(other.peaks) {
            *mine = mine.max(theirs);
        }
        let larger = other.frame.0 * other.frame.1 > self.frame.0 * self.frame.1;
        if larger || self.frame.0.is_nan() {
            self.frame = other.frame;
        }
    }
}
