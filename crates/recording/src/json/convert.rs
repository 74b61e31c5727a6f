//! What the engine gives out, as the types of the wire.

use callscope_core::signal::SignalChange;
use callscope_core::wire::{self, decimals, rounded};
use callscope_core::{
    Atom, CandidateType, Distribution, Interval, IssueSummary, Metric, Notes, Path, Scope, TrackId,
    TrackSummary, Transport,
};

use crate::names::NameOf;

/// Gives figures to a row that can have them.
macro_rules! with_figures {
    ($row:expr, $type:ident, $interval:expr) => {{
        let mut row = $row;
        for &metric in wire::$type::METRICS {
            let places = decimals(metric.unit());
            let value = $interval.value(metric);
            row.set_figure(metric, value.and_then(|value| rounded(value, places)));
        }
        row
    }};
}

/// An interval of a track or of a connection.
#[must_use]
pub fn interval(interval: &Interval, names: &dyn NameOf) -> wire::Interval {
    match interval.scope {
        Scope::Connection | Scope::Received => {
            wire::Interval::Connection(Box::new(connection(interval, names)))
        }
        Scope::Track | Scope::Layer => wire::Interval::Track(Box::new(track(interval, names))),
    }
}

fn track(interval: &Interval, names: &dyn NameOf) -> wire::TrackInterval {
    let (mut layers, mut connections) = (Vec::new(), Vec::new());
    for part in &interval.parts {
        match interval.pc {
            Some(_) => layers.push(layer(part, names)),
            None => connections.push(part_of(part, names)),
        }
    }
    let row = wire::TrackInterval {
        track: interval.track.map(|track| track_name(track, names)),
        pc: text(interval.pc, names),
        kind: interval
            .kind
            .and_then(|kind| wire::Kind::named(kind.name())),
        start: whole(interval.start.as_f64()),
        duration_ms: whole(interval.duration.as_f64()),
        codec: text(interval.codec, names),
        screen_share: interval.screen_share,
        notes: notes(interval.notes),
        layers,
        connections,
        ..Default::default()
    };
    with_figures!(row, TrackInterval, interval)
}

fn layer(interval: &Interval, names: &dyn NameOf) -> wire::Layer {
    let name = interval.layer;
    let row = wire::Layer {
        ssrc: name.and_then(|name| name.ssrc),
        rid: text(name.and_then(|name| name.rid), names),
        encoding_index: name.and_then(|name| name.encoding_index),
        notes: notes(interval.notes),
        ..Default::default()
    };
    with_figures!(row, Layer, interval)
}

fn part_of(interval: &Interval, names: &dyn NameOf) -> wire::TrackPart {
    let row = wire::TrackPart {
        track: interval.track.map(|track| track_name(track, names)),
        pc: text(interval.pc, names),
        kind: interval
            .kind
            .and_then(|kind| wire::Kind::named(kind.name())),
        notes: notes(interval.notes),
        ..Default::default()
    };
    with_figures!(row, TrackPart, interval)
}

fn connection(interval: &Interval, names: &dyn NameOf) -> wire::ConnectionInterval {
    let row = wire::ConnectionInterval {
        pc: text(interval.pc, names),
        start: whole(interval.start.as_f64()),
        duration_ms: whole(interval.duration.as_f64()),
        path: interval.path.map(path),
        notes: notes(interval.notes),
        received: interval
            .parts
            .iter()
            .map(|it| received(it, names))
            .collect(),
        ..Default::default()
    };
    with_figures!(row, ConnectionInterval, interval)
}

fn received(interval: &Interval, names: &dyn NameOf) -> wire::ReceivedTrack {
    let row = wire::ReceivedTrack {
        track: interval.track.map(|track| track_name(track, names)),
        kind: interval
            .kind
            .and_then(|kind| wire::Kind::named(kind.name())),
        notes: notes(interval.notes),
        ..Default::default()
    };
    with_figures!(row, ReceivedTrack, interval)
}

fn path(path: Path) -> wire::Path {
    let candidate = |it: CandidateType| wire::CandidateType::named(it.name());
    let transport = |it: Transport| wire::Transport::named(it.name());
    wire::Path {
        transport: path.transport.and_then(transport),
        local: path.local.and_then(candidate),
        remote: path.remote.and_then(candidate),
        relayed: path.relayed(),
    }
}

fn notes(notes: Notes) -> Vec<wire::Note> {
    let all = [
        (wire::Note::Open, notes.open),
        (wire::Note::Baseline, notes.baseline),
        (wire::Note::CounterFell, notes.counter_fell),
        (wire::Note::CutShort, notes.cut_short),
        (wire::Note::Unreported, notes.unreported),
        (wire::Note::Carried, notes.carried),
    ];
    let holding = all.into_iter().filter(|&(_, holds)| holds);
    holding.map(|(note, _)| note).collect()
}

