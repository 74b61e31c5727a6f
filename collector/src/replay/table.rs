//! What a recording comes to, as tables for people.

use std::io::{self, Write};

use callscope_core::{Metric, issue::Issue};
use callscope_core::{Scope, Timestamp, TrackSummary};
use callscope_recording::{NameOf, Output, json::track_name};

/// What stands for the unknown.
const UNKNOWN: &str = "—";

/// The most characters of a name: sids have 34, and UUIDs 36.
const LONGEST_NAME: usize = 36;

/// Writes the tables: tracks, connections, issues, signals, and what was wrong with the recording.
pub(super) fn write(out: &mut dyn Write, output: &Output) -> io::Result<()> {
    let names = output.names();
    let start = output
        .engine()
        .tracks()
        .filter_map(|track| track.first())
        .min_by(|a, b| a.as_f64().total_cmp(&b.as_f64()));
    sent(out, output)?;
    received(out, output)?;
    writeln!(out, "\nIssues")?;
    let mut issues = Table::new(&["issue", "media", "value", "threshold", "tracks"]);
    for issue in output.engine().issues() {
        let unit = match issue.issue {
            Issue::PacketLoss => "%",
            Issue::RoundTripTime => "ms",
        };
        let tracks: Vec<_> = issue
            .tracks
            .iter()
            .map(|&track| track_name(track, names))
            .collect();
        issues.row([
            issue.issue.name().into(),
            issue.media.map_or(UNKNOWN, |media| media.name()).into(),
            format!("{:.1} {unit}", issue.value),
            format!("{} {unit}", issue.threshold),
            tracks.join(", "),
        ]);
    }
    issues.write(out, "no issue")?;
    writeln!(out, "\nSignals")?;
    let mut signals = Table::new(&["signal", "connection", "track", "from", "to", "value"]);
    for signal in output.signals() {
        let since = |at: Timestamp| start.map_or(0.0, |start| (at - start).as_f64());
        signals.row([
            signal.signal.name().into(),
            shown(signal.pc.and_then(|pc| names.name(pc))),
            shown(signal.track.map(|track| track_name(track, names))),
            clock(since(signal.start)),
            signal.end.map_or(UNKNOWN.into(), |end| clock(since(end))),
            format!("{:.2}", signal.value),
        ]);
    }
    signals.write(out, "no signal")?;
    if !output.warnings().is_empty() || output.oddities().iter().next().is_some() {
        writeln!(out, "\nWarnings")?;
        for warning in output.warnings() {
            writeln!(out, "  {warning}")?;
        }
        for (name, count) in output.oddities().iter() {
            writeln!(out, "  {count} × {}", name.replace('_', " "))?;
        }
    }
    Ok(())
}

fn sent(out: &mut dyn Write, output: &Output) -> io::Result<()> {
    writeln!(out, "Sent")?;
    let mut table = Table::new(&[
        "track",
        "connection",
        "kind",
        "layers",
        "duration",
        "bitrate",
        "packets",
        "lost",
        "loss",
        "rtt",
    ]);
    for track in of(output, Scope::Track) {
        table.row([
            shown(track.track().map(|id| track_name(id, output.names()))),
            shown(track.pc().and_then(|pc| output.names().name(pc))),
            track.kind().map_or(UNKNOWN, |kind| kind.name()).into(),
            track.layers().to_string(),
            clock(track.duration().as_f64()),
            bitrate(&track),
            count(track.packets_sent()),
            count(track.packets_lost()),
            loss(&track),
            track
                .round_trip_time()
                .map_or(UNKNOWN.into(), |time| time.to_string()),
        ]);
    }
    table.write(out, "nothing was sent")
}

fn received(out: &mut dyn Write, output: &Output) -> io::Result<()> {
    writeln!(out, "\nReceived")?;
    let mut table = Table::new(&[
        "connection",
        "duration",
        "bitrate",
        "packets",
        "lost",
        "loss",
        "ICE rtt",
    ]);
    for connection in of(output, Scope::Connection) {
        table.row([
            shown(connection.pc().and_then(|pc| output.names().name(pc))),
            clock(connection.duration().as_f64()),
            bitrate(&connection),
            count(connection.packets_received()),
            count(connection.packets_lost()),
            loss(&connection),
            average(&connection, Metric::IceRoundTripTime)
                .map_or(UNKNOWN.into(), |ms| format!("{ms:.0} ms")),
        ]);
    }
    table.write(out, "nothing was received")
}

fn of(output: &Output, scope: Scope) -> impl Iterator<Item = TrackSummary<'_>> {
    let tracks = output.engine().tracks();
    tracks.filter(move |track| track.scope() == scope && track.duration().as_f64() > 0.0)
}

fn average(track: &TrackSummary<'_>, metric: Metric) -> Option<f64> {
    track.distribution(metric)?.average()
}

fn bitrate(track: &TrackSummary<'_>) -> String {
    average(track, Metric::Bitrate)
        .and_then(callscope_core::Bitrate::new)
        .map_or(UNKNOWN.into(), |bitrate| bitrate.to_string())
}

fn loss(track: &TrackSummary<'_>) -> String {
    track
        .packet_loss()
        .map_or(UNKNOWN.into(), |loss| loss.to_string())
}

fn count(value: Option<f64>) -> String {
    value.map_or(UNKNOWN.into(), |value| format!("{value:.0}"))
}

fn shown(name: Option<impl AsRef<str>>) -> String {
    let Some(name) = name else {
        return UNKNOWN.into();
    };
    // Names come from outside: what would move the cursor is not printed.
    let name: String = name
        .as_ref()
        .chars()
        .map(|letter| if letter.is_control() { '�' } else { letter })
        .collect();
    match name.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name,
    }
}

/// Milliseconds as minutes and seconds.
fn clock(ms: f64) -> String {
    let seconds = (ms / 1000.0).round();
    let minutes = (seconds / 60.0).floor();
    format!("{minutes:.0}:{:02.0}", seconds - minutes * 60.0)
}

/// Columns as wide as they need.
struct Table<const N: usize> {
    head: [&'static str; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    const fn new(head: &[&'static str; N]) -> Self {
        Self {
            head: *head,
            rows: Vec::new(),
        }
    }

    fn row(&mut self, row: [String; N]) {
        self.rows.push(row);
    }

    fn write(&self, out: &mut dyn Write, if_empty: &str) -> io::Result<()> {
        if self.rows.is_empty() {
            return writeln!(out, "  {if_empty}");
        }
        let mut widths = self.head.map(|head| head.chars().count());
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let head = self.head.map(String::from);
        for row in std::iter::once(&head).chain(&self.rows) {
            let cells: Vec<String> = row
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            writeln!(out, "  {}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}
