//! One layer of a published track: one `outbound-rtp` and what the other side reports of it.

use crate::counter::{Counters, Step, known_or_zero, not_negative};
use crate::interval::{Interval, LayerName, whole};
use crate::report::{Row, outbound, remote_inbound};
use crate::tally::Figure;
use crate::{Atom, Oddities, Oddity, Timestamp};

/// The place of a counter's column in its block.
const fn place(column: usize) -> usize {
    column - outbound::BYTES
}

/// Places in the block of the remote report.
const LOST: usize = 0;
const TOTAL_ROUND_TRIP_TIME: usize = remote_inbound::TOTAL_ROUND_TRIP_TIME - remote_inbound::LOST;
const MEASUREMENTS: usize = remote_inbound::MEASUREMENTS - remote_inbound::LOST;

/// What its counters count, by their places.
const COUNTED: [(Figure, usize); 13] = [
    (Figure::Bitrate, place(outbound::BYTES)),
    (Figure::PacketsSent, place(outbound::PACKETS)),
    (Figure::Retransmitted, place(outbound::RETRANSMITTED)),
    (Figure::Nack, place(outbound::NACK)),
    (Figure::Pli, place(outbound::PLI)),
    (Figure::Fir, place(outbound::FIR)),
    (Figure::EncodeTime, place(outbound::ENCODE_TIME)),
    (Figure::FramesEncoded, place(outbound::FRAMES_ENCODED)),
    (Figure::FrameRate, place(outbound::FRAMES_SENT)),
    (Figure::LimitedNone, place(outbound::LIMITED_NONE)),
    (Figure::LimitedBandwidth, place(outbound::LIMITED_BANDWIDTH)),
    (Figure::LimitedCpu, place(outbound::LIMITED_CPU)),
    (Figure::LimitedOther, place(outbound::LIMITED_OTHER)),
];

#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) ssrc: f64,
    pub(crate) id: Option<Atom>,
    pub(crate) rid: Option<Atom>,
    encoding_index: f64,
    pub(crate) codec: Option<Atom>,
    /// Whether the report in hand has it.
    pub(crate) seen: bool,
    /// Whether an earlier report had it: then a remote report that turns up now counts from zero, for none had arrived.
    watched: bool,
    counters: Counters,
    remote: Counters,
    remote_at: Option<Timestamp>,
    /// What the interval's RTCP reports said.
    heard: Heard,
    /// Packets of earlier intervals that no report has covered yet.
    unjudged: f64,
    size: (f64, f64),
    target_bitrate: f64,
}

/// What RTCP reports said during one interval.
#[derive(Clone, Copy, Debug)]
struct Heard {
    any: bool,
    jitter: f64,
    /// Round trip times of the single reports, where the browser has no totals.
    round_trip_times: f64,
    reports: f64,
}

impl Heard {
    const NOTHING: Self = Self {
        any: false,
        jitter: f64::NAN,
        round_trip_times: 0.0,
        reports: 0.0,
    };
}

impl Layer {
    pub(crate) fn new(row: Row<'_>) -> Self {
        Self {
            ssrc: row.raw(outbound::SSRC),
            id: row.atom(outbound::ID),
            rid: row.atom(outbound::RID),
            encoding_index: row.known(outbound::ENCODING_INDEX),
            codec: None,
            seen: false,
            watched: false,
            counters: Counters::new(0),
            remote: Counters::new(1),
            remote_at: None,
            heard: Heard::NOTHING,
            unjudged: 0.0,
            size: (f64::NAN, f64::NAN),
            target_bitrate: f64::NAN,
        }
    }

    /// Whether that row is of this layer.
    pub(crate) fn is(&self, row: Row<'_>) -> bool {
        let ssrc = row.raw(outbound::SSRC);
        if ssrc.is_nan() {
            self.ssrc.is_nan() && self.id == row.atom(outbound::ID)
        } else {
            self.ssrc == ssrc
        }
    }

