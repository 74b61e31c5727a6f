//! One published track on one connection: its layers, its source and the interval that is open.

use alloc::vec::Vec;

use crate::counter::{Counters, Step};
use crate::interval::{Interval, LayerName, Scope, TrackId};
use crate::layer::Layer;
use crate::ledger::Ledger;
use crate::report::{Row, Rows, codec, media_source, outbound};
use crate::span::{Span, Tick};
use crate::tally::{Figure, Tally};
use crate::{Atom, Kind, Millis, Oddities, Timestamp};

#[derive(Clone, Debug)]
pub(crate) struct Leg {
    /// Where its track is followed over the whole call.
    pub(crate) subject: usize,
    pc: Atom,
    pub(crate) track: TrackId,
    pub(crate) layers: Vec<Layer>,
    source: f64,
    kind: Option<Kind>,
    screen_share: bool,
    codec: Option<Atom>,
    span: Option<Span>,
    /// How the report in hand was taken; `None` until its first row.
    tick: Option<Tick>,
    measured: bool,
    fell: bool,
    energy: Counters,
    audio_level: f64,
}

impl Leg {
    pub(crate) fn new(pc: Atom, track: TrackId, subject: usize) -> Self {
        Self {
            subject,
            pc,
            track,
            layers: Vec::new(),
            source: f64::NAN,
            kind: None,
            screen_share: false,
            codec: None,
            span: None,
            tick: None,
            measured: false,
            fell: false,
            energy: Counters::new(0),
            audio_level: f64::NAN,
        }
    }

    /// The media kind, as far as it was reported.
    pub(crate) const fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// When it was last reported.
    pub(crate) fn last(&self) -> Option<Timestamp> {
        self.span.map(|span| span.last())
    }

    /// Takes an `outbound-rtp` of the track, and tells whether the layer is new.
    pub(crate) fn read(&mut self, row: Row<'_>, at: Timestamp, ledger: &mut Ledger) -> bool {
        let tick = match (self.tick, self.span) {
            (Some(tick), _) => tick,
            (None, None) => Tick::First,
            (None, Some(span)) => span.tick(at, ledger),
        };
        if self.tick.is_none() && tick == Tick::Broken {
            self.cut(ledger);
        }
        self.tick = Some(tick);
        if tick == Tick::Stale {
            return false;
        }
        self.kind = row.kind(outbound::KIND).or(self.kind);
        self.source = row.raw(outbound::SOURCE);
        self.screen_share |= row.raw(outbound::CONTENT) == 0.0;
        let place = self.layers.iter().position(|layer| layer.is(row));
        let place = place.unwrap_or_else(|| {
            self.layers.push(Layer::new(row));
            self.layers.len() - 1
        });
        let Some(layer) = self.layers.get_mut(place) else {
            return false;
        };
        let step = layer.read(row, &mut ledger.odd);
        self.measured |= step == Step::Progress;
        self.fell |= step == Step::Fell;
        step == Step::Baseline
    }

    /// An ssrc belongs to another track from now on. Returns whether the track has none left.
    pub(crate) fn lose(&mut self, ssrc: f64) -> bool {
        let mut lost = false;
        for layer in self.layers.iter_mut().filter(|layer| layer.ssrc == ssrc) {
            layer.forget();
            lost = true;
        }
        lost && self.layers.iter().all(Layer::is_forgotten)
    }

    /// Whether the report in hand counts for it: only then does what belongs to it.
    pub(crate) fn is_current(&self) -> bool {
        self.tick.is_some_and(|tick| tick != Tick::Stale)
    }

    /// Takes the rows that belong to it but do not name it, once all rows have been seen.
    fn read_source(&mut self, rows: &Rows<'_>, odd: &mut Oddities) {
        if self.kind == Some(Kind::Audio)
            && let Some(row) = rows.find_in(media_source::TAG, media_source::ID, self.source)
        {
            self.energy.read(row.from(media_source::ENERGY), odd);
            self.audio_level = row.known(media_source::AUDIO_LEVEL);
        }
    }

