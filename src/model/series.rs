//! A call's intervals as the points of charts, and its findings as bands and lanes.

use callscope_core::issue::Issue;
use callscope_core::{Atom, Metric, Scope};

use super::call::Call;
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

/// The spans of an issue on the published tracks of `connection`, or of any.
#[must_use]
pub fn bands(call: &Call, issue: Issue, connection: Option<Atom>) -> Vec<Band> {
    findings(call, connection)
        .filter(|finding| finding.what == What::Issue(issue))
        .map(|finding| Band {
            t0: finding.start,
            t1: finding.end,
            severity: Severity::Poor,
            label: call
                .subject_of(finding)
                .map(|subject| subject.name.clone())
                .unwrap_or_default(),
        })
        .collect()
}

/// A lane for each track or connection that anything was found of.
#[must_use]
pub fn lanes(call: &Call, connection: Option<Atom>) -> Vec<TimelineRow> {
    let mut rows: Vec<TimelineRow> = Vec::new();
    for finding in findings(call, connection) {
        let subject = call.subject_of(finding);
        let label = match subject {
            Some(subject) if subject.scope == Scope::Received => {
                format!("{} in", shown_name(call, subject, connection))
            }
            Some(subject) if subject.scope == Scope::Track => {
                shown_name(call, subject, connection)
            }
            _ => "Connection".to_owned(),
        };
        let span = TimelineSpan {
            t0: finding.start,
            t1: finding.end,
            severity: severity(finding),
            title: finding_name(finding.what).to_owned(),
        };
        match rows.iter_mut().find(|row| row.label == label) {
            Some(row) => row.spans.push(span),
            None => rows.push(TimelineRow {
                label,
                spans: vec![span],
            }),
        }
    }
    rows
}

/// The findings of `connection`, or of any.
pub fn findings(call: &Call, connection: Option<Atom>) -> impl Iterator<Item = &Finding> {
    call.findings
        .iter()
        .filter(move |finding| is_of(finding.pc, connection))
}

const fn severity(finding: &Finding) -> Severity {
    if finding.is_issue() {
        Severity::Poor
    } else {
        Severity::Warning
    }
}

/// What names no connection goes out on several, the one in question among them.
fn is_of(pc: Option<Atom>, connection: Option<Atom>) -> bool {
    connection.is_none() || pc.is_none() || pc == connection
}

fn points(subject: &Subject, metric: Metric) -> Vec<Point> {
    let closed = subject.intervals.iter().map(|interval| {
        let (start, end) = (interval.start.as_f64(), interval.start.as_f64() + 10_000.0);
        Point::new(start, end, interval.value(metric))
    });
    let running = subject.running.as_ref().map(|interval| {
        let start = interval.start.as_f64();
        Point::in_progress(start, start + 10_000.0, interval.value(metric))
    });
    closed.chain(running).collect()
}
