//! Intervals in few bytes: a tenth of their JSON.
//!
//! A table of the strings, then row after row. A figure is a whole number of its last decimal; which figures a row has is a mask,
//! written where it is new. A start is told by how much later it is than the one before. Numbers are as long as they need to be.
//!
//! What is written is read by every later version: nothing here changes its meaning, metrics are only added at the end of
//! [`ORDER`], and a new form gets a new first byte.

use callscope_core::Metric;
use callscope_core::wire::{
    CandidateType, ConnectionInterval, Interval, Kind, Layer, Note, Path, ReceivedTrack,
    TrackInterval, TrackPart, Transport, decimals,
};

/// The first byte.
const FORM: u8 = 1;

/// The bit of each metric in the mask of a row.
const ORDER: [Metric; 28] = [
    Metric::Bitrate,
    Metric::TargetBitrate,
    Metric::PacketsSent,
    Metric::PacketsReceived,
    Metric::PacketsLost,
    Metric::PacketLoss,
    Metric::RoundTripTime,
    Metric::IceRoundTripTime,
    Metric::AvailableOutgoingBitrate,
    Metric::Jitter,
    Metric::JitterBuffer,
    Metric::FramesPerSecond,
    Metric::FrameWidth,
    Metric::FrameHeight,
    Metric::FramesDropped,
    Metric::FreezeCount,
    Metric::FreezeTime,
    Metric::EncodeTime,
    Metric::LimitedNone,
    Metric::LimitedBandwidth,
    Metric::LimitedCpu,
    Metric::LimitedOther,
    Metric::RetransmittedPackets,
    Metric::NackCount,
    Metric::PliCount,
    Metric::FirCount,
    Metric::AudioLevel,
    Metric::Concealed,
];

const TRACK: u8 = 0;
const CONNECTION: u8 = 1;

/// What is stored is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damaged;

/// Packs intervals; none is nothing.
pub(super) fn pack(intervals: &[Interval]) -> Vec<u8> {
    if intervals.is_empty() {
        return Vec::new();
    }
    let mut rows = Packer::default();
    rows.length(intervals.len());
    for interval in intervals {
        match interval {
            Interval::Track(track) => rows.track(track),
            Interval::Connection(connection) => rows.connection(connection),
        }
    }
    let mut whole = Packer::default();
    whole.bytes.reserve(rows.bytes.len() + 256);
    whole.bytes.push(FORM);
    whole.length(rows.texts.len());
    for text in rows.texts {
        whole.length(text.len());
        whole.bytes.extend_from_slice(text.as_bytes());
    }
    whole.bytes.extend_from_slice(&rows.bytes);
    whole.bytes
}

/// Unpacks intervals.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<Interval>, Damaged> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let mut reader = Reader {
        rest: bytes,
        texts: Vec::new(),
        masks: Vec::new(),
        start: 0,
    };
    if reader.byte()? != FORM {
        return Err(Damaged);
    }
    reader.texts = reader.list(|reader| {
        let length = reader.length()?;
        let text = reader.take(length)?;
        std::str::from_utf8(text).map_err(|_error| Damaged)
    })?;
    let intervals = reader.list(|reader| match reader.byte()? {
        TRACK => Ok(Interval::Track(Box::new(reader.track()?))),
        CONNECTION => Ok(Interval::Connection(Box::new(reader.connection()?))),
        _ => Err(Damaged),
    })?;
    if reader.rest.is_empty() {
        Ok(intervals)
    } else {
        Err(Damaged)
    }
}

#[derive(Default)]
struct Packer<'a> {
    bytes: Vec<u8>,
    texts: Vec<&'a str>,
    /// Masks that were written: rows of one kind mostly have the same.
    masks: Vec<u64>,
    /// The start of the row before.
    start: i64,
}

