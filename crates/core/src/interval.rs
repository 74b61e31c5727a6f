//! What the engine gives out: the interval.

use alloc::vec::Vec;
use core::fmt;

use crate::metric::{Metric, packet_loss};
use crate::span::Span;
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
    /// Where that is followed over the whole call.
    pub(crate) subject: usize,
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

    /// An interval of nothing yet.
    pub(crate) fn of(scope: Scope, subject: usize, span: Span) -> Self {
        Self {
            scope,
            subject,
            pc: None,
            track: None,
            layer: None,
            kind: None,
            screen_share: false,
            start: span.start(),
            opened: span.opened(),
            duration: span.duration(),
            codec: None,
            path: None,
            notes: Notes {
                baseline: true,
                ..Notes::default()
            },
            tally: Tally::UNKNOWN,
            parts: Vec::new(),
        }
    }

    /// A part of it: the same time of the same, with nothing known of it yet.
    pub(crate) fn part(&self, scope: Scope) -> Self {
        Self {
            pc: self.pc,
            track: self.track,
            kind: self.kind,
            screen_share: self.screen_share,
            opened: self.opened,
            duration: self.duration,
            ..Self::of(scope, self.subject, Span::open(self.opened))
        }
    }

    /// Whether that is the same interval of the same track on another connection.
    pub(crate) fn joins(&self, other: &Self) -> bool {
        let has_it = |part: &Self| part.pc == other.pc;
        self.start == other.start
            && !has_it(self)
            && !(self.pc.is_none() && self.parts.iter().any(has_it))
    }

    /// How many connections are merged in it.
    pub(crate) fn connections(&self) -> usize {
        if self.pc.is_some() {
            1
        } else {
            self.parts.len()
        }
    }

    /// Merges the same interval of the same track on another connection.
    pub(crate) fn merge(&mut self, other: Self) {
        if self.pc.is_some() {
            let mut whole = self.part(self.scope);
            whole.pc = None;
            let first = core::mem::replace(self, whole);
            self.merge(first);
        }
        if other.duration > self.duration {
            self.duration = other.duration;
        }
        if other.opened < self.opened {
            self.opened = other.opened;
        }
        self.kind = self.kind.or(other.kind);
        self.codec = self.codec.or(other.codec);
        self.screen_share |= other.screen_share;
        self.add(other, self.parts.len());
    }

    /// Adds a part at that place: what it adds up to, and what is noted about it.
    pub(crate) fn add(&mut self, part: Self, place: usize) {
        self.tally.merge(&part.tally);
        self.notes.counter_fell |= part.notes.counter_fell;
        self.notes.cut_short |= part.notes.cut_short;
        self.notes.unreported |= part.notes.unreported;
        self.notes.carried |= part.notes.carried;
        self.notes.baseline &= part.notes.baseline;
        self.parts.insert(place, part);
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
