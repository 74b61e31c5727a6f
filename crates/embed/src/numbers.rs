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

/// Numbers, one after the other. What is handed out is what it is, and its numbers.
#[derive(Debug, Default)]
pub struct Numbers {
    list: Vec<f64>,
}

impl Numbers {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: Vec::new() }
    }

    /// The numbers.
    #[must_use]
    pub fn as_slice(&self) -> &[f64] {
        &self.list
    }

    /// The first so many; what is not there yet is unknown.
    pub fn room(&mut self, numbers: usize) -> &[f64] {
        if numbers > self.list.len() {
            self.list.resize(numbers, f64::NAN);
        }
        self.list.get(..numbers).unwrap_or(&[])
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// What follows is one of those.
    pub fn begin(&mut self, what: u32) {
        self.number(f64::from(what));
    }

    /// An issue that was raised or cleared.
    pub fn issue(&mut self, change: &IssueChange) {
        self.number(f64::from(change.issue as u8));
        self.flag(change.raised);
        self.about(change.pc, Some(change.track), change.kind);
        self.number(change.at.as_f64());
        self.number(change.value);
        self.number(change.threshold);
    }

    /// A signal that started or ended.
    pub fn signal(&mut self, change: &SignalChange) {
        self.number(f64::from(change.signal as u8));
        self.about(change.pc, change.track, change.kind);
        self.number(change.start.as_f64());
        self.known(change.end.map(|end| end.as_f64()));
        self.number(change.value);
        self.number(change.threshold);
    }

    /// A track, or what a connection receives, over its whole duration.
    pub fn summary(&mut self, track: &TrackSummary<'_>) {
        self.number(f64::from(track.scope() as u8));
        self.about(track.pc(), track.track(), track.kind());
        self.count(track.layers());
        self.known(track.first().map(|at| at.as_f64()));
        self.known(track.last().map(|at| at.as_f64()));
        self.number(track.duration().as_f64());
        self.known(track.packets_sent());
        self.known(track.packets_received());
        self.known(track.packets_lost());
        self.known(track.packet_loss().map(|loss| loss.as_percent()));
        self.known(track.round_trip_time().map(|time| time.as_f64()));
        self.atom(track.codec());
        self.flag(track.is_screen_share());
        for &metric in Metric::ALL {
            let Some(distribution) = track.distribution(metric) else {
                self.number(0.0);
                continue;
            };
            self.number(f64::from(distribution.count()));
            self.known(distribution.average());
            self.known(distribution.min());
            self.known(distribution.max());
            for &percent in &PERCENTILES {
                self.known(distribution.percentile(percent));
            }
        }
    }

    /// An issue as it stands.
    pub fn standing(&mut self, issue: &IssueSummary) {
        self.number(f64::from(issue.issue as u8));
        self.known(issue.media.map(|media| match media {
            Media::Audio => 0.0,
            Media::Video => 1.0,
            Media::Both => 2.0,
        }));
        self.number(issue.value);
        self.number(issue.threshold);
        self.count(issue.tracks.len());
        for &track in &issue.tracks {
            self.track(Some(track));
        }
    }

    /// An interval, then its parts.
    pub fn interval(&mut self, interval: &Interval) {
        self.number(f64::from(interval.scope as u8));
        self.about(interval.pc, interval.track, interval.kind);
        self.number(interval.start.as_f64());
        self.number(interval.duration.as_f64());
        self.atom(interval.codec);
        self.flag(interval.screen_share);
        let notes = interval.notes;
        for &note in &[
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

    /// Whether something holds.
    pub fn flag(&mut self, holds: bool) {
        self.number(f64::from(u8::from(holds)));
    }

    fn count(&mut self, count: usize) {
        self.number(length(count));
    }

    fn known(&mut self, value: Option<f64>) {
        self.number(value.unwrap_or(f64::NAN));
    }

    /// One number.
    pub fn number(&mut self, number: f64) {
        self.list.push(number);
    }
}

#[expect(clippy::cast_precision_loss, reason = "lengths of short lists")]
const fn length(count: usize) -> f64 {
    count as f64
}

/// All issues are handed out by their place in this list.
const _: () = assert!(Issue::ALL[0] as u8 == 0 && Issue::ALL[1] as u8 == 1);