impl<'a> Packer<'a> {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(low(number) | 0x80);
            number >>= 7;
        }
        self.bytes.push(low(number));
    }

    fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    fn length(&mut self, length: usize) {
        self.number(length as u64);
    }

    /// 0 is unknown.
    fn maybe(&mut self, number: Option<u64>) {
        self.number(number.map_or(0, |number| number + 1));
    }

    fn text(&mut self, text: Option<&'a str>) {
        let place = text.map(|text| {
            let known = self.texts.iter().position(|it| *it == text);
            known.unwrap_or_else(|| {
                self.texts.push(text);
                self.texts.len() - 1
            })
        });
        self.maybe(place.map(|place| place as u64));
    }

    fn word<T: PartialEq>(&mut self, words: &[T], word: Option<&T>) {
        let place = word.and_then(|word| words.iter().position(|it| it == word));
        self.maybe(place.map(|place| place as u64));
    }

    fn start(&mut self, start: i64) {
        self.signed(start.wrapping_sub(self.start));
        self.start = start;
    }

    fn notes(&mut self, notes: &[Note]) {
        let bits = (0..)
            .zip(Note::ALL)
            .filter(|(_, note)| notes.contains(note))
            .fold(0, |bits, (place, _)| bits | 1_u64 << place);
        self.number(bits);
    }

    fn list<T>(&mut self, items: &'a [T], each: impl Fn(&mut Self, &'a T)) {
        self.length(items.len());
        for item in items {
            each(self, item);
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is accepted is smaller, and more than that is the largest there is"
    )]
    fn figures(&mut self, figure: impl Fn(Metric) -> Option<f64>) {
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

    fn track(&mut self, it: &'a TrackInterval) {
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

    fn part(&mut self, it: &'a TrackPart) {
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

    fn layer(&mut self, it: &'a Layer) {
        self.maybe(it.ssrc.map(u64::from));
        self.text(it.rid.as_deref());
        self.maybe(it.encoding_index.map(u64::from));
        self.text(it.codec.as_deref());
        self.notes(&it.notes);
        self.figures(|metric| it.figure(metric));
    }

    fn connection(&mut self, it: &'a ConnectionInterval) {
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

    fn received(&mut self, it: &'a ReceivedTrack) {
        self.text(it.track.as_deref());
        self.word(Kind::ALL, it.kind.as_ref());
        self.notes(&it.notes);
        self.figures(|metric| it.figure(metric));
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    texts: Vec<&'a str>,
    masks: Vec<u64>,
    start: i64,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8, Damaged> {
        let (&byte, rest) = self.rest.split_first().ok_or(Damaged)?;
        self.rest = rest;
        Ok(byte)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Damaged> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u64, Damaged> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damaged)
    }

    fn signed(&mut self) -> Result<i64, Damaged> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn start(&mut self) -> Result<i64, Damaged> {
        self.start = self.start.wrapping_add(self.signed()?);
        Ok(self.start)
    }

    /// Not more than there are bytes: each item has one at least.
    fn length(&mut self) -> Result<usize, Damaged> {
        let length = usize::try_from(self.number()?).map_err(|_error| Damaged)?;
        (length <= self.rest.len()).then_some(length).ok_or(Damaged)
    }

    fn maybe(&mut self) -> Result<Option<u64>, Damaged> {
        Ok(self.number()?.checked_sub(1))
    }

    fn small(&mut self) -> Result<Option<u32>, Damaged> {
        let number = self.maybe()?.map(u32::try_from).transpose();
        number.map_err(|_error| Damaged)
    }

    fn text(&mut self) -> Result<Option<String>, Damaged> {
        let Some(place) = self.maybe()? else {
            return Ok(None);
        };
        let place = usize::try_from(place).map_err(|_error| Damaged)?;
        let text = self.texts.get(place).ok_or(Damaged)?;
        Ok(Some((*text).to_owned()))
    }

    fn word<T: Copy>(&mut self, words: &[T]) -> Result<Option<T>, Damaged> {
        let Some(place) = self.maybe()? else {
            return Ok(None);
        };
        let place = usize::try_from(place).map_err(|_error| Damaged)?;
        words.get(place).copied().map(Some).ok_or(Damaged)
    }

    fn notes(&mut self) -> Result<Vec<Note>, Damaged> {
        let bits = self.number()?;
        let notes = (0..)
            .zip(Note::ALL)
            .filter(|(place, _)| bits & (1 << place) != 0);
        Ok(notes.map(|(_, note)| *note).collect())
    }

    fn list<T>(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<T, Damaged>,
    ) -> Result<Vec<T>, Damaged> {
        let length = self.length()?;
        (0..length).map(|_| each(self)).collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "it was a figure")]
    fn figures(&mut self, mut set: impl FnMut(Metric, Option<f64>)) -> Result<(), Damaged> {
        let known = self.maybe()?.map(usize::try_from);
        let mask = match known {
            Some(place) => {
                let place = place.map_err(|_error| Damaged)?;
                self.masks.get(place).copied().ok_or(Damaged)?
            }
            None => {
                let mask = self.number()?;
                self.masks.push(mask);
                mask
            }
        };
        if mask >> ORDER.len() != 0 {
            return Err(Damaged);
        }
        for (place, metric) in (0..).zip(ORDER) {
            if mask & (1_u64 << place) != 0 {
                set(metric, Some(self.signed()? as f64 / scale(metric)));
            }
        }
        Ok(())
    }

    fn track(&mut self) -> Result<TrackInterval, Damaged> {
        let mut it = TrackInterval {
            track: self.text()?,
            pc: self.text()?,
            kind: self.word(Kind::ALL)?,
            start: self.start()?,
            duration_ms: self.signed()?,
            codec: self.text()?,
            screen_share: self.number()? == 1,
            notes: self.notes()?,
            ..Default::default()
        };
        self.figures(|metric, value| it.set_figure(metric, value))?;
        it.layers = self.list(Self::layer)?;
        it.connections = self.list(Self::part)?;
        Ok(it)
    }

    fn part(&mut self) -> Result<TrackPart, Damaged> {
        let mut it = TrackPart {
            track: self.text()?,
            pc: self.text()?,
            kind: self.word(Kind::ALL)?,
            duration_ms: self.maybe()?.map(u64::cast_signed),
            codec: self.text()?,
            notes: self.notes()?,
            ..Default::default()
        };
        self.figures(|metric, value| it.set_figure(metric, value))?;
        it.layers = self.list(Self::layer)?;
        Ok(it)
    }

    fn layer(&mut self) -> Result<Layer, Damaged> {
        let mut it = Layer {
            ssrc: self.small()?,
            rid: self.text()?,
            encoding_index: self.small()?,
            codec: self.text()?,
            notes: self.notes()?,
            ..Default::default()
        };
        self.figures(|metric, value| it.set_figure(metric, value))?;
        Ok(it)
    }

    fn connection(&mut self) -> Result<ConnectionInterval, Damaged> {
        let mut it = ConnectionInterval {
            pc: self.text()?,
            start: self.start()?,
            duration_ms: self.signed()?,
            ..Default::default()
        };
        if self.number()? == 1 {
            it.path = Some(Path {
                transport: self.word(Transport::ALL)?,
                local: self.word(CandidateType::ALL)?,
                remote: self.word(CandidateType::ALL)?,
                relayed: self.maybe()?.map(|it| it == 1),
            });
        }
        it.notes = self.notes()?;
        self.figures(|metric, value| it.set_figure(metric, value))?;
        it.received = self.list(Self::received)?;
        Ok(it)
    }

    fn received(&mut self) -> Result<ReceivedTrack, Damaged> {
        let mut it = ReceivedTrack {
            track: self.text()?,
            kind: self.word(Kind::ALL)?,
            notes: self.notes()?,
            ..Default::default()
        };
        self.figures(|metric, value| it.set_figure(metric, value))?;
        Ok(it)
    }
}

fn scale(metric: Metric) -> f64 {
    [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6]
        .get(usize::from(decimals(metric.unit())))
        .copied()
        .unwrap_or(1.0)
}

const fn low(number: u64) -> u8 {
    (number & 0x7f) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path as FilePath};

    /// The intervals of every recording.
    fn recorded() -> Vec<Vec<Interval>> {
        let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/golden");
        let mut files: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|it| it.unwrap().path())
            .collect();
        files.retain(|path| path.extension().is_some_and(|it| it == "json"));
        files.sort();
        let intervals = files.iter().map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let mut whole: serde_json::Value = serde_json::from_str(&text).unwrap();
            serde_json::from_value(whole["intervals"].take()).unwrap()
        });
        intervals.collect()
    }

    #[test]
    fn every_metric_has_its_bit() {
        for metric in Metric::ALL {
            assert_eq!(
                ORDER.iter().filter(|it| *it == metric).count(),
                1,
                "{metric:?}"
            );
        }
    }

    #[test]
    fn recordings_come_out_as_they_went_in_and_are_a_fifth() {
        for intervals in recorded() {
            let packed = pack(&intervals);
            let json = serde_json::to_string(&intervals).unwrap();
            assert_eq!(unpack(&packed).unwrap(), intervals);
            assert_eq!(
                serde_json::to_string(&unpack(&packed).unwrap()).unwrap(),
                json
            );
            assert!(
                packed.len() * 5 < json.len().max(20),
                "{} of {}",
                packed.len(),
                json.len()
            );
        }
    }

    #[test]
    fn what_is_cut_off_or_changed_is_damaged_or_something_else_and_never_a_panic() {
        let intervals = recorded().swap_remove(1);
        let packed = pack(&intervals[..6]);
        for length in 1..packed.len() {
            assert_eq!(unpack(&packed[..length]), Err(Damaged), "{length}");
        }
        for place in 0..packed.len() {
            for flip in [1, 0x80, 0xff] {
                let mut changed = packed.clone();
                changed[place] ^= flip;
                drop(unpack(&changed));
            }
        }
        assert_eq!(unpack(&[]), Ok(Vec::new()));
    }
}
