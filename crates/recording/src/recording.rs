//! A recording, fed as it is read.

use callscope_core::{Atom, Oddities};

use crate::error::{Damage, Error, Warning};
use crate::events::{Parsed, Parser};
use crate::internals;
use crate::lines::{Line, Lines};
use crate::names::Names;
use crate::sniff::{Format, sniff};

/// Damaged lines that are told one by one; how many more there are is told at the end.
const MAX_WARNINGS: u64 = 1000;

/// One report of one connection.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The connection.
    pub pc: Atom,
    /// When it was recorded, in milliseconds since the epoch, where that was written down. The engine measures time by the
    /// statistics' own.
    pub at: Option<f64>,
    /// Its rows, packed as [`callscope_core::report`] says.
    pub rows: &'a [f64],
}

/// Takes what a recording holds, in its order.
pub trait Sink {
    /// A report.
    fn report(&mut self, report: Report<'_>, names: &Names);
    /// A connection is over.
    fn closed(&mut self, pc: Atom, names: &Names);
    /// Something was left out.
    fn warning(&mut self, warning: Warning);
}

/// What is left when a recording is over.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ended {
    /// The strings behind the atoms.
    pub names: Names,
    /// What was odd about the entries, as far as reading them showed it.
    pub oddities: Oddities,
    /// How many reports there were.
    pub reports: u64,
}

/// Reads a recording from chunks of any size. Lines take as much memory as the longest of them; a
/// `webrtc_internals_dump` is kept whole until it is over: [`internals::read`] reads one from a file with less.
#[derive(Debug)]
pub struct Recording {
    state: State,
    names: Names,
}

#[derive(Debug)]
enum State {
    /// What has come of it so far, undecided.
    Head(Vec<u8>),
    Lines(Box<LineReader>),
    Internals(Vec<u8>),
    Export,
}

impl Recording {
    /// A recording of which nothing has been read.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: State::Head(Vec::new()),
            names: Names::new(),
        }
    }

    /// The strings behind the atoms so far.
    #[must_use]
    pub const fn names(&self) -> &Names {
        &self.names
    }

    /// Takes the next bytes, unpacked.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        match &mut self.state {
            State::Head(head) => {
                head.extend_from_slice(bytes);
                if let Some(format) = sniff(head) {
                    self.decide(format, sink);
                }
            }
            State::Lines(reader) => reader.feed(bytes, &mut self.names, sink),
            State::Internals(dump) => dump.extend_from_slice(bytes),
            State::Export => {}
        }
    }

    /// The recording is over.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`], [`Error::NotARecording`] and [`Error::Export`] if there was nothing to read in it, [`Error::BrokenDump`] if it is a
    /// `webrtc_internals_dump` of which nothing can be read.
    pub fn finish(mut self, sink: &mut impl Sink) -> Result<Ended, Error> {
        if matches!(self.state, State::Head(_)) {
            self.decide(Format::Lines, sink);
        }
        match self.state {
            State::Lines(reader) => reader.finish(self.names, sink),
            State::Internals(dump) => internals::read(&mut std::io::Cursor::new(dump), sink),
            State::Export => Err(Error::Export),
            State::Head(_) => Err(Error::Empty),
        }
    }

    fn decide(&mut self, format: Format, sink: &mut impl Sink) {
        let State::Head(head) = &mut self.state else {
            return;
        };
        let head = std::mem::take(head);
        self.state = match format {
            Format::Internals => State::Internals(head),
            Format::Export => State::Export,
            Format::Lines => {
                let mut reader = Box::new(LineReader::new());
                let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
                reader.feed(text, &mut self.names, sink);
                State::Lines(reader)
            }
        };
    }
}

impl Default for Recording {
    fn default() -> Self {
        Self::new()
    }
}

/// Reads lines and tells what is wrong with them.
#[derive(Debug)]
struct LineReader {
    lines: Lines,
    each: EachLine,
}

#[derive(Debug)]
struct EachLine {
    parser: Parser,
    /// Whether a line was recognised: until then damage is held back, for it may be no recording at all.
    recognised: bool,
    held: Vec<Warning>,
    warnings: u64,
    reports: u64,
    /// Whether there was anything at all.
    any: bool,
}

impl LineReader {
    fn new() -> Self {
        Self {
            lines: Lines::new(),
            each: EachLine {
                parser: Parser::default(),
                recognised: false,
                held: Vec::new(),
                warnings: 0,
                reports: 0,
                any: false,
            },
        }
    }

    fn feed(&mut self, bytes: &[u8], names: &mut Names, sink: &mut impl Sink) {
        let each = &mut self.each;
        self.lines.feed(bytes, |line| each.take(line, names, sink));
    }

    fn finish(mut self, mut names: Names, sink: &mut impl Sink) -> Result<Ended, Error> {
        let each = &mut self.each;
        self.lines.finish(|line| each.take(line, &mut names, sink));
        if !self.each.any {
            return Err(Error::Empty);
        }
        if !self.each.recognised {
            return Err(Error::NotARecording);
        }
        let more = self.each.warnings.saturating_sub(MAX_WARNINGS);
        for damage in [
            (more > 0).then_some(Damage::More { lines: more }),
            (self.each.reports == 0).then_some(Damage::NoReport),
        ]
        .into_iter()
        .flatten()
        {
            sink.warning(Warning { line: None, damage });
        }
        Ok(Ended {
            names,
            oddities: self.each.parser.odd,
            reports: self.each.reports,
        })
    }
}

impl EachLine {
    fn take(&mut self, line: Line<'_>, names: &mut Names, sink: &mut impl Sink) {
        let (number, line) = match line {
            Line::Whole(number, line) => (number, line),
            Line::TooLong(number) => {
                self.any = true;
                return self.warn(number, Damage::TooLong, sink);
            }
        };
        let parsed = self.parser.line(line, names);
        self.any |= !matches!(parsed, Ok(Parsed::Blank));
        match parsed {
            Ok(Parsed::Blank) => {}
            Ok(Parsed::Report(Some(pc), at)) => {
                self.recognise(sink);
                self.reports += 1;
                let rows = &self.parser.rows;
                sink.report(Report { pc, at, rows }, names);
            }
            Ok(Parsed::Report(None, _)) => {
                self.recognise(sink);
                self.warn(number, Damage::NoConnection, sink);
            }
            Ok(Parsed::Closed(pc)) => {
                self.recognise(sink);
                sink.closed(pc, names);
            }
            Ok(Parsed::Event) => self.recognise(sink),
            // The header of a dump is its first line, or its second after the magic one.
            Ok(Parsed::Header) if number <= 2 => {}
            Ok(Parsed::Header | Parsed::Other) => self.warn(number, Damage::NotAReport, sink),
            Err(error) if error.is_eof() => self.warn(number, Damage::CutOff, sink),
            Err(error) => {
                let column = error.column();
                self.warn(number, Damage::NotJson { column }, sink);
            }
        }
    }

    fn recognise(&mut self, sink: &mut impl Sink) {
        self.recognised = true;
        for warning in self.held.drain(..) {
            sink.warning(warning);
        }
    }

    fn warn(&mut self, line: u64, damage: Damage, sink: &mut impl Sink) {
        self.warnings += 1;
        if self.warnings > MAX_WARNINGS {
            return;
        }
        let warning = Warning {
            line: Some(line),
            damage,
        };
        if self.recognised {
            sink.warning(warning);
        } else {
            self.held.push(warning);
        }
    }
}