    /// Ends the report in hand, and the interval if it is over.
    pub(crate) fn settle(&mut self, now: Timestamp, rows: &Rows<'_>, ledger: &mut Ledger) {
        let is_current = self.is_current();
        for layer in &mut self.layers {
            layer.settle();
        }
        let Some(tick) = self.tick.take().filter(|_| is_current) else {
            return;
        };
        self.read_source(rows, &mut ledger.odd);
        let span = match (&mut self.span, tick) {
            (Some(span), Tick::On) => {
                span.advance(now, self.measured);
                *span
            }
            (span, _) => *span.insert(Span::open(now)),
        };
        self.measured = false;
        if span.is_due() {
            self.codec = self.mime_type(rows).or(self.codec);
            if let Some(interval) = self.interval() {
                ledger.close(interval);
            }
            self.next_interval();
            self.span = Some(Span::open(now));
        }
    }

    /// The interval so far; `None` before the second sample.
    pub(crate) fn interval(&self) -> Option<Interval> {
        let span = self.span.filter(|span| span.duration() > Millis::ZERO)?;
        let mut track = Interval::of(Scope::Track, self.subject, span);
        track.pc = Some(self.pc);
        track.track = Some(self.track);
        track.kind = self.kind;
        track.screen_share = self.screen_share;
        track.codec = self.codec;
        track.notes.counter_fell = self.fell;
        for layer in &self.layers {
            let mut part = track.part(Scope::Layer);
            layer.fill(&mut part, span.measured_seconds());
            // By layer, not in the report's order: reports are sorted by ssrc, which says nothing.
            let rank = part.layer.map(rank);
            let after = |other: &Interval| other.layer.map(self::rank) > rank;
            let place = track.parts.iter().position(after);
            track.add(part, place.unwrap_or(track.parts.len()));
        }
        self.add_audio_level(&mut track.tally);
        Some(track)
    }

    /// Ends the interval before its time, if anything was measured.
    pub(crate) fn cut(&mut self, ledger: &mut Ledger) {
        if let Some(interval) = self.cut_off() {
            ledger.close(interval);
        }
    }

    /// The interval as far as it came.
    pub(crate) fn cut_off(&mut self) -> Option<Interval> {
        let mut interval = self.interval();
        if let Some(interval) = &mut interval {
            interval.notes.cut_short = true;
        }
        self.next_interval();
        for layer in &mut self.layers {
            layer.forget();
        }
        self.energy.forget();
        self.span = None;
        interval
    }

    fn next_interval(&mut self) {
        for layer in &mut self.layers {
            layer.next_interval();
        }
        self.energy.next_interval();
        self.fell = false;
    }

    /// The codec of the layer that has one.
    fn mime_type(&self, rows: &Rows<'_>) -> Option<Atom> {
        let id = self.layers.iter().find_map(|layer| layer.codec)?;
        rows.find_in(codec::TAG, codec::ID, f64::from(id.number()))?
            .atom(codec::MIME_TYPE)
    }

    /// The level of the interval: `sqrt(energy / duration)`, as W3C defines it, else the level at its end.
    fn add_audio_level(&self, tally: &mut Tally) {
        let energy = self.energy.sum(0);
        let duration = self
            .energy
            .sum(media_source::SAMPLES_DURATION - media_source::ENERGY);
        let level = if duration > 0.0 {
            root(energy / duration)
        } else {
            self.audio_level
        };
        tally.set(Figure::AudioLevel, level);
    }
}

/// The square root by Newton's method, as exact as an f64 is but for the last digit. The library's takes half a kilobyte of a
/// module that is to be small.
fn root(square: f64) -> f64 {
    if !(square > 0.0 && square <= f64::MAX) {
        return square;
    }
    // Half the exponent: within 7 %, and each step doubles the digits.
    let mut root = f64::from_bits((square.to_bits() >> 1) + (1023 << 51));
    for _ in 0..4 {
        root = (root + square / root) / 2.0;
    }
    root
}

/// The order of layers.
fn rank(layer: LayerName) -> Option<u32> {
    layer.encoding_index.or(layer.ssrc)
}

#[cfg(test)]
mod tests {
    use super::root;

    #[test]
    fn the_root_is_that_of_the_standard_library() {
        for exponent in -300..300_i16 {
            for mantissa in [1.0, 1.3, 2.0, 3.7, 9.99] {
                let square = mantissa * 10_f64.powi(exponent.into());
                let exact = square.sqrt();
                assert!(
                    (root(square) - exact).abs() <= 4.0 * f64::EPSILON * exact,
                    "{square}"
                );
            }
        }
        assert_eq!(root(0.0), 0.0);
        assert!(root(f64::NAN).is_nan());
    }
}
