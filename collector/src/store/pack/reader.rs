//! Bytes into rows.

use callscope_core::Metric;
use callscope_core::wire::{
    CandidateType, ConnectionInterval, Kind, Layer, Note, Path, ReceivedTrack, TrackInterval,
    TrackPart, Transport,
};

use super::{Damaged, ORDER, scale};

pub(super) struct Reader<'a> {
    pub(super) rest: &'a [u8],
    pub(super) texts: Vec<&'a str>,
    pub(super) masks: Vec<u64>,
    pub(super) start: i64,
}

impl<'a> Reader<'a> {
    pub(super) fn byte(&mut self) -> Result<u8, Damaged> {
        let (&byte, rest) = self.rest.split_first().ok_or(Damaged)?;
        self.rest = rest;
        Ok(byte)
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Damaged> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn number(&mut self) -> Result<u64, Damaged> {
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

    pub(super) fn signed(&mut self) -> Result<i64, Damaged> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    pub(super) fn start(&mut self) -> Result<i64, Damaged> {
        self.start = self.start.wrapping_add(self.signed()?);
        Ok(self.start)
    }

    /// Not more than there are bytes: each item has one at least.
    pub(super) fn length(&mut self) -> Result<usize, Damaged> {
        let length = usize::try_from(self.number()?).map_err(|_error| Damaged)?;
        (length <= self.rest.len()).then_some(length).ok_or(Damaged)
    }

    pub(super) fn maybe(&mut self) -> Result<Option<u64>, Damaged> {
        Ok(self.number()?.checked_sub(1))
    }

    pub(super) fn small(&mut self) -> Result<Option<u32>, Damaged> {
        let number = self.maybe()?.map(u32::try_from).transpose();
        number.map_err(|_error| Damaged)
    }

    pub(super) fn text(&mut self) -> Result<Option<String>, Damaged> {
        let Some(place) = self.maybe()? else {
            return Ok(None);
        };
        let place = usize::try_from(place).map_err(|_error| Damaged)?;
        let text = self.texts.get(place).ok_or(Damaged)?;
        Ok(Some((*text).to_owned()))
    }

    pub(super) fn word<T: Copy>(&mut self, words: &[T]) -> Result<Option<T>, Damaged> {
        let Some(place) = self.maybe()? else {
            return Ok(None);
        };
        let place = usize::try_from(place).map_err(|_error| Damaged)?;
        words.get(place).copied().map(Some).ok_or(Damaged)
    }

    pub(super) fn notes(&mut self) -> Result<Vec<Note>, Damaged> {
        let bits = self.number()?;
        let notes = (0..)
            .zip(Note::ALL)
            .filter(|(place, _)| bits & (1 << place) != 0);
        Ok(notes.map(|(_, note)| *note).collect())
    }

    pub(super) fn list<T>(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<T, Damaged>,
    ) -> Result<Vec<T>, Damaged> {
        let length = self.length()?;
        (0..length).map(|_| each(self)).collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "it was a figure")]
    pub(super) fn figures(
        &mut self,
        mut set: impl FnMut(Metric, Option<f64>),
    ) -> Result<(), Damaged> {
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

    pub(super) fn track(&mut self) -> Result<TrackInterval, Damaged> {
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

    pub(super) fn part(&mut self) -> Result<TrackPart, Damaged> {
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

    pub(super) fn layer(&mut self) -> Result<Layer, Damaged> {
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

    pub(super) fn connection(&mut self) -> Result<ConnectionInterval, Damaged> {
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

    pub(super) fn received(&mut self) -> Result<ReceivedTrack, Damaged> {
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
