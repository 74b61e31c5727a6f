//! Rows into bytes.

use callscope_core::Metric;
use callscope_core::wire::{
    CandidateType, ConnectionInterval, Kind, Layer, Note, ReceivedTrack, TrackInterval, TrackPart,
    Transport,
};

use super::{CONNECTION, ORDER, TRACK, scale};

#[derive(Default)]
pub(super) struct Packer<'a> {
    pub(super) bytes: Vec<u8>,
    pub(super) texts: Vec<&'a str>,
    /// Masks that were written: rows of one kind mostly have the same.
    masks: Vec<u64>,
    /// The start of the row before.
    start: i64,
}

impl<'a> Packer<'a> {
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(low(number) | 0x80);
            number >>= 7;
        }
        self.bytes.push(low(number));
    }

    pub(super) fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    pub(super) fn length(&mut self, length: usize) {
        self.number(length as u64);
    }

    /// 0 is unknown.
    pub(super) fn maybe(&mut self, number: Option<u64>) {
        self.number(number.map_or(0, |number| number + 1));
    }

    pub(super) fn text(&mut self, text: Option<&'a str>) {
        let place = text.map(|text| {
            let known = self.texts.iter().position(|it| *it == text);
            known.unwrap_or_else(|| {
                self.texts.push(text);
                self.texts.len() - 1
            })
        });
        self.maybe(place.map(|place| place as u64));
    }

    pub(super) fn word<T: PartialEq>(&mut self, words: &[T], word: Option<&T>) {
        let place = word.and_then(|word| words.iter().position(|it| it == word));
        self.maybe(place.map(|place| place as u64));
    }

    pub(super) fn start(&mut self, start: i64) {
        self.signed(start.wrapping_sub(self.start));
        self.start = start;
    }

    pub(super) fn notes(&mut self, notes: &[Note]) {
        let bits = (0..)
            .zip(Note::ALL)
            .filter(|(_, note)| notes.contains(note))
            .fold(0, |bits, (place, _)| bits | 1_u64 << place);
        self.number(bits);
    }

    pub(super) fn list<T>(&mut self, items: &'a [T], each: impl Fn(&mut Self, &'a T)) {
        self.length(items.len());
        for item in items {
            each(self, item);
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is accepted is smaller, and more than that is the largest there is"
    )]
    pub(super) fn figures(&mut self, figure: impl Fn(Metric) -> Option<f64>) {
        let mask = (0..)
            .zip(ORDER)
            .filter(|(_, metric)| figure(*metric).is_some())
            .fold(0, |mask, (place, _)| mask | 1_u64 << place);
        let known = self.masks.iter().position(|it| *it == mask);
        self.maybe(known.map(|place| place as u64));
        if known.is_none() {
            self.masks.push(mask);
            self.number(mask);
        }
        for metric in ORDER {
            if let Some(value) = figure(metric) {
                self.signed((value * scale(metric)).round() as i64);
            }
        }
    }

    pub(super) fn track(&mut self, it: &'a TrackInterval) {
        self.bytes.push(TRACK);
        self.text(it.track.as_deref());
        self.text(it.pc.as_deref());
        self.word(Kind::ALL, it.kind.as_ref());
        self.start(it.start);
        self.signed(it.duration_ms);
        self.text(it.codec.as_deref());
        self.number(u64::from(it.screen_share));
        self.notes(&it.notes);
        self.figures(|metric| it.figure(metric));
        self.list(&it.layers, Self::layer);
        self.list(&it.connections, Self::part);
    }

    pub(super) fn part(&mut self, it: &'a TrackPart) {
        self.text(it.track.as_deref());
        self.text(it.pc.as_deref());
        self.word(Kind::ALL, it.kind.as_ref());
        let duration = it.duration_ms.map(i64::unsigned_abs);
        self.maybe(duration);
        self.text(it.codec.as_deref());
        self.notes(&it.notes);
        self.figures(|metric| it.figure(metric));
        self.list(&it.layers, Self::layer);
    }

    pub(super) fn layer(&mut self, it: &'a Layer) {
        self.maybe(it.ssrc.map(u64::from));
        self.text(it.rid.as_deref());
        self.maybe(it.encoding_index.map(u64::from));
        self.text(it.codec.as_deref());
        self.notes(&it.notes);
        self.figures(|metric| it.figure(metric));
    }

    pub(super) fn connection(&mut self, it: &'a ConnectionInterval) {
        self.bytes.push(CONNECTION);
        self.text(it.pc.as_deref());
        self.start(it.start);
        self.signed(it.duration_ms);
        self.number(u64::from(it.path.is_some()));
        if let Some(path) = &it.path {
            self.word(Transport::ALL, path.transport.as_ref());
            self.word(CandidateType::ALL, path.local.as_ref());
            self.word(CandidateType::ALL, path.remote.as_ref());
            self.maybe(path.relayed.map(u64::from));
        }
        self.notes(&it.notes);
        self.figures(|metric| it.figure(metric));
        self.list(&it.received, Self::received);
    }

    pub(super) fn received(&mut self, it: &'a ReceivedTrack) {
        self.text(it.track.as_deref());
        self.word(Kind::ALL, it.kind.as_ref());
        self.notes(&it.notes);
        self.figures(|metric| it.figure(metric));
    }
}

const fn low(number: u64) -> u8 {
    (number & 0x7f) as u8
}
