//! The output of an analysis as JSON: one object of intervals, tracks, issues and the rest, in the words of the wire.
//!
//! Times and durations are whole milliseconds, bitrates whole bits per second, counts whole; percentages have four
//! decimals at most, milliseconds three. What is unknown is `null` where a figure always stands, and left out elsewhere.

mod convert;

use std::collections::BTreeMap;
use std::io::{self, Write};

use callscope_core::signal::SignalChange;
use callscope_core::{Engine, Interval, Oddities, Scope};
use serde::Serialize;

pub use convert::{interval, issue, of_connection, published, received_track, signal, track_name};

use crate::analysis::Output;
use crate::error::Warning;
use crate::names::NameOf;

/// Writes the object. Intervals are written as they come, so that nothing is kept; [`Writer::finish`] writes the rest.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    started: bool,
}

/// What stands in the object besides intervals, tracks and issues.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'a> {
    /// The signals that ended.
    pub signals: &'a [SignalChange],
    /// What was left out.
    pub warnings: &'a [Warning],
    /// What was odd.
    pub oddities: &'a Oddities,
}

/// A warning as JSON.
#[derive(Serialize)]
struct Told {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    what: String,
}

impl<W: Write> Writer<W> {
    /// Begins an object.
    pub const fn new(out: W) -> Self {
        Self {
            out,
            started: false,
        }
    }

    /// Gives back where it goes, without an end to what was written.
    pub fn into_inner(self) -> W {
        self.out
    }

    /// Writes one interval.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn interval(&mut self, interval: &Interval, names: &dyn NameOf) -> io::Result<()> {
        let before: &[u8] = if self.started {
            b",\n"
        } else {
            b"{\"intervals\":[\n"
        };
        self.started = true;
        self.out.write_all(before)?;
        Ok(serde_json::to_writer(
            &mut self.out,
            &convert::interval(interval, names),
        )?)
    }

    /// Writes the rest, and gives back where it went.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn finish(
        mut self,
        engine: &Engine,
        findings: Findings<'_>,
        names: &dyn NameOf,
    ) -> io::Result<W> {
        if !self.started {
            self.out.write_all(b"{\"intervals\":[")?;
        }
        self.out.write_all(b"]")?;
        let of = |scope: Scope| engine.tracks().filter(move |track| track.scope() == scope);
        self.list(
            "tracks",
            of(Scope::Track).map(|it| convert::published(&it, names)),
        )?;
        self.list(
            "issues",
            engine.issues().filter_map(|it| convert::issue(&it, names)),
        )?;
        self.list(
            "received",
            of(Scope::Received).map(|it| convert::received_track(&it, names)),
        )?;
        self.list(
            "connections",
            of(Scope::Connection).map(|it| convert::of_connection(&it, names)),
        )?;
        self.list(
            "signals",
            findings
                .signals
                .iter()
                .filter_map(|it| convert::signal(it, names)),
        )?;
        self.list(
            "warnings",
            findings.warnings.iter().map(|warning| Told {
                line: warning.line,
                what: warning.damage.to_string(),
            }),
        )?;
        let oddities: BTreeMap<_, _> = findings.oddities.iter().collect();
        self.member("oddities", &oddities)?;
        self.out.write_all(b"}\n")?;
        Ok(self.out)
    }

    fn list<T: Serialize>(&mut self, key: &str, items: impl Iterator<Item = T>) -> io::Result<()> {
        self.member(key, &items.collect::<Vec<T>>())
    }

    fn member(&mut self, key: &str, value: &impl Serialize) -> io::Result<()> {
        write!(self.out, ",\n\"{key}\":")?;
        Ok(serde_json::to_writer(&mut self.out, value)?)
    }
}

impl<W: Write> Writer<W> {
    /// Writes the rest of what a recording came to.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn finish_with(self, output: &Output) -> io::Result<W> {
        let findings = Findings {
            signals: output.signals(),
            warnings: output.warnings(),
            oddities: output.oddities(),
        };
        self.finish(output.engine(), findings, output.names())
    }
}
