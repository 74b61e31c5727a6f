//! The output of an analysis as JSON: one object of intervals, tracks, issues and the rest.
//!
//! Times and durations are whole milliseconds, bitrates whole bits per second, counts whole; percentages have four
//! decimals at most, milliseconds three. What is unknown is `null` where a figure always stands, and left out elsewhere.

mod object;

use std::borrow::Cow;
use std::io::{self, Write};

use callscope_core::metric::Unit;
use callscope_core::signal::SignalChange;
use callscope_core::{
    Distribution, Engine, Interval, IssueSummary, LayerName, Metric, Oddities, Path, Scope,
    TrackId, TrackSummary,
};

use object::{Object, array, decimals, write_text};

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
        write_interval(&mut self.out, interval, names)
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
        for (key, scope) in [
            ("tracks", Scope::Track),
            ("received", Scope::Received),
            ("connections", Scope::Connection),
        ] {
            self.key(key)?;
            let of_scope = engine.tracks().filter(|track| track.scope() == scope);
            array(&mut self.out, of_scope, |out, track| {
                write_track(out, &track, names)
            })?;
            if scope == Scope::Track {
                self.key("issues")?;
                array(&mut self.out, engine.issues(), |out, issue| {
                    write_issue(out, &issue, names)
                })?;
            }
        }
        self.key("signals")?;
        array(&mut self.out, findings.signals.iter(), |out, signal| {
            write_signal(out, signal, names)
        })?;
        self.key("warnings")?;
        array(&mut self.out, findings.warnings.iter(), |out, warning| {
            let mut object = Object::open(out)?;
            if let Some(line) = warning.line {
                write!(object.key("line")?, "{line}")?;
            }
            object.text("what", Some(&warning.damage.to_string()))?;
            object.close()
        })?;
        self.key("oddities")?;
        let mut object = Object::open(&mut self.out)?;
        for (name, count) in findings.oddities.iter() {
            write!(object.key(name)?, "{count}")?;
        }
        object.close()?;
        self.out.write_all(b"}\n")?;
        Ok(self.out)
    }

    fn key(&mut self, key: &str) -> io::Result<()> {
        write!(self.out, ",\n\"{key}\":")
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

/// Writes one interval, its parts nested.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_interval(
    out: &mut dyn Write,
    interval: &Interval,
    names: &dyn NameOf,
) -> io::Result<()> {
    let mut object = Object::open(out)?;
    object.text("scope", Some(scope_name(interval.scope)))?;
    object.text("direction", Some(interval.direction().name()))?;
    if let Some(track) = interval.track {
        object.text("track", Some(&track_name(track, names)))?;
    }
    object.atom("pc", interval.pc, names)?;
    if interval.track.is_some() {
        object.text("kind", interval.kind.map(|kind| kind.name()))?;
    }
    object.number("start", Some(interval.start.as_f64()), 0)?;
    object.number("duration_ms", Some(interval.duration.as_f64()), 0)?;
    object.metrics(interval)?;
    if let Some(codec) = interval.codec {
        object.atom("codec", Some(codec), names)?;
    }
    if interval.screen_share {
        object.key("screen_share")?.write_all(b"true")?;
    }
    if let Some(path) = interval.path {
        write_path(object.key("path")?, path)?;
    }
    object.notes(interval.notes)?;
    let parts = match interval.scope {
        Scope::Connection => "received",
        _ if interval.pc.is_none() => "connections",
        _ => "layers",
    };
    if !interval.parts.is_empty() {
        array(
            object.key(parts)?,
            interval.parts.iter(),
            |out, part| match part.layer {
                Some(layer) => write_layer(out, layer, part, names),
                None => write_part(out, part, names),
            },
        )?;
    }
    object.close()
}

fn write_layer(
    out: &mut dyn Write,
    name: LayerName,
    part: &Interval,
    names: &dyn NameOf,
) -> io::Result<()> {
    let mut object = Object::open(out)?;
    object.number("ssrc", name.ssrc.map(f64::from), 0)?;
    if let Some(rid) = name.rid {
        object.atom("rid", Some(rid), names)?;
    }
    if let Some(index) = name.encoding_index {
        object.number("encoding_index", Some(f64::from(index)), 0)?;
    }
    object.metrics(part)?;
    object.notes(part.notes)?;
    object.close()
}

/// A received track, or a track on one of several connections.
fn write_part(out: &mut dyn Write, part: &Interval, names: &dyn NameOf) -> io::Result<()> {
    let mut object = Object::open(out)?;
    if let Some(track) = part.track {
        object.text("track", Some(&track_name(track, names)))?;
    }
    if part.scope == Scope::Track {
        object.atom("pc", part.pc, names)?;
    }
    object.text("kind", part.kind.map(|kind| kind.name()))?;
    object.metrics(part)?;
    object.notes(part.notes)?;
    object.close()
}

