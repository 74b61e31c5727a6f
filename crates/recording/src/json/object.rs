//! A JSON object, written member by member.

use std::io::{self, Write};

use callscope_core::metric::Unit;
use callscope_core::{Atom, Interval, Metric, Notes, Scope, to_short};

use crate::names::NameOf;

/// The figures that always stand in what is sent.
const SENT: [Metric; 5] = [
    Metric::Bitrate,
    Metric::PacketsSent,
    Metric::PacketsLost,
    Metric::PacketLoss,
    Metric::RoundTripTime,
];

/// The figures that always stand in what is received.
const RECEIVED: [Metric; 4] = [
    Metric::Bitrate,
    Metric::PacketsReceived,
    Metric::PacketsLost,
    Metric::PacketLoss,
];

/// To how many decimals values are given.
pub(super) const fn decimals(unit: Unit) -> u8 {
    match unit {
        Unit::BitsPerSecond | Unit::Count | Unit::Pixels => 0,
        Unit::FramesPerSecond | Unit::Milliseconds | Unit::Seconds => 3,
        Unit::Percent => 4,
        Unit::Ratio => 6,
    }
}

pub(super) fn array<T>(
    out: &mut dyn Write,
    items: impl Iterator<Item = T>,
    mut each: impl FnMut(&mut dyn Write, T) -> io::Result<()>,
) -> io::Result<()> {
    out.write_all(b"[")?;
    for (place, item) in items.enumerate() {
        if place > 0 {
            out.write_all(b",")?;
        }
        each(out, item)?;
    }
    out.write_all(b"]")
}

pub(super) fn write_text(out: &mut dyn Write, text: &str) -> io::Result<()> {
    Ok(serde_json::to_writer(out, text)?)
}

/// A JSON object that is being written.
pub(super) struct Object<'a> {
    out: &'a mut dyn Write,
    empty: bool,
}

impl<'a> Object<'a> {
    pub(super) fn open(out: &'a mut dyn Write) -> io::Result<Self> {
        out.write_all(b"{")?;
        Ok(Self { out, empty: true })
    }

    pub(super) fn close(self) -> io::Result<()> {
        self.out.write_all(b"}")
    }

    pub(super) fn key(&mut self, key: &str) -> io::Result<&mut dyn Write> {
        if !std::mem::take(&mut self.empty) {
            self.out.write_all(b",")?;
        }
        write!(self.out, "\"{key}\":")?;
        Ok(self.out)
    }

    /// `null` if there is none.
    pub(super) fn text(&mut self, key: &str, text: Option<&str>) -> io::Result<()> {
        let out = self.key(key)?;
        match text {
            Some(text) => write_text(out, text),
            None => out.write_all(b"null"),
        }
    }

    pub(super) fn atom(
        &mut self,
        key: &str,
        atom: Option<Atom>,
        names: &dyn NameOf,
    ) -> io::Result<()> {
        let name = atom.and_then(|atom| names.name(atom));
        self.text(key, name.as_deref())
    }

    /// Rounded; `null` if there is none.
    pub(super) fn number(&mut self, key: &str, value: Option<f64>, places: u8) -> io::Result<()> {
        let out = self.key(key)?;
        match value.filter(|value| value.is_finite()) {
            Some(value) => write!(out, "{}", to_short(value, places)),
            None => out.write_all(b"null"),
        }
    }

    /// The figures that always stand, then the others that are known.
    pub(super) fn metrics(&mut self, interval: &Interval) -> io::Result<()> {
        let always: &[Metric] = match interval.scope {
            Scope::Track | Scope::Layer => &SENT,
            Scope::Connection | Scope::Received => &RECEIVED,
        };
        let others = Metric::ALL
            .iter()
            .filter(|metric| !always.contains(metric) && interval.value(**metric).is_some());
        for metric in always.iter().chain(others) {
            let places = decimals(metric.unit());
            self.number(metric.name(), interval.value(*metric), places)?;
        }
        Ok(())
    }

    pub(super) fn notes(&mut self, notes: Notes) -> io::Result<()> {
        let notes = [
            ("open", notes.open),
            ("baseline", notes.baseline),
            ("counter_fell", notes.counter_fell),
            ("cut_short", notes.cut_short),
            ("unreported", notes.unreported),
            ("carried", notes.carried),
        ];
        if notes.iter().any(|&(_, holds)| holds) {
            let that_hold = notes.iter().filter(|(_, holds)| *holds);
            array(self.key("notes")?, that_hold, |out, (name, _)| {
                write_text(out, name)
            })?;
        }
        Ok(())
    }
}
