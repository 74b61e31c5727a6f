//! Issues and signals, each with its span and its evidence in words.

use callscope_core::issue::{Issue, IssueChange};
use callscope_core::signal::{Signal, SignalChange};
use callscope_core::{Atom, Kind, Metric, Scope, TrackId, to_fixed, to_short};

use super::subject::Subject;
use super::words::{counted, seconds};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A detected issue: it tags the participant.
    Issue(Issue),
    /// A shorter-lived finding: it tags nobody.
    Signal(Signal),
}

/// An issue or a signal.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which.
    pub what: What,
    /// The connection, where there is only one.
    pub pc: Option<Atom>,
    /// The track, where it is about one.
    pub track: Option<TrackId>,
    /// The track's media.
    pub kind: Option<Kind>,
    /// When it was raised, in milliseconds since the epoch.
    pub start: f64,
    /// When it was cleared; `None` while it stands.
    pub end: Option<f64>,
    /// The figure that decided, in the unit of its rule.
    pub value: f64,
    /// What it is measured against, in the same unit.
    pub threshold: f64,
}

impl Finding {
    /// What its figures are about.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        match self.what {
            What::Issue(_) => Scope::Track,
            What::Signal(signal) => match signal {
                Signal::LowFrameRate
                | Signal::CpuLimited
                | Signal::BandwidthLimited
                | Signal::SilentMicrophone => Scope::Track,
                Signal::FrozenVideo | Signal::StalledVideo | Signal::ConcealedAudio => {
                    Scope::Received
                }
                Signal::NoMedia | Signal::ConnectionLost | Signal::RelayedOverTcp => {
                    Scope::Connection
                }
            },
        }
    }

    /// Whether it is a detected issue.
    #[must_use]
    pub const fn is_issue(&self) -> bool {
        matches!(self.what, What::Issue(_))
    }

    /// The figures that it was found by, in words. `subject` is what it is about.
    #[must_use]
    pub fn evidence(&self, subject: Option<&Subject>) -> String {
        let (value, threshold) = (self.value, self.threshold);
        let whole = |number: f64| to_fixed(number, 0);
        match self.what {
            What::Issue(Issue::PacketLoss) => {
                let of = subject.and_then(|subject| self.packets_until(subject));
                let of =
                    of.map_or_else(|| "its packets".to_owned(), |sent| counted(sent, "packet"));
                format!(
                    "{} % of {of} lost, threshold {} %",
                    to_fixed(value, 1),
                    whole(threshold)
                )
            }
            What::Issue(Issue::RoundTripTime) => {
                format!(
                    "{} ms on average, threshold {} ms",
                    whole(value),
                    whole(threshold)
                )
            }
            What::Signal(Signal::FrozenVideo) => format!(
                "stood still for {} of 10 s at worst, threshold {}",
                seconds(value),
                seconds(threshold)
            ),
            What::Signal(Signal::StalledVideo) => format!(
                "{} pictures a second came of the packets at worst, threshold {}",
                to_fixed(value, 1),
                to_fixed(threshold, 1)
            ),
            What::Signal(Signal::LowFrameRate) => {
                format!(
                    "{} frames a second at worst, threshold {}",
                    whole(value),
                    whole(threshold)
                )
            }
            What::Signal(Signal::CpuLimited | Signal::BandwidthLimited) => {
                format!(
                    "for {} % of the time at worst, threshold {} %",
                    whole(value),
                    whole(threshold)
                )
            }
            What::Signal(Signal::NoMedia) => "no packet arrived for a whole interval".to_owned(),
            What::Signal(Signal::SilentMicrophone) => {
                format!(
                    "level {} of 1, threshold {}; a muted track is silent, too",
                    to_fixed(value, 4),
                    to_short(threshold, 6)
                )
            }
            What::Signal(Signal::ConcealedAudio) => format!(
                "{} % of the sound was made up at worst, threshold {} %",
                whole(value),
                whole(threshold)
            ),
            What::Signal(Signal::ConnectionLost) => match self.end {
                Some(end) => format!("recovered after {}", seconds(end - self.start)),
                None => "not recovered".to_owned(),
            },
            What::Signal(Signal::RelayedOverTcp) => {
                "a lost packet holds up all that follow it".to_owned()
            }
        }
    }

    /// The packets that were due when an issue was raised: sent in the intervals until then.
    fn packets_until(&self, subject: &Subject) -> Option<f64> {
        let intervals = subject
            .intervals
            .iter()
            .take_while(|interval| interval.end().as_f64() <= self.start + 1.0);
        intervals
            .filter_map(|interval| interval.value(Metric::PacketsSent))
            .reduce(|sum, sent| sum + sent)
    }

    pub(super) fn take_issue(findings: &mut Vec<Self>, change: &IssueChange) {
        let what = What::Issue(change.issue);
        let is_this = |finding: &&mut Self| {
            finding.what == what
                && finding.track == Some(change.track)
                && finding.pc == change.pc
                && finding.end.is_none()
        };
        let at = change.at.as_f64();
        if change.raised {
            let raised = Self {
                what,
                pc: change.pc,
                track: Some(change.track),
                kind: change.kind,
                start: at,
                end: None,
                value: change.value,
                threshold: change.threshold,
            };
            insert(findings, raised);
        } else if let Some(finding) = findings.iter_mut().rev().find(is_this) {
            finding.end = Some(at);
        }
    }

    pub(super) fn take_signal(findings: &mut Vec<Self>, change: &SignalChange) {
        let what = What::Signal(change.signal);
        let start = change.start.as_f64();
        let is_this = |finding: &&mut Self| {
            finding.what == what
                && finding.track == change.track
                && finding.pc == change.pc
                && finding.end.is_none()
                && finding.start.to_bits() == start.to_bits()
        };
        if let Some(finding) = findings.iter_mut().rev().find(is_this) {
            finding.end = change.end.map(|end| end.as_f64());
            finding.value = change.value;
            return;
        }
        let started = Self {
            what,
            pc: change.pc,
            track: change.track,
            kind: change.kind,
            start,
            end: change.end.map(|end| end.as_f64()),
            value: change.value,
            threshold: change.threshold,
        };
        insert(findings, started);
    }
}

fn insert(findings: &mut Vec<Finding>, finding: Finding) {
    let place = findings.partition_point(|other| other.start <= finding.start);
    findings.insert(place, finding);
}
