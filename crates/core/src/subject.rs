//! What is followed over the whole call: a published track, a received track, or what a connection receives.

use alloc::vec::Vec;

use crate::counter::add_known;
use crate::interval::{Interval, Scope, TrackId};
use crate::issue::{Issue, IssueChange};
use crate::signal::Watch;
use crate::tally::{Sum, Tally};
use crate::{Atom, Config, Distribution, Kind, LossRatio, Metric, Millis, Output, Timestamp};

/// The sums over all intervals so far.
#[derive(Clone, Debug)]
pub(crate) struct Totals {
    tally: Tally,
    duration: Millis,
    distributions: Vec<(Metric, Distribution)>,
}

impl Totals {
    const fn new() -> Self {
        Self {
            tally: Tally::UNKNOWN,
            duration: Millis::ZERO,
            distributions: Vec::new(),
        }
    }

    fn add(&mut self, interval: &Interval) {
        for sum in [
            Sum::PacketsSent,
            Sum::PacketsReceived,
            Sum::PacketsLost,
            Sum::PacketsJudged,
        ] {
            self.tally
                .set_sum(sum, add_known(self.tally.sum(sum), interval.tally.sum(sum)));
        }
        self.duration = self.duration + interval.duration;
        for &metric in Metric::ALL {
            if let Some(value) = interval.value(metric) {
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

    pub(crate) const fn duration(&self) -> Millis {
        self.duration
    }

    pub(crate) fn packets_sent(&self) -> Option<f64> {
        Metric::PacketsSent.of(&self.tally)
    }

    pub(crate) fn packets_received(&self) -> Option<f64> {
        Metric::PacketsReceived.of(&self.tally)
    }

    pub(crate) fn packets_lost(&self) -> Option<f64> {
        Metric::PacketsLost.of(&self.tally)
    }

    pub(crate) fn packet_loss(&self) -> Option<LossRatio> {
        crate::metric::packet_loss::ratio(&self.tally)
    }

    /// The average over the intervals that have one, weighted by their length.
    pub(crate) fn round_trip_time(&self) -> Option<Millis> {
        self.distribution(Metric::RoundTripTime)?
            .average()
            .and_then(Millis::new)
    }

    pub(crate) fn distribution(&self, metric: Metric) -> Option<&Distribution> {
        self.distributions
            .iter()
            .find(|(other, _)| *other == metric)
            .map(|(_, distribution)| distribution)
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
    /// An interval that waits for the same interval on the track's other connections.
    pending: Option<Interval>,
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
            pending: None,
        }
    }

    /// What a first sample already tells of it.
    pub(crate) fn meet(&mut self, kind: Option<Kind>, layers: usize) {
        self.kind = kind.or(self.kind);
        self.layers = self.layers.max(layers);
    }

    /// Takes an interval of one of the track's `legs` connections. With several it waits for the same interval of the
    /// others, until a later one shows that they do not come.
    pub(crate) fn take(
        &mut self,
        interval: Interval,
        legs: usize,
        config: &Config,
        out: &mut Vec<Output>,
    ) {
        let joins = |pending: &Interval| {
            pending.start == interval.start && !pending.has_connection(interval.pc)
        };
        match self.pending.as_mut().filter(|pending| joins(pending)) {
            Some(pending) => pending.merge(interval),
            None => {
                self.flush(config, out);
                self.pending = Some(interval);
            }
        }
        if self
            .pending
            .as_ref()
            .is_some_and(|pending| pending.connections() >= legs)
        {
            self.flush(config, out);
        }
    }

    /// Gives out an interval that still waits.
    pub(crate) fn flush(&mut self, config: &Config, out: &mut Vec<Output>) {
        if let Some(interval) = self.pending.take() {
            self.close(interval, config, out);
        }
    }

    /// Counts an interval and judges it, without giving it out.
    pub(crate) fn judge(&mut self, interval: &Interval, config: &Config, out: &mut Vec<Output>) {
        self.kind = interval.kind.or(self.kind);
        self.codec = interval.codec.or(self.codec);
        self.screen_share |= interval.screen_share;
        self.first = self.first.or(Some(interval.opened));
        self.last = Some(interval.end());
        self.totals.add(interval);
        self.watch.judge(interval, config.signals, |change| {
            out.push(Output::Signal(change))
        });
        if self.scope == Scope::Track {
            self.judge_issues(config, out);
        }
    }

    /// It went away: what goes on with it ends.
    pub(crate) fn end(&mut self, config: &Config, out: &mut Vec<Output>) {
        self.flush(config, out);
        self.watch.end(self.pc, self.track, self.kind, |change| {
            out.push(Output::Signal(change))
        });
    }

    fn close(&mut self, interval: Interval, config: &Config, out: &mut Vec<Output>) {
        // The interval first: what it leads to comes after it.
        let place = out.len();
        self.judge(&interval, config, out);
        out.insert(place, Output::Interval(interval));
    }

    fn judge_issues(&mut self, config: &Config, out: &mut Vec<Output>) {
        let (Some(track), Some(at)) = (self.track, self.last) else {
            return;
        };
        for (issue, stands) in Issue::ALL.into_iter().zip(&mut self.issues) {
            let Some((value, is_issue)) = issue.judge(&self.totals, config) else {
                continue;
            };
            if is_issue != *stands {
                *stands = is_issue;
                let threshold = issue.threshold(config);
                let (pc, kind) = (self.pc, self.kind);
                out.push(Output::Issue(IssueChange {
                    issue,
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
