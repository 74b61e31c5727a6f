//! What is followed over the whole call: a published track, a received track, or what a connection receives.

use alloc::vec::Vec;

use crate::interval::{Interval, Scope, TrackId};
use crate::issue::{Issue, IssueChange};
use crate::signal::Watch;
use crate::tally::Tally;
use crate::{Atom, Config, Distribution, Kind, LossRatio, Metric, Millis, Output, Timestamp};

/// The sums over intervals of a track or a connection.
#[derive(Clone, Debug)]
pub struct Totals {
    tally: Tally,
    duration: Millis,
    distributions: Vec<(Metric, Distribution)>,
}

impl Totals {
    /// Over none yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            tally: Tally::UNKNOWN,
            duration: Millis::ZERO,
            distributions: Vec::new(),
        }
    }

    /// Adds an interval.
    pub fn add(&mut self, interval: &Interval) {
        self.tally.merge(&interval.tally);
        self.duration = self.duration + interval.duration;
        for &metric in Metric::ALL {
            let value = metric.figure(&interval.tally);
            if !value.is_nan() {
                self.distribution_mut(metric).add(value, interval.duration);
            }
        }
    }

    fn distribution_mut(&mut self, metric: Metric) -> &mut Distribution {
        let place = self
            .distributions
            .iter()
            .position(|&(other, _)| other == metric)
            .unwrap_or_else(|| {
                self.distributions.push((metric, Distribution::default()));
                self.distributions.len() - 1
            });
        &mut self.distributions[place].1
    }

    /// The length of the intervals together.
    #[must_use]
    pub const fn duration(&self) -> Millis {
        self.duration
    }

    /// Packets sent.
    #[must_use]
    pub fn packets_sent(&self) -> Option<f64> {
        Metric::PacketsSent.of(&self.tally)
    }

    /// Packets received.
    #[must_use]
    pub fn packets_received(&self) -> Option<f64> {
        Metric::PacketsReceived.of(&self.tally)
    }

    /// Packets lost; late ones that arrived after all are taken off.
    #[must_use]
    pub fn packets_lost(&self) -> Option<f64> {
        Metric::PacketsLost.of(&self.tally)
    }

    /// The share of packets lost.
    #[must_use]
    pub fn packet_loss(&self) -> Option<LossRatio> {
        crate::metric::packet_loss::ratio(&self.tally)
    }

    /// The average over the intervals that have one, weighted by their length.
    #[must_use]
    pub fn round_trip_time(&self) -> Option<Millis> {
        self.distribution(Metric::RoundTripTime)?
            .average()
            .and_then(Millis::new)
    }

    /// The distribution of a metric; `None` if no interval had one.
    #[must_use]
    pub fn distribution(&self, metric: Metric) -> Option<&Distribution> {
        self.distributions
            .iter()
            .find(|(other, _)| *other == metric)
            .map(|(_, distribution)| distribution)
    }
}

impl Default for Totals {
    fn default() -> Self {
        Self::new()
    }
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) scope: Scope,
    /// `None` for a track that is published under a sid: it may go out on several connections.
    pub(crate) pc: Option<Atom>,
    pub(crate) track: Option<TrackId>,
    pub(crate) kind: Option<Kind>,
    pub(crate) screen_share: bool,
    pub(crate) codec: Option<Atom>,
    /// The most layers seen at once on one connection.
    pub(crate) layers: usize,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    pub(crate) totals: Totals,
    /// The issues that stand.
    pub(crate) issues: [bool; Issue::ALL.len()],
    watch: Watch,
    /// On how many connections it is now.
    pub(crate) connections: usize,
    /// An interval that waits for the same interval on the track's other connections.
    pub(crate) pending: Option<Interval>,
}

impl Subject {
    pub(crate) const fn new(scope: Scope, pc: Option<Atom>, track: Option<TrackId>) -> Self {
        Self {
            scope,
            pc,
            track,
            kind: None,
            screen_share: false,
            codec: None,
            layers: 0,
            first: None,
            last: None,
            totals: Totals::new(),
            issues: [false; Issue::ALL.len()],
            watch: Watch::new(),
            connections: 0,
            pending: None,
        }
    }

    /// Counts an interval and judges it.
    pub(crate) fn judge(&mut self, interval: &Interval, config: &Config, out: &mut Vec<Output>) {
        self.kind = interval.kind.or(self.kind);
        self.codec = interval.codec.or(self.codec);
        self.screen_share |= interval.screen_share;
        self.first = self.first.or(Some(interval.opened));
        self.last = Some(interval.end());
        self.totals.add(interval);
        self.watch.judge(interval, config.signals, out);
        if self.scope == Scope::Track {
            self.judge_issues(config, out);
        }
    }

    /// It went away: what goes on with it ends.
    pub(crate) fn end(&mut self, out: &mut Vec<Output>) {
        self.watch.end(self.pc, self.track, self.kind, out);
    }

    fn judge_issues(&mut self, config: &Config, out: &mut Vec<Output>) {
        let (Some(track), Some(at)) = (self.track, self.last) else {
            return;
        };
        for (issue, stands) in Issue::ALL.iter().zip(&mut self.issues) {
            let Some((value, is_issue)) = issue.judge(&self.totals, config) else {
                continue;
            };
            if is_issue != *stands {
                *stands = is_issue;
                let threshold = issue.threshold(config);
                let (pc, kind) = (self.pc, self.kind);
                out.push(Output::Issue(IssueChange {
                    issue: *issue,
                    raised: is_issue,
                    track,
                    pc,
                    kind,
                    at,
                    value,
                    threshold,
                }));
            }
        }
    }
}
