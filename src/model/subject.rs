//! What a page has a row for: a published track, a received track, or a connection.

use callscope_core::issue::Issue;
use callscope_core::{
    Atom, Distribution, Interval, Kind, LossRatio, Metric, Millis, Scope, Timestamp, TrackId,
    TrackSummary,
};

/// What is known of a track or connection over the whole call so far: the engine's summary of it.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// The length of its intervals together.
    pub duration: Millis,
    /// Packets sent.
    pub packets_sent: Option<f64>,
    /// Packets received.
    pub packets_received: Option<f64>,
    /// Packets lost.
    pub packets_lost: Option<f64>,
    /// Their share: what the issue `packet_loss` is judged by.
    pub packet_loss: Option<LossRatio>,
    /// The average round trip time: what `round_trip_time` is judged by.
    pub round_trip_time: Option<Millis>,
    /// The distributions of its metrics, in the order of [`Metric::ALL`].
    pub distributions: Vec<(Metric, Distribution)>,
    /// The issues that stand.
    pub issues: Vec<Issue>,
}

impl Totals {
    pub(super) fn of(totals: &callscope_core::Totals, issues: Vec<Issue>) -> Self {
        let distribution = |&metric| Some((metric, totals.distribution(metric)?.clone()));
        Self {
            duration: totals.duration(),
            packets_sent: totals.packets_sent(),
            packets_received: totals.packets_received(),
            packets_lost: totals.packets_lost(),
            packet_loss: totals.packet_loss(),
            round_trip_time: totals.round_trip_time(),
            distributions: Metric::ALL.iter().filter_map(distribution).collect(),
            issues,
        }
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

/// A published track, a received track, or a connection.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Which of them.
    pub scope: Scope,
    /// The connection; `None` for a track published under a sid, which may go out on several.
    pub pc: Option<Atom>,
    /// The track; `None` for a connection.
    pub track: Option<TrackId>,
    /// What a person calls it. Unique among those of its scope on its connection.
    pub name: String,
    /// The media kind.
    pub kind: Option<Kind>,
    /// Whether the browser said that it is a shared screen.
    pub screen_share: bool,
    /// The codec it used last.
    pub codec: Option<Atom>,
    /// The most layers it had.
    pub layers: usize,
    /// Its last sample.
    pub last: Option<Timestamp>,
    /// Its closed intervals, by start; of a received track only the last, for all are parts of its connection's.
    pub intervals: Vec<Interval>,
    /// The interval in progress.
    pub running: Option<Interval>,
    /// All of it together.
    pub totals: Totals,
}

impl Subject {
    pub(super) fn new(summary: &TrackSummary<'_>) -> Self {
        let mut subject = Self::named(summary.scope(), summary.pc(), summary.track());
        subject.refresh(summary);
        subject
    }

    /// One that nothing is known of but what it is.
    pub(super) fn named(scope: Scope, pc: Option<Atom>, track: Option<TrackId>) -> Self {
        Self {
            scope,
            pc,
            track,
            name: String::new(),
            kind: None,
            screen_share: false,
            codec: None,
            layers: 0,
            last: None,
            intervals: Vec::new(),
            running: None,
            totals: Totals::default(),
        }
    }

    pub(super) fn refresh(&mut self, summary: &TrackSummary<'_>) {
        self.kind = summary.kind().or(self.kind);
        self.screen_share |= summary.is_screen_share();
        self.codec = summary.codec().or(self.codec);
        self.layers = self.layers.max(summary.layers());
        self.last = summary.last().or(self.last);
        let issues = Issue::ALL
            .into_iter()
            .filter(|&issue| summary.has(issue))
            .collect();
        self.totals = Totals::of(summary.totals(), issues);
    }

    /// Whether that interval is one of it.
    #[must_use]
    pub fn owns(&self, interval: &Interval) -> bool {
        self.scope == interval.scope
            && self.track == interval.track
            && (self.pc.is_none() || self.pc == interval.pc)
    }

    /// Whether that is this track or connection. A finding on a track that goes out on several connections names none.
    #[must_use]
    pub fn is(&self, scope: Scope, pc: Option<Atom>, track: Option<TrackId>) -> bool {
        self.scope == scope
            && self.track == track
            && (self.pc.is_none() || pc.is_none() || self.pc == pc)
    }

    /// The interval to read a metric from now: the one in progress if it knows the metric, else the last that closed.
    #[must_use]
    pub fn latest(&self, metric: Metric) -> Option<&Interval> {
        let last = self.intervals.last();
        self.running
            .as_ref()
            .filter(|running| running.value(metric).is_some() || last.is_none())
            .or(last)
    }

    /// The value of a metric now.
    #[must_use]
    pub fn now(&self, metric: Metric) -> Option<f64> {
        self.latest(metric)?.value(metric)
    }

    /// The closed interval that starts there, or the one in progress.
    #[must_use]
    pub fn interval_at(&self, start: f64) -> Option<&Interval> {
        let starts_there = |interval: &&Interval| same_start(interval, start);
        let from = self
            .intervals
            .partition_point(|interval| interval.start.as_f64() < start - 1.0);
        self.intervals[from..]
            .iter()
            .take(1)
            .find(starts_there)
            .or(self.running.as_ref().filter(starts_there))
    }
}

fn same_start(interval: &Interval, start: f64) -> bool {
    (interval.start.as_f64() - start).abs() < 1.0
}
