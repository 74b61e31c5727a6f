//! What is said of a track, and of the participant, at the end or at any time.

use alloc::vec::Vec;

use crate::interval::{Direction, Scope, TrackId};
use crate::issue::{Issue, Media};
use crate::subject::{Subject, Totals};
use crate::{Atom, Config, Distribution, Kind, LossRatio, Metric, Millis, Timestamp};

/// The whole duration of a published track, a received track, or what a connection received.
#[derive(Clone, Copy, Debug)]
pub struct TrackSummary<'a>(&'a Subject);

impl<'a> TrackSummary<'a> {
    pub(crate) const fn new(subject: &'a Subject) -> Self {
        Self(subject)
    }

    /// [`Scope::Track`], [`Scope::Received`] or [`Scope::Connection`].
    #[must_use]
    pub const fn scope(&self) -> Scope {
        self.0.scope
    }

    /// Which way the media went.
    #[must_use]
    pub fn direction(&self) -> Direction {
        if self.0.scope == Scope::Track {
            Direction::Send
        } else {
            Direction::Receive
        }
    }

    /// The track; `None` for a connection.
    #[must_use]
    pub const fn track(&self) -> Option<TrackId> {
        self.0.track
    }

    /// The connection; `None` for a track published under a sid, which may go out on several.
    #[must_use]
    pub const fn pc(&self) -> Option<Atom> {
        self.0.pc
    }

    /// The media kind.
    #[must_use]
    pub const fn kind(&self) -> Option<Kind> {
        self.0.kind
    }

    /// Whether the browser said that it is a shared screen.
    #[must_use]
    pub const fn is_screen_share(&self) -> bool {
        self.0.screen_share
    }

    /// The codec it used last.
    #[must_use]
    pub const fn codec(&self) -> Option<Atom> {
        self.0.codec
    }

    /// The most layers it had on one connection.
    #[must_use]
    pub const fn layers(&self) -> usize {
        self.0.layers
    }

    /// Its first sample.
    #[must_use]
    pub const fn first(&self) -> Option<Timestamp> {
        self.0.first
    }

    /// Its last sample.
    #[must_use]
    pub const fn last(&self) -> Option<Timestamp> {
        self.0.last
    }

    /// What its intervals add up to.
    #[must_use]
    pub const fn totals(&self) -> &'a Totals {
        &self.0.totals
    }

    /// The length of its intervals together.
    #[must_use]
    pub const fn duration(&self) -> Millis {
        self.0.totals.duration()
    }

    /// Packets sent.
    #[must_use]
    pub fn packets_sent(&self) -> Option<f64> {
        self.0.totals.packets_sent()
    }

    /// Packets received.
    #[must_use]
    pub fn packets_received(&self) -> Option<f64> {
        self.0.totals.packets_received()
    }

    /// Packets lost; late ones that arrived after all are taken off.
    #[must_use]
    pub fn packets_lost(&self) -> Option<f64> {
        self.0.totals.packets_lost()
    }

    /// The share of packets lost: what the issue `packet_loss` is judged by.
    #[must_use]
    pub fn packet_loss(&self) -> Option<LossRatio> {
        self.0.totals.packet_loss()
    }

    /// The average round trip time, weighted by the length of the intervals: what `round_trip_time` is judged by.
    #[must_use]
    pub fn round_trip_time(&self) -> Option<Millis> {
        self.0.totals.round_trip_time()
    }

    /// The distribution of a metric over its intervals; `None` if no interval had one.
    #[must_use]
    pub fn distribution(&self, metric: Metric) -> Option<&'a Distribution> {
        self.0.totals.distribution(metric)
    }

    /// Whether it has the issue now.
    #[must_use]
    pub fn has(&self, issue: Issue) -> bool {
        self.0.issues[issue as usize]
    }
}

/// An issue of the participant: its final tag, as far as the call has come.
#[derive(Clone, Debug)]
pub struct IssueSummary {
    /// Which.
    pub issue: Issue,
    /// On which media it was found; `None` if the browser did not say what the tracks are.
    pub media: Option<Media>,
    /// The tracks it was found on.
    pub tracks: Vec<TrackId>,
    /// The worst of their figures, in percent or milliseconds.
    pub value: f64,
    /// The threshold, in the same unit.
    pub threshold: f64,
}

impl IssueSummary {
    /// The issue as it stands over those tracks; `None` if none of them has it.
    pub(crate) fn of(issue: Issue, subjects: &[Subject], config: &Config) -> Option<Self> {
        let mut found = Self {
            issue,
            media: None,
            tracks: Vec::new(),
            value: 0.0,
            threshold: issue.threshold(config),
        };
        for subject in subjects {
            if TrackSummary(subject).has(issue)
                && let Some(track) = subject.track
                && let Some((value, _)) = issue.judge(&subject.totals, config)
            {
                found.media = Media::with(found.media, subject.kind);
                found.tracks.push(track);
                found.value = found.value.max(value);
            }
        }
        (!found.tracks.is_empty()).then_some(found)
    }
}
