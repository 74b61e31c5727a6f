//! What the engine gives out: the interval.

use alloc::vec::Vec;
use core::fmt;

use crate::metric::{Metric, packet_loss};
use crate::{Atom, Bitrate, Kind, LossRatio, Millis, Path, Tally, Timestamp};

/// What an interval is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A published track: its layers merged, on one connection or over all that it goes out on.
    Track,
    /// One layer of a published track on one connection.
    Layer,
    /// Everything one connection receives.
    Connection,
    /// One received track of a connection.
    Received,
}

/// Which way the media goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Published by this participant.
    Send,
    /// Received from others.
    Receive,
}

impl Direction {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Receive => "receive",
        }
    }
}

/// What names a track: a sid or another string of its own, else its ssrc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackId {
    /// Its sid where the application published it under one; in a recording the `media-source` id, else the mid; for
    /// a received track its `trackIdentifier`.
    Named(Atom),
    /// The browser tells no name.
    Ssrc(u32),
}

/// What names a layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerName {
    /// The ssrc, where it is reported.
    pub ssrc: Option<u32>,
    /// The restriction identifier ([RFC 8851](https://www.rfc-editor.org/rfc/rfc8851)); Twilio's simulcast has none.
    pub rid: Option<Atom>,
    /// The place among the layers, from the smallest up.
    pub encoding_index: Option<u32>,
}

/// What is to be known about how an interval came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// It is still running: the figures so far.
    pub open: bool,
    /// Nothing is known because it holds only the first sample.
    pub baseline: bool,
    /// A counter fell: that step is not in the figures.
    pub counter_fell: bool,
    /// It ended early because samples were missed, or the media went away.
    pub cut_short: bool,
    /// A layer got no RTCP report: its loss is in neither sum.
    pub unreported: bool,
    /// The loss is judged over packets of earlier intervals, too.
    pub carried: bool,
}

/// Ten seconds of a track or of a connection.
#[derive(Clone, Debug)]
pub struct Interval {
    /// What it is about.
    pub scope: Scope,
    /// The connection; `None` where several are merged.
    pub pc: Option<Atom>,
    /// The track; `None` for a connection.
    pub track: Option<TrackId>,
    /// The layer, for [`Scope::Layer`].
    pub layer: Option<LayerName>,
    /// The media kind, where it is reported.
    pub kind: Option<Kind>,
    /// Whether the browser says that the track is a shared screen.
    pub screen_share: bool,
    /// The epoch-aligned start.
    pub start: Timestamp,
    /// The first sample in it.
    pub opened: Timestamp,
    /// The true length, between the first and the last sample.
    pub duration: Millis,
    /// The codec in use at its end.
    pub codec: Option<Atom>,
    /// The path of the selected candidate pair, for [`Scope::Connection`].
    pub path: Option<Path>,
    /// How it came about.
    pub notes: Notes,
    /// What it adds up to.
    pub tally: Tally,
    /// The layers of a track, the connections of a merged track, the received tracks of a connection.
    pub parts: Vec<Self>,
}

impl Interval {
    /// Which way the media goes.
    #[must_use]
    pub const fn direction(&self) -> Direction {
        match self.scope {
            Scope::Track | Scope::Layer => Direction::Send,
            Scope::Connection | Scope::Received => Direction::Receive,
        }
    }

    /// A metric, in its own unit; `None` if it is not known.
    #[must_use]
    pub fn value(&self, metric: Metric) -> Option<f64> {
        metric.of(&self.tally)
    }

    /// The bitrate: what was sent on all layers, or received on the whole connection.
    #[must_use]
    pub fn bitrate(&self) -> Option<Bitrate> {
        self.value(Metric::Bitrate).and_then(Bitrate::new)
    }

    /// The share of packets lost, over all layers together.
    #[must_use]
    pub fn packet_loss(&self) -> Option<LossRatio> {
        packet_loss::ratio(&self.tally)
    }

    /// The round trip time, of the slowest layer.
    #[must_use]
    pub fn round_trip_time(&self) -> Option<Millis> {
        self.value(Metric::RoundTripTime).and_then(Millis::new)
    }

    /// The last sample in it.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.opened + self.duration
    }

    /// An interval of nothing yet, of that length.
    pub(crate) const fn of(
        scope: Scope,
        start: Timestamp,
        opened: Timestamp,
        duration: Millis,
    ) -> Self {
        Self {
            scope,
            pc: None,
            track: None,
            layer: None,
            kind: None,
            screen_share: false,
            start,
            opened,
            duration,
            codec: None,
            path: None,
            notes: Notes {
                open: false,
                baseline: false,
                counter_fell: false,
                cut_short: false,
                unreported: false,
                carried: false,
            },
            tally: Tally::UNKNOWN,
            parts: Vec::new(),
        }
    }

    /// Says on which connection it was measured.
    pub(crate) fn on(&mut self, pc: Atom) {
        self.pc = Some(pc);
        for part in &mut self.parts {
            part.pc = Some(pc);
        }
    }

    /// How many connections are merged in it.
    pub(crate) fn connections(&self) -> usize {
        if self.pc.is_some() {
            1
        } else {
            self.parts.len()
        }
    }

    /// Whether that connection is in it.
    pub(crate) fn has_connection(&self, pc: Option<Atom>) -> bool {
        self.pc == pc || (self.pc.is_none() && self.parts.iter().any(|part| part.pc == pc))
    }

    /// Merges the same interval of the same track on another connection.
    pub(crate) fn merge(&mut self, other: Self) {
        if self.pc.is_some() {
            let whole = Self {
                pc: None,
                parts: Vec::new(),
                ..*self
            };
            let first = core::mem::replace(self, whole);
            self.parts.push(first);
        }
        self.tally.merge(&other.tally);
        if other.duration > self.duration {
            self.duration = other.duration;
        }
        if other.opened < self.opened {
            self.opened = other.opened;
        }
        self.kind = self.kind.or(other.kind);
        self.codec = self.codec.or(other.codec);
        self.screen_share |= other.screen_share;
        self.notes.counter_fell |= other.notes.counter_fell;
        self.notes.cut_short |= other.notes.cut_short;
        self.notes.unreported |= other.notes.unreported;
        self.notes.carried |= other.notes.carried;
        self.notes.baseline &= other.notes.baseline;
        self.parts.push(other);
    }
}

impl fmt::Display for LayerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.encoding_index, self.ssrc) {
            (Some(index), _) => write!(f, "layer {index}"),
            (None, Some(ssrc)) => write!(f, "ssrc {ssrc}"),
            (None, None) => f.write_str("layer"),
        }
    }
}

/// A whole number in a column, such as an ssrc.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked"
)]
pub(crate) fn whole(column: f64) -> Option<u32> {
    (column >= 0.0 && column <= f64::from(u32::MAX)).then_some(column as u32)
}
