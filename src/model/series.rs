//! A call's intervals as the points of charts, and its findings as bands and lanes.

use callscope_core::issue::Issue;
use callscope_core::signal::Signal;
use callscope_core::{Atom, Interval, Metric, Scope};

use super::call::Call;
use super::facts::layer_name;
use super::finding::{Finding, What};
use super::subject::Subject;
use super::words::finding_name;
use crate::chart::{Band, Point, Series, Severity, TimelineRow, TimelineSpan};

/// A line for each track or connection of a scope that is of `connection`, or of any.
#[must_use]
pub fn series(call: &Call, scope: Scope, metric: Metric, connection: Option<Atom>) -> Vec<Series> {
    shown(call, scope, connection)
        .enumerate()
        .map(|(colour, (_, subject))| {
            Series::new(
                shown_name(call, subject, connection),
                colour,
                points(subject, metric),
            )
        })
        .collect()
}

/// As [`series`], with what is drawn together apart: a line for each layer of a track that has several, for each received track of a
/// connection.
#[must_use]
pub fn series_apart(
    call: &Call,
    scope: Scope,
    metric: Metric,
    connection: Option<Atom>,
) -> Vec<Series> {
    let mut lines: Vec<(String, Vec<Point>)> = Vec::new();
    for (_, subject) in shown(call, scope, connection) {
        let name = shown_name(call, subject, connection);
        let mut parts: Vec<(String, Vec<Point>)> = Vec::new();
        for interval in &subject.intervals {
            for part in smallest(interval) {
                let name = part_name(call, part, &name, connection);
                let point = point(part, metric);
                match parts.iter_mut().find(|(other, _)| *other == name) {
                    Some((_, points)) => points.push(point),
                    None => parts.push((name, vec![point])),
                }
            }
        }
        if parts.len() > 1 || scope == Scope::Connection {
            lines.extend(parts);
        } else {
            lines.push((name, points(subject, metric)));
        }
    }
    lines
        .into_iter()
        .enumerate()
        .map(|(colour, (name, points))| Series::new(name, colour, points))
        .collect()
}

/// What an interval is made of in the end: layers, or received tracks.
fn smallest(interval: &Interval) -> Vec<&Interval> {
    let mut all = Vec::new();
    for part in &interval.parts {
        match part.scope {
            Scope::Track => all.extend(smallest(part)),
            _ => all.push(part),
        }
    }
    all
}

fn part_name(call: &Call, part: &Interval, of: &str, connection: Option<Atom>) -> String {
    if part.scope == Scope::Received {
        let subject = call.subjects.iter().find(|subject| subject.owns(part));
        return subject.map_or_else(String::new, |it| shown_name(call, it, connection));
    }
    let layer = layer_name(call, part);
    match part.pc.filter(|_| call.connections().len() > 1) {
        Some(pc) => format!("{of}, {layer} \u{b7} {}", call.names.connection(pc)),
        None => format!("{of}, {layer}"),
    }
}

fn point(interval: &Interval, metric: Metric) -> Point {
    let start = interval.start.as_f64();
    Point::new(start, start + 10_000.0, interval.value(metric))
}

/// The tracks or connections of a scope that are of `connection`, or of any, with their places among all.
pub fn shown(
    call: &Call,
    scope: Scope,
    connection: Option<Atom>,
) -> impl Iterator<Item = (usize, &Subject)> {
    call.of_scope(scope)
        .filter(move |(_, subject)| is_of(subject.pc, connection))
}

/// What a track is called where those of `connection`, or of all connections, are shown.
#[must_use]
pub fn shown_name(call: &Call, subject: &Subject, connection: Option<Atom>) -> String {
    match subject.pc {
        // A call over one connection need not tell it from others.
        Some(_) if subject.scope == Scope::Connection && call.connections().len() == 1 => {
            "Connection".to_owned()
        }
        Some(pc)
            if connection.is_none()
                && subject.scope != Scope::Connection
                && call.connections().len() > 1 =>
        {
            format!("{} \u{b7} {}", subject.name, call.names.connection(pc))
        }
        _ => subject.name.clone(),
    }
}

