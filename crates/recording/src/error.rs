//! What can be wrong with a recording.

use std::fmt;
use std::io;

/// Why a recording cannot be read at all.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Nothing in it.
    Empty,
    /// None of the formats.
    NotARecording,
    /// A `webrtc_internals_dump` that is no JSON, from that byte on; nothing could be read before it.
    BrokenDump {
        /// Where, from the start.
        byte: u64,
    },
    /// What the app saved of a stored call: it holds what was measured, and no reports.
    Export,
    /// It could not be read.
    Io(io::Error),
}

/// What [`Error::Export`] says, for who has nothing but the words of an error.
pub const EXPORT: &str = "this is a callscope export: it holds what was measured, and no reports to measure anew; open it on \
                          the replay page of the app";

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the recording is empty; give one that holds reports"),
            Self::NotARecording => f.write_str(
                "this is no recording: give a webrtc_internals_dump, an rtcstats dump or lines of \
                 {\"pc\", \"at\", \"stats\"}, gzipped or not",
            ),
            Self::BrokenDump { byte } => write!(
                f,
                "the webrtc_internals_dump is broken at byte {byte}; download it again"
            ),
            Self::Export => f.write_str(EXPORT),
            Self::Io(error) => write!(f, "the recording could not be read: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A part of a recording that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The line, from 1; `None` in formats that have none.
    pub line: Option<u64>,
    /// What is wrong with it.
    pub damage: Damage,
}

/// What is wrong with a part of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Damage {
    /// The line is no JSON, from that byte of it on.
    NotJson {
        /// Where, from 1.
        column: usize,
    },
    /// The line ends in the middle of a value: the recording was cut off, or two were mixed.
    CutOff,
    /// A line longer than can be a report.
    TooLong,
    /// JSON, but neither a report nor an event.
    NotAReport,
    /// A report that does not say of which connection it is.
    NoConnection,
    /// More damaged lines than are told one by one.
    More {
        /// How many more.
        lines: u64,
    },
    /// The recording holds no report: nothing was measured.
    NoReport,
    /// A series of a `webrtc_internals_dump` that cannot be read.
    Series {
        /// The connection and the series.
        name: String,
    },
    /// Series of a `webrtc_internals_dump` with holes whose places are not recorded: they were placed by time.
    Holes {
        /// How many.
        series: u64,
    },
    /// The `webrtc_internals_dump` ends, or goes wrong, at that byte; what stands before it was read.
    DumpEnds {
        /// Where, from the start.
        byte: u64,
    },
    /// The compressed data ends too early or is damaged; what could be unpacked was read.
    Unpacking,
    /// What it is in the words of one of these, from where the recording was read.
    Told(String),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { column } => write!(f, "not JSON at column {column}; left out"),
            Self::CutOff => f.write_str("cut off in the middle; left out"),
            Self::TooLong => f.write_str("longer than 64 MiB; left out"),
            Self::NotAReport => f.write_str("neither a report nor an event; left out"),
            Self::NoConnection => f.write_str("a report without \"pc\"; left out"),
            Self::More { lines } => write!(f, "{lines} more lines are damaged; left out"),
            Self::NoReport => f.write_str("no report in the recording; nothing was measured"),
            Self::Series { name } => write!(f, "the series {name} cannot be read; left out"),
            Self::Holes { series } => write!(
                f,
                "{series} series have holes at times that are not recorded; placed by their start and end"
            ),
            Self::DumpEnds { byte } => write!(
                f,
                "the dump is broken at byte {byte}; what stands before it was read"
            ),
            Self::Told(words) => f.write_str(words),
            Self::Unpacking => f.write_str(
                "the compressed data is damaged or ends too early; what could be unpacked was read",
            ),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        self.damage.fmt(f)
    }
}
