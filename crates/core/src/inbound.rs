//! One received track of a connection: one `inbound-rtp`.

use crate::counter::{Counters, Step, known_or_zero};
use crate::interval::{TrackId, whole};
use crate::report::{Row, inbound};
use crate::tally::{Peak, Sum, Tally};
use crate::{Atom, Kind, Oddities, Oddity, Timestamp};

/// The place of a counter's column in its block.
const fn place(column: usize) -> usize {
    column - inbound::LOST
}

#[derive(Clone, Debug)]
pub(crate) struct Inbound {
    ssrc: f64,
    track: Option<Atom>,
    kind: Option<Kind>,
    /// Whether the report in hand has it.
    pub(crate) seen: bool,
    /// When it was last reported.
    pub(crate) last: Option<Timestamp>,
    /// Where it is followed over the whole call.
    pub(crate) subject: usize,
    counters: Counters,
    jitter: f64,
    size: (f64, f64),
}

impl Inbound {
    pub(crate) fn new(row: Row<'_>, subject: usize) -> Self {
        Self {
            ssrc: row.raw(inbound::SSRC),
            track: row.atom(inbound::TRACK),
            kind: row.kind(inbound::KIND),
            seen: false,
            last: None,
            subject,
            counters: Counters::new(1),
            jitter: f64::NAN,
            size: (f64::NAN, f64::NAN),
        }
    }

    /// Whether that row is of this track: the same ssrc under another track is another.
    pub(crate) fn is(&self, row: Row<'_>) -> bool {
        let ssrc = row.raw(inbound::SSRC);
        (self.ssrc == ssrc || (self.ssrc.is_nan() && ssrc.is_nan()))
            && self.track == row.atom(inbound::TRACK)
    }

    /// Takes its `inbound-rtp`.
    pub(crate) fn read(&mut self, row: Row<'_>, odd: &mut Oddities) -> Step {
        if self.seen {
            odd.count(Oddity::Duplicate);
            return Step::Progress;
        }
        self.seen = true;
        self.kind = row.kind(inbound::KIND).or(self.kind);
        self.jitter = row
            .number(inbound::JITTER)
            .filter(|&jitter| jitter >= 0.0)
            .unwrap_or(f64::NAN);
        self.size = (
            row.number(inbound::WIDTH).unwrap_or(f64::NAN),
            row.number(inbound::HEIGHT).unwrap_or(f64::NAN),
        );
        self.counters.read(row.from(inbound::LOST), odd)
    }

    /// What names it.
    pub(crate) fn id(&self) -> Option<TrackId> {
        self.track
            .map(TrackId::Named)
            .or_else(|| whole(self.ssrc).map(TrackId::Ssrc))
    }

    pub(crate) const fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// What the interval adds up to, over so many seconds.
    pub(crate) fn tally(&self, seconds: f64) -> Tally {
        let counted = |column| self.counters.sum(place(column));
        let mut tally = Tally::UNKNOWN;
        tally.set_sum(Sum::Bitrate, 8.0 * counted(inbound::BYTES) / seconds);
        let received = counted(inbound::PACKETS);
        tally.set_sum(Sum::PacketsReceived, received);
        let lost = counted(inbound::LOST);
        if !lost.is_nan() && !received.is_nan() {
            tally.set_sum(Sum::PacketsLost, lost);
            tally.set_sum(Sum::PacketsJudged, received);
        }
        for (sum, column) in [
            (Sum::BufferDelay, inbound::BUFFER_DELAY),
            (Sum::BufferEmitted, inbound::BUFFER_EMITTED),
            (Sum::FramesDropped, inbound::FRAMES_DROPPED),
            (Sum::Freezes, inbound::FREEZES),
            (Sum::FreezeTime, inbound::FREEZE_TIME),
            (Sum::Samples, inbound::SAMPLES),
        ] {
            tally.set_sum(sum, counted(column));
        }
        let concealed = counted(inbound::CONCEALED);
        if !concealed.is_nan() {
            let silent = known_or_zero(counted(inbound::SILENT_CONCEALED));
            tally.set_sum(Sum::Concealed, (concealed - silent).max(0.0));
        }
        tally.set_peak(Peak::Jitter, self.jitter);
        tally.set_peak(Peak::FrameRate, counted(inbound::FRAMES_DECODED) / seconds);
        tally.set_frame(self.size.0, self.size.1);
        tally
    }

    /// Whether the interval holds only a first reading of it.
    pub(crate) const fn is_baseline(&self) -> bool {
        !self.counters.advanced()
    }

    /// Starts the next interval.
    pub(crate) fn next_interval(&mut self) {
        self.counters.next_interval();
    }

    /// Samples were missed: everything starts from a new baseline.
    pub(crate) fn forget(&mut self) {
        self.counters.forget();
    }
}