/// The spans in which an issue stood on any published track of `connection`, or of any.
#[must_use]
pub fn bands(call: &Call, issue: Issue, connection: Option<Atom>) -> Vec<Band> {
    let found = findings(call, connection).filter(|finding| finding.what == What::Issue(issue));
    joined(call, found, connection)
        .into_iter()
        .map(|span| Band {
            t0: span.t0,
            t1: span.t1,
            severity: Severity::Poor,
            label: span.of.join(", "),
        })
        .collect()
}

/// A lane for each kind of issue and signal that was found, issues first, then what else happened.
#[must_use]
pub fn lanes(call: &Call, connection: Option<Atom>) -> Vec<TimelineRow> {
    let issues = Issue::ALL.into_iter().map(What::Issue);
    let signals = Signal::ALL.into_iter().map(What::Signal);
    issues
        .chain(signals)
        .filter_map(|what| {
            let found = findings(call, connection).filter(|finding| finding.what == what);
            let severity = match what {
                What::Issue(_) => Severity::Poor,
                What::Signal(_) => Severity::Warning,
            };
            let spans: Vec<TimelineSpan> = joined(call, found, connection)
                .into_iter()
                .map(|span| TimelineSpan {
                    t0: span.t0,
                    t1: span.t1,
                    severity,
                    title: span.of.join(", "),
                })
                .collect();
            (!spans.is_empty()).then(|| TimelineRow {
                label: finding_name(what).to_owned(),
                spans,
            })
        })
        .chain(call.happened.iter().cloned())
        .collect()
}

/// What a finding is about, as it is called here.
#[must_use]
pub fn found_on(call: &Call, finding: &Finding, connection: Option<Atom>) -> String {
    match call.subject_of(finding) {
        Some(subject) if subject.scope == Scope::Received => {
            format!("{}, received", shown_name(call, subject, connection))
        }
        Some(subject) => shown_name(call, subject, connection),
        None => String::new(),
    }
}

/// A span and what it is about.
struct Joined {
    t0: f64,
    t1: Option<f64>,
    of: Vec<String>,
}

/// Findings, which come by start, as spans that do not overlap: what stands at the same time is one.
fn joined<'a>(
    call: &Call,
    findings: impl Iterator<Item = &'a Finding>,
    connection: Option<Atom>,
) -> Vec<Joined> {
    let mut spans: Vec<Joined> = Vec::new();
    for finding in findings {
        let of = found_on(call, finding, connection);
        match spans.last_mut() {
            Some(last) if last.t1.is_none_or(|end| finding.start <= end) => {
                last.t1 = last.t1.zip(finding.end).map(|(a, b)| a.max(b));
                if !last.of.contains(&of) {
                    last.of.push(of);
                }
            }
            _ => spans.push(Joined {
                t0: finding.start,
                t1: finding.end,
                of: vec![of],
            }),
        }
    }
    spans
}

/// The findings of `connection`, or of any.
pub fn findings(call: &Call, connection: Option<Atom>) -> impl Iterator<Item = &Finding> {
    call.findings
        .iter()
        .filter(move |finding| is_of(finding.pc, connection))
}

/// What names no connection goes out on several, the one in question among them.
fn is_of(pc: Option<Atom>, connection: Option<Atom>) -> bool {
    connection.is_none() || pc.is_none() || pc == connection
}

fn points(subject: &Subject, metric: Metric) -> Vec<Point> {
    let closed = subject
        .intervals
        .iter()
        .map(|interval| point(interval, metric));
    // What an interval in progress does not know yet is not unknown: it may be reported before it closes.
    let running = subject.running.as_ref().and_then(|interval| {
        let start = interval.start.as_f64();
        let value = interval.value(metric)?;
        Some(Point::in_progress(start, start + 10_000.0, Some(value)))
    });
    closed.chain(running).collect()
}
