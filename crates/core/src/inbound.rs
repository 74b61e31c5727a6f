//! One received track of a connection: one `inbound-rtp`.

use crate::counter::{Counters, Step, known_or_zero, not_negative};
use crate::interval::{Interval, TrackId, whole};
use crate::report::{Row, inbound};
use crate::tally::Figure;
use crate::{Atom, Kind, Oddities, Oddity, Timestamp};

/// The place of a counter's column in its block.
const fn place(column: usize) -> usize {
    column - inbound::LOST
}

/// What its counters count, by their places; the packets lost and what is silent are seen apart.
const COUNTED: [(Figure, usize); 10] = [
    (Figure::Bitrate, place(inbound::BYTES)),
    (Figure::PacketsReceived, place(inbound::PACKETS)),
    (Figure::BufferDelay, place(inbound::BUFFER_DELAY)),
    (Figure::BufferEmitted, place(inbound::BUFFER_EMITTED)),
    (Figure::FrameRate, place(inbound::FRAMES_DECODED)),
    (Figure::FramesDropped, place(inbound::FRAMES_DROPPED)),
    (Figure::Freezes, place(inbound::FREEZES)),
    (Figure::FreezeTime, place(inbound::FREEZE_TIME)),
    (Figure::Samples, place(inbound::SAMPLES)),
    (Figure::Concealed, place(inbound::CONCEALED)),
];

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
    pub(crate) fn new(row: Row<'_>) -> Self {
        Self {
            ssrc: row.raw(inbound::SSRC),
            track: row.atom(inbound::TRACK),
            kind: row.kind(inbound::KIND),
            seen: false,
            last: None,
            subject: 0,
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
        self.jitter = not_negative(row.known(inbound::JITTER));
        self.size = (row.known(inbound::WIDTH), row.known(inbound::HEIGHT));
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

    /// Says what the interval adds up to, over so many seconds.
    pub(crate) fn fill(&self, part: &mut Interval, seconds: f64) {
        part.subject = self.subject;
        part.track = self.id();
        part.kind = self.kind;
        part.notes.baseline = !self.counters.advanced();
        let tally = &mut part.tally;
        tally.count(&self.counters, &COUNTED);
        tally.over(seconds);
        let lost = self.counters.sum(place(inbound::LOST));
        tally.set_loss(lost, tally.get(Figure::PacketsReceived));
        let silent = known_or_zero(self.counters.sum(place(inbound::SILENT_CONCEALED)));
        let concealed = tally.get(Figure::Concealed) - silent;
        // NaN stays what it is.
        tally.set(
            Figure::Concealed,
            if concealed < 0.0 { 0.0 } else { concealed },
        );
        tally.set(Figure::Jitter, self.jitter);
        tally.set_frame(self.size);
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