    /// Takes its `outbound-rtp`.
    pub(crate) fn read(&mut self, row: Row<'_>, odd: &mut Oddities) -> Step {
        if self.seen {
            odd.count(Oddity::Duplicate);
            return Step::Progress;
        }
        self.seen = true;
        self.codec = row.atom(outbound::CODEC).or(self.codec);
        let encoding_index = row.known(outbound::ENCODING_INDEX);
        if !encoding_index.is_nan() {
            self.encoding_index = encoding_index;
        }
        self.size = (row.known(outbound::WIDTH), row.known(outbound::HEIGHT));
        self.target_bitrate = row.known(outbound::TARGET_BITRATE);
        let step = self.counters.read(row.from(outbound::BYTES), odd);
        if step == Step::Fell {
            // The receiver counts anew as well.
            self.remote.forget();
            self.watched = false;
            self.unjudged = 0.0;
        }
        step
    }

    /// Takes the `remote-inbound-rtp` of it, after the layer itself. A report that was seen before says nothing new.
    pub(crate) fn read_remote(&mut self, row: Row<'_>, odd: &mut Oddities) {
        let at = row.timestamp(remote_inbound::TIMESTAMP);
        let Some(at) = at else {
            odd.count(Oddity::NoTimestamp);
            return;
        };
        if self.remote_at.is_some_and(|last| at <= last) {
            return;
        }
        let first_report = self.remote_at.replace(at).is_none();
        if !self.remote.met() && first_report && self.watched {
            self.remote.start_at_zero();
        }
        if self.remote.read(row.from(remote_inbound::LOST), odd) == Step::Progress {
            self.heard.any = true;
            let round_trip_time = row.known(remote_inbound::ROUND_TRIP_TIME);
            if round_trip_time >= 0.0 {
                self.heard.round_trip_times += round_trip_time;
                self.heard.reports += 1.0;
            }
        }
        self.heard.jitter = not_negative(row.known(remote_inbound::JITTER));
    }

    /// Ends the report in hand.
    pub(crate) const fn settle(&mut self) {
        self.watched |= self.seen;
        self.seen = false;
    }

    /// Whether its next reading will be a baseline.
    pub(crate) const fn is_forgotten(&self) -> bool {
        !self.counters.met()
    }

    /// Says what the interval adds up to, over so many seconds.
    pub(crate) fn fill(&self, part: &mut Interval, seconds: f64) {
        part.layer = Some(LayerName {
            ssrc: whole(self.ssrc),
            rid: self.rid,
            encoding_index: whole(self.encoding_index),
        });
        part.notes.baseline = !self.counters.advanced();
        part.notes.unreported = !self.heard.any;
        part.notes.carried = self.heard.any && self.unjudged > 0.0;
        let tally = &mut part.tally;
        tally.count(&self.counters, &COUNTED);
        if tally.get(Figure::FrameRate).is_nan() {
            tally.set(Figure::FrameRate, tally.get(Figure::FramesEncoded));
        }
        tally.over(seconds);
        if self.heard.any {
            let judged = self.unjudged + tally.get(Figure::PacketsSent);
            tally.set_loss(self.remote.sum(LOST), judged);
        }
        tally.set(Figure::TargetBitrate, self.target_bitrate);
        tally.set(Figure::RoundTripTime, self.round_trip_time_ms());
        tally.set(Figure::Jitter, self.heard.jitter);
        tally.set_frame(self.size);
    }

    /// Starts the next interval. Packets that no report covered are carried into it.
    pub(crate) fn next_interval(&mut self) {
        let judged = self.heard.any && !self.remote.sum(LOST).is_nan();
        let sent = known_or_zero(self.counters.sum(place(outbound::PACKETS)));
        self.unjudged = if judged { 0.0 } else { self.unjudged + sent };
        self.counters.next_interval();
        self.remote.next_interval();
        self.heard = Heard::NOTHING;
    }

    /// Samples were missed: everything starts from a new baseline.
    pub(crate) fn forget(&mut self) {
        self.counters.forget();
        self.remote.forget();
        self.remote_at = None;
        self.watched = false;
        self.unjudged = 0.0;
    }

    fn round_trip_time_ms(&self) -> f64 {
        let measurements = self.remote.sum(MEASUREMENTS);
        let total = self.remote.sum(TOTAL_ROUND_TRIP_TIME);
        if measurements > 0.0 && total >= 0.0 {
            1000.0 * total / measurements
        } else if measurements.is_nan() && self.heard.reports > 0.0 {
            1000.0 * self.heard.round_trip_times / self.heard.reports
        } else {
            f64::NAN
        }
    }
}
