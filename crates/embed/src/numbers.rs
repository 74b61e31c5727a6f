//! What is handed out, as numbers in a fixed order. NaN stands for what is unknown, as in reports.
//!
//! An object that is made member by member from here would cross once for each, with code for each. `values.js` makes
//! the same objects from these numbers, in the same order, and knows the words.

use alloc::vec::Vec;

use callscope_core::issue::{Issue, IssueChange, Media};
use callscope_core::signal::SignalChange;
use callscope_core::{
    Atom, Interval, IssueSummary, Kind, Metric, Path, TrackId, TrackSummary, Transport,
};

/// The percentiles of a distribution.
const PERCENTILES: [u8; 4] = [25, 50, 75, 99];

/// Numbers, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Numbers(Vec<f64>);

impl Numbers {
    /// The numbers.
    #[must_use]
    pub fn as_slice(&self) -> &[f64] {
        &self.0
    }

    /// An interval, then its parts.
    #[must_use]
    pub fn of_interval(interval: &Interval) -> Self {
        let mut numbers = Self::default();
        numbers.interval(interval);
        numbers
    }

    /// An issue that was raised or cleared.
    #[must_use]
    pub fn of_issue(change: &IssueChange) -> Self {
        let mut numbers = Self::default();
        numbers.number(f64::from(change.issue as u8));
        numbers.flag(change.raised);
        numbers.about(change.pc, Some(change.track), change.kind);
        numbers.number(change.at.as_f64());
        numbers.number(change.value);
        numbers.number(change.threshold);
        numbers
    }

    /// A signal that started or ended.
    #[must_use]
    pub fn of_signal(change: &SignalChange) -> Self {
        let mut numbers = Self::default();
        numbers.number(f64::from(change.signal as u8));
        numbers.about(change.pc, change.track, change.kind);
        numbers.number(change.start.as_f64());
        numbers.known(change.end.map(|end| end.as_f64()));
        numbers.number(change.value);
        numbers.number(change.threshold);
        numbers
    }

    /// A track, or what a connection receives, over its whole duration.
    #[must_use]
    pub fn of_track(track: &TrackSummary<'_>) -> Self {
        let mut numbers = Self::default();
        numbers.number(f64::from(track.scope() as u8));
        numbers.about(track.pc(), track.track(), track.kind());
        numbers.count(track.layers());
        numbers.known(track.first().map(|at| at.as_f64()));
        numbers.known(track.last().map(|at| at.as_f64()));
        numbers.number(track.duration().as_f64());
        numbers.known(track.packets_sent());
        numbers.known(track.packets_received());
        numbers.known(track.packets_lost());
        numbers.known(track.packet_loss().map(|loss| loss.as_percent()));
        numbers.known(track.round_trip_time().map(|time| time.as_f64()));
        numbers.atom(track.codec());
        numbers.flag(track.is_screen_share());
        for &metric in Metric::ALL {
            let Some(distribution) = track.distribution(metric) else {
                numbers.number(0.0);
                continue;
            };
            numbers.number(f64::from(distribution.count()));
            numbers.known(distribution.average());
            numbers.known(distribution.min());
            numbers.known(distribution.max());
            for percent in PERCENTILES {
                numbers.known(distribution.percentile(percent));
            }
        }
        numbers
    }

    /// An issue as it stands.
    #[must_use]
    pub fn of_standing(issue: &IssueSummary) -> Self {
        let mut numbers = Self::default();
        numbers.number(f64::from(issue.issue as u8));
        numbers.known(issue.media.map(|media| match media {
            Media::Audio => 0.0,
            Media::Video => 1.0,
            Media::Both => 2.0,
        }));
        numbers.number(issue.value);
        numbers.number(issue.threshold);
        numbers.count(issue.tracks.len());
        for &track in &issue.tracks {
            numbers.track(Some(track));
        }
        numbers
    }

    fn interval(&mut self, interval: &Interval) {
        self.number(f64::from(interval.scope as u8));
        self.about(interval.pc, interval.track, interval.kind);
        self.number(interval.start.as_f64());
        self.number(interval.duration.as_f64());
        self.atom(interval.codec);
        self.flag(interval.screen_share);
        let notes = interval.notes;
        for note in [
            notes.open,
            notes.baseline,
            notes.counter_fell,
            notes.cut_short,
            notes.unreported,
            notes.carried,
        ] {
            self.flag(note);
        }
        let Path {
            transport,
            local,
            remote,
        } = interval.path.unwrap_or_default();
        self.known(transport.map(|transport: Transport| f64::from(transport as u8)));
        self.known(local.map(|candidate| f64::from(candidate as u8)));
        self.known(remote.map(|candidate| f64::from(candidate as u8)));
        let layer = interval.layer;
        self.known(layer.and_then(|layer| layer.ssrc).map(f64::from));
        self.atom(layer.and_then(|layer| layer.rid));
        self.known(layer.and_then(|layer| layer.encoding_index).map(f64::from));
        for &metric in Metric::ALL {
            self.known(interval.value(metric));
        }
        self.count(interval.parts.len());
        for part in &interval.parts {
            self.interval(part);
        }
    }

    fn about(&mut self, pc: Option<Atom>, track: Option<TrackId>, kind: Option<Kind>) {
        self.atom(pc);
        self.track(track);
        self.known(kind.map(|kind| f64::from(kind as u8)));
    }

    /// An atom is told from an ssrc by its sign: atom 0 is -1.
    fn track(&mut self, track: Option<TrackId>) {
        self.known(track.map(|track| match track {
            TrackId::Named(atom) => -1.0 - f64::from(atom.number()),
            TrackId::Ssrc(ssrc) => f64::from(ssrc),
        }));
    }

    fn atom(&mut self, atom: Option<Atom>) {
        self.known(atom.map(|atom| f64::from(atom.number())));
    }

    fn flag(&mut self, holds: bool) {
        self.number(f64::from(u8::from(holds)));
    }

    #[expect(clippy::cast_precision_loss, reason = "lengths of short lists")]
    fn count(&mut self, count: usize) {
        self.number(count as f64);
    }

    fn known(&mut self, value: Option<f64>) {
        self.number(value.unwrap_or(f64::NAN));
    }

    fn number(&mut self, number: f64) {
        self.0.push(number);
    }
}

/// All issues are handed out by their place in this list.
const _: () = assert!(Issue::ALL[0] as u8 == 0 && Issue::ALL[1] as u8 == 1);