/// A published track over its whole duration.
#[must_use]
pub fn published(track: &TrackSummary<'_>, names: &dyn NameOf) -> wire::PublishedSummary {
    wire::PublishedSummary {
        track: track.track().map(|it| track_name(it, names)),
        pc: text(track.pc(), names),
        kind: track.kind().and_then(|kind| wire::Kind::named(kind.name())),
        layers: u32::try_from(track.layers()).unwrap_or(u32::MAX),
        start: track.first().map(|at| whole(at.as_f64())),
        end: track.last().map(|at| whole(at.as_f64())),
        duration_ms: whole(track.duration().as_f64()),
        packets_sent: known(track.packets_sent(), Metric::PacketsSent),
        packets_lost: known(track.packets_lost(), Metric::PacketsLost),
        packet_loss_pct: loss(track),
        rtt_avg_ms: known(
            track.round_trip_time().map(|time| time.as_f64()),
            Metric::RoundTripTime,
        ),
        codec: text(track.codec(), names),
        screen_share: track.is_screen_share(),
        distributions: distributions(track),
    }
}

/// A received track over its whole duration.
#[must_use]
pub fn received_track(track: &TrackSummary<'_>, names: &dyn NameOf) -> wire::ReceivedSummary {
    wire::ReceivedSummary {
        track: track.track().map(|it| track_name(it, names)),
        pc: text(track.pc(), names),
        kind: track.kind().and_then(|kind| wire::Kind::named(kind.name())),
        start: track.first().map(|at| whole(at.as_f64())),
        end: track.last().map(|at| whole(at.as_f64())),
        duration_ms: whole(track.duration().as_f64()),
        packets_received: known(track.packets_received(), Metric::PacketsReceived),
        packets_lost: known(track.packets_lost(), Metric::PacketsLost),
        packet_loss_pct: loss(track),
        codec: text(track.codec(), names),
        distributions: distributions(track),
    }
}

/// What a connection received over its whole duration.
#[must_use]
pub fn of_connection(track: &TrackSummary<'_>, names: &dyn NameOf) -> wire::ConnectionSummary {
    wire::ConnectionSummary {
        pc: text(track.pc(), names),
        start: track.first().map(|at| whole(at.as_f64())),
        end: track.last().map(|at| whole(at.as_f64())),
        duration_ms: whole(track.duration().as_f64()),
        packets_received: known(track.packets_received(), Metric::PacketsReceived),
        packets_lost: known(track.packets_lost(), Metric::PacketsLost),
        packet_loss_pct: loss(track),
        distributions: distributions(track),
    }
}

fn loss(track: &TrackSummary<'_>) -> Option<f64> {
    known(
        track.packet_loss().map(|loss| loss.as_percent()),
        Metric::PacketLoss,
    )
}

fn distributions(track: &TrackSummary<'_>) -> wire::Distributions {
    let known = Metric::ALL.iter().filter_map(|&metric| {
        let of = track.distribution(metric)?;
        Some((metric, distribution(of, decimals(metric.unit()))))
    });
    wire::Distributions(known.collect())
}

fn distribution(of: &Distribution, places: u8) -> wire::Distribution {
    let rounded = |value: Option<f64>| value.and_then(|value| rounded(value, places));
    wire::Distribution {
        count: i64::from(of.count()),
        // An average of counts is no count.
        avg: of
            .average()
            .and_then(|value| wire::rounded(value, places.max(1))),
        min: rounded(of.min()),
        max: rounded(of.max()),
        p25: rounded(of.percentile(25)),
        p50: rounded(of.percentile(50)),
        p75: rounded(of.percentile(75)),
        p99: rounded(of.percentile(99)),
    }
}

/// An issue that stands; `None` if its figures are none.
#[must_use]
pub fn issue(issue: &IssueSummary, names: &dyn NameOf) -> Option<wire::Issue> {
    Some(wire::Issue {
        r#type: wire::IssueType::named(issue.issue.name())?,
        severity: wire::Severity::High,
        media: issue.media.and_then(|it| wire::Media::named(it.name())),
        tracks: issue
            .tracks
            .iter()
            .map(|&track| track_name(track, names))
            .collect(),
        value: rounded(issue.value, 4)?,
        threshold: rounded(issue.threshold, 4)?,
    })
}

/// A signal; `None` if its figures are none.
#[must_use]
pub fn signal(signal: &SignalChange, names: &dyn NameOf) -> Option<wire::Signal> {
    Some(wire::Signal {
        r#type: wire::SignalType::named(signal.signal.name())?,
        pc: text(signal.pc, names),
        track: signal.track.map(|track| track_name(track, names)),
        kind: signal.kind.and_then(|it| wire::Kind::named(it.name())),
        start: whole(signal.start.as_f64()),
        end: signal.end.map(|at| whole(at.as_f64())),
        value: rounded(signal.value, 4)?,
        threshold: rounded(signal.threshold, 4)?,
    })
}

/// The name of a track: its string, or its ssrc in decimal.
#[must_use]
pub fn track_name(track: TrackId, names: &dyn NameOf) -> String {
    match track {
        TrackId::Named(atom) => names.name(atom).unwrap_or_default().into_owned(),
        TrackId::Ssrc(ssrc) => ssrc.to_string(),
    }
}

fn text(atom: Option<Atom>, names: &dyn NameOf) -> Option<String> {
    Some(names.name(atom?)?.into_owned())
}

fn known(value: Option<f64>, metric: Metric) -> Option<f64> {
    value.and_then(|value| rounded(value, decimals(metric.unit())))
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds")]
fn whole(value: f64) -> i64 {
    value.round() as i64
}