fn write_path(out: &mut dyn Write, path: Path) -> io::Result<()> {
    let mut object = Object::open(out)?;
    object.text("transport", path.transport.map(|it| it.name()))?;
    object.text("local", path.local.map(|it| it.name()))?;
    object.text("remote", path.remote.map(|it| it.name()))?;
    let relayed: &[u8] = match path.relayed() {
        Some(true) => b"true",
        Some(false) => b"false",
        None => b"null",
    };
    object.key("relayed")?.write_all(relayed)?;
    object.close()
}

/// Writes what is said of a track, or of what a connection receives, over its whole duration.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_track(
    out: &mut dyn Write,
    track: &TrackSummary<'_>,
    names: &dyn NameOf,
) -> io::Result<()> {
    let sent = track.scope() == Scope::Track;
    let mut object = Object::open(out)?;
    if let Some(id) = track.track() {
        object.text("track", Some(&track_name(id, names)))?;
    }
    object.atom("pc", track.pc(), names)?;
    if track.scope() != Scope::Connection {
        object.text("kind", track.kind().map(|kind| kind.name()))?;
    }
    if sent {
        write!(object.key("layers")?, "{}", track.layers())?;
    }
    object.number("start", track.first().map(|at| at.as_f64()), 0)?;
    object.number("end", track.last().map(|at| at.as_f64()), 0)?;
    object.number("duration_ms", Some(track.duration().as_f64()), 0)?;
    if sent {
        object.number("packets_sent", track.packets_sent(), 0)?;
    } else {
        object.number("packets_received", track.packets_received(), 0)?;
    }
    object.number("packets_lost", track.packets_lost(), 0)?;
    let loss = track.packet_loss().map(|loss| loss.as_percent());
    object.number("packet_loss_pct", loss, decimals(Unit::Percent))?;
    if sent {
        let average = track.round_trip_time().map(|time| time.as_f64());
        object.number("rtt_avg_ms", average, decimals(Unit::Milliseconds))?;
    }
    if let Some(codec) = track.codec() {
        object.atom("codec", Some(codec), names)?;
    }
    if track.is_screen_share() {
        object.key("screen_share")?.write_all(b"true")?;
    }
    let mut distributions = Object::open(object.key("distributions")?)?;
    for &metric in Metric::ALL {
        if let Some(distribution) = track.distribution(metric) {
            let out = distributions.key(metric.name())?;
            write_distribution(out, distribution, decimals(metric.unit()))?;
        }
    }
    distributions.close()?;
    object.close()
}

fn write_distribution(out: &mut dyn Write, of: &Distribution, places: u8) -> io::Result<()> {
    let mut object = Object::open(out)?;
    object.number("count", Some(f64::from(of.count())), 0)?;
    // An average of counts is no count.
    object.number("avg", of.average(), places.max(1))?;
    object.number("min", of.min(), places)?;
    object.number("max", of.max(), places)?;
    for (name, percent) in [("p25", 25), ("p50", 50), ("p75", 75), ("p99", 99)] {
        object.number(name, of.percentile(percent), places)?;
    }
    object.close()
}

/// Writes an issue.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_issue(
    out: &mut dyn Write,
    issue: &IssueSummary,
    names: &dyn NameOf,
) -> io::Result<()> {
    let mut object = Object::open(out)?;
    object.text("type", Some(issue.issue.name()))?;
    object.text("severity", Some("high"))?;
    object.text("media", issue.media.map(|media| media.name()))?;
    array(object.key("tracks")?, issue.tracks.iter(), |out, &track| {
        write_text(out, &track_name(track, names))
    })?;
    object.number("value", Some(issue.value), 4)?;
    object.number("threshold", Some(issue.threshold), 4)?;
    object.close()
}

/// Writes a signal.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_signal(
    out: &mut dyn Write,
    signal: &SignalChange,
    names: &dyn NameOf,
) -> io::Result<()> {
    let mut object = Object::open(out)?;
    object.text("type", Some(signal.signal.name()))?;
    object.atom("pc", signal.pc, names)?;
    if let Some(track) = signal.track {
        object.text("track", Some(&track_name(track, names)))?;
        object.text("kind", signal.kind.map(|kind| kind.name()))?;
    }
    object.number("start", Some(signal.start.as_f64()), 0)?;
    object.number("end", signal.end.map(|at| at.as_f64()), 0)?;
    object.number("value", Some(signal.value), 4)?;
    object.number("threshold", Some(signal.threshold), 4)?;
    object.close()
}

/// The name of a track: its string, or its ssrc in decimal.
#[must_use]
pub fn track_name<'a>(track: TrackId, names: &'a dyn NameOf) -> Cow<'a, str> {
    match track {
        TrackId::Named(atom) => names.name(atom).unwrap_or_default(),
        TrackId::Ssrc(ssrc) => Cow::Owned(ssrc.to_string()),
    }
}

const fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Track => "track",
        Scope::Layer => "layer",
        Scope::Connection => "connection",
        Scope::Received => "received",
    }
}
